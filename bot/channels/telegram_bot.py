"""What both Telegram bots do alike: take updates to their commit, send, fetch pictures, start and stop."""

from __future__ import annotations

import abc
import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bot.channels.telegram_alarm import Alarm, Note, Webhook
from bot.channels.telegram_budget import Budget
from bot.channels.telegram_legible import legible
from bot.channels.telegram_message import album_of
from bot.channels.telegram_polling import Polling
from bot.channels.telegram_presence import Presence
from bot.channels.telegram_sender import CallFailed, Fault, Keyboard, TelegramSender, Wire
from bot.channels.telegram_updates import Intake, Raw, Trouble
from bot.delivery.sender import SendFailed
from bot.dialogue.message import Incoming, Outgoing
from bot.dialogue.texts import Texts
from bot.reports.painter import Painter
from storage.files import FileStore
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

MOST_ASIDE = 200
"""Small courtesies (a typing sign, a stopped spinner) under way at once; more are left out."""
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 60.0
"""Seconds between two tries to make the bot ready."""
PRESENT_SECONDS = 60.0
ANSWERED = 1000
"""So many presses are remembered as answered: an update may come again, and may be tried again."""

Work = Callable[[Transaction], object]


@dataclass(frozen=True)
class Parts:
    """What a bot is given by the composition root."""

    store: Store
    files: FileStore
    texts: Texts
    work: Callable[[Incoming], Work]
    """The transaction of one message: the conversation's or the desk's."""
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    """Called when something was committed."""
    token: str
    api_base: str
    trouble: Trouble
    """Tells the administrators of an update that was put aside."""
    note: Note
    """Notes what does not work for now, and that it works again."""
    webhook: tuple[str, str] | None = None
    """Public address and secret; None for long polling."""
    painter: Painter | None = None


@dataclass
class Heard:
    """What the framework's handler made of an update."""

    said: list[Incoming] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    """Transactions for what is no message: somebody blocked the bot, a group must be told where to write."""


class TelegramBot(abc.ABC):
    """One bot; its library is behind the abstract methods."""

    name: str
    """Of the bot and of its channel."""

    def __init__(self, parts: Parts, wire: Wire) -> None:
        self.parts = parts
        self.store = parts.store
        self.budget = Budget()
        self._sender = TelegramSender(wire, parts.store, parts.files, self.keyboard, self.budget, parts.painter)
        self._intake = Intake(self.name, parts.store, self._take, parts.clock, parts.trouble)
        self._presence = Presence(self.name, parts.store, parts.clock, parts.trouble)
        self._alarm = Alarm(self.name, parts.store, parts.clock, parts.note)
        self._ready = asyncio.Event()
        self._answered: deque[str] = deque(maxlen=ANSWERED)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._aside: set[asyncio.Task[Any]] = set()

    # What the libraries do

    @abc.abstractmethod
    async def open(self) -> None:
        """Makes the library ready; without a call of the platform."""

    @abc.abstractmethod
    async def close(self) -> None: ...

    @abc.abstractmethod
    async def feed(self, raw: Raw, heard: Heard) -> None:
        """Takes an update through the framework; raises whatever its handler raised."""

    @abc.abstractmethod
    async def poll(self, offset: int | None, seconds: int) -> list[object]:
        """Raises PollFailed."""

    @abc.abstractmethod
    async def fetch(self, ref: str) -> bytes:
        """The bytes of a file of the platform. Raises FetchFailed."""

    @abc.abstractmethod
    async def prepare(self) -> None:
        """Sets the webhook or removes it. Raises CallFailed."""

    @abc.abstractmethod
    async def webhook_now(self) -> Webhook:
        """What the platform knows of the webhook. Raises CallFailed."""

    @abc.abstractmethod
    async def show_menus(self) -> None:
        """Sets the menus of commands. Raises CallFailed."""

    @abc.abstractmethod
    async def keyboard(self, message: Outgoing) -> Keyboard:
        """The keyboard of a message."""

    # What we do

    async def start(self) -> None:
        """Begins to hear; returns at once, whatever the state of the platform."""
        await self.open()
        self._tasks.add(asyncio.create_task(self._hear()))

    async def stop_hearing(self) -> None:
        """Ends hearing; what was not committed comes again after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._intake.stop()

    async def stop(self) -> None:
        """Ends hearing and sending."""
        await self.stop_hearing()
        for task in self._aside:
            task.cancel()
        await asyncio.gather(*self._aside, return_exceptions=True)
        await self.close()

    async def send(self, message: Outgoing) -> str | None:
        """See Sender."""
        try:
            return await self._sender.send(message)
        except SendFailed as failure:
            if isinstance(failure.__cause__, CallFailed) and failure.__cause__.fault is Fault.REVOKED:
                await self._alarm.refused(str(failure))
            raise

    async def hear(self, raw: Raw) -> None:
        """Takes an update that came to the webhook to its commit; raises what a failed commit raises."""
        await self._ready.wait()
        await asyncio.shield(self._intake.add(raw))

    def soon(self, courtesy: Coroutine[Any, Any, object]) -> None:
        """Does something that nobody needs to wait for and whose failure changes nothing."""
        if len(self._aside) >= MOST_ASIDE:
            courtesy.close()
            return
        task = asyncio.create_task(_quietly(courtesy))
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    def answer(self, query: str, courtesy: Coroutine[Any, Any, object]) -> None:
        """Stops the spinner of a press, once; one without a name has none."""
        if not query or query in self._answered:
            courtesy.close()
            return
        self._answered.append(query)
        self.soon(courtesy)

    def show_typing(self, courtesy: Coroutine[Any, Any, object]) -> None:
        """A typing sign, unless the platform demands silence."""
        self.soon(courtesy) if self.budget.is_open else courtesy.close()

    async def _hear(self) -> None:
        await self._until_prepared()
        await self._note_presence()
        await self._intake.resume()
        self._ready.set()
        log.info("telegram.ready", bot=self.name, mode="webhook" if self.parts.webhook else "polling")
        self.soon(self.show_menus())
        if self.parts.webhook is None:
            await Polling(self.name, self.store, self._intake, self.poll, self._presence, self._alarm).run()
        while True:
            await self._note_presence()
            await asyncio.sleep(PRESENT_SECONDS)
            await self.look_at_webhook()

    async def look_at_webhook(self) -> None:
        """Asks the platform whether it reaches us; a webhook that somebody took away is set again."""
        assert self.parts.webhook is not None
        try:
            found = await self.webhook_now()
            await self._alarm.answered()
            await self._alarm.looked(found, self.parts.webhook[0])
            if found.url != self.parts.webhook[0]:
                log.error("telegram.webhook_taken", bot=self.name)
                await self.prepare()
        except CallFailed as failure:
            await self._note_failure(failure)

    async def _note_failure(self, failure: CallFailed) -> None:
        if failure.fault is Fault.REVOKED:
            await self._alarm.refused(str(failure))
        else:
            await self._alarm.failed(str(failure))

    async def _until_prepared(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self.prepare()
                await self._alarm.answered()
                return
            except CallFailed as failure:
                await self._note_failure(failure)
                wait = max(pause, failure.retry_after)
                log.error("telegram.not_ready", bot=self.name, why=str(failure)[:200], seconds=wait)
            await asyncio.sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _note_presence(self) -> None:
        try:
            await self._presence.seen()
        except Exception as fault:
            log.warning("telegram.presence", bot=self.name, fault=type(fault).__name__)

    async def _take(self, raws: tuple[Raw, ...]) -> None:
        """One update, or an album, to its commit."""
        heard = Heard()
        for raw in raws:
            update = legible(raw)
            if update is not None:
                await self.feed(update, heard)
        await self.commit(heard)

    async def commit(self, heard: Heard) -> None:
        """Carries out what was heard; returns after COMMIT."""
        for work in heard.works:
            await self.store.write(work)
        if heard.said:
            await self.store.write_made(partial(self._work, tuple(heard.said)))
        if heard.works or heard.said:
            self.parts.wake()

    def _work(self, parts: tuple[Incoming, ...]) -> Work:
        """A message, or an album as one; a part of it that was heard before is left out, however it came then."""
        if len(parts) == 1:
            return self.parts.work(parts[0])
        whole = self.parts.work(_keyed(parts))

        def work(tx: Transaction) -> None:
            new = tuple(p for p in parts if tx.inputs.first_time(p.channel, p.chat, p.key, p.at))
            if new == parts:
                whole(tx)
            elif new:
                self.parts.work(_keyed(new))(tx)

        return work


def _keyed(parts: tuple[Incoming, ...]) -> Incoming:
    album = album_of(parts)
    return replace(album, key=f"a{album.key}")


async def _quietly(courtesy: Awaitable[object]) -> None:
    try:
        await courtesy
    except Exception as fault:
        log.info("telegram.courtesy_failed", fault=type(fault).__name__, why=str(fault)[:120])
