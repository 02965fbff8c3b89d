"""A person who may not file for a while says why that is wrong; the triage desk reads it."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.talk_to_desk import talk_to_desk
from storage.records import Ban, Citizen

LONGEST = 1000


def appeal(ctx: Context, citizen: Citizen, words: str) -> Ban:
    """Keeps the words beside the ban and tells the desk. Raises Refused when there is no ban, or nothing said."""
    ban = ctx.tx.bans.active(citizen.id, ctx.now)
    if ban is None:
        raise Refused("appeal.none")
    if not words.strip():
        raise Refused("appeal.words")
    appealed = replace(ban, appeal=words.strip()[:LONGEST])
    ctx.tx.bans.save(appealed)
    talk_to_desk(ctx, citizen, appealed.appeal or "", key="push.appeal")
    return appealed
