"""An officer takes the last step back, while nobody has heard of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.casework.clocks import is_urgent
from bot.casework.context import Context, Refused
from bot.casework.lifecycle import standing, undo
from bot.casework.permissions import ensure_active, ensure_may_see
from storage.records import Case, CaseId, Event, Officer

UNDOABLE = frozenset(
    {"accepted", "asked", "transferred", "triaged", "escalated", "returned", "resolved", "rejected", "extended"}
)
"""Moves whose pushes wait; joining and splitting cases touches two histories and stays."""


def undo_move(ctx: Context, officer: Officer, case_id: CaseId) -> Case:
    """Restores status, holder and due times and cancels the pushes. Raises Refused when it is too late."""
    case = ctx.tx.cases.lock(case_id)
    ensure_active(officer)
    event = ctx.tx.events.last(case.id)
    if event is None or event.by != officer.actor:
        # After a transfer the case is no longer seen from here; whose step it was is what counts.
        ensure_may_see(ctx, officer, case)
    if event is None or event.by != officer.actor or event.kind not in UNDOABLE:
        raise Refused("refused.undo_nothing", code=case.code)
    if is_urgent(case):
        raise Refused("refused.undo_urgent", code=case.code)
    if ctx.now - event.at > timedelta(seconds=ctx.config.limits.undo_seconds):
        raise Refused("refused.undo_late", code=case.code, n=ctx.config.limits.undo_seconds)
    if ctx.tx.outbox.any_claimed(case.id, event.seq):
        raise Refused("refused.undo_told", code=case.code)
    ctx.tx.outbox.cancel(case.id, event.seq)
    _take_back_marks(ctx, case, event)
    restored = undo(ctx, case, event, officer.actor)
    return _restore_answer(ctx, restored, event)


def _take_back_marks(ctx: Context, case: Case, event: Event) -> None:
    """What the move wrote beside the case: questions, promises, settled remedies, ended difficulties."""
    if event.kind == "asked":
        question = ctx.tx.questions.open_of(case.id)
        if question is not None:
            ctx.tx.questions.remove(case.id, question.number)
    for promise in ctx.tx.promises.of(case.id):
        if promise.made_at == event.at:
            ctx.tx.promises.remove(case.id, promise.number)
        elif promise.kept_at == event.at:
            ctx.tx.promises.save(replace(promise, kept_at=None))
    for rating in ctx.tx.ratings.of_case(case.id):
        if rating.remedied_at == event.at:
            ctx.tx.ratings.save(replace(rating, remedied_at=None))
    for difficulty in ctx.tx.difficulties.of(case.id):
        if difficulty.ended_at == event.at:
            ctx.tx.difficulties.save(replace(difficulty, ended_at=None))


def _restore_answer(ctx: Context, case: Case, undone: Event) -> Case:
    """The words of the last answer that still stands; words are personal and so not among the plain facts."""
    if undone.kind not in ("resolved", "rejected"):
        return case
    left = [e for e in standing(ctx.tx.events.of(case.id)) if e.kind in ("resolved", "rejected")]
    overridden = any(e.facts.get("override") for e in left)
    answer = left[-1].why if left else None
    restored = replace(case, answer=answer, override=case.override if overridden else None)
    ctx.tx.cases.save(restored)
    return restored
