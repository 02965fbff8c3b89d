"""A loopback server that plays Zalo's Official Account, in the shapes that clients recorded; with faults on order."""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

APP_ID = "4711"
APP_SECRET = "app-secret"
OA_SECRET = "oa-secret"
PICTURE = Path(__file__).parent.parent / "pictures" / "o-ga.jpg"


class ZaloOaDouble:
    """The platform of one account: OAuth, sending, uploads, and events that it signs and posts to our webhook."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives seconds since 1970."""
        self.clock = clock
        self.access = "access-0"
        self.refresh = "refresh-0"
        self.renewals: list[str] = []
        """Refresh tokens that were shown to OAuth, good and bad."""
        self.sent: list[tuple[str, dict[str, Any]]] = []
        """(user, message) of everything that was delivered."""
        self.templates: list[dict[str, Any]] = []
        self.uploads: dict[str, bytes] = {}
        self.faults: deque[dict[str, Any] | int] = deque()
        """Given instead of the next answers to sends: a body inside a 200, or an HTTP status."""
        self.oauth_faults: deque[dict[str, Any] | int] = deque()
        self.hook = ""
        """Where events are posted."""
        self.base = ""
        self._count = 0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> ZaloOaDouble:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_post("/v3.0/oa/message/cs", self._send)
        app.router.add_post("/v2.0/oa/upload/image", self._upload)
        app.router.add_post("/v4/oa/access_token", self._renew)
        app.router.add_post("/message/template", self._template)
        app.router.add_get("/picture.jpg", self._picture)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    # What a person does

    def event(self, name: str, user: str, **message: Any) -> dict[str, Any]:
        """An event as the platform writes it: times are strings of milliseconds."""
        self._count += 1
        at = f"{int(self.clock() * 1000)}"
        if name in ("follow", "unfollow"):
            return {"oa_id": "99", "follower": {"id": user}, "event_name": name, "app_id": APP_ID, "timestamp": at}
        return {
            "app_id": APP_ID,
            "user_id_by_app": f"by-app-{user}",
            "event_name": name,
            "sender": {"id": user},
            "recipient": {"id": "99"},
            "message": {"msg_id": f"in{self._count}", **message},
            "timestamp": at,
        }

    def text(self, user: str, words: str) -> dict[str, Any]:
        return self.event("user_send_text", user, text=words)

    def picture(self, user: str, words: str = "") -> dict[str, Any]:
        payload = {"thumbnail": f"{self.base}/picture.jpg", "url": f"{self.base}/picture.jpg"}
        more = {"text": words} if words else {}
        return self.event("user_send_image", user, attachments=[{"type": "image", "payload": payload}], **more)

    def place(self, user: str, lat: float, lon: float, words: str = "") -> dict[str, Any]:
        payload = {"coordinates": {"latitude": str(lat), "longitude": str(lon)}}
        return self.event(
            "user_send_location", user, text=words, attachments=[{"type": "location", "payload": payload}]
        )

    async def post(self, event: dict[str, Any], **headers: str) -> int:
        """Signs an event and posts it to the webhook; returns the HTTP status."""
        raw = json.dumps(event, ensure_ascii=False).encode()
        return await self.post_raw(raw, **{"X-ZEvent-Signature": signed(raw, str(event["timestamp"])), **headers})

    async def post_raw(self, raw: bytes, **headers: str) -> int:
        async with aiohttp.ClientSession() as client, client.post(self.hook, data=raw, headers=headers) as answer:
            return answer.status

    def texts(self, user: str) -> list[str]:
        return [str(message.get("text", "")) for to, message in self.sent if to == user]

    # What our service does

    async def _renew(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.renewals.append(str(form.get("refresh_token")))
        if self.oauth_faults:
            return _fault(self.oauth_faults.popleft())
        if request.headers.get("secret_key") != APP_SECRET or form.get("app_id") != APP_ID:
            return web.json_response({"error": -14002, "error_name": "Invalid app", "error_description": "x"})
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self.refresh:
            return web.json_response({"error": -14014, "error_name": "Invalid refresh token"})
        number = len(self.renewals)
        self.access, self.refresh = f"access-{number}", f"refresh-{number}"
        return web.json_response({"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"})

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self.faults:
            return _fault(self.faults.popleft())
        if request.headers.get("access_token") != self.access:
            return web.json_response({"error": -216, "message": "Access token is invalid"})
        message = body["message"]
        for element in message.get("attachment", {}).get("payload", {}).get("elements", ()):
            if element["attachment_id"] not in self.uploads:
                return web.json_response({"error": -201, "message": "attachment_id is invalid"})
        if len(message.get("text", "")) > 2000:
            return web.json_response({"error": -210, "message": "Parameter exceeds allowable limit"})
        user = body["recipient"]["user_id"]
        self.sent.append((user, message))
        number = f"out{len(self.sent)}"
        return web.json_response({"data": {"message_id": number, "user_id": user}, "error": 0, "message": "Success"})

    async def _upload(self, request: web.Request) -> web.Response:
        if request.headers.get("access_token") != self.access:
            return web.json_response({"error": -216, "message": "Access token is invalid"})
        form = await request.post()
        given = form["file"]
        assert isinstance(given, web.FileField)
        name = f"attachment-{len(self.uploads) + 1}"
        self.uploads[name] = given.file.read()
        return web.json_response({"data": {"attachment_id": name}, "error": 0, "message": "Success"})

    async def _template(self, request: web.Request) -> web.Response:
        if request.headers.get("access_token") != self.access:
            return web.json_response({"error": -124, "message": "Access token invalid"})
        self.templates.append(await request.json())
        return web.json_response({"data": {"msg_id": f"zns{len(self.templates)}"}, "error": 0, "message": "Success"})

    async def _picture(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(PICTURE)


def signed(raw: bytes, timestamp: str, secret: str = OA_SECRET) -> str:
    """The header of a genuine event."""
    digest = hashlib.sha256()
    for part in (APP_ID.encode(), raw, timestamp.encode(), secret.encode()):
        digest.update(part)
    return f"mac={digest.hexdigest()}"


def _fault(fault: dict[str, Any] | int) -> web.Response:
    return web.Response(status=fault) if isinstance(fault, int) else web.json_response(fault)
