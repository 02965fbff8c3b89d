"""A citizen takes a complaint back."""

from __future__ import annotations

from bot.casework.context import Context
from bot.casework.lifecycle import ensure_legal, move
from bot.casework.notify import case_say, tell_office, tell_person
from bot.casework.permissions import ensure_own
from storage.records import Case, CaseId, CaseStatus, Citizen


def withdraw_case(ctx: Context, citizen: Citizen, case_id: CaseId, why: str = "") -> Case:
    """Ends it; the office and the followers are told. Raises Refused once it was answered."""
    case = ctx.tx.cases.lock(case_id)
    ensure_own(citizen, case)
    ensure_legal(case, CaseStatus.WITHDRAWN)
    withdrawn = move(ctx, case, CaseStatus.WITHDRAWN, "withdrawn", citizen.actor, why=why.strip() or None)
    tell_office(ctx, withdrawn, case_say("push.withdrawn_office"))
    for follower in ctx.tx.followers.of(case.id):
        tell_person(ctx, withdrawn, follower, case_say("push.withdrawn_follower"))
    return withdrawn
