"""An internal remark of staff on a case; its citizen never sees it."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import remark
from bot.casework.permissions import ensure_may_see
from storage.records import Case, CaseId, Note, Officer, Role


def note_case(ctx: Context, officer: Officer, case_id: CaseId, text: str) -> Case:
    """Whoever may see the case may leave a note, administrators excepted. The event holds no word of it."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_see(ctx, officer, case)
    if officer.role is Role.ADMIN:
        raise Refused("refused.role")
    if not text.strip():
        raise Refused("refused.empty_note", code=case.code)
    number = len(ctx.tx.notes.of(case.id)) + 1
    ctx.tx.notes.add(Note(case.id, number, ctx.now, officer.id, text.strip()))
    return remark(ctx, case, "noted", officer.actor, facts={"number": number})
