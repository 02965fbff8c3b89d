"""A case is given to a named colleague of the same agency."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import remark
from bot.casework.notify import case_say, desk_button, tell_officers
from bot.casework.permissions import ensure_may_assign
from storage.records import Case, CaseId, CaseStatus, Officer

ASSIGNABLE = frozenset({CaseStatus.RECEIVED, CaseStatus.ACCEPTED, CaseStatus.WAITING_CITIZEN})


def assign_case(ctx: Context, officer: Officer, case_id: CaseId, colleague: Officer) -> Case:
    """The colleague holds it from now on; clocks run on as they were. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_assign(officer, case)
    ensure_assignable(case)
    if not colleague.is_active or colleague.agency != case.agency:
        raise Refused("refused.not_a_colleague")
    if case.officer == colleague.id:
        raise Refused("refused.already_assigned", code=case.code)
    facts = {"from": case.officer, "to": colleague.id}
    assigned = remark(ctx, case, "assigned", officer.actor, facts=facts, officer=colleague.id)
    if colleague.id != officer.id:
        first = desk_button(case, "take")
        rest = desk_button(case, "open")
        buttons = (first, rest) if case.status is CaseStatus.RECEIVED else (rest,)
        tell_officers(ctx, assigned, (colleague,), case_say("push.assigned", buttons))
    return assigned


def ensure_assignable(case: Case) -> None:
    """Raises Refused when nobody holds it to work on."""
    if case.status not in ASSIGNABLE:
        raise Refused("refused.assign_now", code=case.code)
