"""What happened within a period, by day or week, by agency and by category: received, answered, late, rated.

What counts as what is said in `storage.tallies`. A case counts for the agency that has it now.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.casework.context import Context
from bot.casework.permissions import ensure_may_count, may_count
from routing.calendar import HANOI
from storage.records import AgencyId, Officer
from storage.tallies import Span


class Period(StrEnum):
    """How far back, ending today: whole days, so that all parts of a period are of the same length."""

    WEEK = "7 ngay"
    MONTH = "4 tuan"
    QUARTER = "13 tuan"

    @property
    def parts(self) -> int:
        """How many days or weeks it is shown as."""
        return int(self.split()[0])

    @property
    def days_a_part(self) -> int:
        return 1 if self is Period.WEEK else 7


class Tally(Counter[str]):
    """How many cases were `received`, `done`, `refused`, `late`; how many citizens `satisfied`, `dissatisfied`.

    `judged`: answered or late; `on_time`: of those, answered without ever being late.
    """

    @property
    def answered(self) -> int:
        return self["done"] + self["refused"]

    @property
    def on_time_share(self) -> float:
        """From 0 to 1; 0 when there is nothing to judge."""
        return self["on_time"] / self["judged"] if self["judged"] else 0.0

    @property
    def rated(self) -> int:
        return self["satisfied"] + self["dissatisfied"]

    @property
    def satisfied_share(self) -> float:
        """From 0 to 1; 0 when nobody has rated."""
        return self["satisfied"] / self.rated if self.rated else 0.0


@dataclass(frozen=True, slots=True)
class Statistics:
    """The counts of one period."""

    period: Period
    agency: AgencyId | None
    """Of one agency; None for the whole city."""
    first: date
    last: date
    """In Hà Nội, both included."""
    total: Tally = field(default_factory=Tally)
    by_part: tuple[Tally, ...] = ()
    """Day by day or week by week, oldest first."""
    by_agency: dict[str, Tally] = field(default_factory=dict)
    by_category: dict[str, Tally] = field(default_factory=dict)

    def begins(self, part: int) -> date:
        """The first day of a part."""
        return self.first + timedelta(days=part * self.period.days_a_part)


def scope_of(officer: Officer) -> AgencyId | None:
    """Whose figures are shown unasked: the whole city to whoever may see it, else the own unit."""
    return None if may_count(officer, None) else officer.agency


def statistics_for(ctx: Context, officer: Officer, period: Period, agency: AgencyId | None) -> Statistics:
    """What an officer may see of a period. Raises Refused."""
    ensure_may_count(officer, agency)
    return statistics(ctx, period, agency)


def statistics(ctx: Context, period: Period, agency: AgencyId | None = None, last: date | None = None) -> Statistics:
    """The counts of the days up to now, or up to the end of a `last` day; of one agency or of the whole city."""
    last = last or ctx.local.date()
    first = last - timedelta(days=period.parts * period.days_a_part - 1)
    made = Statistics(period, agency, first, last, by_part=tuple(Tally() for _ in range(period.parts)))
    since, midnight = (datetime.combine(on, time(), HANOI) for on in (first, last + timedelta(days=1)))
    until = min(midnight, ctx.now + timedelta(microseconds=1))
    for count in ctx.tx.tallies.counts(Span(since, until, timedelta(days=period.days_a_part)), agency):
        tallies = [made.total, made.by_part[count.part], made.by_category.setdefault(count.category, Tally())]
        if count.agency is not None:
            tallies.append(made.by_agency.setdefault(count.agency, Tally()))
        for tally in tallies:
            tally[count.what] += count.n
    return made
