"""Updates of Zalo that fail again and again: counted, then put aside, so that nobody behind them has to wait."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from bot.casework.pushes import tell_chat
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

MAX_TRIES = 5

Trouble = Callable[[Transaction, datetime, str, str], object]
"""(transaction, now, channel, what went wrong): tells the administrators."""


class Aside:
    """Where the failing updates of one channel go: sealed, for whoever mends the fault."""

    def __init__(self, channel: str, store: Store, clock: Callable[[], datetime], trouble: Trouble) -> None:
        self._channel = channel
        self._store = store
        self._clock = clock
        self._trouble = trouble

    async def failed(self, update: Mapping[str, Any], fault: Exception, chat: str) -> bool:
        """Counts one more failure of an update; True when it has been put aside and counts as taken."""
        # In ASCII, whatever is in it: half a character may be what the update fails for.
        payload = json.dumps(update, sort_keys=True, default=str)
        # Zalo's updates have no number of their own: 60 bits of the digest are as good.
        number = int(hashlib.sha256(payload.encode()).hexdigest()[:15], 16)
        error = type(fault).__name__
        log.warning("zalo.update_failed", channel=self._channel, update=number, fault=error)
        return await self._store.write(lambda tx: self._count(tx, number, payload, error, chat))

    def _count(self, tx: Transaction, number: int, payload: str, error: str, chat: str) -> bool:
        if tx.updates.tries(self._channel, number) < MAX_TRIES:
            return False
        now = self._clock()
        tx.updates.dead_letter(self._channel, number, payload, error, now)
        self._trouble(tx, now, self._channel, error)
        if tx.chats.get(self._channel, chat) is not None:
            # Whoever wrote it is told to try again; a stranger's broken call answers to nobody.
            tell_chat(tx, self._channel, chat, "fault", now, once=f"dead:{self._channel}:{number}")
        return True
