"""Sends our messages by a Telegram bot, whichever library carries them: edits, albums, pieces, budgets, refusals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

import structlog

from bot.channels.stored_pictures import StoredPictures
from bot.channels.telegram_budget import Budget, Closed, Turn
from bot.channels.telegram_message import ALBUM_PICTURES, is_short, parts_of
from bot.delivery.sender import SendFailed, Why
from bot.dialogue.message import Outgoing
from bot.reports.painter import Painter
from storage.files import FileStore
from storage.store import Store

log = structlog.get_logger(__name__)

Markup = dict[str, Any]
"""A keyboard as the Bot API writes it in JSON."""


MOST_PICTURES = 50
"""Of one message of ours; more than the configuration lets a case have."""
REVOKED_SECONDS = 60.0
"""How long a bot keeps silent and deaf when the platform says that its token is not valid."""


class Fault(StrEnum):
    """How the platform refused a call."""

    BAD_REQUEST = "bad_request"
    FORBIDDEN = "forbidden"
    TOO_MANY = "too_many"
    MOVED = "moved"
    REVOKED = "revoked"
    """The token is not valid (any more)."""
    OTHER = "other"


class CallFailed(Exception):
    """A call of the Bot API failed; raised by a Wire."""

    def __init__(self, fault: Fault, words: str, retry_after: float = 0.0, moved_to: str = "") -> None:
        super().__init__(words)
        self.fault = fault
        self.retry_after = retry_after
        self.moved_to = moved_to


@dataclass(frozen=True, slots=True)
class Keyboard:
    """What stands below a message, and what is said before it with a keyboard of its own."""

    markup: Markup | None = None
    before: str = ""
    before_markup: Markup | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One message of Telegram: words, below one picture or document if there is one."""

    text: str
    markup: Markup | None = None
    picture: bytes | None = None
    document: tuple[str, bytes] | None = None


class Wire(Protocol):
    """A library's way to the Bot API. Every method raises CallFailed."""

    async def send(self, chat: int, sheet: Sheet) -> int:
        """Sends, and returns the message's number."""
        ...

    async def edit(self, chat: int, number: int, sheet: Sheet) -> None:
        """Puts another sheet in the place of a sent one."""
        ...

    async def send_album(self, chat: int, pictures: tuple[bytes, ...]) -> None: ...


Keyboards = Callable[[Outgoing], Awaitable[Keyboard]]


class TelegramSender:
    """The Sender of one bot."""

    def __init__(
        self,
        wire: Wire,
        store: Store,
        files: FileStore,
        keyboards: Keyboards,
        budget: Budget,
        painter: Painter | None = None,
    ) -> None:
        self._wire = wire
        self._pictures = StoredPictures(store, files, painter)
        self._keyboards = keyboards
        self.budget = budget

    async def send(self, message: Outgoing) -> str | None:
        """Sends and returns the number of the message that bears the buttons. Raises SendFailed."""
        if not message.chat.lstrip("-").isdigit():
            raise SendFailed(Why.NEVER, "no chat of Telegram")
        try:
            ref = await self._send(message)
        except Closed as closed:
            raise SendFailed(Why.WAIT, str(closed), retry_after=closed.seconds) from closed
        except CallFailed as failure:
            raise self._send_failed(failure) from failure
        self.budget.worked()
        return ref

    async def _send(self, message: Outgoing) -> str:
        chat, turn = int(message.chat), self.budget.turn(message.chat)
        await turn.take()
        keyboard = await self._keyboards(message)
        markup = keyboard.markup
        pictures = await self._pictures.of(message, MOST_PICTURES)
        if keyboard.before:
            async with turn.used():
                await self._wire.send(chat, Sheet(keyboard.before, keyboard.before_markup))
        edited = await self._edit(chat, turn, message, markup, pictures)
        if edited is not None:
            return edited
        for name, content in await self._pictures.others(message.pictures):
            async with turn.used():
                await self._wire.send(chat, Sheet("", document=(name, content)))
        try:
            return await self._send_anew(chat, turn, message, markup, pictures)
        except CallFailed as failure:
            if failure.fault is not Fault.BAD_REQUEST or "chat not found" in str(failure).lower():
                raise
            log.warning("telegram.plain", why=str(failure)[:120])
            return await self._send_anew(chat, turn, _plain(message), None, ())

    async def _edit(
        self, chat: int, turn: Turn, message: Outgoing, markup: Markup | None, pictures: tuple[bytes, ...]
    ) -> str | None:
        """The earlier message of the same slot in its new state; None when only a new message will do."""
        is_inline = markup is None or "inline_keyboard" in markup
        is_one = len(pictures) == 0 or (len(pictures) == 1 and is_short(message))
        pieces = parts_of(message.text)
        if not message.edits or not message.edits.isdigit() or message.document or not is_inline or not is_one:
            return None
        if len(pieces) > 1:
            return None
        sheet = Sheet(pieces[0], markup, pictures[0] if pictures else None)
        try:
            async with turn.used():
                await self._wire.edit(chat, int(message.edits), sheet)
        except CallFailed as failure:
            # It can no longer be changed (too old, deleted, of another kind); or nothing has changed, and whoever
            # wrote must not be left without an answer.
            if failure.fault is not Fault.BAD_REQUEST:
                raise
            return None
        return message.edits

    async def _send_anew(
        self, chat: int, turn: Turn, message: Outgoing, markup: Markup | None, pictures: tuple[bytes, ...]
    ) -> str:
        for album in albums_of(pictures):
            async with turn.used():
                if len(album) > 1:
                    await self._wire.send_album(chat, album)
                else:
                    await self._wire.send(chat, Sheet("", picture=album[0]))
        number = 0
        for sheet in sheets_of(message, markup, pictures):
            async with turn.used():
                number = await self._wire.send(chat, sheet)
        return str(number)

    def _send_failed(self, failure: CallFailed) -> SendFailed:
        words = str(failure)[:200]
        if failure.fault is Fault.OTHER:
            self.budget.failed()
        match failure.fault:
            case Fault.FORBIDDEN:
                return SendFailed(Why.BLOCKED, words)
            case Fault.TOO_MANY:
                self.budget.close_for(failure.retry_after)
                return SendFailed(Why.WAIT, words, retry_after=failure.retry_after)
            case Fault.REVOKED:
                log.error("telegram.token_revoked", seconds=REVOKED_SECONDS)
                self.budget.close_for(REVOKED_SECONDS)
                return SendFailed(Why.WAIT, words, retry_after=REVOKED_SECONDS)
            case Fault.MOVED:
                return SendFailed(Why.MOVED, words, moved_to=failure.moved_to)
            case Fault.BAD_REQUEST:
                return SendFailed(Why.NEVER, words)
            case _:
                return SendFailed(Why.AGAIN, words)


def albums_of(pictures: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    """Several pictures in lots that one album takes; a single picture comes with the words instead."""
    if len(pictures) < 2:
        return []
    return [pictures[first : first + ALBUM_PICTURES] for first in range(0, len(pictures), ALBUM_PICTURES)]


def sheets_of(message: Outgoing, markup: Markup | None, pictures: tuple[bytes, ...]) -> tuple[Sheet, ...]:
    """The messages that one of ours becomes; the last bears the keyboard. An album goes before them."""
    text = message.text if message.text.strip() else "…"
    document = (message.document[0], message.document[1].encode()) if message.document else None
    if document is not None and is_short(message):
        return (Sheet(text, markup, document=document),)
    if len(pictures) == 1 and document is None and is_short(message):
        return (Sheet(text, markup, picture=pictures[0]),)
    sheets = [Sheet("", picture=pictures[0])] if len(pictures) == 1 else []
    if document is not None:
        sheets.append(Sheet("", document=document))
    sheets += [Sheet(part) for part in parts_of(text)]
    return (*sheets[:-1], replace(sheets[-1], markup=markup))


def inline(message: Outgoing) -> Markup | None:
    """Buttons below the message; their presses are what comes back."""
    if not message.buttons:
        return None
    rows = [
        [{"text": c.label, "url": c.url} if c.url else {"text": c.label, "callback_data": c.press} for c in row]
        for row in message.buttons
    ]
    return {"inline_keyboard": rows}


def _plain(message: Outgoing) -> Outgoing:
    """Words alone; what could be pressed is written out with the numbers that choose it."""
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(message.choices, 1)]
    return replace(
        message, text="\n".join([message.text, *lines]), buttons=(), pictures=(), document=None, drawing=None
    )
