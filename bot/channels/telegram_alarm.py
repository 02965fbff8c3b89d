"""Whether Telegram hears and reaches a bot; trouble that lasts is noted once, and its end once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

PATIENCE = timedelta(minutes=5)
"""So long may updates be missed before it is trouble; a restart of the platform takes less."""
RECENT = timedelta(minutes=10)
"""An older refusal of our webhook is past."""

Note = Callable[[Transaction, datetime, str, str, str | None, dict[str, object]], object]
"""(transaction, now, kind, channel, what is wrong or None when all is well, further facts)"""


@dataclass(frozen=True, slots=True)
class Webhook:
    """What the platform says of a bot's webhook."""

    url: str
    pending: int
    """Updates that wait there."""
    failed_at: datetime | None = None
    """When the platform could not bring one last."""
    why: str = ""


class Alarm:
    """What one bot knows of its way to the platform."""

    def __init__(self, bot: str, store: Store, clock: Callable[[], datetime], note: Note) -> None:
        self._bot = bot
        self._store = store
        self._clock = clock
        self._note = note
        self._since: dict[str, datetime] = {}
        """Since when something has not worked, though it may not be trouble yet."""
        self._said: dict[str, bool] = {}
        """What was noted last by this process: trouble or none."""

    async def answered(self) -> None:
        """The platform knows the bot and gave what was asked."""
        await self._set("revoked", None)
        await self._set("deaf", None)

    async def failed(self, why: str) -> None:
        """Updates could not be had."""
        await self._set_if_it_lasts("deaf", why)

    async def refused(self, why: str) -> None:
        """The token is not valid (any more): no patience helps."""
        await self._set("revoked", why)

    async def looked(self, webhook: Webhook, ours: str) -> None:
        """The platform told of the webhook, which ought to be `ours`."""
        now = self._clock()
        is_failing = webhook.failed_at is not None and now - webhook.failed_at < RECENT and webhook.pending > 0
        if webhook.url != ours:
            await self._set_if_it_lasts("webhook", "webhook: " + (webhook.url or "–"), n=webhook.pending)
        elif is_failing:
            await self._set_if_it_lasts("webhook", webhook.why[:120] or "–", n=webhook.pending)
        else:
            await self._set("webhook", None)

    async def _set_if_it_lasts(self, kind: str, why: str, **facts: object) -> None:
        lasted = self._clock() - self._since.setdefault(kind, self._clock())
        if lasted >= PATIENCE:
            await self._set(kind, why, minutes=int(lasted / timedelta(minutes=1)), **facts)

    async def _set(self, kind: str, why: str | None, **facts: object) -> None:
        if why is None:
            self._since.pop(kind, None)
        is_trouble = why is not None
        if self._said.get(kind) is is_trouble:
            return
        now = self._clock()
        try:
            await self._store.write(lambda tx: self._note(tx, now, kind, self._bot, why, facts))
        except Exception as fault:
            log.warning("telegram.alarm", bot=self._bot, fault=type(fault).__name__)
            return
        self._said[kind] = is_trouble
