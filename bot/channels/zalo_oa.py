"""A Zalo Official Account: its webhook heard, its messages sent; no buttons, so choices are numbered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
import structlog

from bot.casework.contact import note_presence
from bot.channels.moments import moment_in
from bot.channels.numbered import in_numbers, split
from bot.channels.public_fetch import PublicAddress
from bot.channels.stored_pictures import StoredPictures
from bot.channels.zalo_aside import Aside
from bot.channels.zalo_oa_api import OfficialAccountApi, renew
from bot.channels.zalo_oa_events import CHANNEL, Left, heard_in, is_signed
from bot.channels.zalo_oa_token import Tell, TokenKeeper
from bot.channels.zalo_webhook import TurnedAway, Verdict, object_in
from bot.delivery.sender import SendFailed, Why
from bot.delivery.window import Knock
from bot.dialogue.message import Incoming, Outcome, Outgoing
from bot.dialogue.texts import Texts
from bot.reports.painter import Painter
from storage.files import FileStore
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

SIGNATURE_HEADER = "X-ZEvent-Signature"
TEXT_LIMIT = 2000
MOST_PICTURES = 4
PICTURE_BYTES = 1_000_000
"""What an upload may weigh (third party)."""
OLDEST = timedelta(hours=13)
"""The platform repeats an unanswered event for 12 hours (third party); what is older is a replay."""
AHEAD = timedelta(minutes=5)
SEND_SECONDS = 50.0
"""A message is sent or given back before its row is anybody's again (`bot.delivery.sender.LEASE_SECONDS`)."""
LOOK_SECONDS = 3600.0
"""How often the token is looked at while nothing is sent, so that trouble shows before somebody needs it."""


@dataclass(frozen=True)
class AccountParts:
    """What the account needs of the service."""

    api_base: str
    oauth_base: str
    zns_base: str
    app_id: str
    app_secret: str
    """Of the app; renews tokens."""
    oa_secret: str
    """Of the webhook; signs events."""
    first_refresh: str
    hear: Callable[[Incoming], Awaitable[Outcome | None]]
    """Returns after COMMIT."""
    store: Store
    files: FileStore
    texts: Texts
    clock: Callable[[], datetime]
    aside: Aside
    tell_token: Tell
    painter: Painter | None = None


class ZaloOfficialAccount:
    """One account: the Sender, Fetcher and webhook of its channel."""

    name = CHANNEL
    has_webhook = True

    def __init__(self, parts: AccountParts) -> None:
        self._parts = parts
        self._client = aiohttp.ClientSession()
        renewal = partial(renew, self._client, parts.oauth_base, parts.app_id, parts.app_secret)
        self._keeper = TokenKeeper(parts.store, renewal, parts.first_refresh, parts.clock, parts.tell_token)
        self._api = OfficialAccountApi(self._client, parts.api_base, parts.zns_base, self._keeper)
        self._pictures = StoredPictures(parts.store, parts.files, parts.painter)
        self._fetcher = PublicAddress()
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Looks after the token; events come to the webhook by themselves."""
        self._looking = asyncio.create_task(self._look_after_token())

    async def stop_hearing(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def stop(self) -> None:
        await self.stop_hearing()
        await self._keeper.settle()
        await self._fetcher.close()
        await self._client.close()

    async def fetch(self, ref: str) -> bytes:
        """See Fetcher."""
        return await self._fetcher.fetch(ref)

    def open(self, headers: Mapping[str, str], raw: bytes) -> Mapping[str, Any]:
        """See Hooked. Only the time is taken from a body that has not proven itself: the signature covers it."""
        event = object_in(raw)
        given = event.get("timestamp")
        written = str(given) if isinstance(given, str | int) else ""
        parts = self._parts
        if not is_signed(headers.get(SIGNATURE_HEADER), parts.app_id, raw, written, parts.oa_secret):
            raise TurnedAway(Verdict.FORGED)
        at, now = moment_in(given), parts.clock()
        if at is None or not now - OLDEST <= at <= now + AHEAD:
            raise TurnedAway(Verdict.STALE)
        return event

    async def take(self, update: Mapping[str, Any]) -> Outcome | None:
        """See Hooked."""
        heard = heard_in(update)
        if heard is None:
            return None
        try:
            if isinstance(heard, Left):
                return await self._parts.store.write(lambda tx: _leave(tx, heard))
            return await self._parts.hear(heard)
        except Exception as fault:
            if not await self._parts.aside.failed(update, fault, heard.chat):
                raise
        return None

    def places(self, message: Outgoing) -> int:
        """How many messages of the platform this one takes: the first picture shares that of the words."""
        pictures = min(MOST_PICTURES, len(message.pictures) + (message.drawing is not None))
        return len(self._texts_of(message)) + max(0, pictures - 1)

    async def send(self, message: Outgoing) -> str | None:
        """Further pictures, then the words below the first picture, with a numbered menu. Raises SendFailed."""
        gone: list[str | None] = []
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send(message, gone)
        except (SendFailed, TimeoutError) as fault:
            failure = fault if isinstance(fault, SendFailed) else SendFailed(Why.AGAIN, "no answer in time")
            failure.spent = len(gone)
            raise failure from None
        return next((name for name in reversed(gone) if name), None)

    async def _send(self, message: Outgoing, gone: list[str | None]) -> None:
        """Appends to `gone` what the platform calls each message that went."""
        pictures = await self._upload(message)
        first, *others = pictures or [None]
        bodies = [_picture(other) for other in others if other is not None]
        for number, text in enumerate(self._texts_of(message)):
            bodies.append({"text": text, **(_picture(first) if first is not None and number == 0 else {})})
        for body in bodies:
            gone.append(await self._api.tell(message.chat, body))

    async def knock(self, knock: Knock) -> None:
        """See Knocking."""
        await self._api.send_template(knock.phone, knock.template, knock.words, f"phananh-{knock.number}")

    def _texts_of(self, message: Outgoing) -> tuple[str, ...]:
        hidden = max(0, len(message.pictures) - MOST_PICTURES)
        return split(in_numbers(message, self._parts.texts, hidden), TEXT_LIMIT) or ("…",)

    async def _upload(self, message: Outgoing) -> list[str | None]:
        """What the platform calls the pictures; one that it does not take is left out, the words still go."""
        uploaded: list[str | None] = []
        for picture in await self._pictures.of(message, MOST_PICTURES, PICTURE_BYTES):
            try:
                uploaded.append(await self._api.upload(picture))
            except SendFailed as failure:
                if failure.why is not Why.NEVER:
                    raise
        return uploaded

    async def _look_after_token(self) -> None:
        while True:
            try:
                await self._keeper.access()
            except Exception as fault:
                log.warning(
                    "zalo_oa.token", fault=str(fault) if isinstance(fault, SendFailed) else type(fault).__name__
                )
            await asyncio.sleep(LOOK_SECONDS)


def _picture(attachment: str) -> dict[str, Any]:
    element = {"media_type": "image", "attachment_id": attachment}
    payload = {"template_type": "media", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def _leave(tx: Transaction, left: Left) -> Outcome:
    """Nothing is sent to somebody who left, until they write again. A replay changes nothing."""
    if not tx.inputs.first_time(CHANNEL, left.chat, left.key, left.at):
        return Outcome.AGAIN
    note_presence(tx, CHANNEL, left.chat, is_there=False)
    return Outcome.HEARD
