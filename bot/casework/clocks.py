"""Which clock runs on a case, when it runs out, and when somebody must be reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.casework.context import Context
from routing.config import Config
from storage.records import Case, Clock, Urgency

HOURS_A_DAY = 8.0
"""Working hours that one working day of a deadline stands for."""

LADDER_CLOCKS = frozenset({Clock.TRIAGE, Clock.ACCEPT, Clock.HANDLE, Clock.DECISION, Clock.REVIEW})
"""Clocks that an office owes; these have a reminder and an overdue ladder."""


PRESSING = LADDER_CLOCKS - {Clock.REVIEW}
"""Clocks that khẩn makes run day and night: a rating is reviewed when the danger is over."""

UNTAKEN = frozenset({Clock.TRIAGE, Clock.ACCEPT})
"""While one of these runs nobody has taken the case on."""


def start_clock(ctx: Context, case: Case, clock: Clock | None, was: Case) -> Case:
    """The case with `clock` running from now. A pause keeps what is left of the handle clock."""
    paused = None
    if clock is Clock.CITIZEN and was.clock is Clock.HANDLE and was.due_at is not None:
        paused = max(0.0, _hours_between(ctx.config, case, ctx.now, was.due_at))
    resumes = was.clock is Clock.CITIZEN and clock is Clock.HANDLE and case.round == was.round
    hours = was.paused_hours if resumes else None
    due_at = None if clock is None else _due_at(ctx, case, clock, hours)
    if clock is Clock.HANDLE and was.clock is Clock.ACCEPT and due_at is not None:
        due_at = _without_delay(ctx, case, was, due_at)
    running = replace(
        case, clock=clock, clock_started_at=ctx.now if clock else None, due_at=due_at, ladder=0, paused_hours=paused
    )
    return replace(running, remind_at=first_reminder(ctx.config, running))


def _without_delay(ctx: Context, case: Case, was: Case, due_at: datetime) -> datetime:
    """Taking a case on late moves no limit: the agency's whole time counts from when the case came to it.

    For the agency that it was filed with that is the date told to the citizen. Once that is over, the citizen has been
    told so, and the time to handle counts from now: a limit in the past would be none (QĐ 1207: from acceptance).
    """
    if was.clock_started_at is None or case.handle_hours is None:
        return due_at
    hours = case.accept_hours if case.accept_hours is not None else ctx.config.deadlines.accept_hours
    whole = promised_date(ctx.config, was.clock_started_at, hours, case.handle_hours, case.urgency)
    return min(due_at, whole) if whole > ctx.now else due_at


def first_reminder(config: Config, case: Case) -> datetime | None:
    """When a sweep must first look: at 75 % of an office's clock, at the end of the others."""
    if case.clock is None or case.due_at is None or case.clock_started_at is None:
        return None
    if case.clock is Clock.RATING:
        return case.clock_started_at + timedelta(days=config.rating.remind_after_days)
    if case.clock not in LADDER_CLOCKS:
        return case.due_at
    if is_urgent(case) and case.clock in UNTAKEN:
        return case.clock_started_at + timedelta(minutes=config.deadlines.urgent_repeat_minutes)
    if is_pressing(case, case.clock):
        return case.clock_started_at + config.ladder.remind_at * (case.due_at - case.clock_started_at)
    total = config.calendar.hours_between(case.clock_started_at, case.due_at)
    return config.calendar.add_hours(case.clock_started_at, total * config.ladder.remind_at)


def promised_date(
    config: Config, filed_at: datetime, accept_hours: float, handle_hours: float, urgency: Urgency
) -> datetime:
    """The date told to the citizen: time to accept plus time to handle (QĐ 1207); khẩn counts by the wall clock."""
    if urgency is Urgency.KHAN:
        return filed_at + timedelta(hours=accept_hours + handle_hours)
    return config.calendar.add_hours(filed_at, accept_hours + handle_hours)


def is_urgent(case: Case) -> bool:
    return case.urgency is Urgency.KHAN


def is_pressing(case: Case, clock: Clock | None) -> bool:
    """Whether this clock of the case runs by the wall instead of by working hours."""
    return is_urgent(case) and clock in PRESSING


def _due_at(ctx: Context, case: Case, clock: Clock, paused_hours: float | None) -> datetime:
    config, now, deadlines = ctx.config, ctx.now, ctx.config.deadlines
    match clock:
        case Clock.CITIZEN:
            return now + timedelta(days=deadlines.citizen_days)
        case Clock.RATING:
            return now + timedelta(days=config.rating.close_after_days)
        case Clock.REOPEN:
            return now + timedelta(days=config.rating.reopen_days)
        case Clock.TRIAGE:
            hours = deadlines.triage_hours
        case Clock.ACCEPT:
            hours = case.accept_hours if case.accept_hours is not None else deadlines.accept_hours
        case Clock.DECISION:
            hours = deadlines.decision_days * HOURS_A_DAY
        case Clock.REVIEW:
            hours = deadlines.review_days * HOURS_A_DAY
        case _:
            hours = paused_hours if paused_hours is not None else case.handle_hours or 5 * HOURS_A_DAY
    if is_pressing(case, clock):
        # Nobody waits for the morning when there is danger: khẩn ignores working hours.
        return now + timedelta(hours=max(hours, deadlines.urgent_repeat_minutes / 60))
    return config.calendar.add_hours(now, hours)


def _hours_between(config: Config, case: Case, earlier: datetime, later: datetime) -> float:
    if is_urgent(case):
        return (later - earlier) / timedelta(hours=1)
    return config.calendar.hours_between(earlier, later)
