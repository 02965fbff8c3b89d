"""Pushes to open pages: lines that are woken when something is new, and the messages that then go over them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from bot.casework.context import Context
from bot.channels.web.pictures import Pictures
from bot.delivery.words import try_render
from bot.dialogue.message import Outgoing, drawing_name
from bot.dialogue.texts import Texts
from bot.reports.painter import CASE_MAP
from routing.config import Config
from storage.records import FileId, Push
from storage.store import Store, Transaction

HISTORY = 100
"""Messages that a page is given when it opens, and at most in one go."""
TICK_SECONDS = 20.0
"""A sign of life on a silent line; a page that hears nothing for twice as long connects anew."""
EVERYWHERE = "*"
LINES_A_CHAT = 12
"""Open pages of one session; the oldest gives way."""


class Line:
    """One open page: what changed since it last looked."""

    def __init__(self, room: str = "") -> None:
        self.room = room
        self._news: set[str] = set()
        self._woken = asyncio.Event()
        self.is_closed = False

    def tell(self, news: str) -> None:
        """Kinds: "message", "busy", "queue", "end"."""
        self.is_closed = self.is_closed or news == "end"
        self._news.add(news)
        self._woken.set()

    def take(self) -> frozenset[str]:
        """What changed; taken before looking at the database, so that nothing falls in between."""
        self._woken.clear()
        news, self._news = frozenset(self._news), set()
        return news

    async def wait(self) -> bool:
        """Until something changes; False when nothing did for a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TICK_SECONDS):
                await self._woken.wait()
            return True
        return False


class Lines:
    """Every open page by its chat; also the channels' sender: what is in the outbox is on the page."""

    lease_seconds = 5
    """Nothing leaves this machine: whoever was killed with a row in hand is not coming back for it."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], list[Line]] = defaultdict(list)
        self.is_closed = False

    @contextlib.contextmanager
    def open(self, channel: str, chat: str, room: str = "") -> Iterator[Line]:
        """A page that opens. `room` is the agency whose queue it shows, `EVERYWHERE` one that shows many."""
        line = Line(room)
        mine = self._of[channel, chat]
        mine.append(line)
        if len(mine) > LINES_A_CHAT:
            mine[0].tell("end")
        try:
            yield line
        finally:
            mine.remove(line)
            if not mine:
                self._of.pop((channel, chat), None)

    async def send(self, message: Outgoing) -> str | None:
        """Nothing is sent: the page reads its outbox. The row's number is the message's id there."""
        return str(message.number)

    def told(self, push: Push) -> None:
        """A row is in the history now."""
        self.tell(push.channel, push.chat, "message")

    def tell(self, channel: str, chat: str, news: str) -> None:
        for line in self._of.get((channel, chat), ()):
            line.tell(news)

    @property
    def rooms(self) -> frozenset[str]:
        """Whose queues are open somewhere."""
        return frozenset(line.room for line in self._all() if line.room)

    def tell_rooms(self, rooms: Collection[str], news: str) -> None:
        for line in self._all():
            if line.room in rooms or line.room == EVERYWHERE:
                line.tell(news)

    def close(self) -> None:
        """Ends every line, for a stop without waiting for those who listen."""
        self.is_closed = True
        for line in self._all():
            line.tell("end")

    def _all(self) -> list[Line]:
        return [line for lines in self._of.values() for line in lines]

    @property
    def count(self) -> int:
        return sum(len(lines) for lines in self._of.values())


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages of a history, the row to go on from, and whether there may be more at once."""

    messages: tuple[dict[str, Any], ...]
    last: int | None
    is_full: bool


class History:
    """The outbox of one chat as the page shows it."""

    def __init__(self, store: Store, config: Callable[[], Config], texts: Texts, pictures: Pictures) -> None:
        self._store = store
        self._config = config
        self._texts = texts
        self._pictures = pictures

    async def after(self, channel: str, chat: str, number: int | None) -> Page:
        """What was sent after a row, in the order of sending; the newest messages when `number` is None."""

        def look(tx: Transaction) -> Page:
            ctx = Context(tx, self._config(), self._pictures.clock())
            pushes = tx.outbox.sent(channel, chat, number, HISTORY)
            rendered = [(push, try_render(ctx, self._texts, push)) for push in pushes]
            shown = tuple(self._shown(tx, push, message) for push, message in rendered if message is not None)
            return Page(shown, pushes[-1].id if pushes else number, len(pushes) == HISTORY)

        return await self._store.read(look)

    def _shown(self, tx: Transaction, push: Push, message: Outgoing) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": push.id, "key": push.key, "text": message.text}
        if push.sent_at is not None:
            shown["at"] = push.sent_at.isoformat(timespec="seconds")
        if message.buttons:
            shown["buttons"] = [
                [{"press": c.press, "label": c.label, "url": c.url} for c in r] for r in message.buttons
            ]
        if message.pictures:
            shown["pictures"] = [
                {**self._pictures.link(push.channel, push.chat, file), "purpose": stored.purpose, "kind": stored.kind}
                for file in message.pictures
                if (stored := tx.files.get(FileId(file)))
            ]
        # The page has a map of its own beside a card.
        if message.drawing is not None and message.drawing.key != CASE_MAP:
            link = self._pictures.link(push.channel, push.chat, drawing_name(push.id))
            shown.setdefault("pictures", []).append({**link, "alt": message.drawing.title})
        if message.document:
            shown["document"] = list(message.document)
        for name in ("slot", "asks_place", "asks_photos", "asks_phone"):
            if getattr(message, name):
                shown[name] = getattr(message, name)
        return shown


def event(name: str, value: object, number: int | None = None) -> bytes:
    """One server-sent event."""
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {said}\n\n".encode()


async def events(history: History, line: Line, channel: str, chat: str, after: int | None) -> AsyncIterator[bytes]:
    """Everything after a row, then whatever comes; each message once and in order, a tick when nothing does."""
    is_first = True
    news: frozenset[str] = frozenset()
    while not line.is_closed:
        news |= line.take()
        page = await history.after(channel, chat, after)
        is_resumed, after = after is not None, page.last
        for message in page.messages:
            yield event("message", {**message, "old": is_first}, message["id"])
        if page.is_full and is_resumed:
            continue
        if is_first:
            yield event("ready", {})
            is_first = False
        for name in sorted(news & {"busy", "queue"}):
            yield event(name, {})
        news = frozenset()
        if not await line.wait():
            yield event("tick", {})
