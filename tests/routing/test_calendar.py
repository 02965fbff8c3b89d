"""Working time is exact across nights, week-ends and Tết."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.calendar import HANOI, PublicHolidays, PublicSwapDays, Span, WorkingCalendar, WorkingHours
from routing.config import Config
from routing.config.build import span_of

EIGHT_HOURS = (span_of("08:00-12:00"), span_of("13:00-17:00"))
WEEK = WorkingHours((EIGHT_HOURS,) * 5 + ((), ()))
CALENDAR = WorkingCalendar(WEEK, PublicHolidays(), PublicSwapDays())

moments = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1)).map(
    lambda at: at.replace(tzinfo=HANOI, microsecond=0)
)
hours = st.integers(0, 400 * 60).map(lambda minutes: minutes / 60)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("start", "worked", "end"),
    [
        ("2026-11-23 09:00", 2, "2026-11-23 11:00"),
        ("2026-11-23 11:00", 2, "2026-11-23 14:00"),  # over lunch
        ("2026-11-23 16:00", 2, "2026-11-25 09:00"),  # over the night and the 24th, Ngày Văn hoá Việt Nam
        ("2026-11-20 16:30", 1, "2026-11-23 08:30"),  # over the week-end
        ("2026-11-21 10:00", 8, "2026-11-23 17:00"),  # from a Saturday, ending at closing time
        ("2026-02-13 16:00", 2, "2026-02-23 09:00"),  # over Tết: 16-20 February and two week-ends
        ("2026-08-21 16:00", 2, "2026-08-22 09:00"),  # Saturday 22 August is worked
        ("2026-08-28 16:00", 2, "2026-09-03 09:00"),  # 31 August is a bridge day, 1-2 September the national day
    ],
)
def test_hours_pass_only_while_offices_are_open(start: str, worked: float, end: str) -> None:
    assert CALENDAR.add_hours(at(start), worked) == at(end)
    assert CALENDAR.hours_between(at(start), at(end)) == worked


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-16 10:15", 5, "2026-11-23 10:15"),
        ("2026-11-20 20:00", 1, "2026-11-25 08:00"),  # begins Monday 8:00; Tuesday is a holiday
        ("2026-02-13 15:00", 1, "2026-02-23 15:00"),
        ("2026-11-16 12:30", 0, "2026-11-16 13:00"),
    ],
)
def test_days_keep_the_time_of_day(start: str, days: int, end: str) -> None:
    assert CALENDAR.add_days(at(start), days) == at(end)


def test_local_decisions_add_and_remove_days() -> None:
    added, removed = date(2026, 10, 9), date(2026, 9, 1)
    calendar = WorkingCalendar(WEEK, PublicHolidays([added], [removed]), PublicSwapDays([date(2026, 10, 10)]))
    assert not calendar.is_working_day(added)
    assert calendar.is_working_day(removed)
    assert calendar.is_working_day(date(2026, 10, 10))
    assert calendar.is_open(at("2026-10-10 09:00"))


def test_the_shipped_calendar_knows_the_worked_saturday(config: Config) -> None:
    assert config.calendar.is_working_day(date(2026, 8, 22))
    assert not config.calendar.is_working_day(date(2026, 8, 29))
    assert not config.calendar.is_working_day(date(2026, 8, 31))


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2027-02-03 15:00", 8, "2027-02-11 15:00"),  # Tết 2027: Thursday 4 to Wednesday 10 February
        ("2027-02-06 09:00", 8, "2027-02-11 17:00"),  # filed on the first day of the year
        ("2026-12-31 16:30", 1, "2027-01-04 08:30"),  # New Year's Day is a Friday
        ("2026-08-21 16:00", 2, "2026-08-22 09:00"),  # a Saturday worked for Monday 31 August
        ("2026-08-28 16:00", 2, "2026-09-03 09:00"),  # that Monday, and 1 and 2 September
        ("2026-11-23 16:00", 2, "2026-11-25 09:00"),  # 24 November, the day of culture
        ("2026-04-24 16:00", 2, "2026-04-28 09:00"),  # Hùng Vương on a Sunday: Monday is off
        ("2026-04-29 16:00", 2, "2026-05-04 09:00"),  # 30 April and 1 May
        ("2027-04-29 16:00", 2, "2027-05-04 09:00"),  # 1 May on a Saturday: Monday is off
    ],
)
def test_the_shipped_calendar_through_two_years_by_hand(config: Config, start: str, hours: float, end: str) -> None:
    assert config.calendar.add_hours(at(start), hours) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2027-02-03 10:00", 5, "2027-02-17 10:00"),
        ("2026-02-10 09:00", 15, "2026-03-10 09:00"),
        ("2026-02-14 20:00", 1, "2026-02-24 08:00"),
    ],
)
def test_working_days_over_tet_by_hand(config: Config, start: str, days: int, end: str) -> None:
    assert config.calendar.add_days(at(start), days) == at(end)


def test_answers_are_in_hanoi_time_whatever_the_question_was_in() -> None:
    answer = CALENDAR.add_hours(datetime(2026, 11, 23, 2, tzinfo=UTC), 1)
    assert answer == at("2026-11-23 10:00")
    assert answer.utcoffset() == timedelta(hours=7)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        CALENDAR.next_open(datetime(2026, 11, 23))


def test_negative_days_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_days(at("2026-11-23 10:00"), -1)


@settings(deadline=None)
@given(moments, hours)
def test_what_is_added_is_what_lies_between(start: datetime, worked: float) -> None:
    end = CALENDAR.add_hours(start, worked)
    assert CALENDAR.hours_between(start, end) == pytest.approx(worked, abs=1e-9)
    assert end >= start


@settings(deadline=None)
@given(moments, hours)
def test_adding_and_taking_back_agree(start: datetime, worked: float) -> None:
    there = CALENDAR.add_hours(start, worked)
    back = CALENDAR.add_hours(there, -worked)
    assert abs(CALENDAR.hours_between(back, start)) < 1e-6
    earlier = CALENDAR.add_hours(start, -worked)
    assert CALENDAR.hours_between(earlier, start) == pytest.approx(worked, abs=1e-9)


@settings(deadline=None)
@given(moments, hours, hours)
def test_more_work_never_ends_sooner_and_can_be_done_in_two_parts(start: datetime, one: float, two: float) -> None:
    both = CALENDAR.add_hours(start, one + two)
    in_parts = CALENDAR.add_hours(CALENDAR.add_hours(start, one), two)
    assert CALENDAR.add_hours(start, one) <= both
    assert abs(both - in_parts) < timedelta(milliseconds=1) or CALENDAR.hours_between(both, in_parts) == pytest.approx(
        0
    )


@settings(deadline=None)
@given(moments, moments, hours)
def test_a_later_start_never_ends_sooner(one: datetime, two: datetime, worked: float) -> None:
    first, second = sorted((one, two))
    assert CALENDAR.add_hours(first, worked) <= CALENDAR.add_hours(second, worked)


@settings(deadline=None)
@given(moments, moments, moments)
def test_time_between_adds_up(one: datetime, two: datetime, three: datetime) -> None:
    whole = CALENDAR.hours_between(one, three)
    assert CALENDAR.hours_between(one, two) + CALENDAR.hours_between(two, three) == pytest.approx(whole, abs=1e-9)
    assert CALENDAR.hours_between(two, one) == -CALENDAR.hours_between(one, two)


@settings(deadline=None)
@given(moments, st.integers(0, 60))
def test_days_are_eight_hours_each(start: datetime, days: int) -> None:
    end = CALENDAR.add_days(start, days)
    begun = CALENDAR.next_open(start)
    assert CALENDAR.hours_between(begun, end) == pytest.approx(8 * days, abs=1e-9)
    assert CALENDAR.is_working_day(end.date())


@settings(deadline=None)
@given(moments)
def test_the_next_opening_is_open_and_nothing_is_worked_before_it(start: datetime) -> None:
    opens = CALENDAR.next_open(start)
    assert CALENDAR.is_open(opens)
    assert CALENDAR.hours_between(start, opens) == 0
    assert (opens == start) is CALENDAR.is_open(start)


def test_unequal_days_keep_within_their_hours() -> None:
    short_friday = WorkingHours((EIGHT_HOURS,) * 4 + ((Span(EIGHT_HOURS[0].start, EIGHT_HOURS[0].end),), (), ()))
    calendar = WorkingCalendar(short_friday, ())
    assert calendar.add_days(at("2026-11-19 15:00"), 1) == at("2026-11-20 12:00")
