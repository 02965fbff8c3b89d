"""Hop 4: the outbox is emptied through each channel's sender; at least once, in order per chat, within every budget."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.casework.context import Context
from bot.delivery.aftermath import note_failed, note_sent, park, retry_at
from bot.delivery.claim import Claim
from bot.delivery.sender import LEASE_SECONDS, Paced, Sender, SendFailed, Why
from bot.delivery.window import CLOSED, KNOCKED, Knocking, Ready
from bot.dialogue.texts import Texts
from routing.config import Config
from storage.failpoints import reach
from storage.records import Push
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

BATCH = 100
FINISH_SECONDS = 2.0
"""How long messages on their way may take to arrive when the service stops."""
RENEWED_SECONDS = LEASE_SECONDS / 3
"""How often a message that is long on its way is claimed anew."""
LEAST_PAUSE = 0.1
"""A channel without room is looked at again at most so often (seconds): one claim then takes several messages."""
IDLE_SECONDS = 1.0
"""How often the outbox is looked at when nobody woke us: due `not_before` times and other processes' rows."""


class Delivery:
    """Takes what is due from the outbox and sends it; wake it after a commit, or let it look by itself."""

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        texts: Texts,
        senders: Mapping[str, Sender],
        clock: Callable[[], datetime],
        told: Callable[[Push], None] | None = None,
    ) -> None:
        """`told` is called after a row is marked as sent, for channels that show the outbox itself."""
        self._store = store
        self._config = config
        self._claim = Claim(texts, senders)
        self._senders = senders
        self._clock = clock
        self._told = told
        self._woken = asyncio.Event()
        self._not_before: dict[str, datetime] = {}
        self._under_way: dict[str, set[asyncio.Task[None]]] = {}

    def wake(self) -> None:
        """Something was committed that may be due."""
        self._woken.set()

    async def run(self) -> None:
        """Delivers until cancelled; a slow platform or chat holds nobody else back."""
        try:
            while True:
                self._woken.clear()
                try:
                    taken = await self._take()
                except Exception:
                    log.exception("delivery.fault")
                    taken = []
                for each in taken:
                    self._begin(each)
                # Whoever was begun counts in its channel's budget before more is claimed.
                await asyncio.sleep(0)
                if not taken:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._pause()):
                            await self._woken.wait()
        finally:
            await self._finish()

    async def deliver_due(self) -> int:
        """Claims and sends one batch; returns how many were taken."""
        taken = await self._take()
        await asyncio.gather(*(self._deliver(each) for each in taken))
        return len(taken)

    async def _take(self) -> list[Ready]:
        """Claims what is due, for each channel no more than it has room for."""
        now = self._clock()
        rooms = {c: self._room(c) for c in self._senders if self._not_before.get(c, now) <= now}
        rooms = {channel: room for channel, room in rooms.items() if room > 0}
        if not rooms:
            return []
        taken = await self._store.write(lambda tx: self._claim.take(self._in(tx, now), rooms))
        reach("delivery.after_claim")
        return taken

    def _room(self, channel: str) -> int:
        free = BATCH - len(self._under_way.get(channel, ()))
        sender = self._senders[channel]
        return min(free, sender.budget.room()) if isinstance(sender, Paced) else free

    def _pause(self) -> float:
        """Until something may be due, or a channel that had no room may have some."""
        full = [s.budget for s in self._senders.values() if isinstance(s, Paced) and s.budget.room() <= 0]
        return min([IDLE_SECONDS, *(max(budget.seconds_until_room(), LEAST_PAUSE) for budget in full)])

    def _begin(self, each: Ready) -> None:
        under_way = self._under_way.setdefault(each.push.channel, set())
        task = asyncio.create_task(self._deliver(each))
        under_way.add(task)

        def ended(done: asyncio.Task[None]) -> None:
            under_way.discard(done)
            if not done.cancelled() and (fault := done.exception()) is not None:
                log.error("delivery.not_marked", fault=type(fault).__name__)
            # The next message of the same chat may go now.
            self.wake()

        task.add_done_callback(ended)

    async def _finish(self) -> None:
        """Lets what is being sent arrive, so that it is not sent again after the next start."""
        tasks = [task for under_way in self._under_way.values() for task in under_way]
        if tasks:
            await asyncio.wait(tasks, timeout=FINISH_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, each: Ready) -> None:
        if each.knock is not None:
            await self._knock(each)
            return
        reach("delivery.before_send")
        try:
            async with self._kept(each):
                ref = await self._senders[each.push.channel].send(each.message)
        except Exception as fault:
            await self._not_sent(each, fault)
            return
        reach("delivery.after_send")
        await self._store.write(lambda tx: note_sent(self._in(tx), each, ref))
        reach("delivery.after_mark")
        if self._told is not None:
            for push in each.pushes:
                self._told(push)

    @contextlib.asynccontextmanager
    async def _kept(self, each: Ready) -> AsyncIterator[None]:
        """Its rows are nobody else's, however long the sending takes: many pictures on a slow line, say."""
        is_over = asyncio.Event()
        keeping = asyncio.create_task(self._keep(each, is_over))
        try:
            yield
        finally:
            is_over.set()
            await keeping

    async def _keep(self, each: Ready, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            try:
                async with asyncio.timeout(RENEWED_SECONDS):
                    await is_over.wait()
            except TimeoutError:
                await self._renew(each)

    async def _renew(self, each: Ready) -> None:
        until = self._clock() + timedelta(seconds=LEASE_SECONDS)

        def renew(tx: Transaction) -> None:
            for push in each.pushes:
                tx.outbox.lease(push.id, until)

        try:
            await self._store.write(renew)
        except Exception as fault:  # rather sent twice than torn off in the middle
            log.warning("delivery.not_renewed", fault=type(fault).__name__)

    async def _knock(self, each: Ready) -> None:
        """Invites the person back; their messages wait either way."""
        sender = self._senders[each.push.channel]
        why = KNOCKED
        reach("delivery.before_knock")
        try:
            if isinstance(sender, Knocking) and each.knock is not None:
                await sender.knock(each.knock)
        except SendFailed as failure:
            log.warning("delivery.not_knocked", channel=each.push.channel, why=str(failure))
            why = CLOSED
        reach("delivery.after_knock")
        await self._store.write(lambda tx: park(self._in(tx), each, why))

    async def _not_sent(self, each: Ready, fault: Exception) -> None:
        if isinstance(fault, SendFailed):
            failure = fault
        else:
            log.warning("delivery.unexpected", channel=each.push.channel, fault=type(fault).__name__)
            failure = SendFailed(Why.AGAIN, type(fault).__name__)
        if failure.why is Why.WAIT:
            until = retry_at(failure, self._clock())
            self._not_before[each.push.channel] = max(until, self._not_before.get(each.push.channel, until))
        await self._store.write(lambda tx: note_failed(self._in(tx), each, failure, self._claim.reaches))

    def _in(self, tx: Transaction, now: datetime | None = None) -> Context:
        return Context(tx, self._config(), now or self._clock())
