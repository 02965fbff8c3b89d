"""Promised dates and remedies are watched: whoever owes them is reminded, and what is missed is said aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from bot.casework.context import Context
from bot.casework.lifecycle import remark
from bot.casework.notices import Notices
from bot.casework.notify import case_say, desk_button, tell_citizen, tell_office, tell_officers
from bot.casework.permissions import leads_of
from bot.dialogue.message import Button, Words
from storage.records import SYSTEM, Case, PromisedDate

REMINDED_FROM = time(8, 0)
"""Nobody is reminded of a promise before the office opens."""


def sweep_promises(ctx: Context, limit: int) -> int:
    """On its day the office is reminded of a promise; when the day is over without a word it counts as missed."""
    notices = Notices()
    acted = 0
    local = ctx.local
    for promise in ctx.tx.promises.due(local.date(), limit):
        case = ctx.tx.cases.lock(promise.case)
        if promise.due_on < local.date():
            _miss(ctx, case, promise, notices)
            acted += 1
        elif local.time() >= REMINDED_FROM and not _is_reminded(ctx, case, promise.due_on):
            noted = remark(ctx, case, "promise_due", SYSTEM, facts=_facts(promise))
            keep = desk_button(case, "keep")
            say = case_say("push.promise_due", (keep, desk_button(case, "open")), words=promise.words)
            tell_office(ctx, noted, say, agency=case.agency, notices=notices)
            acted += 1
    notices.send(ctx)
    return acted


def _miss(ctx: Context, case: Case, promise: PromisedDate, notices: Notices) -> None:
    ctx.tx.promises.save(replace(promise, missed_at=ctx.now))
    noted = remark(ctx, case, "promise_missed", SYSTEM, facts=_facts(promise))
    late = Button(f"keep:{case.code}", Words("desk.keep_late"))
    say = case_say("push.promise_missed_office", (late, desk_button(case, "open")), words=promise.words)
    # Whoever promised is told, also while a reviewer has the case.
    tell_office(ctx, noted, say, agency=case.agency, notices=notices)
    tell_officers(ctx, noted, leads_of(ctx, case.agency), say, notices=notices)
    tell_citizen(ctx, noted, case_say("push.promise_missed", words=promise.words), notices=notices)


def _is_reminded(ctx: Context, case: Case, due_on: date) -> bool:
    return any(
        e.kind == "promise_due" and e.facts.get("due_on") == due_on.isoformat() for e in ctx.tx.events.of(case.id)
    )


def _facts(promise: PromisedDate) -> dict[str, object]:
    return {"due_on": promise.due_on.isoformat(), "number": promise.number}


def sweep_remedies(ctx: Context, limit: int) -> int:
    """A remedy that an upheld review demanded and that did not come: office, lead and reviewers are told, once."""
    notices = Notices()
    due = ctx.tx.ratings.remedies_due(ctx.now, limit)
    for rating in due:
        case = ctx.tx.cases.lock(rating.case)
        # Told once: what was due and when stays in the event.
        ctx.tx.ratings.save(replace(rating, remedy_due_at=None))
        facts = {"remedy": rating.remedy, "round": rating.round, "due_at": str(rating.remedy_due_at)}
        noted = remark(ctx, case, "remedy_missed", SYSTEM, facts=facts)
        say = case_say("push.remedy_missed", (desk_button(case, "open"),))
        tell_office(ctx, noted, say, notices=notices)
        above = (*leads_of(ctx, case.agency), *ctx.tx.officers.of_agency(ctx.reviewer))
        tell_officers(ctx, noted, above, say, notices=notices)
    notices.send(ctx)
    return len(due)
