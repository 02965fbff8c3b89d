"""What has served its purpose is forgotten: keys of messages heard long ago, buttons that have expired."""

from __future__ import annotations

from datetime import timedelta

from bot.casework.context import Context

KEYS_KEPT = timedelta(days=30)
"""Platforms bring an update again within a day or so; a page that was offline may send its message later."""


def forget_spent(ctx: Context, _limit: int) -> int:
    """Returns how many rows are gone."""
    return ctx.tx.inputs.forget(ctx.now - KEYS_KEPT) + ctx.tx.presses.forget(ctx.now)
