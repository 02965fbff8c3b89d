"""An officer answers a case with proof; its citizen is told and asked for a rating."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name
from bot.casework.lifecycle import ensure_legal, move
from bot.casework.notify import case_say, tell_person
from bot.casework.permissions import ensure_may_work_on
from bot.casework.record_difficulty import end_difficulties
from bot.dialogue.flows.rate import level_buttons
from bot.dialogue.message import Button, Words
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
    files = proof_of(ctx, case, answer.files)
    ensure_proven(ctx, case, answer, files)
    promise = confirm_promise(ctx, case, answer)
    resolved = move(
        ctx,
        case,
        CaseStatus.RESOLVED,
        "resolved",
        by=officer.actor,
        why=answer.text,
        facts=facts_of_answer(case, answer, files),
        answer=answer.text,
        override=answer.override or case.override,
        officer=case.officer or officer.id,
        reject_reason=None,
    )
    keep_promises(ctx, case)
    settle(ctx, case, officer, files, promise)
    tell_result(ctx, resolved)
    return resolved


def facts_of_answer(case: Case, answer: Answer, files: tuple[File, ...]) -> dict[str, object]:
    """What the event of an answer, a result or a refusal, says of it."""
    return {"files": [f.id for f in files], "override": answer.override is not None, "round": case.round}


def settle(
    ctx: Context, case: Case, officer: Officer, files: tuple[File, ...], promise: tuple[date, str] | None
) -> None:
    """What an answer settles beside the status: proof kept, promise watched, remedy met, difficulties ended."""
    for file in files:
        ctx.tx.files.save(replace(file, case=case.id, purpose=Purpose.PROOF, round=case.round))
    write_promise(ctx, case, officer, promise)
    settle_remedy(ctx, case)
    end_difficulties(ctx, case)


def tell_result(ctx: Context, case: Case) -> None:
    """The result with pictures before and after: the author is asked for a rating, followers whether it is done."""
    before = [f.id for f in ctx.tx.files.of_case(case.id, Purpose.COMPLAINT) if f.status is FileStatus.READY]
    after = [
        f.id
        for f in ctx.tx.files.of_case(case.id, Purpose.PROOF)
        if f.status is FileStatus.READY and f.round == case.round and f.kind is FileKind.PHOTO
    ]
    pictures = (*before[:1], *after[:3])
    told = {"answer": case.answer or "", "agency": agency_name(ctx, case.agency)}
    rate = level_buttons(case.code, case.round)
    tell_person(ctx, case, case.citizen, case_say("push.resolved", *rate, pictures=pictures, **told), undoable=True)
    seen = (
        Button(f"do:daxong {case.code}", Words("push.seen_done")),
        Button(f"do:vancon {case.code}", Words("push.seen_still")),
    )
    for follower in ctx.tx.followers.of(case.id):
        # A follower sees the pictures of the result, never those of somebody else's complaint.
        say = case_say("push.resolved_follower", seen, pictures=tuple(after[:3]), **told)
        tell_person(ctx, case, follower, say, undoable=True)


def proof_of(ctx: Context, case: Case, sent: tuple[FileId, ...]) -> tuple[File, ...]:
    """What was sent with the answer, and what lies on the case as proof of this round already."""
    files = {f: ctx.tx.files.get(f) for f in sent}
    for file in ctx.tx.files.of_case(case.id, Purpose.PROOF):
        if file.round == case.round and file.status is FileStatus.READY:
            files.setdefault(file.id, file)
    return tuple(files.values())


def proving(files: Iterable[File]) -> list[File]:
    """Those that have arrived and prove something to whoever reads the answer: pictures and documents."""
    return [f for f in files if f.status is FileStatus.READY and f.kind in (FileKind.PHOTO, FileKind.DOCUMENT)]


def ensure_proven(ctx: Context, case: Case, answer: Answer, files: tuple[File, ...]) -> None:
    """The proof gate: words that say what was done, and stored proof. Raises Refused with the reason in words."""
    if not answer.text.strip():
        raise Refused("refused.empty_answer")
    still_coming = [f for f in files if f.status is FileStatus.WAITING]
    if still_coming:
        raise Refused("refused.proof_coming", code=case.code, n=len(still_coming))
    shown, wanted = proving(files), proof_wanted(ctx, case)
    if not (shown or (wanted == "legal_basis" and cites_law(answer.text))):
        raise Refused(f"refused.proof_{wanted}", code=case.code)
    verdict = judge_reply(case, answer.text, len(shown))
    if verdict.verdict is Verdict.GENERIC:
        if not answer.override:
            raise Refused("refused.generic", code=case.code, why=verdict.why)
        if case.override:
            raise Refused("refused.override_used", code=case.code)


def confirm_promise(ctx: Context, case: Case, answer: Answer) -> tuple[date, str] | None:
    """The date that the answer promises. Raises Refused until the officer has confirmed it."""
    promise = promise_in(ctx, answer.text, ctx.now)
    if promise is not None and not answer.promise_confirmed:
        raise Refused("refused.confirm_promise", code=case.code, due=f"{promise[0]:%d/%m/%Y}", words=promise[1])
    return promise


def write_promise(ctx: Context, case: Case, officer: Officer, promise: tuple[date, str] | None) -> None:
    """A confirmed date is stored, to be watched."""
    if promise is not None:
        number = len(ctx.tx.promises.of(case.id)) + 1
        ctx.tx.promises.add(PromisedDate(case.id, number, promise[0], promise[1], ctx.now, officer.id))


def keep_promises(ctx: Context, case: Case) -> None:
    """A new result keeps what earlier answers promised; what was missed stays noted as missed."""
    for promise in ctx.tx.promises.of(case.id):
        if promise.kept_at is None:
            ctx.tx.promises.save(replace(promise, kept_at=ctx.now))


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


def day_named(ctx: Context, said: str) -> date | None:
    """The day that a bare date or a stretch of time means: "15/12", "7 ngày", "hai tuần", "cuối tháng"."""
    for lead in ("sẽ xong trong ", "sẽ xong trước ngày ", ""):
        found = promise_in(ctx, f"{lead}{said}", ctx.now)
        if found is not None:
            return found[0]
    return None


def cites_law(text: str) -> bool:
    """Whether an answer names the law or decision that it rests on."""
    lowered = text.lower()
    marks = ("luật", "nghị định", "thông tư", "quyết định số", "qđ-", "nđ-cp", "/tt-", "điều ")
    return any(mark in lowered for mark in marks) and any(c.isdigit() for c in text)


def settle_remedy(ctx: Context, case: Case) -> None:
    """A new answer settles the remedy that an upheld review of an earlier round demanded."""
    rating: Rating | None
    for round_ in range(case.round, 0, -1):
        rating = ctx.tx.ratings.get(case.id, round_)
        if rating is not None and rating.upheld and rating.remedied_at is None:
            ctx.tx.ratings.save(replace(rating, remedied_at=ctx.now))
