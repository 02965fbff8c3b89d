"""Messages that could go and do not: administrators hear of a queue that stands still or grows, and of its end."""

from __future__ import annotations

from collections.abc import Collection

from bot.casework.context import Context
from bot.casework.report_trouble import note_trouble
from storage.outbox import Queue

NONE = Queue(0, 0, None)
EASED = 0.5
"""Trouble counts as over at this part of the limit, so that a queue about the limit is no news each minute."""


def watch_queues(ctx: Context, channels: Collection[str]) -> bool:
    """Looks at the queues of some channels; True when administrators were told of something."""
    queues, limits = ctx.tx.outbox.queues(ctx.now), ctx.config.limits
    is_told = False
    for channel in channels:
        queue = queues.get(channel, NONE)
        facts = {"minutes": queue.seconds // 60, "n": queue.count}
        for kind, amount, limit in (
            ("late", queue.seconds, limits.late_after_minutes * 60),
            ("crowd", queue.count, limits.waiting_messages),
        ):
            is_known = ctx.tx.troubles.get(kind, channel) is not None
            is_there = amount >= limit * (EASED if is_known else 1)
            is_told |= note_trouble(ctx, kind, channel, queue.error or "–" if is_there else None, **facts)
    return is_told
