"""The platform is away, refuses our token, or has thrown messages away: said clearly, tried slowly, nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.bench.outbound import on_virtual_clock
from bot.casework.context import Context
from bot.casework.join_staff import invite, new_code
from bot.channels import telegram_budget, telegram_polling, telegram_updates
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_budget import Budget, Closed
from bot.channels.telegram_citizen import TelegramCitizens
from bot.channels.telegram_presence import Presence
from bot.channels.telegram_staff import TelegramStaff
from bot.channels.telegram_updates import Intake, Raw
from storage.records import AgencyId, Chat, Priority, Role
from tests.channels.telegram_stage import CITIZENS, STAFF, Town, town
from tests.waiting import held_clock, let_pass, until

POISONED = 7200
BOTS = {"telegram": (TelegramCitizens, CITIZENS), "telegram_staff": (TelegramStaff, STAFF)}


@pytest.fixture(params=sorted(BOTS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture
async def hanoi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(telegram_budget, "CHAT_SECONDS", 0.0)
    async with town(tmp_path) as made:
        yield made


def a_bot(hanoi: Town, name: str) -> TelegramBot:
    kind, token = BOTS[name]
    return kind(hanoi.parts(token))


def tries(hanoi: Town, method: str) -> int:
    return sum(tried == method for tried, _ in hanoi.server.tried)


@pytest.mark.parametrize(
    ("status", "description", "words"),
    [
        (401, "Unauthorized", "token is not valid"),
        (409, "Conflict: terminated by other getUpdates request", "another process polls"),
    ],
)
async def test_a_revoked_token_or_a_second_poller_is_said_clearly_and_not_tried_in_a_hot_loop(
    hanoi: Town, name: str, status: int, description: str, words: str
) -> None:
    hanoi.server.fail("getUpdates", status=status, description=description, times=1000)
    bot = a_bot(hanoi, name)
    with capture_logs() as logs:
        await bot.start()
        await hanoi.server.until(lambda: tries(hanoi, "getUpdates"))
        await let_pass(5.5)
        await bot.stop()
    assert tries(hanoi, "getUpdates") == 1
    [said] = [line for line in logs if line["event"] == "telegram.poll_failed"]
    assert said["log_level"] == "error"
    assert words in said["why"]
    assert said["seconds"] >= 5


async def test_a_bot_that_cannot_begin_for_its_token_tries_at_most_every_five_seconds(hanoi: Town, name: str) -> None:
    for method in ("getMe", "deleteWebhook"):
        hanoi.server.fail(method, status=401, description="Unauthorized", times=1000)
    bot = a_bot(hanoi, name)
    with capture_logs() as logs:
        await bot.start()
        await let_pass(5.8)
        await bot.stop()
    assert 1 <= tries(hanoi, "getMe") + tries(hanoi, "deleteWebhook") <= 2
    said = [line for line in logs if line["event"] == "telegram.not_ready"]
    assert "token is not valid" in said[0]["why"]


async def test_a_bot_hears_even_where_menus_are_not_known(hanoi: Town, name: str) -> None:
    hanoi.server.fail("setMyCommands", status=404, description="Not Found", times=1000)
    async with hanoi.at_work(a_bot(hanoi, name)):
        hanoi.server.say(BOTS[name][1], hanoi.lan, "/start")
        await hanoi.said("")


async def test_a_server_that_does_not_wait_for_news_is_not_asked_in_a_hot_loop(hanoi: Town, name: str) -> None:
    hanoi.server.waits_for_news = False
    async with hanoi.at_work(a_bot(hanoi, name)):
        await hanoi.server.until(lambda: tries(hanoi, "getUpdates"))
        before = tries(hanoi, "getUpdates")
        await let_pass(2.0)
        assert tries(hanoi, "getUpdates") - before <= 8


# An outage


def test_five_failures_close_the_way_and_one_message_at_a_time_looks_again() -> None:
    async def outage() -> tuple[list[float], int, int]:
        loop, budget = asyncio.get_running_loop(), Budget()
        looks = []
        for _ in range(5):
            budget.failed()
        closed = budget.room()
        while loop.time() < 200:
            await asyncio.sleep(budget.seconds_until_room())
            assert budget.room() == 1
            await budget.take("5")
            looks.append(round(loop.time()))
            budget.failed()
            with pytest.raises(Closed):
                await budget.take("6")
        await asyncio.sleep(budget.seconds_until_room())
        await budget.take("5")
        budget.worked()
        return looks, closed, budget.room()

    looks, closed, after = on_virtual_clock(outage())
    assert closed == 0
    assert looks == [1, 3, 7, 15, 31, 63, 123, 183, 243]
    assert after >= 10


def test_a_failure_now_and_then_closes_nothing() -> None:
    async def bad_days() -> int:
        budget = Budget()
        for _ in range(10):
            for _ in range(4):
                budget.failed()
            budget.worked()
        return budget.room()

    assert on_virtual_clock(bad_days()) > 1


async def test_after_an_outage_everything_that_waited_goes_out(hanoi: Town, name: str) -> None:
    bot = a_bot(hanoi, name)
    async with hanoi.at_work(bot):
        hanoi.server.fail("sendMessage", status=502, description="Bad Gateway", times=7)
        numbers = [hanoi.push(name, 7000 + n, f"tin {n}") for n in range(30)]
        await let_pass(15)
        await hanoi.server.until(lambda: all(hanoi.row(n).sent_at for n in numbers))
    assert tries(hanoi, "sendMessage") <= len(numbers) + 30
    assert {call.chat for call in hanoi.server.sent()} == {str(7000 + n) for n in range(30)}


# Blocked, moved, put aside


async def test_nothing_is_sent_to_somebody_who_blocked_the_bot_until_they_come_back(hanoi: Town) -> None:
    async with hanoi.at_work(a_bot(hanoi, "telegram")):
        hanoi.server.say(CITIZENS, hanoi.lan, "/start")
        await hanoi.said("Xin chào")
        hanoi.server.give(CITIZENS, {"my_chat_member": membership(hanoi.lan, "kicked")})
        await hanoi.server.until_idle(CITIZENS)
        count = len(hanoi.server.sent(hanoi.lan))
        number = hanoi.push("telegram", hanoi.lan, "Có kết quả rồi")
        await hanoi.server.until(lambda: hanoi.row(number).parked == "blocked")
        assert len(hanoi.server.sent(hanoi.lan)) == count
        hanoi.server.give(CITIZENS, {"my_chat_member": membership(hanoi.lan, "member")})
        hanoi.server.say(CITIZENS, hanoi.lan, "/start")
        await hanoi.said("Có kết quả rồi")


def membership(chat: int, status: str) -> dict[str, object]:
    person = {"id": chat, "is_bot": False, "first_name": "Lan"}
    bot = {"id": 111, "is_bot": True, "first_name": "Bot"}
    before = "member" if status == "kicked" else "kicked"
    made: dict[str, object] = {"chat": {"id": chat, "type": "private"}, "from": person, "date": 1}
    for field, what in (("old_chat_member", before), ("new_chat_member", status)):
        made[field] = {"status": what, "user": bot, **({"until_date": 0} if what == "kicked" else {})}
    return made


async def test_a_message_to_a_group_that_moved_arrives_once_under_the_new_number(hanoi: Town, name: str) -> None:
    async with hanoi.at_work(a_bot(hanoi, name)):
        hanoi.service.store.write_now(lambda tx: tx.chats.save(Chat(name, "-50", agency=AgencyId("ubnd-00070"))))
        hanoi.server.fail("sendMessage", status=400, description="Bad Request: group upgraded", moved_to=-10050)
        hanoi.push(name, -50, "Vụ mới")
        await hanoi.said("Vụ mới", -10050)
        await hanoi.silence()
    assert [call.chat for call in hanoi.server.sent()] == ["-10050"]
    assert hanoi.service.store.read_now(lambda tx: tx.chats.get(name, "-50")) is None


async def test_silence_lasts_to_the_second(hanoi: Town, name: str) -> None:
    bot = a_bot(hanoi, name)
    async with hanoi.at_work(bot):
        with held_clock() as forward:
            hanoi.server.fail("sendMessage", status=429, description="Too Many Requests", retry_after=3)
            hanoi.push(name, 7100, "bản tin", Priority.DIGEST)
            await hanoi.server.until(lambda: not bot.budget.is_open)
            refused_at = next(at for method, at in hanoi.server.tried if method == "sendMessage")
            for n, priority in enumerate((Priority.RATING, Priority.STATUS, Priority.URGENT, Priority.REPLY)):
                hanoi.push(name, 7101 + n, priority.value, priority)
            await forward(4.5)
            await hanoi.server.until(lambda: len(hanoi.server.sent()) == 5)
    # Nobody of any chat hears anything before; the bucket has room for all five right after.
    assert all(3.0 <= call.at - refused_at <= 4.5 for call in hanoi.server.sent())


async def test_administrators_hear_of_a_message_that_can_never_be_sent(hanoi: Town) -> None:
    async with hanoi.at_work(a_bot(hanoi, "telegram_staff")):
        an_administrator(hanoi, 9100)
        await hanoi.said("", 9100)
        hanoi.server.fail("sendMessage", status=400, description="Bad Request: strange", times=2)
        number = hanoi.push("telegram_staff", 7200, "hỏng")
        await hanoi.server.until(lambda: hanoi.row(number).dead_at is not None)
        await hanoi.said("bị từ chối hẳn", 9100)


def an_administrator(hanoi: Town, chat: int) -> None:
    code, config, now = new_code(), hanoi.service.current_config(), hanoi.service.clock()
    agency = AgencyId("ubnd-00070")
    hanoi.service.store.write_now(
        lambda tx: invite(Context(tx, config, now), code, agency, Role.ADMIN, "test", "Quản trị", confirmed=True)
    )
    hanoi.server.say(STAFF, chat, f"/start {code}")


# A gap


async def test_an_absence_of_more_than_a_day_is_told_to_the_administrators_once(hanoi: Town) -> None:
    async with hanoi.at_work(a_bot(hanoi, "telegram_staff")):
        an_administrator(hanoi, 9100)
        await hanoi.said("", 9100)
    now = hanoi.service.clock()
    hanoi.service.store.write_now(lambda tx: tx.updates.set_seen_at("telegram_staff", now - timedelta(hours=26)))
    hanoi.service.store.write_now(lambda tx: tx.updates.set_seen_at("telegram", now - timedelta(hours=23)))
    with capture_logs() as logs:
        async with hanoi.at_work(a_bot(hanoi, "telegram_staff"), a_bot(hanoi, "telegram")):
            told = await hanoi.said("mất liên lạc", 9100)
            # The other bot's absence was looked at, too.
            await until(lambda: hanoi.service.store.read_now(lambda tx: tx.updates.seen_at("telegram")) >= now)
            await hanoi.silence()
    assert "26 giờ" in told.text
    assert [line["bot"] for line in logs if line["event"] == "telegram.gap"] == ["telegram_staff"]
    assert len([c for c in hanoi.server.sent(9100) if "mất liên lạc" in c.text]) == 1


async def test_a_quiet_day_is_no_gap(hanoi: Town) -> None:
    now = hanoi.service.clock()
    told: list[str] = []
    presence = Presence(
        "telegram", hanoi.service.store, lambda: now, lambda _tx, _now, kind, _where, _why: told.append(kind)
    )
    for _ in range(48):
        await presence.seen()
        now += timedelta(hours=1)
    assert not told
    now += timedelta(hours=25)
    await presence.seen()
    assert told == ["gap"]


async def test_when_the_database_takes_writes_again_all_that_failed_is_tried_again_at_once(
    hanoi: Town, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_polling, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(telegram_polling, "LONGEST_PAUSE", 0.1)
    failed = 0

    async def failing(_work: object) -> None:
        nonlocal failed
        failed += 1
        raise OSError("disk full")

    async with hanoi.at_work(a_bot(hanoi, name)):
        await hanoi.server.until(lambda: tries(hanoi, "getUpdates") > 0)
        with monkeypatch.context() as full:
            full.setattr(hanoi.service.store, "write", failing)
            for chat in range(12):
                hanoi.server.say(BOTS[name][1], 7400 + chat, "/start")
            await until(lambda: failed >= 40)
        with capture_logs() as logs:
            await hanoi.server.until_idle(BOTS[name][1])
    assert sum(line["event"] == "telegram.poll_failed" for line in logs) <= 2


async def test_poison_right_after_a_start_holds_up_no_other_chat(hanoi: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_updates, "FIRST_PAUSE", 60.0)

    async def take(raws: tuple[Raw, ...]) -> None:
        if raws[0]["message"]["chat"]["id"] == POISONED:
            raise RuntimeError("poison")

    intake = Intake("telegram", hanoi.service.store, take, hanoi.service.clock, hanoi.trouble)
    try:
        intake.add({"update_id": 1, "message": {"chat": {"id": POISONED}}})
        async with asyncio.timeout(10):
            await intake.add({"update_id": 2, "message": {"chat": {"id": 7300}}})
    finally:
        monkeypatch.setattr(telegram_updates, "DRAIN_SECONDS", 0.0)
        await intake.stop()


async def test_order_within_a_chat_is_kept_across_a_failure(hanoi: Town, name: str) -> None:
    async with hanoi.at_work(a_bot(hanoi, name)):
        hanoi.server.fail("sendMessage", status=500, times=1)
        for n in range(4):
            hanoi.push(name, 7300, f"tin {n}")
        await hanoi.server.until(lambda: len(hanoi.server.sent(7300)) == 4)
    assert [call.text for call in hanoi.server.sent(7300)] == [f"tin {n}" for n in range(4)]
