"""A bot that Telegram does not let speak or hear: administrators are told once, and once when it is over."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels import telegram_bot, telegram_budget, telegram_polling
from bot.channels.telegram_alarm import PATIENCE, Alarm, Webhook
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_citizen import TelegramCitizens
from bot.channels.telegram_staff import TelegramStaff
from bot.delivery.queue_watch import QueueWatch
from storage.records import Role
from tests.channels.telegram_office import join
from tests.channels.telegram_stage import CITIZENS, STAFF, Town, town

BOSS = 9100
OURS = ("https://phananh.example/hook/telegram", "0123456789abcdef")


@pytest_asyncio.fixture
async def hanoi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town whose officers' bot works, with an administrator."""
    monkeypatch.setattr(telegram_budget, "CHAT_SECONDS", 0.0)
    async with town(tmp_path) as made:
        yield made


@contextlib.asynccontextmanager
async def working(hanoi: Town, citizens: TelegramBot) -> AsyncIterator[None]:
    async with hanoi.at_work(TelegramStaff(hanoi.parts(STAFF)), citizens):
        await join(hanoi, BOSS, Role.ADMIN, "Quản trị")
        yield


def told(hanoi: Town, words: str) -> int:
    return sum(words in call.text for call in hanoi.server.sent(BOSS))


def kinds(hanoi: Town) -> list[tuple[str, str]]:
    troubles = hanoi.service.store.read_now(lambda tx: tx.troubles.all())
    return [(trouble.kind, trouble.where) for trouble in troubles]


async def test_a_token_that_is_no_longer_valid_is_told_by_the_other_bot_once_and_its_end_once(
    hanoi: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_polling, "REVOKED_SECONDS", 0.05)
    bot = TelegramCitizens(hanoi.parts(CITIZENS))
    async with working(hanoi, bot):
        hanoi.server.fail("getUpdates", status=401, description="Unauthorized", times=20, bot=CITIZENS)
        hanoi.server.say(CITIZENS, 5000, "/start")  # ends the poll under way
        await hanoi.said("token mới ở @BotFather", BOSS)
        assert kinds(hanoi) == [("revoked", "telegram")]
        await hanoi.server.until(lambda: not hanoi.server.fails("getUpdates"))
        hanoi.server.say(CITIZENS, 5000, "/start")
        await hanoi.said("mã truy cập (token) của bot đã trở lại bình thường", BOSS)
        hanoi.server.say(STAFF, BOSS, "/trogiup")
        await hanoi.server.until_idle(STAFF)
    assert told(hanoi, "@BotFather") == told(hanoi, "trở lại bình thường") == 1
    assert kinds(hanoi) == []


async def test_a_message_refused_for_its_token_is_told_too(hanoi: Town) -> None:
    bot = TelegramCitizens(hanoi.parts(CITIZENS, OURS))
    async with working(hanoi, bot):
        hanoi.server.fail("sendMessage", status=401, description="Unauthorized", times=1000, bot=CITIZENS)
        hanoi.push("telegram", 5000, "tin")
        await hanoi.said("@BotFather", BOSS)


async def test_an_endless_429_is_told_once_while_everything_waits_and_once_when_it_is_over(hanoi: Town) -> None:
    bot = TelegramCitizens(hanoi.parts(CITIZENS))
    async with working(hanoi, bot):
        hanoi.server.fail(
            "sendMessage", status=429, description="Too Many Requests", retry_after=1, times=3, bot=CITIZENS
        )
        number = hanoi.push("telegram", 5000, "tin")
        await hanoi.server.until(lambda: hanoi.row(number).error)
        late = {"minutes": 16}
        service, channels = hanoi.service, ("telegram", "telegram_staff")
        watch = QueueWatch(
            service.store, service.current_config, channels, lambda: service.clock() + timedelta(**late), hanoi.wake
        )
        for _ in range(3):
            await watch.look()
        found = await hanoi.said("gửi tin chậm", BOSS)
        assert "too many requests" in found.text.lower()
        await hanoi.said("tin", 5000, seconds=20)
        for _ in range(3):
            await watch.look()
        await hanoi.said("việc gửi tin đã trở lại bình thường", BOSS)
    assert told(hanoi, "gửi tin chậm") == told(hanoi, "trở lại bình thường") == 1


# The webhook


async def test_a_webhook_that_somebody_took_away_is_set_again(hanoi: Town) -> None:
    for bot, token in ((TelegramCitizens, CITIZENS), (TelegramStaff, STAFF)):
        made = bot(hanoi.parts(token, OURS))
        await made.open()
        await made.prepare()
        hanoi.server.webhooks[token] = {"url": "https://somebody.example/"}
        await made.look_at_webhook()
        assert hanoi.server.webhooks[token]["url"] == OURS[0]
        await made.close()


@pytest.mark.parametrize(("kind", "token"), [(TelegramCitizens, CITIZENS), (TelegramStaff, STAFF)])
async def test_a_webhook_that_telegram_cannot_reach_is_told_when_it_lasts(
    hanoi: Town, kind: type[TelegramBot], token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = kind(hanoi.parts(token, OURS))
    await bot.open()
    await bot.prepare()
    hanoi.server.say(token, 5000, "không ai đến lấy")
    error = {"last_error_date": int(hanoi.service.clock().timestamp()), "last_error_message": "Connection refused"}
    hanoi.server.webhook_errors[token] = error
    await bot.look_at_webhook()
    assert kinds(hanoi) == []
    monkeypatch.setattr(bot._alarm, "_clock", lambda: hanoi.service.clock() + PATIENCE)
    for _ in range(3):
        await bot.look_at_webhook()
    assert kinds(hanoi) == [("webhook", bot.name)]
    del hanoi.server.webhook_errors[token]
    await bot.look_at_webhook()
    assert kinds(hanoi) == []
    await bot.close()


async def test_a_bot_with_a_webhook_asks_for_its_state_by_itself(hanoi: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_bot, "PRESENT_SECONDS", 0.05)
    async with hanoi.at_work(TelegramCitizens(hanoi.parts(CITIZENS, OURS))):
        await hanoi.server.until(lambda: sum(method == "getWebhookInfo" for method, _ in hanoi.server.tried) > 2)


# What is trouble, and when


async def test_only_what_lasts_is_trouble(hanoi: Town) -> None:
    now, noted = hanoi.service.clock(), []
    alarm = Alarm(
        "telegram",
        hanoi.service.store,
        lambda: now,
        lambda _tx, _now, kind, _w, why, facts: noted.append((kind, why, facts)),
    )
    await alarm.answered()
    noted.clear()
    for _ in range(5):
        await alarm.failed("Conflict")
        now += timedelta(minutes=1) - timedelta(seconds=1)
    assert noted == []
    await alarm.answered()
    for _ in range(12):
        await alarm.failed("Conflict")
        now += timedelta(minutes=1)
    await alarm.looked(Webhook("x", 0), "x")
    await alarm.answered()
    begun, _webhook, over = noted
    assert begun == ("deaf", "Conflict", {"minutes": 5})
    assert over == ("deaf", None, {})
