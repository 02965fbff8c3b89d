"""The Zalo Bot Platform: Telegram-like methods, no buttons, no location; polling or webhook."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog

from bot.channels.moments import moment
from bot.channels.numbered import in_numbers, split
from bot.channels.public_fetch import PublicAddress
from bot.channels.zalo_aside import Aside
from bot.channels.zalo_webhook import TurnedAway, Verdict, object_in
from bot.delivery.sender import SendFailed, Why
from bot.dialogue.command import typed_command
from bot.dialogue.message import Attachment, Incoming, Outcome, Outgoing, drawing_name
from bot.dialogue.texts import Texts
from storage.records import FileKind

log = structlog.get_logger(__name__)

CHANNEL = "zalo_bot"
TEXT_LIMIT = 2000
POLL_SECONDS = 30
PAUSE_SECONDS = 5.0
"""At most one try per pause after a fault: no hot loop."""
LONGEST_PAUSE = 60.0
LONGEST_WAIT = 3600.0
"""Taken for whatever longer wait the platform asks for: then it is tried again."""
MOST_COURTESIES = 100
LONGEST_ID = 80
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header

Hear = Callable[[Incoming], Awaitable[Outcome | None]]
PublicPicture = Callable[[str], str | None]
"""File id, or the name of a drawing -> a signed, short-lived public address; None where the service has none."""


@dataclass(frozen=True)
class BotParts:
    """What the bot needs of the service."""

    base: str
    token: str
    hear: Hear
    """Returns after COMMIT."""
    public_picture: PublicPicture
    texts: Texts
    aside: Aside
    webhook: tuple[str, str] | None = None
    """Address and secret; None to poll."""
    pause: float = 1.0
    """Seconds before a failed update is tried again; grows with each try."""


class ZaloBot:
    """One bot of the platform: hears by polling or by its webhook, sends plain text and pictures."""

    name = CHANNEL

    def __init__(self, parts: BotParts) -> None:
        self._parts = parts
        self._client = aiohttp.ClientSession()
        self._url = f"{parts.base.rstrip('/')}/bot{parts.token}"
        self._fetcher = PublicAddress()
        self._hearing: asyncio.Task[None] | None = None
        self._courtesies: set[asyncio.Task[None]] = set()

    @property
    def has_webhook(self) -> bool:
        return self._parts.webhook is not None

    async def start(self) -> None:
        """Begins to hear; returns at once, whatever the state of the platform."""
        self._hearing = asyncio.create_task(self._hear())

    async def stop_hearing(self) -> None:
        """What was being heard is finished or tried again by nobody: the platform has already given it."""
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)

    async def stop(self) -> None:
        """Ends hearing and sending."""
        await self.stop_hearing()
        for courtesy in self._courtesies:
            courtesy.cancel()
        await asyncio.gather(*self._courtesies, return_exceptions=True)
        await self._fetcher.close()
        await self._client.close()

    async def fetch(self, ref: str) -> bytes:
        """See Fetcher."""
        return await self._fetcher.fetch(ref)

    def open(self, headers: Mapping[str, str], raw: bytes) -> Mapping[str, Any]:
        """See Hooked: the secret is compared in constant time before the body is looked at."""
        secret = self._parts.webhook[1] if self._parts.webhook else ""
        if not secret or not secret_fits(headers.get(SECRET_HEADER), secret):
            raise TurnedAway(Verdict.FORGED)
        return object_in(raw)

    async def take(self, update: Mapping[str, Any]) -> Outcome | None:
        """Hears one update; None when it says nothing to us. An update is taken when its transaction has committed."""
        incoming = incoming_of(update)
        if incoming is None:
            return None
        self._show_typing(incoming.chat)
        try:
            return await self._parts.hear(incoming)
        except Exception as fault:
            if not await self._parts.aside.failed(update, fault, incoming.chat):
                raise
        return None

    async def send(self, message: Outgoing) -> str | None:
        """Sends the pictures that have a public address, then the words with a numbered menu. Raises SendFailed."""
        sent: str | None = None
        addresses = [self._parts.public_picture(file) for file in message.pictures]
        drawn = self._parts.public_picture(drawing_name(message.number)) if message.drawing is not None else None
        for address in filter(None, (*addresses, drawn)):
            await self._call("sendPhoto", {"chat_id": message.chat, "photo": address, "caption": ""})
        text = in_numbers(message, self._parts.texts, hidden=addresses.count(None))
        for part in split(text, TEXT_LIMIT):
            answer = await self._call("sendMessage", {"chat_id": message.chat, "text": part})
            sent = str((answer or {}).get("message_id", "")) or sent
        return sent

    async def _hear(self) -> None:
        """Polling and webhook exclude each other: whichever is not wanted is switched off first."""
        pause = PAUSE_SECONDS
        while True:
            try:
                if self._parts.webhook is not None:
                    url, secret = self._parts.webhook
                    await self._call("setWebhook", {"url": url, "secret_token": secret})
                else:
                    await self._call("deleteWebhook", {})
                break
            except SendFailed as fault:
                log.error("zalo_bot.not_ready", why=fault.why.value, seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        log.info("zalo_bot.ready", mode="webhook" if self._parts.webhook else "polling")
        if self._parts.webhook is None:
            await self._poll()

    async def _poll(self) -> None:
        """Until cancelled: one update a call, idle is 408; each is heard before the next is asked for."""
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
        """The platform forgets an update once it is fetched: it is tried until it is taken or put aside."""
        pause = self._parts.pause
        while True:
            try:
                await self.take(update)
                return
            except Exception as fault:
                log.warning("zalo_bot.again", fault=type(fault).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _show_typing(self, chat: str) -> None:
        """A courtesy that nobody waits for."""
        if len(self._courtesies) >= MOST_COURTESIES:
            return
        task = asyncio.create_task(self._type(chat))
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)

    async def _type(self, chat: str) -> None:
        with contextlib.suppress(SendFailed):
            await self._call("sendChatAction", {"chat_id": chat, "action": "typing"}, 5)

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
        code = int(_number(told.get("error_code") or status, status))
        if told.get("ok"):
            result = told.get("result")
            return result if isinstance(result, dict) else {}
        if code == 408 and method == "getUpdates":
            return None
        raise _failure(method, code, told)


def _failure(method: str, code: int, told: Mapping[str, Any]) -> SendFailed:
    words = f"{method}: {code} {str(told.get('description', ''))[:100]}"
    if code == 429:
        return SendFailed(Why.WAIT, words, retry_after=min(_number(told.get("retry_after"), 30), LONGEST_WAIT))
    if code == 401:
        # The token, not the person: everything waits until the operator has put in a good one.
        return SendFailed(Why.WAIT, words, retry_after=300)
    if code == 403:
        return SendFailed(Why.BLOCKED, words)
    if 400 <= code < 500 and code not in (408, 409):
        return SendFailed(Why.NEVER, words)
    return SendFailed(Why.AGAIN, words)


def _number(said: object, otherwise: float) -> float:
    """A number that may come as a string; `otherwise` for anything else: no answer of the platform stops us."""
    try:
        number = float(str(said))
    except ValueError:
        return otherwise
    return number if math.isfinite(number) else otherwise


def secret_fits(given: str | None, secret: str) -> bool:
    """Compares a webhook's header in constant time."""
    return hmac.compare_digest((given or "").encode("utf-8", "replace"), secret.encode())


def incoming_of(update: Mapping[str, Any]) -> Incoming | None:
    """An update in any recorded shape, bare or wrapped, as a message of ours; None for what says nothing to us."""
    inner = update.get("result")
    if isinstance(inner, Mapping):
        update = inner
    message = update.get("message")
    if not isinstance(message, Mapping) or not isinstance(message.get("chat"), Mapping):
        return None
    chat = str(message["chat"].get("id") or "")
    if not 0 < len(chat) <= LONGEST_ID or str(message["chat"].get("chat_type", "PRIVATE")).upper() != "PRIVATE":
        return None
    sender = message.get("from")
    if isinstance(sender, Mapping) and sender.get("is_bot"):
        return None
    at = moment(message.get("date"))
    name = str(sender.get("display_name") or "") if isinstance(sender, Mapping) else ""
    text = str(message.get("text") or message.get("caption") or "")
    command = typed_command(text)
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
