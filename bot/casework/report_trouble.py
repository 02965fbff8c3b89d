"""Administrators are told of what the service cannot do by itself: once for each trouble, and never in a flood."""

from __future__ import annotations

from datetime import timedelta

from bot.casework.apply_config import alert_administrators, tell_administrators
from bot.casework.context import Context
from bot.dialogue.message import Words
from storage.records import Trouble

HOUR_SECONDS = 3600


def report_trouble(ctx: Context, kind: str, where: str, why: str) -> bool:
    """Something went wrong and is past: tells every administrator, unless of this kind and place within the hour.

    `kind` names the text `trouble.KIND`. The limit also keeps a notice that cannot be sent from causing the next one.
    """
    if not _is_first_in_the_hour(ctx, kind, where):
        return False
    tell_administrators(ctx, f"trouble.{kind}", where=where, why=why)
    return True


def note_trouble(ctx: Context, kind: str, where: str, why: str | None, **facts: object) -> bool:
    """Something does not work for now (`why`), or works (None): told once when it begins, and once when it is over.

    Trouble that comes and goes is told at most once an hour. `kind` names the texts `trouble.KIND` and
    `trouble.what.KIND`; `where` is a channel, which is avoided for the notice if another one is there. True when
    administrators were told.
    """
    known = ctx.tx.troubles.get(kind, where)
    if (why is None) == (known is None):
        return False
    if why is not None:
        is_told = _is_first_in_the_hour(ctx, kind, where)
        if ctx.tx.troubles.begin(Trouble(kind, where, ctx.now, is_told)) and is_told:
            words = Words(f"trouble.{kind}", {"where": where, "why": why, **facts})
            alert_administrators(ctx, words, avoid=where)
        return is_told
    assert known is not None
    ctx.tx.troubles.end(kind, where)
    if known.told:
        minutes = max(1, round((ctx.now - known.since) / timedelta(minutes=1)))
        over = {"where": where, "what": Words(f"trouble.what.{kind}"), "minutes": minutes}
        alert_administrators(ctx, Words("trouble.over", over), avoid=where)
    return known.told


def _is_first_in_the_hour(ctx: Context, kind: str, where: str) -> bool:
    return ctx.tx.rates.hit(f"trouble:{kind}:{where}", "service", ctx.now, HOUR_SECONDS) <= 1
