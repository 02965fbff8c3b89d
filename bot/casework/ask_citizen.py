"""An officer asks the citizen for something missing: the handle clock pauses, at most twice a case."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name
from bot.casework.lifecycle import ensure_legal, move
from bot.casework.notify import case_say, tell_person
from bot.casework.permissions import ensure_may_work_on
from bot.dialogue.message import Button, Words
from storage.records import Case, CaseId, CaseStatus, Officer, Question


def ask_citizen(ctx: Context, officer: Officer, case_id: CaseId, question: str) -> Case:
    """Asks; the answer comes back into the case, silence returns it to the officer. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    ensure_askable(ctx, case)
    if not question.strip():
        raise Refused("refused.empty_question")
    waiting = move(
        ctx,
        case,
        CaseStatus.WAITING_CITIZEN,
        "asked",
        by=officer.actor,
        why=question.strip(),
        questions=case.questions + 1,
    )
    assert waiting.due_at is not None
    ctx.tx.questions.add(Question(case.id, waiting.questions, question.strip(), ctx.now, officer.id, waiting.due_at))
    button = (Button(f"say:{case.code}", Words("push.answer_button")),)
    say = case_say("push.question", button, question=question.strip(), agency=agency_name(ctx, case.agency))
    tell_person(ctx, waiting, case.citizen, say, undoable=True)
    return waiting


def ensure_askable(ctx: Context, case: Case) -> None:
    """Raises Refused while nobody works on it, and after the last question that config allows."""
    ensure_legal(case, CaseStatus.WAITING_CITIZEN)
    if case.questions >= ctx.config.limits.questions_per_case:
        raise Refused("refused.questions", code=case.code, n=case.questions)
