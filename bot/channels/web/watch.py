"""Open desks are told when the queue of their agency has changed, whoever changed it, in whichever process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.channels.web.stream import Lines
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

IDLE_SECONDS = 1.0
"""How often it is looked without being woken: other processes wake nobody here."""
PAUSE_SECONDS = 0.1
"""Between two looks: whatever changed meanwhile is told at once."""
BACK = timedelta(seconds=30)
"""How much later than its own time an event may be committed, and still be noticed."""


class Watch:
    """Sees new events of cases, and wakes the pages of the agencies that they concern."""

    def __init__(self, store: Store, lines: Lines, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._lines = lines
        self._clock = clock
        self._woken = asyncio.Event()
        self._told: frozenset[tuple[str, int]] = frozenset()

    def wake(self) -> None:
        """Something was committed."""
        self._woken.set()

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            # Not wait_for: before Python 3.12 it forgets a stop that comes in the moment of a wake.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._woken.wait()
            self._woken.clear()
            if self._lines.rooms:
                try:
                    await self._look()
                except Exception:
                    log.exception("watch.fault")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _look(self) -> None:
        since = self._clock() - BACK
        told = self._told
        seen, agencies = await self._store.read(lambda tx: _new_since(tx, since, told))
        self._told = seen
        if agencies:
            self._lines.tell_rooms(agencies, "queue")


def _new_since(
    tx: Transaction, since: datetime, told: frozenset[tuple[str, int]]
) -> tuple[frozenset[tuple[str, int]], frozenset[str]]:
    """The events of late, and the agencies of those that are new: whose case it is, who is above, and who acted."""
    touches = tx.events.touched_since(since)
    fresh = [touch for touch in touches if (touch.case, touch.seq) not in told]
    acting = {_agency_of(tx, by) for by in {touch.by for touch in fresh}}
    agencies = acting.union(*((touch.agency, touch.parent) for touch in fresh))
    return frozenset((touch.case, touch.seq) for touch in touches), frozenset(a for a in agencies if a)


def _agency_of(tx: Transaction, by: str) -> str | None:
    officer = tx.officers.behind(by)
    return officer.agency if officer is not None else None
