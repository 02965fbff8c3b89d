"""An officer passes a matter beyond the agency's authority up, with a proposal; the parent agency decides."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name
from bot.casework.lifecycle import ensure_legal, move
from bot.casework.notify import case_say, desk_button, tell_citizen, tell_office
from bot.casework.permissions import approval, ensure_approved, ensure_may_work_on
from bot.dialogue.message import Button, Words
from storage.records import AgencyId, Case, CaseId, CaseStatus, Officer, OfficerId


def escalate_case(
    ctx: Context, officer: Officer, case_id: CaseId, proposal: str, approved_by: OfficerId | None = None
) -> Case:
    """The parent takes over, returns it with an instruction, or refuses. Raises Refused without a proposal."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    parent = ensure_escalatable(ctx, case)
    if not proposal.strip():
        raise Refused("refused.proposal", code=case.code)
    ensure_approved(ctx, officer, case, "vuottham", approved_by)
    escalated = move(
        ctx,
        case,
        CaseStatus.ESCALATED,
        "escalated",
        by=officer.actor,
        why=proposal.strip(),
        facts={"from": case.agency, "to": parent} | approval(approved_by),
        parent=parent,
        officer=case.officer or officer.id,
    )
    tell_citizen(ctx, escalated, case_say("push.escalated"), undoable=True)
    buttons = (
        (Button(f"take:{case.code}", Words("desk.take_over")), desk_button(case, "return")),
        (desk_button(case, "reject"), desk_button(case, "open")),
    )
    say = case_say("push.escalated_office", *buttons, words=proposal.strip(), unit=agency_name(ctx, case.agency))
    tell_office(ctx, escalated, say, undoable=True)
    return escalated


def ensure_escalatable(ctx: Context, case: Case) -> AgencyId:
    """The agency that would decide. Raises Refused when there is none, or the case cannot be passed up now."""
    ensure_legal(case, CaseStatus.ESCALATED)
    parent = parent_of(ctx, case)
    if parent is None:
        raise Refused("refused.no_parent", code=case.code)
    return parent


def parent_of(ctx: Context, case: Case) -> AgencyId | None:
    """Who decides what is beyond the holder: the rule's parent, the agency's own, else the city office; or None."""
    agency = ctx.agency(case.agency)
    for parent in (case.parent, AgencyId(agency.parent) if agency and agency.parent else None, ctx.reviewer):
        if parent is not None and parent != case.agency:
            return parent
    return None
