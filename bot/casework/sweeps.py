"""What happens because time passes: reminders, the overdue ladder, silences, ratings and closings.

Every sweep takes `now`, looks only at rows that are due by an indexed column, takes a limited number of them, and is
idempotent: run twice it does nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.casework.clocks import UNTAKEN, is_pressing, is_urgent
from bot.casework.context import Context
from bot.casework.facts import holder
from bot.casework.lifecycle import move, remark
from bot.casework.notices import Notices
from bot.casework.notify import (
    after_quiet_hours,
    case_say,
    desk_button,
    first_step,
    tell_citizen,
    tell_office,
    tell_officers,
    tell_person,
)
from bot.casework.permissions import leads_of
from bot.casework.pushes import push_of
from bot.dialogue.flows.rate import level_buttons
from bot.dialogue.message import Say, Words
from storage.records import SYSTEM, Case, CaseId, CaseStatus, Clock, PersonId, Priority

LIMIT = 500
"""Cases per call; a sweep is called again while it finds as many."""


def sweep_cases(ctx: Context, limit: int = LIMIT) -> int:
    """Everything due on a case's clock: reminder, ladder, khẩn, citizen's silence, rating reminder, closing."""
    due = ctx.tx.cases.due(ctx.now, limit)
    _read_ahead(ctx, due)
    notices = Notices()
    for case in due:
        _act(ctx, case, notices)
    notices.send(ctx)
    return len(due)


def _read_ahead(ctx: Context, due: Sequence[Case]) -> None:
    """What nearly every case needs is read for all of them at once: ends of chains, who holds them, whom to tell."""
    if not due:
        return
    ctx.tx.events.expect([case.id for case in due])
    officers = {case.officer for case in due if case.officer is not None}
    # Before its time is up a case concerns only its office.
    overdue = [case for case in due if case.due_at is None or case.due_at <= ctx.now]
    ctx.tx.followers.expect([case.id for case in overdue])
    citizens = {case.citizen for case in overdue}
    citizens.update(follower for case in overdue for follower in ctx.tx.followers.of(case.id))
    ctx.tx.officers.expect(officers)
    ctx.tx.citizens.expect(citizens)
    ctx.tx.chats.expect(officers, citizens)


def sweep_case(ctx: Context, case_id: CaseId) -> int:
    """The same for one case alone; 0 when it is no longer due."""
    case = ctx.tx.cases.get(case_id)
    if case.remind_at is None or case.remind_at > ctx.now:
        return 0
    notices = Notices()
    _act(ctx, case, notices)
    notices.send(ctx)
    return 1


def _act(ctx: Context, case: Case, notices: Notices) -> None:
    match case.clock:
        case Clock.CITIZEN:
            _silence(ctx, case, notices)
        case Clock.RATING:
            _rating(ctx, case, notices)
        case Clock.REOPEN | None:
            ctx.tx.cases.save(replace(case, remind_at=None))
        case _ if is_urgent(case) and case.clock in UNTAKEN:
            _urgent(ctx, case, notices)
        case _:
            _ladder(ctx, case, notices)


def _ladder(ctx: Context, case: Case, notices: Notices) -> None:
    """One step up: 0 reminder at 75 %, 1 due, 2 parent agency (+1 working day), 3 city office (+3)."""
    steps: tuple[Callable[..., Case], ...] = (_remind, _overdue, _tell_parent, _tell_city)
    # After a long silence of the service a reminder is pointless once it is due; what concerns others is told once.
    assert case.due_at is not None
    further = range(len(steps) - 1, case.ladder, -1) if case.due_at <= ctx.now else ()
    reached = next((step for step in further if _step_at(ctx, case, step) <= ctx.now), case.ladder)
    if case.ladder <= 1 < reached:
        # The citizen's honest word is owed whatever the service has slept through.
        case = _overdue(ctx, case, notices)
    following = _step_at(ctx, case, reached + 1) if reached + 1 < len(steps) else None
    steps[reached](ctx, case, notices, ladder=reached + 1, remind_at=following)


def _step_at(ctx: Context, case: Case, step: int) -> datetime:
    """When it is due (1) and parent agency (2) and city office (3) hear of it; khẩn counts half hours, not days."""
    assert case.due_at is not None
    if step == 1:
        return case.due_at
    if is_pressing(case, case.clock):
        return case.due_at + (step - 1) * timedelta(minutes=ctx.config.deadlines.urgent_lead_minutes)
    ladder = ctx.config.ladder
    return ctx.config.calendar.add_days(case.due_at, ladder.parent_after_days if step == 2 else ladder.city_after_days)


def _remind(ctx: Context, case: Case, notices: Notices, **changes: Any) -> Case:
    noted = remark(ctx, case, "reminded", SYSTEM, facts={"step": 0}, **changes)
    tell_office(ctx, noted, case_say("push.reminder", (desk_button(case, "open"),)), notices=notices)
    return noted


def _overdue(ctx: Context, case: Case, notices: Notices, **changes: Any) -> Case:
    facts = {"step": 1, "clock": case.clock, "agency": case.agency}
    noted = remark(ctx, case, "overdue", SYSTEM, facts=facts, **changes)
    say = case_say("push.overdue_office", (desk_button(case, "open"),))
    told = tell_office(ctx, noted, say, notices=notices)
    tell_officers(ctx, noted, leads_of(ctx, holder(ctx, case)), say, notices=notices)
    if told == 0:
        # Nobody works there (yet): the triage desk is told, so that somebody is.
        tell_officers(ctx, noted, ctx.tx.officers.of_agency(ctx.triage), say, notices=notices)
    tell_citizen(ctx, noted, case_say("push.overdue_citizen"), notices=notices)
    return noted


def _tell_parent(ctx: Context, case: Case, notices: Notices, **changes: Any) -> Case:
    parent = ctx.reviewer if case.status is CaseStatus.ESCALATED else case.parent or ctx.reviewer
    noted = remark(ctx, case, "overdue_parent", SYSTEM, facts={"step": 2, "parent": parent}, **changes)
    say = case_say("push.overdue_parent", (desk_button(case, "open"),))
    tell_officers(ctx, noted, ctx.tx.officers.of_agency(parent), say, notices=notices)
    return noted


def _tell_city(ctx: Context, case: Case, notices: Notices, **changes: Any) -> Case:
    noted = remark(ctx, case, "overdue_city", SYSTEM, facts={"step": 3}, **changes)
    city = ctx.tx.officers.of_agency(ctx.reviewer)
    tell_officers(ctx, noted, city, case_say("push.overdue_city", (desk_button(case, "open"),)), notices=notices)
    return noted


def _urgent(ctx: Context, case: Case, notices: Notices) -> None:
    """Khẩn and nobody has taken it: again every 15 minutes by the wall clock; then the lead, the parent, the city."""
    assert case.clock_started_at is not None
    deadlines = ctx.config.deadlines
    waited = ctx.now - case.clock_started_at
    lead_after = timedelta(minutes=deadlines.urgent_lead_minutes)
    known = {e.kind for e in ctx.tx.events.of(case.id) if e.at >= case.clock_started_at}
    is_first = case.due_at is not None and case.due_at <= ctx.now and "overdue" not in known
    facts = {"step": case.ladder, "urgent": True, "clock": case.clock, "agency": case.agency}
    again = ctx.now + timedelta(minutes=deadlines.urgent_repeat_minutes)
    changes: dict[str, Any] = {"ladder": case.ladder + 1, "remind_at": again}
    noted = remark(ctx, case, "overdue" if is_first else "reminded", SYSTEM, facts=facts, **changes)
    say = case_say("push.urgent_again", (first_step(case),))
    if tell_office(ctx, noted, say) == 0:
        # Nobody works there (yet): the triage desk is told, as often, so that somebody telephones.
        look = (desk_button(case, "open"),)
        tell_officers(ctx, noted, ctx.tx.officers.of_agency(ctx.triage), case_say("push.nobody_urgent", look))
    if waited >= lead_after:
        tell_officers(ctx, noted, leads_of(ctx, case.agency), say)
        tell_officers(ctx, noted, ctx.tx.officers.of_agency(case.parent or ctx.triage), say)
    if is_first:
        tell_citizen(ctx, noted, case_say("push.overdue_citizen"), notices=notices)
    if waited >= 2 * lead_after and "overdue_city" not in known:
        _tell_city(ctx, noted, notices)


def _silence(ctx: Context, case: Case, notices: Notices) -> None:
    """The citizen did not answer in time: the case goes on with what there is."""
    resumed = move(ctx, case, CaseStatus.ACCEPTED, "silence", SYSTEM)
    question = ctx.tx.questions.open_of(case.id)
    if question is not None:
        ctx.tx.questions.save(replace(question, answered_at=ctx.now))
    tell_office(ctx, resumed, case_say("push.silence", (desk_button(case, "open"),)), notices=notices)
    tell_person(ctx, resumed, case.citizen, case_say("push.silence_citizen"), notices=notices)


def _rating(ctx: Context, case: Case, notices: Notices) -> None:
    """One reminder to rate, then silence closes."""
    if case.due_at is not None and case.due_at <= ctx.now:
        closed = move(ctx, case, CaseStatus.CLOSED, "closed", SYSTEM, facts={"silent": True})
        tell_citizen(ctx, closed, case_say("push.closed_silently"), notices=notices)
        return
    noted = remark(ctx, case, "rating_reminded", SYSTEM, ladder=case.ladder + 1, remind_at=case.due_at)
    say = case_say("push.rating_reminder", *level_buttons(case.code, case.round), answer=case.answer or "")
    tell_person(ctx, noted, case.citizen, say, Priority.RATING, notices=notices)


def sweep_drafts(ctx: Context, limit: int = LIMIT) -> int:
    """One reminder for a draft that was left lying; in quiet hours it waits, as the draft may be sent meanwhile."""
    waiting, quiet = ctx.tx.sessions.nudges(ctx.now, limit), after_quiet_hours(ctx)
    for session in waiting:
        chat = ctx.tx.chats.get(session.channel, session.chat)
        if chat is None or chat.citizen is None:
            continue
        person, is_muted = PersonId(chat.citizen), "nudge" in ctx.tx.citizens.get(chat.citizen).muted
        is_told = not is_muted and quiet is None
        state = {**session.state, "nudged": True} if is_told else session.state
        nudge_at = None if is_muted else quiet
        ctx.tx.sessions.save(replace(session, state=state, nudge_at=nudge_at, version=session.version + 1), person)
        if not is_told:
            continue
        say = Say(Words("push.nudge"))
        dedupe = f"nudge:{session.channel}:{session.chat}:{session.version}"
        where = (session.channel, session.chat, person, Priority.DIGEST)
        ctx.tx.outbox.add(push_of(say, *where, ctx.now, dedupe=dedupe))
    return len(waiting)
