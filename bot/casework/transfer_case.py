"""A case goes to another agency with a reason; the fourth time the triage desk decides."""

from __future__ import annotations

from bot.casework.announce_case import announce_case
from bot.casework.bind_group import post_to_group
from bot.casework.context import Context, Refused
from bot.casework.lifecycle import move, no_such_move
from bot.casework.notify import case_say, tell_citizen
from bot.casework.permissions import approval, ensure_approved, ensure_may_work_on
from storage.records import AgencyId, Case, CaseId, CaseStatus, Officer, OfficerId, Role

TRANSFERABLE = frozenset(
    {CaseStatus.TRIAGE, CaseStatus.RECEIVED, CaseStatus.ACCEPTED, CaseStatus.WAITING_CITIZEN, CaseStatus.ESCALATED}
)
"""An answered case goes to another agency only by a reviewer's verdict."""


def transfer_case(
    ctx: Context,
    officer: Officer,
    case_id: CaseId,
    to: AgencyId,
    why: str,
    approved_by: OfficerId | None = None,
) -> Case:
    """Hands a case on. The citizen's date stays; the next agency's clock starts anew. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    ensure_transferable(case)
    agency = ctx.working_agency(to)
    if to == case.agency:
        raise Refused("refused.same_agency")
    if not why.strip():
        raise Refused("refused.transfer_reason")
    _ensure_not_own_unit(ctx, officer, case, to)
    ensure_approved(ctx, officer, case, "chuyen", approved_by)
    is_from_desk = case.status is CaseStatus.TRIAGE
    is_fourth = case.transfers + 1 > ctx.config.limits.transfers_before_triage and not is_from_desk
    goes_to_desk = is_fourth or to == ctx.triage
    receiver = ctx.triage if goes_to_desk else to
    moved = move(
        ctx,
        case,
        CaseStatus.TRIAGE if goes_to_desk else CaseStatus.RECEIVED,
        "transferred",
        by=officer.actor,
        why=why.strip(),
        facts={"from": case.agency, "to": receiver, "named": to} | approval(approved_by),
        agency=receiver,
        parent=AgencyId(agency.parent) if agency.parent and not goes_to_desk else None,
        officer=None,
        transfers=case.transfers + (0 if is_from_desk else 1),
        # The agency that the triage desk names after too many transfers keeps the case.
        may_transfer=not (is_from_desk and case.transfers > 0),
    )
    tell_citizen(ctx, moved, case_say("push.transferred_desk" if goes_to_desk else "push.transferred"), undoable=True)
    announce_case(ctx, moved, undoable=True)
    # Whoever reads the old post learns where the case went, instead of a button that no longer takes it.
    post_to_group(ctx, moved, case.agency, "push.moved_group", undoable=True)
    return moved


def ensure_transferable(case: Case) -> None:
    """Raises Refused for an answered case, and for one that the triage desk gave to this agency for good."""
    if case.status not in TRANSFERABLE:
        raise no_such_move(case, CaseStatus.RECEIVED)
    if not case.may_transfer and case.status is not CaseStatus.TRIAGE:
        raise Refused("refused.may_not_transfer", code=case.code)


def _ensure_not_own_unit(ctx: Context, officer: Officer, case: Case, to: AgencyId) -> None:
    """A complaint about an official never goes to that official's unit; only the triage desk may know which that is."""
    safe = {AgencyId(ctx.config.roles.officials), ctx.triage, ctx.reviewer}
    if case.about_official and to not in safe and officer.role is not Role.TRIAGE:
        raise Refused("refused.official_unit", code=case.code)
