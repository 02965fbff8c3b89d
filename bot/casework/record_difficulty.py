"""What holds a case up is written down stage by stage: cause, needed from whom, since when."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import remark
from bot.casework.permissions import ensure_may_work_on
from storage.records import Case, CaseId, Difficulty, Officer


def record_difficulty(
    ctx: Context, officer: Officer, case_id: CaseId, cause: str, needed_from: str, words: str = ""
) -> Case:
    """Adds to the difficulty log, at the stage where the case stands. The clock runs on. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    ensure_open(case)
    if cause not in ctx.config.reasons.difficulty:
        raise Refused("refused.difficulty_cause", code=case.code)
    if not needed_from.strip():
        raise Refused("refused.needed_from", code=case.code)
    number = len(ctx.tx.difficulties.of(case.id)) + 1
    ctx.tx.difficulties.add(
        Difficulty(case.id, number, case.status, cause, needed_from.strip(), ctx.now, officer.id, words.strip())
    )
    facts = {"stage": case.status.value, "cause": cause, "number": number}
    return remark(ctx, case, "difficulty", officer.actor, facts=facts)


def ensure_open(case: Case) -> None:
    """Raises Refused when no office owes anything any more."""
    if not case.is_open:
        raise Refused("refused.final", code=case.code)


def end_difficulties(ctx: Context, case: Case) -> None:
    """A result ends whatever held the case up."""
    for difficulty in ctx.tx.difficulties.of(case.id):
        if difficulty.ended_at is None:
            ctx.tx.difficulties.save(replace(difficulty, ended_at=ctx.now))
