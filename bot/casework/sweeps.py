"""What happens because time passes: reminders, the overdue ladder, silences, ratings and closings.

Every sweep takes `now`, looks only at rows that are due by an indexed column, takes a limited number of them, and is
idempotent: run twice it does nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.casework.clocks import LADDER_CLOCKS, is_urgent
from bot.casework.context import Context
from bot.casework.lifecycle import move, remark
from bot.casework.notify import case_say, tell_citizen, tell_office, tell_officers, tell_person
from bot.dialogue.flows.rate import level_buttons
from bot.dialogue.message import Button, Say, Words
from storage.outbox import NewPush
from storage.records import AgencyId, Case, CaseStatus, Clock, Officer, PersonId, Priority, Role

LIMIT = 500
"""Cases per call; a sweep is called again while it finds as many."""

SYSTEM = "system"

Sweep = Callable[[Context, int], int]
"""(context, limit) -> how many rows it acted upon."""


def sweep_cases(ctx: Context, limit: int = LIMIT) -> int:
    """Everything due on a case's clock: reminder, ladder, khẩn, citizen's silence, rating reminder, closing."""
    due = ctx.tx.cases.due(ctx.now, limit)
    for case in due:
        _act(ctx, case)
    return len(due)


def _act(ctx: Context, case: Case) -> None:
    match case.clock:
        case Clock.CITIZEN:
            _silence(ctx, case)
        case Clock.RATING:
            _rating(ctx, case)
        case Clock.REOPEN | None:
            ctx.tx.cases.save(replace(case, remind_at=None))
        case _ if is_urgent(case) and case.clock in (Clock.ACCEPT, Clock.TRIAGE):
            _urgent(ctx, case)
        case _:
            _ladder(ctx, case)


def _ladder(ctx: Context, case: Case) -> None:
    """One step up: 0 reminder at 75 %, 1 due, 2 parent agency (+1 working day), 3 city office (+3)."""
    assert case.clock in LADDER_CLOCKS and case.due_at is not None
    calendar, ladder = ctx.config.calendar, ctx.config.ladder
    steps: tuple[tuple[datetime, Callable[[Context, Case], Case]], ...] = (
        (case.remind_at or case.due_at, _remind),
        (case.due_at, _overdue),
        (calendar.add_days(case.due_at, ladder.parent_after_days), _tell_parent),
        (calendar.add_days(case.due_at, ladder.city_after_days), _tell_city),
    )
    # After a long silence of the service only the highest step that is due is told: one notice, not four.
    reached = max((i for i in range(case.ladder, len(steps)) if steps[i][0] <= ctx.now), default=case.ladder)
    told = steps[reached][1](ctx, case)
    following = steps[reached + 1][0] if reached + 1 < len(steps) else None
    ctx.tx.cases.save(replace(told, ladder=reached + 1, remind_at=following))


def _remind(ctx: Context, case: Case) -> Case:
    noted = remark(ctx, case, "reminded", SYSTEM, facts={"step": 0})
    tell_office(ctx, noted, case_say("push.reminder", _open_button(case)))
    return noted


def _overdue(ctx: Context, case: Case) -> Case:
    noted = remark(ctx, case, "overdue", SYSTEM, facts={"step": 1})
    say = case_say("push.overdue_office", _open_button(case))
    tell_office(ctx, noted, say)
    tell_officers(ctx, noted, _leads(ctx, case.agency), say)
    tell_citizen(ctx, noted, case_say("push.overdue_citizen"))
    return noted


def _tell_parent(ctx: Context, case: Case) -> Case:
    noted = remark(ctx, case, "overdue_parent", SYSTEM, facts={"step": 2, "parent": case.parent})
    parent = case.parent or ctx.reviewer
    tell_officers(ctx, noted, ctx.tx.officers.of_agency(parent), case_say("push.overdue_parent", _open_button(case)))
    return noted


def _tell_city(ctx: Context, case: Case) -> Case:
    noted = remark(ctx, case, "overdue_city", SYSTEM, facts={"step": 3})
    city = ctx.tx.officers.of_agency(ctx.reviewer)
    tell_officers(ctx, noted, city, case_say("push.overdue_city", _open_button(case)))
    return noted


def _urgent(ctx: Context, case: Case) -> None:
    """Khẩn and nobody has taken it: again every 15 minutes by the wall clock, then the lead too."""
    assert case.clock_started_at is not None
    deadlines = ctx.config.deadlines
    noted = remark(ctx, case, "reminded", SYSTEM, facts={"step": case.ladder, "urgent": True})
    say = case_say("push.urgent_again", (Button(f"take:{case.code}", Words("desk.take")),))
    tell_office(ctx, noted, say)
    if ctx.now - case.clock_started_at >= timedelta(minutes=deadlines.urgent_lead_minutes):
        tell_officers(ctx, noted, _leads(ctx, case.agency), say)
        parent = case.parent or ctx.triage
        tell_officers(ctx, noted, ctx.tx.officers.of_agency(parent), say)
    again = ctx.now + timedelta(minutes=deadlines.urgent_repeat_minutes)
    ctx.tx.cases.save(replace(noted, ladder=case.ladder + 1, remind_at=again))


def _silence(ctx: Context, case: Case) -> None:
    """The citizen did not answer in time: the case goes on with what there is."""
    resumed = move(ctx, case, CaseStatus.ACCEPTED, "silence", SYSTEM)
    question = ctx.tx.questions.open_of(case.id)
    if question is not None:
        ctx.tx.questions.save(replace(question, answered_at=ctx.now))
    tell_office(ctx, resumed, case_say("push.silence", _open_button(case)))
    tell_person(ctx, resumed, case.citizen, case_say("push.silence_citizen"))


def _rating(ctx: Context, case: Case) -> None:
    """One reminder to rate, then silence closes."""
    if case.due_at is not None and case.due_at <= ctx.now:
        closed = move(ctx, case, CaseStatus.CLOSED, "closed", SYSTEM, facts={"silent": True}, closed_at=ctx.now)
        tell_citizen(ctx, closed, case_say("push.closed_silently"))
        return
    noted = remark(ctx, case, "rating_reminded", SYSTEM)
    say = case_say("push.rating_reminder", *level_buttons(case.code, case.round), answer=case.answer or "")
    tell_person(ctx, noted, case.citizen, say, Priority.RATING)
    ctx.tx.cases.save(replace(noted, ladder=case.ladder + 1, remind_at=case.due_at))


def sweep_promises(ctx: Context, limit: int = LIMIT) -> int:
    """Promised dates that have passed without a result the citizen accepted: reported as missed."""
    today = ctx.now.astimezone(ctx.config.calendar.next_open(ctx.now).tzinfo).date()
    due = ctx.tx.promises.due(today, limit)
    for promise in due:
        case = ctx.tx.cases.lock(promise.case)
        ctx.tx.promises.save(replace(promise, missed_at=ctx.now))
        noted = remark(ctx, case, "promise_due", SYSTEM, facts={"due_on": promise.due_on.isoformat()})
        tell_office(ctx, noted, case_say("push.promise_due", _open_button(case), words=promise.words))
    return len(due)


def sweep_drafts(ctx: Context, limit: int = LIMIT) -> int:
    """One reminder for a draft that was left lying."""
    waiting = ctx.tx.sessions.nudges(ctx.now, limit)
    for session in waiting:
        chat = ctx.tx.chats.get(session.channel, session.chat)
        if chat is None or chat.citizen is None:
            continue
        state = {**session.state, "nudged": True}
        person = PersonId(chat.citizen)
        ctx.tx.sessions.save(replace(session, state=state, nudge_at=None, version=session.version + 1), person)
        say = Say(Words("push.nudge"))
        ctx.tx.outbox.add(
            NewPush(
                channel=session.channel,
                chat=session.chat,
                person=person,
                key=say.words.key,
                args=say.to_json(),
                priority=Priority.DIGEST,
                created_at=ctx.now,
                dedupe=f"nudge:{session.channel}:{session.chat}:{session.version}",
            )
        )
    return len(waiting)


def _leads(ctx: Context, agency: AgencyId | None) -> tuple[Officer, ...]:
    if agency is None:
        return ()
    return tuple(o for o in ctx.tx.officers.of_agency(agency) if o.role is Role.LEAD)


def _open_button(case: Case) -> tuple[Button, ...]:
    return (Button(f"open:{case.code}", Words("desk.open")),)


SWEEPS: dict[str, Sweep] = {"cases": sweep_cases, "promises": sweep_promises, "drafts": sweep_drafts}
"""Every sweep by name."""
