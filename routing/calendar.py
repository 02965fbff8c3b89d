"""Vietnamese working time: which hours count, which days are holidays, and what "8 working hours from now" means."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

# Longer than any run of days off that a calendar can hold in practice: past it the hours are surely empty.
LONGEST_SEARCH_DAYS = 3660


class NoWorkingTime(Exception):
    """The calendar has no working hour within ten years: its hours or holidays are wrong."""


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of work within a day, from `start` (counted) to `end` (not counted), local time."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The stretches of each weekday, Monday first; a day without stretches is a day off."""

    weekdays: tuple[tuple[Span, ...], ...]


@cache
def _public_holidays(year: int) -> frozenset[date]:
    # Imported late: the package costs a tenth of a second and is needed only once working time is counted.
    import holidays

    return frozenset(holidays.country_holidays("VN", years=year).keys())


@cache
def public_swap_days(year: int) -> frozenset[date]:
    """Week-end days on which the state works to make up for a bridge day, as the `holidays` package knows them."""
    import holidays

    return frozenset(getattr(holidays.country_holidays("VN", years=year), "weekend_workdays", ()))


class _PublicDays:
    """Days that the `holidays` package knows for Việt Nam, and local decisions that add days or take them back."""

    _known: Callable[[int], frozenset[date]]
    """Those of a year."""

    def __init__(self, added: Iterable[date] = (), removed: Iterable[date] = ()) -> None:
        self._added = frozenset(added)
        self._removed = frozenset(removed)

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date) or day in self._removed:
            return False
        return day in self._added or day in self._known(day.year)


class PublicHolidays(_PublicDays):
    """Days off."""

    _known = staticmethod(_public_holidays)


class PublicSwapDays(_PublicDays):
    """Week-end days that are worked."""

    _known = staticmethod(public_swap_days)


class WorkingCalendar:
    """Counts working time in Hà Nội; every answer is an aware datetime in Asia/Ho_Chi_Minh.

    `hours` are the usual weeks, `holidays` the days off, `swap_days` the week-end days that are worked (with the hours
    of a Monday). A holiday that is also a swap day is a day off. Naive datetimes raise ValueError.
    """

    def __init__(self, hours: WorkingHours, holidays: Container[date], swap_days: Container[date] = ()) -> None:
        self._hours = hours
        self._holidays = holidays
        self._swap_days = swap_days
        self._swap_spans = next((spans for spans in hours.weekdays if spans), ())

    def is_working_day(self, day: date) -> bool:
        """Whether any hour of `day` is worked."""
        return bool(self._spans(day))

    def is_open(self, at: datetime) -> bool:
        """Whether `at` falls within working hours."""
        local = _local(at)
        return any(start <= local < end for start, end in self._moments(local.date()))

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when it falls within working hours, else the moment when work next begins."""
        local = _local(at)
        for start, end in self._moments_from(local.date()):
            if local < end:
                return max(local, start)
        raise NoWorkingTime

    def add_hours(self, start: datetime, hours: float) -> datetime:
        """The moment when `hours` of working time have passed since `start` (before it when negative), exactly.

        Zero gives `start` back. A sum that ends exactly at closing time ends there and not at the next opening.
        """
        local, left = _local(start), timedelta(hours=hours)
        if left < timedelta(0):
            return self._take_back(local, -left)
        if not left:
            return local
        for opens, closes in self._moments_from(local.date()):
            begins = max(local, opens)
            if begins >= closes:
                continue
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        raise NoWorkingTime

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same time of day, `days` working days later; what begins outside working hours begins when work does.

        Where days have equal hours this equals adding `days` times those hours. Negative days raise ValueError.
        """
        if days < 0:
            raise ValueError("days must not be negative")
        begins = self.next_open(start)
        day = begins.date()
        for _ in range(days):
            day = self._next_working_day(day)
        return self._within(day, begins.time())

    def hours_between(self, earlier: datetime, later: datetime) -> float:
        """Working hours from one moment to the other, minutes exact; negative when `later` comes first."""
        begin, end = _local(earlier), _local(later)
        if end < begin:
            return -self.hours_between(later, earlier)
        worked = timedelta(0)
        day = begin.date()
        while day <= end.date():
            for opens, closes in self._moments(day):
                worked += max(timedelta(0), min(end, closes) - max(begin, opens))
            day += timedelta(days=1)
        return worked / timedelta(hours=1)

    def _take_back(self, local: datetime, left: timedelta) -> datetime:
        day = local.date()
        for _ in range(LONGEST_SEARCH_DAYS):
            for opens, closes in reversed(self._moments(day)):
                ends = min(local, closes)
                if ends <= opens:
                    continue
                if left <= ends - opens:
                    return ends - left
                left -= ends - opens
            day -= timedelta(days=1)
        raise NoWorkingTime

    def _next_working_day(self, day: date) -> date:
        for ahead in range(1, LONGEST_SEARCH_DAYS):
            if self.is_working_day(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        raise NoWorkingTime

    def _within(self, day: date, at: time) -> datetime:
        wanted = datetime.combine(day, at, tzinfo=HANOI)
        moments = self._moments(day)
        for opens, closes in moments:
            if wanted <= closes:
                return max(wanted, opens)
        return moments[-1][1]

    def _spans(self, day: date) -> tuple[Span, ...]:
        if day in self._holidays:
            return ()
        usual = self._hours.weekdays[day.weekday()]
        return usual or (self._swap_spans if day in self._swap_days else ())

    def _moments(self, day: date) -> Sequence[tuple[datetime, datetime]]:
        return [
            (datetime.combine(day, span.start, tzinfo=HANOI), datetime.combine(day, span.end, tzinfo=HANOI))
            for span in self._spans(day)
        ]

    def _moments_from(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for ahead in range(LONGEST_SEARCH_DAYS):
            yield from self._moments(day + timedelta(days=ahead))


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a working calendar needs an aware datetime")
    return at.astimezone(HANOI)
