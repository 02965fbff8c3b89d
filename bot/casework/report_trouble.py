"""Administrators are told of what the service could not do by itself: at most once an hour for each kind."""

from __future__ import annotations

from bot.casework.apply_config import tell_administrators
from bot.casework.context import Context

HOUR_SECONDS = 3600


def report_trouble(ctx: Context, kind: str, where: str, why: str) -> bool:
    """Tells every administrator; False when they were told of this kind and place within the hour.

    `kind` names the text `trouble.KIND`. The limit also keeps a notice that cannot be sent from causing the next one.
    """
    if ctx.tx.rates.hit("service", f"trouble:{kind}:{where}", ctx.now, HOUR_SECONDS) > 1:
        return False
    tell_administrators(ctx, f"trouble.{kind}", where=where, why=why)
    return True
