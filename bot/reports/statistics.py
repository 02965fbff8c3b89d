"""What happened within a period, by day or week, by agency and by category: received, answered, late, rated.

Everything is counted from events: received when filed; answered by the last result that stands (so that a case that was
reopened counts once); late when a deadline to take it on or to handle it ran out; rated by the citizen's last word.
A case counts for the agency that has it now.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.casework.context import Context
from bot.casework.permissions import ensure_may_count, may_count
from bot.dialogue.texts import HANOI
from storage.events import Step
from storage.ratings import Level
from storage.records import AgencyId, Clock, Officer

RESULTS = ("resolved", "rejected")
NAMES = {"resolved": "done", "rejected": "refused"}
LATE = "overdue"
OWED_BY_AGENCY = (Clock.ACCEPT.value, Clock.HANDLE.value)
"""Deadlines of whoever has the case; those of the triage desk and of reviewers are not an agency's."""
SATISFIED = 4
"""The least level of a satisfied rating, of five."""


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


def statistics(ctx: Context, period: Period, agency: AgencyId | None = None) -> Statistics:
    """The counts of the days up to now, of one agency or of the whole city."""
    last = ctx.now.astimezone(HANOI).date()
    first = last - timedelta(days=period.parts * period.days_a_part - 1)
    made = Statistics(period, agency, first, last, by_part=tuple(Tally() for _ in range(period.parts)))
    since, until = datetime.combine(first, time(), HANOI), ctx.now + timedelta(microseconds=1)
    found = ctx.tx.events.steps(("filed", LATE, *RESULTS), since, until)
    steps = [step for step in found if agency in (None, step.agency)]
    results = {step.case: step for step in steps if step.kind in RESULTS}
    late = {step.case: step for step in reversed(steps) if _is_late(step)}
    ever_late = {step.case for step in ctx.tx.events.steps_of(results, LATE) if _is_late(step)}
    for step in steps:
        if step.kind == "filed":
            _count(made, step, "received")
    for step in late.values():
        _count(made, step, "late", *(() if step.case in results else ("judged",)))
    for step in results.values():
        _count(made, step, NAMES[step.kind], "judged", *(() if step.case in ever_late else ("on_time",)))
    rated = (level for level in ctx.tx.ratings.levels(since, until) if agency in (None, level.agency))
    for level in {level.case: level for level in rated}.values():
        _count(made, level, "satisfied" if level.level >= SATISFIED else "dissatisfied")
    return made


def _is_late(step: Step) -> bool:
    return step.kind == LATE and step.facts.get("clock") in OWED_BY_AGENCY


def _count(made: Statistics, what: Step | Level, *names: str) -> None:
    part = (what.at.astimezone(HANOI).date() - made.first).days // made.period.days_a_part
    tallies = [made.total, made.by_part[part], made.by_category.setdefault(what.category, Tally())]
    if what.agency is not None:
        tallies.append(made.by_agency.setdefault(what.agency, Tally()))
    for tally in tallies:
        tally.update(names)
