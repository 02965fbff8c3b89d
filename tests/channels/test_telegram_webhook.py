"""Telegram's webhooks: nobody speaks without the secret, and 200 means committed."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot.channels import telegram_budget
from bot.channels.telegram_citizen import TelegramCitizens
from bot.channels.telegram_staff import TelegramStaff
from bot.channels.telegram_webhook import HEADER, webhook_routes
from tests.channels.telegram_stage import CITIZENS, STAFF, Town, town

SECRET = "0123456789abcdef-_"


class Door:
    """The service's own server with the two addresses."""

    def __init__(self, hanoi: Town, base: str, client: aiohttp.ClientSession) -> None:
        self.hanoi, self._base, self._client = hanoi, base, client

    async def post(self, body: object, secret: str | None = SECRET, bot: str = "telegram") -> int:
        headers = {} if secret is None else {HEADER: secret}
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        async with self._client.post(f"{self._base}/hook/{bot}", headers=headers, **sent) as answer:
            return answer.status


@pytest_asyncio.fixture
async def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    monkeypatch.setattr(telegram_budget, "CHAT_SECONDS", 0.0)
    async with contextlib.AsyncExitStack() as stack:
        hanoi = await stack.enter_async_context(town(tmp_path))
        hook = ("https://phananh.example/hook/telegram", SECRET)
        bots = TelegramCitizens(hanoi.parts(CITIZENS, hook)), TelegramStaff(hanoi.parts(STAFF, hook))
        await stack.enter_async_context(hanoi.at_work(*bots))
        app = web.Application()
        app.router.add_routes(webhook_routes(bots))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield Door(hanoi, f"http://{host}:{port}", await stack.enter_async_context(aiohttp.ClientSession()))


def update(hanoi: Town, text: str) -> dict[str, object]:
    return {"update_id": hanoi.server.next_update(), "message": hanoi.server.message(hanoi.lan, text=text)}


async def test_updates_with_the_secret_are_committed_before_they_are_answered(door: Door) -> None:
    hanoi = door.hanoi
    await hanoi.server.until(lambda: len(hanoi.server.webhooks) == 2)
    assert hanoi.server.webhooks[CITIZENS]["secret_token"] == SECRET
    assert await door.post(update(hanoi, "/start")) == 200
    known = hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram", str(hanoi.lan)))
    assert known is not None
    assert known.citizen is not None
    await hanoi.said("Đồng ý chứ?")
    assert await door.post(update(hanoi, "/viec"), bot="telegram_staff") == 200
    await hanoi.said("mã mời")


@pytest.mark.parametrize("secret", [None, "", "0123456789abcdef-", "0123456789abcdef-_x", "sai"])
async def test_without_the_secret_nothing_is_read(door: Door, secret: str | None) -> None:
    assert await door.post(update(door.hanoi, "/start"), secret) == 403
    assert await door.post(b"{" * 10, secret) == 403
    assert door.hanoi.service.store.read_now(lambda tx: tx.chats.get("telegram", str(door.hanoi.lan))) is None


async def test_a_repeated_update_changes_nothing(door: Door) -> None:
    once = update(door.hanoi, "/start")
    assert [await door.post(once) for _ in range(3)] == [200, 200, 200]
    await door.hanoi.said("Đồng ý chứ?")
    assert len(door.hanoi.server.sent(door.hanoi.lan)) == 2


@pytest.mark.parametrize("bot", ["telegram", "telegram_staff"])
async def test_what_could_not_be_committed_is_not_acknowledged_and_heard_when_it_comes_again(
    door: Door, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(_work: object) -> None:
        raise OSError("disk full")

    await door.hanoi.server.until(lambda: len(door.hanoi.server.webhooks) == 2)
    once = update(door.hanoi, "/start")
    with monkeypatch.context() as patch:
        patch.setattr(door.hanoi.service.store, "write", failing)
        assert await door.post(once, bot=bot) == 503
    assert await door.post(once, bot=bot) == 200
    await door.hanoi.said("Đồng ý chứ?" if bot == "telegram" else "mã mời")


async def test_what_is_no_update_is_refused(door: Door) -> None:
    for body in (b"", b"nothing", b"[]", b"{}", b'{"update_id": "x"}', b"[" * 100_000):
        assert await door.post(body) == 400, body[:20]
    assert await door.post(b"x" * (1024 * 1024 + 1)) == 413
