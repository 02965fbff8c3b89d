"""A citizen rates the result: one rating per case and round, changeable until its review begins."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import move, remark
from bot.casework.notify import case_say, desk_button, tell_officers
from bot.casework.permissions import ensure_own
from storage.records import Case, CaseId, CaseStatus, Citizen, Rating, Role

RATEABLE = frozenset({CaseStatus.RESOLVED, CaseStatus.REJECTED, CaseStatus.DISPUTED, CaseStatus.CLOSED})


def rate_case(ctx: Context, citizen: Citizen, case_id: CaseId, round_: int, level: int) -> Case:
    """Satisfied (4, 5) closes; less goes to a reviewer. The last rating before the review counts. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_own(citizen, case)
    if case.status not in RATEABLE or round_ != case.round or not 1 <= level <= 5:
        raise Refused("rate.not_now", code=case.code)
    earlier = ctx.tx.ratings.get(case.id, round_)
    if earlier is not None and earlier.review_started_at is not None:
        raise Refused("rate.under_review", code=case.code)
    if case.status is CaseStatus.CLOSED and earlier is not None and earlier.level == level:
        return case
    rating = Rating(case.id, round_, level, ctx.now)
    ctx.tx.ratings.save(rating)
    return _move_on(ctx, case, rating, citizen.actor)


def give_reason(ctx: Context, citizen: Citizen, case_id: CaseId, round_: int, reason: str) -> Case:
    """The reason of a low rating, one of config's. Raises Refused."""
    case, rating = _rating(ctx, citizen, case_id, round_)
    ctx.tx.ratings.save(replace(rating, reason=reason))
    return remark(ctx, case, "reasoned", citizen.actor, facts={"reason": reason, "round": round_})


def give_words(ctx: Context, citizen: Citizen, case_id: CaseId, round_: int, words: str) -> Case:
    """Free words beside a low rating, for the reviewer. Raises Refused."""
    case, rating = _rating(ctx, citizen, case_id, round_)
    ctx.tx.ratings.save(replace(rating, words=words))
    return remark(ctx, case, "commented", citizen.actor, why=words, facts={"round": round_})


def _rating(ctx: Context, citizen: Citizen, case_id: CaseId, round_: int) -> tuple[Case, Rating]:
    case = ctx.tx.cases.lock(case_id)
    ensure_own(citizen, case)
    rating = ctx.tx.ratings.get(case.id, round_)
    if rating is None or rating.review_started_at is not None:
        raise Refused("rate.under_review" if rating else "rate.not_now", code=case.code)
    return case, rating


def _move_on(ctx: Context, case: Case, rating: Rating, by: str) -> Case:
    facts = {"level": rating.level, "round": rating.round}
    if rating.is_satisfied:
        if case.status is CaseStatus.CLOSED:
            return remark(ctx, case, "rated", by, facts=facts)
        return move(ctx, case, CaseStatus.CLOSED, "rated", by, facts=facts)
    if case.status is CaseStatus.DISPUTED:
        return remark(ctx, case, "rated", by, facts=facts)
    disputed = move(ctx, case, CaseStatus.DISPUTED, "rated", by, facts=facts)
    reviewers = tuple(o for o in ctx.tx.officers.of_agency(ctx.reviewer) if o.role is Role.REVIEWER)
    button = (desk_button(case, "review"),)
    tell_officers(ctx, disputed, reviewers, case_say("push.disputed", button, level=rating.level))
    return disputed
