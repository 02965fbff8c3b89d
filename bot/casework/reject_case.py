"""An agency cannot act on a case: a reason, words of its own, and where to go instead."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name
from bot.casework.lifecycle import ensure_legal, move
from bot.casework.notify import tell_citizen
from bot.casework.permissions import approval, ensure_approved, ensure_may_work_on
from bot.casework.resolve_case import Answer, confirm_promise, facts_of_answer, judge_reply, proof_of, proving, settle
from bot.dialogue.flows.rate import level_buttons
from bot.dialogue.message import Say, Words, raw
from nlp.reply_quality import Verdict
from storage.codes import check_code
from storage.records import Case, CaseId, CaseStatus, File, FileStatus, Officer, OfficerId

CLAIMS_FACTS = frozenset({"khong-dung-su-that", "anh-khong-hop-le"})
"""Reasons that contradict the citizen: only a check on the spot, with stored proof, supports them."""
NAMES_ANOTHER = frozenset({"trung-lap", "da-tra-loi"})
"""Reasons that rest on an earlier case, which must be named."""
FEWEST_WORDS = 6
ELSEWHERE = "\n→ "
"""Between the words of a refusal and where to go instead."""


def reject_case(
    ctx: Context,
    officer: Officer,
    case_id: CaseId,
    reason: str,
    elsewhere: str,
    answer: Answer,
    approved_by: OfficerId | None = None,
) -> Case:
    """Tells the citizen why and where to go, and asks for the rating all the same. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    ensure_legal(case, CaseStatus.REJECTED)
    if reason not in ctx.config.reasons.reject:
        raise Refused("refused.reject_reason", code=case.code)
    files = proof_of(ctx, case, answer.files)
    _ensure_founded(case, reason, answer, files)
    promise = confirm_promise(ctx, case, answer)
    # What is wrong with the words is said before anything else is asked.
    if not elsewhere.strip():
        raise Refused("refused.elsewhere", code=case.code)
    ensure_approved(ctx, officer, case, "tuchoi", approved_by)
    rejected = move(
        ctx,
        case,
        CaseStatus.REJECTED,
        "rejected",
        by=officer.actor,
        why=answer.text,
        facts={"reason": reason} | facts_of_answer(case, answer, files) | approval(approved_by),
        # The parent that refuses an escalated case answers for the refusal.
        agency=case.parent if case.status is CaseStatus.ESCALATED else case.agency,
        answer=f"{answer.text}{ELSEWHERE}{elsewhere.strip()}",
        reject_reason=reason,
        override=answer.override or case.override,
        officer=officer.id,
    )
    settle(ctx, case, officer, files, promise)
    rate, label = level_buttons(case.code, case.round), raw(ctx.config.reasons.reject[reason])
    told = {"answer": answer.text, "elsewhere": elsewhere.strip(), "agency": agency_name(ctx, rejected.agency)}
    say = Say(Words("push.rejected", {"reason": label, **told}), rate)
    tell_citizen(ctx, rejected, say, undoable=True)
    return rejected


def _ensure_founded(case: Case, reason: str, answer: Answer, files: tuple[File, ...]) -> None:
    """The proof gate of a refusal: what it claims must be shown, and it must speak of this case."""
    if not answer.text.strip():
        raise Refused("refused.empty_refusal", code=case.code)
    coming = [f for f in files if f.status is FileStatus.WAITING]
    if coming:
        raise Refused("refused.proof_coming", code=case.code, n=len(coming))
    shown = proving(files)
    if reason in CLAIMS_FACTS and not shown:
        raise Refused("refused.proof_photo_or_document", code=case.code)
    if reason in NAMES_ANOTHER and not any(check_code(word.strip(".,;:()")) for word in answer.text.split()):
        raise Refused("refused.name_earlier", code=case.code)
    why: str | Words = ""
    if reason in CLAIMS_FACTS:
        verdict = judge_reply(case, answer.text, len(shown))
        why = verdict.why if verdict.verdict is Verdict.GENERIC else ""
    elif len(answer.text.split()) < FEWEST_WORDS:
        why = Words("refused.short_refusal")
    if why and not answer.override:
        raise Refused("refused.generic", code=case.code, why=why)
    if why and case.override:
        raise Refused("refused.override_used", code=case.code)
