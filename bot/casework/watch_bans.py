"""A ban has run out: its person may file again, and is told so."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context
from bot.casework.notify import after_quiet_hours
from bot.casework.thread import tell_back
from bot.dialogue.message import Say, Words


def end_bans(ctx: Context, limit: int) -> int:
    """Returns how many have ended. Nobody waits for this sweep to file again: the end itself counts."""
    over = ctx.tx.bans.run_out(ctx.now, limit)
    for ban in over:
        ctx.tx.bans.save(replace(ban, ended_at=ctx.now))
        if ctx.tx.citizens.get(ban.citizen).erased_at is None:
            tell_back(ctx, ban.citizen, Say(Words("push.ban_over")), "ban_over", after_quiet_hours(ctx))
    return len(over)
