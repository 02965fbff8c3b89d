"""A reviewer judges a dissatisfied rating; only an upheld verdict starts the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.casework.clocks import HOURS_A_DAY
from bot.casework.context import Context, Refused
from bot.casework.lifecycle import move, remark
from bot.casework.notify import case_say, desk_button, tell_citizen, tell_office, tell_officers
from bot.casework.permissions import ensure_may_review
from storage.records import Case, CaseId, CaseStatus, Officer, Rating

REMEDY: Mapping[str, str] = {
    "khong-bang-chung": "proof",
    "chua-xu-ly": "reopen",
    "sai-don-vi": "reroute",
    "chung-chung": "rewrite",
}
"""Reason of the rating -> remedy (DOMAIN); for any other reason the verdict itself is the answer."""


def start_review(ctx: Context, reviewer: Officer, case_id: CaseId) -> Rating:
    """The reviewer opens the rating: from now on the citizen cannot change it. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    rating = _rating(ctx, reviewer, case)
    if rating.review_started_at is None:
        rating = replace(rating, review_started_at=ctx.now, reviewer=reviewer.id)
        ctx.tx.ratings.save(rating)
        remark(ctx, case, "review_started", reviewer.actor, facts={"round": case.round})
    return rating


def review_rating(
    ctx: Context,
    reviewer: Officer,
    case_id: CaseId,
    upheld: bool,
    words: str,
    reason: str | None = None,
) -> Case:
    """The verdict, with words to the citizen; `reason` stands in for one that they did not give. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    rating = _rating(ctx, reviewer, case)
    if not words.strip():
        raise Refused("refused.verdict_words", code=case.code)
    reason = reason or rating.reason
    if upheld and reason not in ctx.config.reasons.low_rating:
        raise Refused("refused.review_reason", code=case.code)
    remedy = REMEDY.get(reason or "", "other") if upheld else None
    judged = replace(
        rating,
        reason=reason,
        review_started_at=rating.review_started_at or ctx.now,
        reviewer=reviewer.id,
        upheld=upheld,
        verdict=words.strip(),
        reviewed_at=ctx.now,
        remedy=remedy,
    )
    by = reviewer.actor
    facts = {"upheld": upheld, "reason": reason, "remedy": remedy, "level": rating.level, "round": case.round}
    moved = _follow(ctx, case, by, words.strip(), facts, remedy)
    due_at = _remedy_due(ctx, moved, remedy)
    ctx.tx.ratings.save(replace(judged, remedy_due_at=due_at, remedied_at=None if due_at else ctx.now))
    _tell(ctx, case, moved, upheld, words.strip(), remedy)
    return moved


def _remedy_due(ctx: Context, case: Case, remedy: str | None) -> datetime | None:
    """When the better answer must be there; None when the verdict leaves nothing to do."""
    if remedy in (None, "other"):
        return None
    if remedy != "reroute":
        return case.due_at
    # Another agency begins from the start: time to accept, then to handle.
    hours = (case.accept_hours or ctx.config.deadlines.accept_hours) + (case.handle_hours or 5 * HOURS_A_DAY)
    return ctx.config.calendar.add_hours(ctx.now, hours)


def _rating(ctx: Context, reviewer: Officer, case: Case) -> Rating:
    ensure_may_review(reviewer, case)
    rating = ctx.tx.ratings.get(case.id, case.round)
    if case.status is not CaseStatus.DISPUTED or rating is None or rating.reviewed_at is not None:
        raise Refused("refused.nothing_to_review", code=case.code)
    return rating


def _follow(ctx: Context, case: Case, by: str, words: str, facts: dict[str, Any], remedy: str | None) -> Case:
    """Where the verdict leads: closed, back to the agency with its round, or to the triage desk."""
    if remedy in (None, "other"):
        return move(ctx, case, CaseStatus.CLOSED, "reviewed", by, words, facts)
    again: dict[str, Any] = {"round": case.round + 1}
    if remedy == "reroute":
        return move(
            ctx, case, CaseStatus.TRIAGE, "reviewed", by, words, facts, agency=ctx.triage, officer=None, **again
        )
    officer = keeper(ctx, case)
    moved = move(ctx, case, CaseStatus.ACCEPTED, "reviewed", by, words, facts, officer=officer, **again)
    if remedy in ("proof", "rewrite"):
        moved = _hurry(ctx, moved)
    return moved


def _hurry(ctx: Context, case: Case) -> Case:
    """Proof or a better answer is due within one working day (config), not within a whole new handle clock."""
    hours = ctx.config.deadlines.proof_remedy_days * HOURS_A_DAY
    due_at: datetime = ctx.config.calendar.add_hours(ctx.now, hours)
    remind_at = ctx.config.calendar.add_hours(ctx.now, hours * ctx.config.ladder.remind_at)
    hurried = replace(case, due_at=due_at, remind_at=remind_at)
    ctx.tx.cases.save(hurried)
    return hurried


def keeper(ctx: Context, case: Case) -> Any:
    """The officer who goes on with a reopened case: the same one while active, else nobody yet."""
    if case.officer is None:
        return None
    officer = ctx.tx.officers.get(case.officer)
    return officer.id if officer.is_active and officer.agency == case.agency else None


def _tell(ctx: Context, case: Case, moved: Case, upheld: bool, words: str, remedy: str | None) -> None:
    key = f"push.verdict_{remedy}" if upheld else "push.verdict_not_upheld"
    tell_citizen(ctx, moved, case_say(key, words=words))
    button = (desk_button(case, "open"),)
    if not upheld or remedy == "other":
        office = ctx.tx.officers.of_agency(case.agency) if case.agency and upheld else ()
        tell_officers(ctx, moved, office, case_say("push.verdict_office", button, words=words))
        return
    if remedy == "reroute":
        tell_office(ctx, moved, case_say("push.rerouted_office", button, words=words, old=case.answer or ""))
        return
    tell_office(ctx, moved, case_say(f"push.remedy_{remedy}", button, words=words, old=case.answer or ""))
