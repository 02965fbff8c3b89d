"""A promised date is kept, with words on what was done."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import remark
from bot.casework.notify import case_say, tell_citizen
from bot.casework.permissions import ensure_may_work_on
from storage.records import Case, CaseId, FileId, FileStatus, Officer, PromisedDate, Purpose


def keep_promise(ctx: Context, officer: Officer, case_id: CaseId, words: str, files: tuple[FileId, ...] = ()) -> Case:
    """Marks the earliest promise that is not kept yet as kept, and tells the citizen what was done. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    promise = open_promise(ctx, case)
    if promise is None or case.status.is_final:
        raise Refused("refused.no_promise", code=case.code)
    if not words.strip():
        raise Refused("refused.empty_answer")
    stored = [ctx.tx.files.get(f) for f in files]
    coming = sum(1 for f in stored if f.status is FileStatus.WAITING)
    if coming:
        raise Refused("refused.proof_coming", code=case.code, n=coming)
    ctx.tx.promises.save(replace(promise, kept_at=ctx.now))
    for file in stored:
        ctx.tx.files.save(replace(file, case=case.id, purpose=Purpose.PROOF, round=case.round))
    facts = {"due_on": promise.due_on.isoformat(), "number": promise.number, "files": list(files)}
    kept = remark(ctx, case, "promise_kept", officer.actor, why=words.strip(), facts=facts)
    pictures = tuple(f.id for f in stored if f.status is FileStatus.READY)[:3]
    key = "push.promise_kept" if promise.missed_at is None else "push.promise_kept_late"
    tell_citizen(ctx, kept, case_say(key, pictures=pictures, words=words.strip()))
    return kept


def open_promise(ctx: Context, case: Case) -> PromisedDate | None:
    """The earliest promise that is not kept, also one whose day is over: what is done late is told all the same."""
    waiting = [p for p in ctx.tx.promises.of(case.id) if p.kept_at is None]
    return min(waiting, key=lambda p: p.due_on, default=None)
