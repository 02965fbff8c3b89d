"""How updates of Telegram are taken: in order within a chat, acknowledged only when committed or put aside."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from bot.casework.pushes import tell_chat
from bot.channels.telegram_message import album_in, chat_in
from storage.failpoints import reach
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

MAX_TRIES = 5
FIRST_PAUSE = 0.25
"""Seconds before the second try; each further pause is twice as long."""
CAREFUL = 100
"""So many updates after a start are taken one by one and counted before the work: one of them may have killed us."""
QUIET_SECONDS = 0.8
LONGEST_ALBUM = 5.0
"""An album is complete when no part came for this long; it waits at most `LONGEST_ALBUM` seconds."""
AGAIN_SECONDS = 1.0
DRAIN_SECONDS = 3.0
LARGEST_ID = 2**63 - 1

Raw = Mapping[str, Any]
Take = Callable[[tuple[Raw, ...]], Awaitable[None]]
"""Carries one update, or the parts of one album, to its commit. Raises when that failed."""

Trouble = Callable[[Transaction, datetime, str, str, str], object]
"""(transaction, now, kind of trouble, channel, what went wrong)"""


def number_of(raw: object) -> int | None:
    """The number of an update; None for something that is no update at all."""
    number = raw.get("update_id") if isinstance(raw, Mapping) else None
    is_number = isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= LARGEST_ID
    return number if is_number else None


@dataclass
class _Unit:
    """What is taken together: one update, or the parts of an album."""

    album: str | None
    raws: list[Raw] = field(default_factory=list)
    settled: list[asyncio.Future[None]] = field(default_factory=list)
    """Of an album: when its part lies in our database; Telegram brings the next part to a webhook only then."""
    begun_at: float = 0.0
    touched_at: float = 0.0


class Intake:
    """The updates of one bot, whether they were fetched or came to a webhook."""

    def __init__(self, bot: str, store: Store, take: Take, clock: Callable[[], datetime], trouble: Trouble) -> None:
        """`bot` is also the name of its channel; `trouble` tells the administrators of what was put aside."""
        self._bot = bot
        self._store = store
        self._take = take
        self._clock = clock
        self._trouble = trouble
        self._lines: dict[str, deque[_Unit]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self._careful = CAREFUL
        self._one_by_one = asyncio.Lock()

    async def resume(self) -> None:
        """Takes up the parts of albums that were taken over before the process ended."""
        for payload in await self._store.read(lambda tx: tx.updates.kept(self._bot)):
            self.add(json.loads(payload))

    def add(self, raw: Raw) -> asyncio.Future[None]:
        """Resolves when the update is committed, put aside, or as a part of an album kept for the rest to come.

        Raises when the database could not be written.
        """
        chat, album = chat_in(raw), album_in(raw)
        loop = asyncio.get_running_loop()
        settled: asyncio.Future[None] = loop.create_future()
        line = self._lines.setdefault(chat, deque())
        unit = line[-1] if line and album is not None and line[-1].album == album else None
        if unit is None:
            unit = _Unit(album, begun_at=loop.time())
            line.append(unit)
        unit.raws.append(raw)
        unit.settled.append(settled)
        unit.touched_at = loop.time()
        if album is not None:
            keeping = asyncio.create_task(self._keep(raw, settled))
            self._keeping.add(keeping)
            keeping.add_done_callback(self._keeping.discard)
        if chat not in self._workers:
            self._workers[chat] = asyncio.create_task(self._work(chat))
        return settled

    async def stop(self) -> None:
        """Finishes what is under way as far as the time allows; what is not committed will be delivered again."""
        tasks = [*self._workers.values(), *self._keeping]
        if tasks:
            await asyncio.wait(tasks, timeout=DRAIN_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, raw: Raw, kept: asyncio.Future[None]) -> None:
        number = number_of(raw)
        assert number is not None
        payload = json.dumps(raw)
        try:
            await self._store.write(lambda tx: tx.updates.keep(self._bot, number, payload))
        except Exception as fault:
            if not kept.done():
                kept.set_exception(fault)
        else:
            if not kept.done():
                kept.set_result(None)

    async def _work(self, chat: str) -> None:
        """Settles the units of one chat, one after the other."""
        line = self._lines[chat]
        unit = _Unit(None)
        try:
            while line:
                await self._complete(line[0])
                unit = line.popleft()
                fault = await self._settle_or_fault(unit)
                while unit.album is not None and fault is not None:
                    # Telegram will not bring it again.
                    await asyncio.sleep(AGAIN_SECONDS)
                    fault = await self._settle_or_fault(unit)
                for settled in unit.settled:
                    if settled.done():
                        continue
                    settled.set_exception(fault) if fault else settled.set_result(None)
        finally:
            for settled in (future for each in (unit, *line) for future in each.settled):
                settled.cancel()
            del self._workers[chat], self._lines[chat]

    async def _complete(self, unit: _Unit) -> None:
        """Waits until an album has all its parts, as far as one can know."""
        loop = asyncio.get_running_loop()
        while unit.album is not None:
            ends_at = min(unit.touched_at + QUIET_SECONDS, unit.begun_at + LONGEST_ALBUM)
            if loop.time() >= ends_at:
                await asyncio.wait(unit.settled)
                return
            await asyncio.sleep(ends_at - loop.time())

    async def _settle_or_fault(self, unit: _Unit) -> Exception | None:
        try:
            await self._settle(unit)
            if unit.album is not None:
                numbers = [number for number in map(number_of, unit.raws) if number is not None]
                await self._store.write(lambda tx: tx.updates.let_go(self._bot, numbers))
        except Exception as fault:
            log.exception("telegram.not_settled", bot=self._bot)
            return fault
        return None

    async def _settle(self, unit: _Unit) -> None:
        if len(unit.raws) > 1:
            try:
                await self._take(tuple(unit.raws))
            except Exception as fault:
                log.warning("telegram.album_apart", bot=self._bot, fault=type(fault).__name__)
            else:
                return
        for raw in unit.raws:
            is_careful = self._careful > 0
            if is_careful:
                self._careful -= 1
            await self._settle_one(raw, is_careful)

    async def _settle_one(self, raw: Raw, is_careful: bool) -> None:
        """Tries until it is committed, or dead after five tries."""
        number = number_of(raw)
        assert number is not None
        error = "the process ended while it was being taken"
        tries = 0
        while True:
            # Alone while it is tried, not while it waits for its next try: others of the first updates go on.
            async with self._one_by_one if is_careful else contextlib.nullcontext():
                if is_careful:
                    tries = await self._count(number)
                    if tries > MAX_TRIES:
                        break
                try:
                    reach("update.before_work")
                    await self._take((raw,))
                    reach("update.after_work")
                    return
                except Exception as fault:
                    error = type(fault).__name__
                    log.warning("telegram.update_failed", bot=self._bot, update=number, fault=error)
            if not is_careful:
                tries = await self._count(number)
            if tries >= MAX_TRIES:
                break
            await asyncio.sleep(FIRST_PAUSE * 2 ** (tries - 1))
        await self._store.write(lambda tx: self._put_aside(tx, raw, number, error))
        log.error("telegram.dead_letter", bot=self._bot, update=number, fault=error)

    async def _count(self, number: int) -> int:
        return await self._store.write(lambda tx: tx.updates.tries(self._bot, number))

    def _put_aside(self, tx: Transaction, raw: Raw, number: int, error: str) -> None:
        """Kept sealed for whoever mends the fault; its sender is told that something went wrong."""
        now = self._clock()
        tx.updates.dead_letter(self._bot, number, json.dumps(raw), error, now)
        self._trouble(tx, now, "update", self._bot, error)
        chat = chat_in(raw)
        if tx.chats.get(self._bot, chat) is None:
            return
        tell_chat(tx, self._bot, chat, "fault", now, once=f"dead:{self._bot}:{number}")
