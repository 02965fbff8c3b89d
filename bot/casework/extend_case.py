"""An agency needs more time: cause, new date, told to the citizen, at most twice."""

from __future__ import annotations

from datetime import date, datetime, time

from bot.casework.clocks import is_urgent
from bot.casework.context import Context, Refused
from bot.casework.lifecycle import remark
from bot.casework.notify import case_say, tell_citizen
from bot.casework.permissions import approval, ensure_approved, ensure_may_work_on
from bot.dialogue.message import raw
from routing.calendar import HANOI
from storage.records import Case, CaseId, CaseStatus, Officer, OfficerId


def extend_case(
    ctx: Context,
    officer: Officer,
    case_id: CaseId,
    cause: str,
    until: date,
    words: str = "",
    approved_by: OfficerId | None = None,
) -> Case:
    """Moves the due time to the end of work on `until`, and the citizen's date with it, openly. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    ensure_extendable(ctx, case)
    if cause not in ctx.config.reasons.extend:
        raise Refused("refused.extend_cause", code=case.code)
    assert case.due_at is not None
    due_at = new_due(ctx, case, until)
    ensure_approved(ctx, officer, case, "giahan", approved_by)
    promised_at = max(case.promised_at or due_at, due_at)
    calendar = ctx.config.calendar
    share = ctx.config.ladder.remind_at * calendar.hours_between(ctx.now, due_at)
    extended = remark(
        ctx,
        case,
        "extended",
        officer.actor,
        why=words.strip() or None,
        facts={"cause": cause, "from": case.due_at.isoformat(), "to": due_at.isoformat()} | approval(approved_by),
        due_at=due_at,
        remind_at=calendar.add_hours(ctx.now, share),
        ladder=0,
        promised_at=promised_at,
        extensions=case.extensions + 1,
    )
    reason = raw(ctx.config.reasons.extend[cause])
    told = f"\n“{words.strip()}”" if words.strip() else ""
    tell_citizen(ctx, extended, case_say("push.extended", reason=reason, words=told), undoable=True)
    return extended


def new_due(ctx: Context, case: Case, until: date) -> datetime:
    """The end of work on that day. Raises Refused when nobody works on it, or it is no later than the due time."""
    due_at = end_of_work(ctx, until)
    if due_at is None or due_at <= max(case.due_at or ctx.now, ctx.now):
        raise Refused("refused.extend_date", code=case.code, until=f"{until:%d/%m/%Y}", due_at=case.due_at)
    return due_at


def ensure_extendable(ctx: Context, case: Case) -> None:
    """Raises Refused unless it is being handled, not urgent, and was not extended as often as config allows."""
    if case.status is not CaseStatus.ACCEPTED or case.due_at is None:
        raise Refused("refused.extend_now", code=case.code)
    if is_urgent(case):
        raise Refused("refused.extend_urgent", code=case.code)
    if case.extensions >= ctx.config.limits.extensions_per_case:
        raise Refused("refused.extensions", code=case.code, n=case.extensions)


def end_of_work(ctx: Context, day: date) -> datetime | None:
    """The last working moment of a day; None when nobody works on it."""
    calendar = ctx.config.calendar
    if not calendar.is_working_day(day):
        return None
    morning = calendar.next_open(datetime.combine(day, time(), tzinfo=HANOI))
    midnight = datetime.combine(day, time(23, 59), tzinfo=HANOI)
    return calendar.add_hours(morning, calendar.hours_between(morning, midnight))
