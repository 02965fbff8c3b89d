"""A loopback server that plays the Zalo Bot Platform, in the shapes that clients recorded; with faults on order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "4242:test-token"
PICTURE = (Path(__file__).parent.parent / "pictures" / "o-ga.jpg").read_bytes()


class ZaloBotDouble:
    """One bot's platform. `say`, `photo`, `sticker` put updates up; `calls` holds what the bot did."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        """`clock` gives seconds since 1970."""
        self._clock = clock
        self._idle = 0
        """Calls of getUpdates that are waiting with nothing to be told."""
        self.updates: deque[dict[str, Any]] = deque()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: deque[tuple[int, dict[str, Any]]] = deque()
        """(HTTP status, body) given instead of the next answers to sends."""
        self.poll_faults: deque[tuple[int, dict[str, Any]]] = deque()
        """The same for getUpdates."""
        self.webhook: tuple[str, str] | None = None
        self._count = 0
        self._runner: web.AppRunner | None = None
        self.base = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._method)
        app.router.add_get("/picture.jpg", self._picture)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        assert self._runner
        await self._runner.cleanup()

    def message(self, event: str, chat: str = "c1", **more: Any) -> dict[str, Any]:
        self._count += 1
        return {
            "event_name": event,
            "message": {
                "message_id": f"m{self._count}",
                "date": int(self._clock()) if self._clock else 1795000000 + self._count,
                "chat": {"id": chat, "chat_type": "PRIVATE"},
                "from": {"id": chat, "display_name": "Hoa", "is_bot": False},
                **more,
            },
        }

    def say(self, text: str, chat: str = "c1") -> None:
        self.updates.append(self.message("message.text.received", chat, text=text))

    def photo(self, caption: str = "", chat: str = "c1") -> None:
        url = f"{self.base}/picture.jpg"
        self.updates.append(self.message("message.image.received", chat, photo_url=url, caption=caption))

    def sticker(self, chat: str = "c1") -> None:
        self.updates.append(self.message("message.sticker.received", chat, sticker="x"))

    async def call(self, update: dict[str, Any], secret: str | None = None, url: str | None = None) -> int:
        """Posts an update to the webhook that was set, as the platform does; returns the HTTP status."""
        assert self.webhook
        headers = {"X-Bot-Api-Secret-Token": self.webhook[1] if secret is None else secret}
        async with (
            aiohttp.ClientSession() as client,
            client.post(url or self.webhook[0], json=update, headers=headers) as answer,
        ):
            return answer.status

    def sent(self, chat: str = "c1") -> list[str]:
        return [body["text"] for method, body in self.calls if method == "sendMessage" and body["chat_id"] == chat]

    async def _picture(self, _request: web.Request) -> web.Response:
        return web.Response(body=PICTURE, content_type="image/jpeg")

    async def _method(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != TOKEN:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        method = request.match_info["method"]
        body = await request.json() if request.can_read_body and request.content_type == "application/json" else {}
        if not body and request.can_read_body:
            body = dict(await request.post())
        if method == "getUpdates" and self.poll_faults:
            status, told = self.poll_faults.popleft()
            return web.json_response(told, status=status)
        if method == "getUpdates":
            return await self._get_updates()
        self.calls.append((method, body))
        if method.startswith("send") and method != "sendChatAction" and self.faults:
            status, told = self.faults.popleft()
            return web.json_response(told, status=status)
        return web.json_response({"ok": True, "result": self._result(method, body)})

    @property
    def is_at_rest(self) -> bool:
        """Nothing to tell, and the bot asks again: it has taken what it was told before."""
        return not self.updates and self._idle > 0

    async def _get_updates(self) -> web.Response:
        for _ in range(10):
            if self.updates:
                self._idle = 0
                return web.json_response({"ok": True, "result": self.updates.popleft()})
            await asyncio.sleep(0.01)
            self._idle += 1
        return web.json_response({"ok": False, "error_code": 408, "description": "Request timeout"}, status=408)

    def _result(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        if method == "getMe":
            return {"id": "4242", "account_name": "bot.phananh", "account_type": "BASIC", "can_join_groups": False}
        if method == "deleteWebhook":
            self.webhook = None
        if method == "setWebhook":
            self.webhook = (body["url"], body["secret_token"])
            return {"url": body["url"], "updated_at": 1795000000}
        if method in ("sendMessage", "sendPhoto", "sendSticker"):
            self._count += 1
            return {"message_id": f"b{self._count}", "date": 1795000000}
        return {}
