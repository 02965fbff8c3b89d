"""The Zalo Bot Platform: Telegram-like methods, no buttons, no location; polling or webhook."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import structlog

from bot.channels.numbered import in_numbers, split
from bot.channels.public_fetch import PublicAddress
from bot.delivery import SendFailed, Why
from bot.dialogue.command import command_in
from bot.dialogue.message import Attachment, Incoming, Outgoing
from storage.records import FileKind

log = structlog.get_logger(__name__)

CHANNEL = "zalo_bot"
TEXT_LIMIT = 2000
POLL_SECONDS = 30
TRIES = 5
PAUSE_SECONDS = 5.0
"""At most one try per pause after a fault: no hot loop."""
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
MENU = "Trả lời bằng số (1–{n}) hoặc bằng chữ."

Hear = Callable[[Incoming], Awaitable[object]]
PublicPicture = Callable[[str], str | None]
"""File id -> a signed, short-lived public address; None where the service has none."""


class ZaloBot:
    """One bot of the platform: hears by polling or by `take_webhook`, sends plain text and pictures."""

    def __init__(
        self,
        client: aiohttp.ClientSession,
        base: str,
        token: str,
        hear: Hear,
        public_picture: PublicPicture,
        give_up: Callable[[Mapping[str, Any]], Awaitable[None]],
        pause: float = 1.0,
    ) -> None:
        self._client = client
        self._url = f"{base.rstrip('/')}/bot{token}"
        self._hear = hear
        self._public_picture = public_picture
        self._give_up = give_up
        self._pause = pause

    async def run(self) -> None:
        """Polls until cancelled: one update a call, idle is 408; each is heard before the next is asked for."""
        while True:
            try:
                answer = await self._call("getUpdates", {"timeout": str(POLL_SECONDS)}, POLL_SECONDS + 10)
            except SendFailed as fault:
                log.warning("zalo_bot.poll", why=fault.why.value)
                await asyncio.sleep(max(PAUSE_SECONDS, fault.retry_after))
                continue
            if answer is not None:
                await self._take_surely(answer)

    async def _take_surely(self, update: Mapping[str, Any]) -> None:
        """The platform forgets an update once it is fetched: a fault of ours is tried again before it is given up."""
        for attempt in range(1, TRIES + 1):
            try:
                await self.take(update)
                return
            except Exception:
                log.exception("zalo_bot.update", attempt=attempt)
                await asyncio.sleep(self._pause * attempt)
        await self._give_up(update)

    async def take(self, update: Mapping[str, Any]) -> bool:
        """Hears one update; False when it says nothing to us. An update is taken when its transaction has committed."""
        incoming = incoming_of(update)
        if incoming is None:
            return False
        with contextlib.suppress(SendFailed):
            await self._call("sendChatAction", {"chat_id": incoming.chat, "action": "typing"}, 5)
        await self._hear(incoming)
        return True

    async def send(self, message: Outgoing) -> str | None:
        """Sends the pictures that have a public address, then the words with a numbered menu. Raises SendFailed."""
        sent: str | None = None
        for file in message.pictures:
            address = self._public_picture(file)
            if address is not None:
                await self._call("sendPhoto", {"chat_id": message.chat, "photo": address, "caption": ""})
        for part in split(in_numbers(message, MENU), TEXT_LIMIT):
            answer = await self._call("sendMessage", {"chat_id": message.chat, "text": part})
            sent = str((answer or {}).get("message_id", "")) or sent
        return sent

    async def set_webhook(self, url: str, secret: str) -> None:
        """From now on the platform calls us; polling must not run beside it. Raises SendFailed."""
        await self._call("setWebhook", {"url": url, "secret_token": secret})

    async def _call(self, method: str, body: Mapping[str, Any], seconds: float = 20) -> Mapping[str, Any] | None:
        """The platform's result, or None when idle. The token is in the address: nothing of it is ever logged."""
        try:
            timeout = aiohttp.ClientTimeout(total=seconds)
            async with self._client.post(f"{self._url}/{method}", json=body, timeout=timeout) as answer:
                status = answer.status
                told = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
            raise SendFailed(Why.AGAIN, type(fault).__name__) from None
        if not isinstance(told, dict):
            raise SendFailed(Why.AGAIN, f"{method}: no object")
        code = int(told.get("error_code") or (0 if told.get("ok") else status))
        if told.get("ok"):
            result = told.get("result")
            return result if isinstance(result, dict) else {}
        if code == 408 and method == "getUpdates":
            return None
        raise _failure(method, code, told)


class ZaloChannel:
    """The bot as an edge of the running service: polls while it is started, fetches what it was shown."""

    name = CHANNEL

    def __init__(
        self,
        base: str,
        token: str,
        hear: Hear,
        public_picture: PublicPicture,
        give_up: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        self._client = aiohttp.ClientSession()
        self._bot = ZaloBot(self._client, base, token, hear, public_picture, give_up)
        self._fetcher = PublicAddress(self._client)
        self._polling: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._polling = asyncio.create_task(self._bot.run())

    async def stop_hearing(self) -> None:
        """What was being heard is finished or tried again by nobody: the platform has already given it."""
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)

    async def stop(self) -> None:
        await self._client.close()

    async def send(self, message: Outgoing) -> str | None:
        return await self._bot.send(message)

    async def fetch(self, ref: str) -> bytes:
        return await self._fetcher.fetch(ref)


def _failure(method: str, code: int, told: Mapping[str, Any]) -> SendFailed:
    words = f"{method}: {code} {str(told.get('description', ''))[:100]}"
    if code == 429:
        return SendFailed(Why.WAIT, words, retry_after=float(told.get("retry_after") or 30))
    if code in (401, 403):
        return SendFailed(Why.BLOCKED, words)
    if 400 <= code < 500 and code not in (408, 409):
        return SendFailed(Why.NEVER, words)
    return SendFailed(Why.AGAIN, words)


def secret_fits(given: str | None, secret: str) -> bool:
    """Compares a webhook's header in constant time."""
    return hmac.compare_digest((given or "").encode(), secret.encode())


def incoming_of(update: Mapping[str, Any]) -> Incoming | None:
    """An update in any recorded shape, bare or wrapped, as a message of ours; None for what says nothing to us."""
    inner = update.get("result")
    if isinstance(inner, Mapping):
        update = inner
    message = update.get("message")
    if not isinstance(message, Mapping) or not isinstance(message.get("chat"), Mapping):
        return None
    chat = str(message["chat"].get("id") or "")
    if not chat or str(message["chat"].get("chat_type", "PRIVATE")).upper() != "PRIVATE":
        return None
    sender = message.get("from")
    if isinstance(sender, Mapping) and sender.get("is_bot"):
        return None
    at = moment(message.get("date"))
    name = str(sender.get("display_name") or "") if isinstance(sender, Mapping) else ""
    text = str(message.get("text") or message.get("caption") or "")
    command = command_in(text)
    photo = message.get("photo_url") or message.get("photo")
    return Incoming(
        channel=CHANNEL,
        chat=chat,
        key=str(message.get("message_id") or f"at{at.timestamp():.3f}"),
        at=at,
        text=None if command else text or None,
        command=command[0] if command else None,
        argument=command[1] if command else "",
        attachments=(Attachment(FileKind.PHOTO, photo),) if isinstance(photo, str) and photo else (),
        name=name or None,
        unsupported=not text and not photo,
    )


def moment(value: object) -> datetime:
    """A platform's time: seconds or milliseconds since 1970, number or string; now when it says nothing sensible."""
    try:
        number = float(str(value))
    except ValueError:
        return datetime.now(UTC)
    seconds = number / 1000 if number > 1e11 else number
    return datetime.fromtimestamp(seconds, UTC) if 1e9 < seconds < 1e10 else datetime.now(UTC)
