"""Statuses and their legal moves, and the one way to make a move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.casework.clocks import start_clock
from bot.casework.context import Context, Refused
from storage.records import Case, CaseStatus, Clock, Event

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
    if to not in LEGAL[case.status]:
        raise Refused("refused.move", code=case.code, was=case.status.value, to=to.value)


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
    moved = replace(case, **changes) if changes else case
    moved = start_clock(ctx, replace(moved, status=to), CLOCK_OF[to], was=case)
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
    return _record(ctx, case, replace(case, **changes) if changes else case, kind, by, why, facts)


def _record(
    ctx: Context,
    was: Case,
    now: Case,
    kind: str,
    by: str,
    why: str | None,
    facts: Mapping[str, Any] | None,
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
    saved = replace(now, seq=event.seq, head=event.hash)
    if was.seq:
        ctx.tx.cases.save(saved)
    else:
        ctx.tx.cases.add(saved)
    return saved


def _before(case: Case) -> dict[str, Any]:
    """What an undo needs to restore: who held the case and its clock before the move."""
    if not case.seq:
        return {}
    return {
        "before": {
            "agency": case.agency,
            "officer": case.officer,
            "round": case.round,
            "due_at": case.due_at.isoformat() if case.due_at else None,
            "remind_at": case.remind_at.isoformat() if case.remind_at else None,
            "clock_started_at": case.clock_started_at.isoformat() if case.clock_started_at else None,
            "ladder": case.ladder,
            "paused_hours": case.paused_hours,
        }
    }
