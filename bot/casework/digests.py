"""What staff read without asking: the day's work each working morning."""

from __future__ import annotations

from datetime import time

from bot.casework.context import Context
from bot.casework.facts import category_label
from bot.casework.notify import plain_say, tell_plainly
from bot.dialogue.message import Button, Say, Words, in_pairs, raw
from storage.records import AgencyId, Case, CaseStatus, Officer, OfficerId, Priority, Role, Urgency

MORNING = time(8, 0)
NOON = time(12, 0)
"""A digest of the morning that could not be sent before noon is not sent at all."""
WORK = (CaseStatus.RECEIVED, CaseStatus.ACCEPTED, CaseStatus.WAITING_CITIZEN)
PASSED_UP = (CaseStatus.ESCALATED,)
SHOWN = 5
MOST = 5000


def morning_digest(ctx: Context, _limit: int) -> int:
    """At 08:00 on working days, once: each member of staff is told what waits. Returns how many were told."""
    local = ctx.local
    if not is_morning(ctx):
        return 0
    if not is_first_time(ctx, "digest.morning", local.date().isoformat()):
        return 0
    told = 0
    for officer in ctx.tx.officers.all():
        if not officer.is_active or officer.is_out(ctx.now):
            continue
        say = digest_of(ctx, officer)
        if say is not None:
            told += tell_plainly(ctx, (officer,), say, f"{local:%Y%m%d}", Priority.DIGEST)
    return told


def digest_of(ctx: Context, officer: Officer) -> Say | None:
    """What waits for an officer today; None when nothing does."""
    cases = waiting_for(ctx, officer)
    if not cases:
        return None
    midnight = ctx.local.replace(hour=23, minute=59, second=59)
    late = [c for c in cases if c.due_at is not None and c.due_at < ctx.now]
    today = [c for c in cases if c.due_at is not None and ctx.now <= c.due_at <= midnight]
    fresh = [c for c in cases if c.status in (CaseStatus.RECEIVED, CaseStatus.TRIAGE)]
    lines = tuple(
        Words(
            "desk.digest_line",
            {"code": c.code, "category": category_label(ctx, c.category), "due_at": c.due_at},
        )
        for c in cases[:SHOWN]
    )
    if len(cases) > SHOWN:
        lines = (*lines, Words("desk.digest_more", {"n": len(cases) - SHOWN}))
    rows = in_pairs(Button(f"open:{c.code}", raw(str(c.code))) for c in cases[:SHOWN])
    args = {"n": len(cases), "late": len(late), "today": len(today), "fresh": len(fresh), "lines": lines}
    return plain_say("push.digest", *rows, **args)


def waiting_for(ctx: Context, officer: Officer) -> tuple[Case, ...]:
    """The open work of an officer, the most urgent first: one's own and what nobody took; a lead's whole unit."""
    queue = ctx.tx.cases.queue
    match officer.role:
        case Role.TRIAGE:
            return queue(statuses=(CaseStatus.TRIAGE,), limit=MOST)
        case Role.REVIEWER:
            disputed = queue(statuses=(CaseStatus.DISPUTED,), limit=MOST)
            return by_urgency((*disputed, *passed_up(ctx, officer.agency)))
        case Role.ADMIN:
            return ()
        case Role.LEAD:
            return unit_work(ctx, officer.agency)
    mine = {None, officer.id, *covered_by(ctx, officer)}
    return tuple(c for c in unit_work(ctx, officer.agency) if c.officer in mine or c.status in PASSED_UP)


def covered_by(ctx: Context, officer: Officer) -> tuple[OfficerId, ...]:
    """The absent colleagues whose work this officer does meanwhile."""
    unit = ctx.tx.officers.of_agency(officer.agency)
    return tuple(o.id for o in unit if o.cover == officer.id and o.is_out(ctx.now))


def unit_work(ctx: Context, agency: AgencyId) -> tuple[Case, ...]:
    """What an agency must act on now: its own cases, and those that were passed up to it."""
    own = ctx.tx.cases.queue(agency=agency, statuses=WORK, limit=MOST)
    return by_urgency((*own, *passed_up(ctx, agency)))


def passed_up(ctx: Context, agency: AgencyId) -> tuple[Case, ...]:
    """Cases beyond another agency's authority that wait for this one's decision."""
    return tuple(c for c in ctx.tx.cases.queue(statuses=PASSED_UP, limit=MOST) if c.parent == agency)


def by_urgency(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """Urgent first, then by due time."""
    return tuple(
        sorted(cases, key=lambda c: (c.urgency is not Urgency.KHAN, c.due_at is None, c.due_at or c.filed_at, c.id))
    )


def is_morning(ctx: Context) -> bool:
    """Whether digests go out now: from eight to noon of a working day."""
    local = ctx.local
    return ctx.config.calendar.is_working_day(local.date()) and MORNING <= local.time() < NOON


def is_first_time(ctx: Context, key: str, value: str) -> bool:
    """Whether something that is told once for each `value` was not told yet; from now on it was."""
    if ctx.tx.meta.get(key) == value:
        return False
    ctx.tx.meta.set(key, value)
    return True
