"""How much happened within a time, counted by the database: by agency, by category, and by part of the time.

Nothing is unsealed, and no case is handed out: a month of a city is some hundred thousand events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CTE, BigInteger, Select, case, func, literal, select, tuple_, type_coerce, union_all

from storage.records import SATISFIED
from storage.shelf import Shelf
from storage.tables import cases, events, ratings

RESULTS = ("resolved", "rejected")
OWED_BY_AGENCY = ("received", "accepted")
"""Where a case stands while its agency owes the next step; delays of the triage desk and of reviewers are not its."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time in parts of equal length, of which the last may be under way. `since` is a whole second."""

    since: datetime
    until: datetime
    part: timedelta


class Count(NamedTuple):
    """To so many cases something happened."""

    what: str
    agency: str | None
    """Which has these cases now."""
    category: str
    part: int
    """Of the span, from 0, the oldest."""
    n: int


class Tallies(Shelf):
    """The counts of one transaction."""

    def counts(self, span: Span, agency: str | None = None) -> tuple[Count, ...]:
        """What happened to the cases of one agency, or to all.

        received: filed. done, refused: by the last result within the time that was not taken back. late: the first
        time that a deadline of the agency ran out. judged: has a result, or was late without one; on_time: has a
        result and was never late. satisfied, dissatisfied: by the last rating within the time.
        """
        results, late, rated = _results(span), _late(span), _rated(span)
        ever_late = results.c.case_id.in_(select(events.c.case_id).where(*_ran_out()))
        has_result = late.c.case_id.in_(select(results.c.case_id))
        done = case((results.c.kind == "resolved", "done"), else_="refused")
        satisfied = case((rated.c.level >= SATISFIED, "satisfied"), else_="dissatisfied")
        happened = union_all(
            select(cases.c.id.label("case_id"), cases.c.filed_at.label("at"), literal("received").label("what")).where(
                *_within(span, cases.c.filed_at)
            ),
            select(results.c.case_id, results.c.at, done),
            select(results.c.case_id, results.c.at, literal("judged")),
            select(results.c.case_id, results.c.at, literal("on_time")).where(~ever_late),
            select(late.c.case_id, late.c.at, literal("late")),
            select(late.c.case_id, late.c.at, literal("judged")).where(~has_result),
            select(rated.c.case_id, rated.c.at, satisfied),
        ).subquery()
        part_micros = span.part // timedelta(microseconds=1)
        since_micros = int(span.since.timestamp()) * 1_000_000
        part = (type_coerce(happened.c.at, BigInteger) - since_micros) // part_micros
        by = (happened.c.what, cases.c.agency, cases.c.category, part.label("part"))
        query = select(*by, func.count()).join(cases, cases.c.id == happened.c.case_id)
        query = query.group_by(happened.c.what, cases.c.agency, cases.c.category, "part")
        if agency is not None:
            query = query.where(cases.c.agency == agency)
        return tuple(Count(*row) for row in self._connection.execute(query))


def _results(span: Span) -> CTE:
    """The last result of each case that stands."""
    undone = select(events.c.case_id, events.c.undoes).where(events.c.kind == "undone", events.c.at >= span.since)
    is_undone = tuple_(events.c.case_id, events.c.seq).in_(undone)
    rank = func.row_number().over(partition_by=events.c.case_id, order_by=events.c.seq.desc())
    query = select(events.c.case_id, events.c.at, events.c.kind, rank.label("rank"))
    return _first(query.where(events.c.kind.in_(RESULTS), *_within(span, events.c.at), ~is_undone), "results")


def _late(span: Span) -> CTE:
    rank = func.row_number().over(partition_by=events.c.case_id, order_by=events.c.seq)
    query = select(events.c.case_id, events.c.at, rank.label("rank"))
    return _first(query.where(*_ran_out(), *_within(span, events.c.at)), "late")


def _rated(span: Span) -> CTE:
    order = (ratings.c.rated_at.desc(), ratings.c.round.desc())
    rank = func.row_number().over(partition_by=ratings.c.case_id, order_by=order)
    query = select(ratings.c.case_id, ratings.c.rated_at.label("at"), ratings.c.level, rank.label("rank"))
    return _first(query.where(*_within(span, ratings.c.rated_at)), "rated")


def _first(query: Select[Any], name: str) -> CTE:
    ranked = query.subquery()
    return select(ranked).where(ranked.c.rank == 1).cte(name)


def _within(span: Span, at: Any) -> tuple[Any, Any]:
    return at >= span.since, at < span.until


def _ran_out() -> tuple[Any, Any]:
    """A deadline of the agency's own."""
    return events.c.kind == "overdue", events.c.now.in_(OWED_BY_AGENCY)
