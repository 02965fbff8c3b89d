"""Once a minute somebody looks whether the outbox empties as it should."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime

import structlog

from bot.casework.context import Context
from bot.casework.watch_queues import watch_queues
from routing.config import Config
from storage.store import Store

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0


class QueueWatch:
    """Looks at the queues of the channels that are served here; the first time a while after the start."""

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        channels: Collection[str],
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        """`wake` is called when administrators are to be told of something."""
        self._store = store
        self._config = config
        self._channels = channels
        self._clock = clock
        self._wake = wake

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                log.exception("queue_watch.fault")

    async def look(self) -> None:
        """Tells administrators of what has begun or ended since the last look."""
        channels = tuple(self._channels)
        is_told = await self._store.write(lambda tx: watch_queues(Context(tx, self._config(), self._clock()), channels))
        if is_told:
            self._wake()
