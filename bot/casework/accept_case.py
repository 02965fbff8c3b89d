"""An officer takes a case on: the agency's first promise kept, the handle clock starts."""

from __future__ import annotations

from typing import Any

from bot.casework.bind_group import post_to_group
from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name
from bot.casework.lifecycle import move, no_such_move
from bot.casework.notify import case_say, tell_citizen
from bot.casework.permissions import ensure_may_work_on
from storage.records import Case, CaseId, CaseStatus, Officer


def accept_case(ctx: Context, officer: Officer, case_id: CaseId) -> Case:
    """The first press takes the case, or takes an escalated one over; a second is told who has it. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    if case.status is CaseStatus.ACCEPTED:
        key = "refused.already_yours" if case.officer == officer.id else "refused.already_taken"
        raise Refused(key, code=case.code)
    if case.status not in (CaseStatus.RECEIVED, CaseStatus.ESCALATED):
        raise no_such_move(case, CaseStatus.ACCEPTED)
    taken_over: dict[str, Any] = {}
    if case.status is CaseStatus.ESCALATED and case.parent is not None:
        # The parent agency takes the matter over: it holds the case from now on.
        agency = ctx.agency(case.parent)
        taken_over = {"agency": case.parent, "parent": agency.parent if agency else None}
    accepted = move(
        ctx,
        case,
        CaseStatus.ACCEPTED,
        "accepted",
        by=officer.actor,
        facts={"agency": taken_over.get("agency", case.agency)},
        officer=officer.id,
        **taken_over,
    )
    tell_citizen(ctx, accepted, case_say("push.accepted", agency=agency_name(ctx, accepted.agency)), undoable=True)
    # That somebody has taken it is told when it can no longer be taken back.
    post_to_group(ctx, accepted, accepted.agency, "push.taken_group", undoable=True)
    return accepted
