"""An officer answers a case with proof; its citizen is told and asked for a rating."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import ensure_legal, move
from bot.casework.notify import case_say, tell_citizen
from bot.casework.permissions import ensure_may_work_on
from bot.dialogue.flows.rate import level_buttons
from nlp.promises import find_promise
from nlp.reply_quality import ReplyVerdict, Verdict, check_reply
from storage.records import (
    Case,
    CaseId,
    CaseStatus,
    File,
    FileId,
    FileKind,
    FileStatus,
    Officer,
    PromisedDate,
    Purpose,
    Rating,
    Role,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agency answers: words, proof (file ids), and what the officer confirmed about them."""

    text: str
    files: tuple[FileId, ...] = ()
    override: str | None = None
    """Written justification for a text that the reply check calls generic; allowed once, seen by the reviewer."""
    promise_confirmed: bool = False
    """The officer has seen the date that was read from the text and stands by it."""


def resolve_case(ctx: Context, officer: Officer, case_id: CaseId, answer: Answer) -> Case:
    """Records the result, tells the citizen with pictures before and after, asks for the rating. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    ensure_legal(case, CaseStatus.RESOLVED)
    files = tuple(ctx.tx.files.get(f) for f in answer.files)
    ensure_proven(ctx, case, answer, files)
    promise = promise_in(ctx, answer.text, ctx.now)
    if promise is not None and not answer.promise_confirmed:
        raise Refused("refused.confirm_promise", code=case.code, due=f"{promise[0]:%d/%m/%Y}", words=promise[1])
    resolved = move(
        ctx,
        case,
        CaseStatus.RESOLVED,
        "resolved",
        by=f"officer:{officer.id}",
        why=answer.text,
        facts={"files": [f.id for f in files], "override": answer.override is not None, "round": case.round},
        answer=answer.text,
        override=answer.override or case.override,
        officer=case.officer or officer.id,
        resolved_at=ctx.now,
    )
    for file in files:
        ctx.tx.files.save(replace(file, case=case.id, purpose=Purpose.PROOF, round=case.round))
    if promise is not None:
        number = len(ctx.tx.promises.of(case.id)) + 1
        ctx.tx.promises.add(PromisedDate(case.id, number, promise[0], promise[1], ctx.now, officer.id))
    _settle_remedy(ctx, case)
    tell_result(ctx, resolved)
    return resolved


def tell_result(ctx: Context, case: Case) -> None:
    """The result with pictures before and after, and the question for a rating: in one message."""
    before = [f.id for f in ctx.tx.files.of_case(case.id, Purpose.COMPLAINT) if f.status is FileStatus.READY]
    after = [
        f.id
        for f in ctx.tx.files.of_case(case.id, Purpose.PROOF)
        if f.status is FileStatus.READY and f.round == case.round and f.kind is FileKind.PHOTO
    ]
    say = case_say(
        "push.resolved",
        *level_buttons(case.code, case.round),
        pictures=(*before[:1], *after[:3]),
        answer=case.answer or "",
    )
    tell_citizen(ctx, case, say, undoable=True)


def ensure_proven(ctx: Context, case: Case, answer: Answer, files: tuple[File, ...]) -> None:
    """The proof gate: words that say what was done, and stored proof. Raises Refused with the reason in words."""
    if not answer.text.strip():
        raise Refused("refused.empty_answer")
    still_coming = [f for f in files if f.status is FileStatus.WAITING]
    if still_coming:
        raise Refused("refused.proof_coming", code=case.code, n=len(still_coming))
    stored = [f for f in files if f.status is FileStatus.READY]
    wanted = proof_wanted(ctx, case)
    if wanted == "legal_basis":
        has_proof = bool(stored) or cites_law(answer.text)
    elif wanted == "document":
        has_proof = any(f.kind in (FileKind.DOCUMENT, FileKind.PHOTO) for f in stored)
    else:
        has_proof = bool(stored)
    if not has_proof:
        raise Refused(f"refused.proof_{wanted}", code=case.code)
    verdict = judge_reply(case, answer.text, len(stored))
    if verdict.verdict is Verdict.GENERIC:
        if not answer.override:
            raise Refused("refused.generic", code=case.code, why=verdict.why)
        if case.override:
            raise Refused("refused.override_used", code=case.code)


def proof_wanted(ctx: Context, case: Case) -> str:
    """photo, document, photo_or_document or legal_basis: as config demands for the sub-category, else the category."""
    category = ctx.config.categories[case.category]
    sub = category.subcategories.get(case.sub or "")
    return str((sub.proof if sub else category.proof).value)


def judge_reply(case: Case, text: str, attachments: int) -> ReplyVerdict:
    return check_reply(case.text, text, attachments)


def promise_in(ctx: Context, text: str, now: datetime) -> tuple[date, str] | None:
    """The date that a text promises, and the words that promise it."""
    is_working_day: Callable[[date], bool] = ctx.config.calendar.is_working_day
    promise = find_promise(text, now, is_working_day)
    return (promise.due, promise.words) if promise else None


def cites_law(text: str) -> bool:
    """Whether an answer names the law or decision that it rests on."""
    lowered = text.lower()
    marks = ("luật", "nghị định", "thông tư", "quyết định số", "qđ-", "nđ-cp", "/tt-", "điều ")
    return any(mark in lowered for mark in marks) and any(c.isdigit() for c in text)


def _settle_remedy(ctx: Context, case: Case) -> None:
    """A new answer settles the remedy that an upheld review of an earlier round demanded."""
    rating: Rating | None
    for round_ in range(case.round, 0, -1):
        rating = ctx.tx.ratings.get(case.id, round_)
        if rating is not None and rating.upheld and rating.remedied_at is None:
            ctx.tx.ratings.save(replace(rating, remedied_at=ctx.now))


__all__ = ["Answer", "Role", "ensure_proven", "promise_in", "resolve_case", "tell_result"]
