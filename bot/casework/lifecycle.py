"""Statuses and their legal moves, and the one way to make a move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.casework.clocks import start_clock
from bot.casework.context import Context, Refused
from storage.records import Case, CaseStatus, Clock, Event, Urgency

S = CaseStatus

LEGAL: Mapping[CaseStatus | None, frozenset[CaseStatus]] = {
    None: frozenset({S.TRIAGE, S.RECEIVED}),
    S.TRIAGE: frozenset({S.RECEIVED, S.REJECTED, S.WITHDRAWN, S.MERGED}),
    S.RECEIVED: frozenset({S.ACCEPTED, S.RECEIVED, S.TRIAGE, S.ESCALATED, S.REJECTED, S.WITHDRAWN, S.MERGED}),
    S.ACCEPTED: frozenset(
        {S.RESOLVED, S.WAITING_CITIZEN, S.RECEIVED, S.TRIAGE, S.ESCALATED, S.REJECTED, S.WITHDRAWN, S.MERGED}
    ),
    S.WAITING_CITIZEN: frozenset({S.ACCEPTED, S.RESOLVED, S.REJECTED, S.RECEIVED, S.WITHDRAWN, S.MERGED}),
    S.ESCALATED: frozenset({S.ACCEPTED, S.RECEIVED, S.REJECTED, S.WITHDRAWN}),
    S.RESOLVED: frozenset({S.CLOSED, S.DISPUTED}),
    S.DISPUTED: frozenset({S.ACCEPTED, S.RECEIVED, S.TRIAGE, S.CLOSED}),
    S.REJECTED: frozenset({S.CLOSED, S.DISPUTED}),
    S.CLOSED: frozenset({S.ACCEPTED, S.DISPUTED}),
    S.WITHDRAWN: frozenset(),
    S.MERGED: frozenset(),
}
"""Status -> statuses that it may become. Everything else is refused."""

CLOCK_OF: Mapping[CaseStatus, Clock | None] = {
    S.TRIAGE: Clock.TRIAGE,
    S.RECEIVED: Clock.ACCEPT,
    S.ACCEPTED: Clock.HANDLE,
    S.WAITING_CITIZEN: Clock.CITIZEN,
    S.ESCALATED: Clock.DECISION,
    S.RESOLVED: Clock.RATING,
    S.REJECTED: Clock.RATING,
    S.DISPUTED: Clock.REVIEW,
    S.CLOSED: Clock.REOPEN,
    S.WITHDRAWN: None,
    S.MERGED: None,
}

UNDO = "undone"


def is_legal(was: CaseStatus | None, kind: str, now: CaseStatus) -> bool:
    """Whether a history may hold this step: a legal move, a remark that keeps the status, or an undo."""
    return kind == UNDO or was == now or now in LEGAL[was]


def ensure_legal(case: Case, to: CaseStatus) -> None:
    """Raises Refused when the table has no such move."""
    if to not in LEGAL[case.status if case.seq else None]:
        raise no_such_move(case, to)


def no_such_move(case: Case, to: CaseStatus) -> Refused:
    """The refusal of a move that a case cannot make from where it stands."""
    return Refused("refused.move", code=case.code, was=case.status.value, to=to.value)


def move(
    ctx: Context,
    case: Case,
    to: CaseStatus,
    kind: str,
    by: str,
    why: str | None = None,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Case:
    """Moves a case: checks the table, starts the new status's clock, records the event, saves.

    `changes` are further fields of the case. Who must know is told by the use case, with the event's sequence.
    """
    ensure_legal(case, to)
    moved = start_clock(ctx, replace(case, **changes, status=to), CLOCK_OF[to], was=case)
    return _record(ctx, case, moved, kind, by, why, facts)


def remark(
    ctx: Context,
    case: Case,
    kind: str,
    by: str,
    why: str | None = None,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Case:
    """Records an event that leaves the status, and so the clock, as it is."""
    return _record(ctx, case, case, kind, by, why, facts, **changes)


def _record(
    ctx: Context,
    was: Case,
    now: Case,
    kind: str,
    by: str,
    why: str | None,
    facts: Mapping[str, Any] | None,
    **changes: Any,
) -> Case:
    event = ctx.tx.events.add(
        Event(
            case=was.id,
            seq=was.seq + 1,
            kind=kind,
            at=ctx.now,
            by=by,
            was=was.status if was.seq else None,
            now=now.status,
            why=why,
            facts={**_before(was), **(facts or {})},
        ),
        was.citizen,
    )
    saved = replace(now, **changes, seq=event.seq, head=event.hash)
    if was.seq:
        ctx.tx.cases.save(saved)
    else:
        ctx.tx.cases.add(saved)
    return saved


TIMES = ("due_at", "remind_at", "clock_started_at", "promised_at")
PLAIN = (
    "agency", "officer", "parent", "executor", "category", "sub", "urgency", "round", "clock", "ladder",
    "paused_hours", "accept_hours", "handle_hours", "transfers", "may_transfer", "questions", "extensions",
    "reject_reason", "main_case", "rule",
)  # fmt: skip
"""What an undo restores besides: plain codes only, as the chain holds them in the clear."""


def _before(case: Case) -> dict[str, Any]:
    """What an undo needs to restore: who held the case, its clock and counters before the move."""
    if not case.seq:
        return {}
    times = {name: at.isoformat() if (at := getattr(case, name)) else None for name in TIMES}
    plain = {name: getattr(case, name) for name in PLAIN}
    return {"before": {**plain, **times, "co_handling": list(case.co_handling), "because": list(case.because)}}


def restored(case: Case, event: Event) -> Case:
    """The case as it was before `event`, its last one."""
    assert event.was is not None
    before = dict(event.facts["before"])
    times = {name: datetime.fromisoformat(at) if (at := before[name]) else None for name in TIMES}
    plain: dict[str, Any] = {name: before[name] for name in PLAIN}
    plain["clock"] = Clock(before["clock"]) if before["clock"] else None
    plain["urgency"] = Urgency(before["urgency"])
    changes: dict[str, Any] = {"status": event.was, **plain, **times}
    changes |= {name: tuple(before[name]) for name in ("co_handling", "because")}
    return replace(case, **changes)


def undo(ctx: Context, case: Case, event: Event, by: str) -> Case:
    """Records that `event`, the last one, is taken back, and restores status, holder and clock."""
    was = restored(case, event)
    noted = ctx.tx.events.add(
        Event(case.id, case.seq + 1, UNDO, ctx.now, by, case.status, was.status, undoes=event.seq), case.citizen
    )
    saved = replace(was, seq=noted.seq, head=noted.hash)
    ctx.tx.cases.save(saved)
    return saved


def standing(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The events that were not taken back, without the undoing ones."""
    undone = {event.undoes for event in events if event.undoes is not None}
    return tuple(event for event in events if event.undoes is None and event.seq not in undone)
