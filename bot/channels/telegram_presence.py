"""When a bot was last in touch with Telegram: what waits there longer than a day is lost, and somebody must know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.channels.telegram_updates import Trouble
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

KEPT_FOR = timedelta(hours=24)
"""How long Telegram keeps updates that nobody fetches."""
NOTED_EVERY = timedelta(minutes=5)


class Presence:
    """Notes now and then that a bot is in touch, and reports an absence in which messages were lost."""

    def __init__(self, bot: str, store: Store, clock: Callable[[], datetime], trouble: Trouble) -> None:
        self._bot = bot
        self._store = store
        self._clock = clock
        self._trouble = trouble
        self._noted_at: datetime | None = None

    async def seen(self) -> None:
        """The bot is in touch."""
        now = self._clock()
        if self._noted_at is not None and timedelta(0) <= now - self._noted_at < NOTED_EVERY:
            return
        await self._store.write(lambda tx: self._note(tx, now))
        self._noted_at = now

    def _note(self, tx: Transaction, now: datetime) -> None:
        before = tx.updates.seen_at(self._bot)
        tx.updates.set_seen_at(self._bot, now)
        if before is None or now - before <= KEPT_FOR:
            return
        hours = int((now - before) / timedelta(hours=1))
        log.error("telegram.gap", bot=self._bot, hours=hours, since=before.isoformat(timespec="minutes"))
        self._trouble(tx, now, "gap", self._bot, str(hours))
