"""What the service cannot do by itself: told to administrators once when it begins and once when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.casework.report_trouble import note_trouble, report_trouble
from bot.casework.watch_queues import watch_queues
from bot.dialogue.message import Say
from bot.dialogue.texts import load_texts
from storage.outbox import NewPush
from storage.records import Chat, Officer, Priority, Push, Role
from storage.tables import rates
from tests.casework.house import HOLDER, House


@pytest.fixture
def boss(house: House) -> Officer:
    """An administrator who last wrote by Telegram, and before that by Zalo."""
    boss = house.officer(HOLDER, Role.ADMIN, "Quản trị")
    for minute, channel in enumerate(("zalo_bot", "telegram_staff")):
        heard_at = house.at + timedelta(minutes=minute + 1)
        house.do(lambda ctx, c=channel, at=heard_at: ctx.tx.chats.save(Chat(c, "9", officer=boss.id, last_heard_at=at)))
    return boss


def notices(house: House) -> list[tuple[str, str]]:
    """Channel and words of what administrators were told, in order."""
    texts, told = load_texts(), []
    for channel in ("zalo_bot", "telegram_staff"):
        for push in house.see(lambda tx, c=channel: tx.outbox.waiting(c, "9")):
            told.append((push.id, channel, texts.say(Say.from_json(push.args).words)))
    return [(channel, words) for _, channel, words in sorted(told)]


def note(house: House, why: str | None, kind: str = "revoked", where: str = "telegram_staff") -> bool:
    return house.do(lambda ctx: note_trouble(ctx, kind, where, why))


def test_a_lasting_trouble_is_told_once_by_another_channel_and_its_end_once(house: House, boss: Officer) -> None:
    for _ in range(5):
        note(house, "401")
        house.later(minutes=7)
    assert [each.kind for each in house.see(lambda tx: tx.troubles.all())] == ["revoked"]
    for _ in range(3):
        note(house, None)
    [begun, over] = notices(house)
    assert begun[0] == over[0] == "zalo_bot"
    assert "@BotFather" in begun[1]
    assert "sau 35 phút" in over[1]
    assert not house.see(lambda tx: tx.troubles.all())


def test_trouble_that_comes_and_goes_is_no_flood(house: House, boss: Officer) -> None:
    for _ in range(50):
        note(house, "401")
        house.later(minutes=1)
        note(house, None)
        house.later(minutes=1)
    assert len(notices(house)) <= 2 * 3


def test_two_channels_are_two_troubles(house: House, boss: Officer) -> None:
    note(house, "401", where="telegram")
    note(house, "401", where="telegram_staff")
    assert [channel for channel, _ in notices(house)] == ["telegram_staff", "zalo_bot"]


def test_whoever_has_one_channel_only_is_told_there(house: House) -> None:
    boss = house.officer(HOLDER, Role.ADMIN, "Quản trị")
    note(house, "401", where="console")
    [push] = house.see(lambda tx: tx.outbox.waiting("console", boss.id))
    assert push.key == "trouble.revoked"


def test_a_fault_that_is_past_is_told_once_an_hour(house: House, boss: Officer) -> None:
    for _ in range(20):
        house.do(lambda ctx: report_trouble(ctx, "push", "telegram_staff", "400"))
        house.later(minutes=5)
    assert len(notices(house)) <= 3


def waiting(house: House, channel: str = "telegram", chat: str = "5") -> Push:
    new = NewPush(channel, chat, None, "raw", {}, Priority.STATUS, house.at)
    number = house.do(lambda ctx: ctx.tx.outbox.add(new))
    assert number is not None
    push = house.see(lambda tx: tx.outbox.get(number))
    assert push is not None
    return push


def look(house: House) -> bool:
    return house.do(lambda ctx: watch_queues(ctx, ("telegram",)))


def refuse(house: House, push: Push) -> None:
    house.do(lambda ctx: ctx.tx.outbox.mark_failed(push.id, "429", ctx.now + timedelta(seconds=35), ctx.now))


def test_an_endless_429_is_told_after_the_minutes_of_the_configuration_and_its_end_too(
    house: House, boss: Officer
) -> None:
    push = waiting(house)
    for _ in range(14):
        house.later(minutes=1)
        refuse(house, push)
        look(house)
    assert notices(house) == []
    for _ in range(20):
        house.later(minutes=1)
        refuse(house, push)
        look(house)
    [(channel, words)] = notices(house)
    assert channel == "telegram_staff"
    assert "đã 15 phút" in words
    assert "429" in words
    house.do(lambda ctx: ctx.tx.outbox.mark_sent(push.id, ctx.now, "1"))
    look(house)
    look(house)
    assert [("đã trở lại bình thường" in words) for _, words in notices(house)] == [False, True]


def test_the_minutes_are_those_of_the_configuration(house: House, boss: Officer) -> None:
    house.config = replace(house.config, limits=replace(house.config.limits, late_after_minutes=2))
    waiting(house)
    house.later(minutes=3)
    assert look(house)
    assert "đã 3 phút" in notices(house)[0][1]


def test_a_queue_that_grows_is_told_though_nothing_in_it_is_late(house: House, boss: Officer) -> None:
    house.config = replace(house.config, limits=replace(house.config.limits, waiting_messages=10))
    pushes = [waiting(house, chat=str(n)) for n in range(10)]
    look(house)
    [(_, words)] = notices(house)
    assert "10 tin đang đợi" in words
    # Still more than half: no news.
    for push in pushes[:4]:
        house.do(lambda ctx, number=push.id: ctx.tx.outbox.mark_sent(number, ctx.now, "1"))
    assert not look(house)
    for push in pushes[4:6]:
        house.do(lambda ctx, number=push.id: ctx.tx.outbox.mark_sent(number, ctx.now, "1"))
    assert look(house)


def test_messages_that_are_planned_for_later_are_not_late(house: House, boss: Officer) -> None:
    new = NewPush("telegram", "5", None, "raw", {}, Priority.STATUS, house.at, not_before=house.at + timedelta(days=1))
    house.do(lambda ctx: ctx.tx.outbox.add(new))
    house.later(hours=23)
    look(house)
    assert notices(house) == []


def test_the_hourly_count_fits_its_columns_which_only_one_of_the_databases_enforces(
    house: House, boss: Officer
) -> None:
    house.do(lambda ctx: report_trouble(ctx, "webhook", "telegram_staff", "400"))
    with house.store.connect() as connection:
        rows = [row for row in connection.execute(rates.select()).mappings() if "trouble" in row["person"]]
    assert rows
    for column in (rates.c.person, rates.c.kind):
        assert all(len(row[column.name]) <= column.type.length for row in rows)
