"""A ban ends before its time: it was wrong, or an appeal is granted."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.permissions import ensure_role
from bot.casework.thread import tell_back, thread_of
from bot.dialogue.message import Say, Words
from storage.records import Ban, CitizenId, Officer, Role

JUDGES = (Role.TRIAGE, Role.REVIEWER, Role.ADMIN)
"""Who decides about an appeal."""


def lift_ban(ctx: Context, officer: Officer, citizen_id: CitizenId) -> Ban:
    """The person may file again, and is told. Raises Refused."""
    ban = ban_before(ctx, officer, citizen_id)
    lifted = replace(ban, lifted_at=ctx.now)
    ctx.tx.bans.save(lifted)
    facts = {"thread": thread_of(citizen_id), "appealed": ban.appealed_at is not None}
    ctx.tx.audit.add(officer.actor, "unbanned", ctx.now, facts)
    tell_back(ctx, citizen_id, Say(Words("push.unbanned")), "unbanned")
    return lifted


def ban_before(ctx: Context, officer: Officer, citizen_id: CitizenId) -> Ban:
    """The ban in force that this member of staff may decide about. Raises Refused."""
    ensure_role(officer, *JUDGES)
    ban = ctx.tx.bans.active(citizen_id, ctx.now)
    if ban is None:
        raise Refused("refused.not_banned", thread=thread_of(citizen_id))
    return ban
