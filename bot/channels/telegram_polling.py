"""Long polling of Telegram: our own loop, because libraries acknowledge an update before it is handled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.channels.telegram_alarm import Alarm
from bot.channels.telegram_presence import Presence
from bot.channels.telegram_sender import REVOKED_SECONDS
from bot.channels.telegram_updates import Intake, number_of
from storage.failpoints import reach
from storage.store import Store

log = structlog.get_logger(__name__)

POLL_SECONDS = 25
LOOK_AGAIN = 0.25
"""Seconds between two looks while an update is still being taken: parts of an album may be on their way."""
LEAST_PAUSE = 0.3
"""Seconds before the next call when an answer without news came at once, although we were willing to wait."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


class PollFailed(Exception):
    """Updates could not be fetched."""

    def __init__(self, words: str, pause: float = 0.0) -> None:
        """`pause`: the least number of seconds to wait; 0 for a growing pause."""
        super().__init__(words)
        self.pause = pause


class TokenRevoked(PollFailed):
    """The platform does not know our token (any more)."""

    def __init__(self) -> None:
        super().__init__("the token is not valid (any more)", REVOKED_SECONDS)


Fetch = Callable[[int | None, int], Awaitable[list[object]]]
"""(offset, seconds to wait for news) -> raw updates. Raises PollFailed."""


class Polling:
    """Fetches updates of one bot; the offset passes one only when it is committed or put aside."""

    def __init__(self, bot: str, store: Store, intake: Intake, fetch: Fetch, presence: Presence, alarm: Alarm) -> None:
        self._bot = bot
        self._presence = presence
        self._alarm = alarm
        self._store = store
        self._intake = intake
        self._fetch = fetch
        self._under_way: dict[int, asyncio.Future[None]] = {}
        """Updates behind the offset: those being taken, and those settled before an earlier one is."""

    async def run(self) -> None:
        """Polls until cancelled."""
        committed = await self._store.read(lambda tx: tx.updates.offset(self._bot))
        pause = FIRST_PAUSE
        while True:
            try:
                offset = None if committed is None else committed + 1
                began = asyncio.get_running_loop().time()
                batch = await self._fetch(offset, 0 if self._under_way else POLL_SECONDS)
                await self._presence.seen()
                await self._alarm.answered()
                settled = await self._settled(batch)
                if not batch and asyncio.get_running_loop().time() - began < LEAST_PAUSE:
                    await asyncio.sleep(LEAST_PAUSE)
            except PollFailed as failure:
                wait = failure.pause or pause
                say = log.error if failure.pause else log.warning
                say("telegram.poll_failed", bot=self._bot, why=str(failure), seconds=wait)
                if isinstance(failure, TokenRevoked):
                    await self._alarm.refused(str(failure))
                else:
                    await self._alarm.failed(str(failure))
            except Exception as fault:
                wait = pause
                log.error("telegram.poll_fault", bot=self._bot, fault=type(fault).__name__)
            else:
                committed = settled if settled is not None else committed
                pause = FIRST_PAUSE
                continue
            await asyncio.sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _settled(self, batch: list[object]) -> int | None:
        """Takes what is new, and moves the offset over what is settled; returns the new last committed number."""
        for raw in batch:
            number = number_of(raw)
            if isinstance(raw, dict) and number is not None and number not in self._under_way:
                self._under_way[number] = self._intake.add(raw)
        if not self._under_way:
            if batch:
                raise PollFailed("nothing in the answer is an update")
            return None
        await asyncio.wait(self._under_way.values(), timeout=LOOK_AGAIN)
        last = None
        for number in sorted(self._under_way):
            future = self._under_way[number]
            if not future.done() or _has_failed(future):
                break
            del self._under_way[number]
            last = number
        # All that failed is fetched again, not only the first: what kept that one from its commit kept the others too.
        failed = [number for number, future in self._under_way.items() if _has_failed(future)]
        for number in failed:
            del self._under_way[number]
        await self._advance(last)
        if failed:
            raise PollFailed("an update could not be committed")
        return last

    async def _advance(self, last: int | None) -> None:
        if last is None:
            return
        await self._store.write(lambda tx: tx.updates.set_offset(self._bot, last))
        reach("offset.after_commit")


def _has_failed(future: asyncio.Future[None]) -> bool:
    """Whether an update was neither committed nor put aside."""
    return future.done() and (future.cancelled() or future.exception() is not None)
