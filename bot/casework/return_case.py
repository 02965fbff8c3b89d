"""The parent agency gives an escalated case back with an instruction."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import move, no_such_move
from bot.casework.notify import case_say, desk_button, tell_citizen, tell_office
from bot.casework.permissions import ensure_may_work_on
from storage.records import Case, CaseId, CaseStatus, Officer


def return_case(ctx: Context, officer: Officer, case_id: CaseId, instruction: str) -> Case:
    """Received again by the agency that escalated it. Raises Refused unless it waits for this officer's decision."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    ensure_passed_up(case)
    if not instruction.strip():
        raise Refused("refused.instruction", code=case.code)
    returned = move(
        ctx,
        case,
        CaseStatus.RECEIVED,
        "returned",
        by=officer.actor,
        why=instruction.strip(),
        facts={"from": case.parent, "to": case.agency},
    )
    tell_citizen(ctx, returned, case_say("push.returned"), undoable=True)
    button = (desk_button(case, "take"), desk_button(case, "open"))
    tell_office(ctx, returned, case_say("push.returned_office", button, words=instruction.strip()), undoable=True)
    return returned


def ensure_passed_up(case: Case) -> None:
    """Raises Refused unless the case waits for a decision of the level above."""
    if case.status is not CaseStatus.ESCALATED:
        raise no_such_move(case, CaseStatus.RECEIVED)
