"""The figures of the service: received, done, refused, overdue, satisfied, dissatisfied, of those upheld and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.casework.clocks import LADDER_CLOCKS
from bot.casework.context import Context
from storage.records import AgencyId, Case, CaseStatus


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of cases; ratings are those of the latest rated round of each case."""

    received: int = 0
    done: int = 0
    """Has a result that stands: resolved, being reviewed, or closed after a result."""
    refused: int = 0
    open: int = 0
    """Somebody in an office still owes the citizen something; withdrawn and merged are neither."""
    overdue: int = 0
    """An office's clock has run out on it now."""
    was_overdue: int = 0
    """Was overdue at least once."""
    satisfied: int = 0
    dissatisfied: int = 0
    upheld: int = 0
    """Dissatisfied ratings of any round that a reviewer found to be right."""
    why: Mapping[str, int] = field(default_factory=dict)
    """Upheld ratings by reason."""


def figures(ctx: Context, agency: AgencyId | None = None, since: datetime | None = None) -> Figures:
    """Of the whole city, or of the cases that one agency holds; of all time, or filed since then."""
    counts: Counter[str] = Counter()
    why: Counter[str] = Counter()
    for case in _cases(ctx):
        if (agency is not None and case.agency != agency) or (since is not None and case.filed_at < since):
            continue
        _count(ctx, case, counts, why)
    return Figures(why=dict(why.most_common()), **counts)


def _count(ctx: Context, case: Case, counts: Counter[str], why: Counter[str]) -> None:
    counts["received"] += 1
    counts["open"] += case.is_open
    was_refused = case.reject_reason is not None
    has_result = case.status in (CaseStatus.RESOLVED, CaseStatus.REJECTED, CaseStatus.CLOSED, CaseStatus.DISPUTED)
    counts["refused"] += has_result and was_refused
    counts["done"] += has_result and not was_refused
    is_late = case.clock in LADDER_CLOCKS and case.due_at is not None and case.due_at < ctx.now
    counts["overdue"] += is_late
    counts["was_overdue"] += is_late or any(e.kind == "overdue" for e in ctx.tx.events.of(case.id))
    ratings = ctx.tx.ratings.of_case(case.id)
    if ratings:
        counts["satisfied" if ratings[-1].is_satisfied else "dissatisfied"] += 1
    for rating in ratings:
        if rating.upheld:
            counts["upheld"] += 1
            why[rating.reason or "khac"] += 1


def _cases(ctx: Context) -> Iterator[Case]:
    after = ""
    while batch := ctx.tx.cases.all(after_id=after, limit=1000):
        yield from batch
        after = batch[-1].id
