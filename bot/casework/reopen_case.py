"""A citizen says that a closed case is not done: it goes on, one round further."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.facts import words_for_office
from bot.casework.lifecycle import move
from bot.casework.notify import case_say, desk_button, tell_office, tell_officers
from bot.casework.permissions import ensure_own, leads_of
from bot.casework.review_rating import keeper
from storage.records import Case, CaseId, CaseStatus, Citizen, FileId, Purpose


def reopen_case(ctx: Context, citizen: Citizen, case_id: CaseId, why: str, files: tuple[FileId, ...] = ()) -> Case:
    """Within the reopen window (30 days from closing): a new handle clock, the same agency. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_own(citizen, case)
    if case.status is not CaseStatus.CLOSED:
        raise Refused("refused.reopen_now", code=case.code)
    if case.due_at is None or case.due_at <= ctx.now:
        raise Refused("refused.reopen_late", code=case.code, n=ctx.config.rating.reopen_days)
    if not why.strip() and not files:
        raise Refused("refused.reopen_why", code=case.code)
    round_ = case.round + 1
    reopened = move(
        ctx,
        case,
        CaseStatus.ACCEPTED,
        "reopened",
        citizen.actor,
        why=why.strip() or None,
        facts={"round": round_, "files": list(files)},
        round=round_,
        officer=keeper(ctx, case),
    )
    for file in files:
        ctx.tx.files.save(replace(ctx.tx.files.get(file), case=case.id, purpose=Purpose.ANSWER, round=round_))
    button = (desk_button(case, "open"),)
    say = case_say("push.reopened", button, words=words_for_office(case, why.strip()), old=case.answer or "")
    tell_office(ctx, reopened, say)
    tell_officers(ctx, reopened, leads_of(ctx, case.agency), say)
    return reopened
