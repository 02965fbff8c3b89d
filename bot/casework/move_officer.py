"""An administrator moves a member of staff to another agency, or notes that somebody is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name
from bot.casework.leave_service import hand_over, take_leave
from bot.casework.notify import plain_say, tell_plainly
from bot.casework.permissions import ensure_role
from storage.records import AgencyId, Officer, Role


def move_officer(ctx: Context, admin: Officer, officer: Officer, agency: AgencyId) -> int:
    """Open cases stay with the old unit, whose lead is told; returns how many. Raises Refused."""
    ensure_role(admin, Role.ADMIN)
    ctx.working_agency(agency)
    if officer.revoked_at is not None:
        raise Refused("refused.revoked_already")
    if officer.agency == agency:
        raise Refused("refused.there_already", name=officer.name, agency=agency_name(ctx, agency))
    count = hand_over(ctx, officer, None, admin.actor)
    for colleague in ctx.tx.officers.of_agency(officer.agency):
        if colleague.cover == officer.id:
            ctx.tx.officers.save(replace(colleague, cover=None))
    moved = replace(officer, agency=agency, cover=None)
    ctx.tx.officers.save(moved)
    facts = {"officer": officer.id, "from": officer.agency, "to": agency, "cases": count}
    ctx.tx.audit.add(admin.actor, "moved_officer", ctx.now, facts)
    say = plain_say("push.moved_agency", agency=agency_name(ctx, agency))
    tell_plainly(ctx, (moved,), say, f"moved:{ctx.now.timestamp()}")
    return count


def put_on_leave(
    ctx: Context, admin: Officer, officer: Officer, until_at: datetime | None, cover: Officer | None
) -> Officer:
    """Notes an absence for somebody who could not; None ends it. Raises Refused."""
    ensure_role(admin, Role.ADMIN)
    away = take_leave(ctx, officer, until_at, cover)
    ctx.tx.audit.add(admin.actor, "noted_absence", ctx.now, {"officer": officer.id})
    return away
