"""Counting time: daylight saving, leap days, Golden Week, make-up Saturdays, night gaps."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.kernel.calendars import (
    BusinessCalendar,
    add_business_days,
    add_business_hours,
    add_days,
    add_months,
    at_local,
    day_end,
    overlap,
    zone,
)

PACIFIC, SHANGHAI, BERLIN = zone("America/Los_Angeles"), zone("Asia/Shanghai"), zone("Europe/Berlin")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-01T10:00:00-08:00", 5, "2026-03-06T10:00:00-08:00"),
        ("2026-03-04T09:00:00-08:00", 5, "2026-03-09T09:00:00-07:00"),  # across the change to daylight time
        ("2026-10-30T09:00:00-07:00", 5, "2026-11-04T09:00:00-08:00"),  # and back
        ("2028-02-27T12:00:00-08:00", 2, "2028-02-29T12:00:00-08:00"),  # leap day
        ("2026-03-07T02:30:00-08:00", 1, "2026-03-08T03:00:00-07:00"),  # 02:30 does not exist: the gap's end
    ],
)
def test_natural_days_keep_the_local_time(start: str, days: int, due: str) -> None:
    assert add_days(moment(start), days, PACIFIC) == moment(due)


def test_a_time_that_exists_twice_is_the_first_of_the_two() -> None:
    # Python never calls a repeated local time equal to one in another zone, so instants are compared.
    assert at_local(date(2026, 11, 1), time(1, 30), PACIFIC).astimezone(UTC) == moment("2026-11-01T08:30:00+00:00")


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        ("2026-01-28T08:00:00+01:00", 1, "2026-02-28T08:00:00+01:00"),
        ("2026-01-29T08:00:00+01:00", 1, "2026-02-28T23:59:59+01:00"),  # no 29th: the whole last day, so that the
        ("2026-01-31T07:00:00+01:00", 1, "2026-02-28T23:59:59+01:00"),  # 31st at 7 is not due before the 29th at 8
        ("2026-08-15T08:00:00+02:00", 6, "2027-02-15T08:00:00+01:00"),
        ("2024-02-29T08:00:00+01:00", 24, "2026-02-28T23:59:59+01:00"),
        ("2026-03-31T08:00:00+02:00", -1, "2026-02-28T08:00:00+01:00"),  # backwards it begins a span
    ],
)
def test_months_end_on_the_last_day_of_a_shorter_month(start: str, months: int, due: str) -> None:
    assert add_months(moment(start), months, BERLIN) == moment(due)


@pytest.mark.parametrize(
    ("country", "tz", "start", "days", "due"),
    [
        ("US", PACIFIC, "2026-01-23T15:00:00-08:00", 2, "2026-01-27T15:00:00-08:00"),
        ("US", PACIFIC, "2026-11-24T10:00:00-08:00", 3, "2026-11-30T10:00:00-08:00"),  # Thanksgiving
        (
            "CN",
            SHANGHAI,
            "2026-02-13T10:00:00+08:00",
            2,
            "2026-02-24T10:00:00+08:00",
        ),  # New Year; Saturday 14th is worked
        ("CN", SHANGHAI, "2026-09-30T10:00:00+08:00", 3, "2026-10-10T10:00:00+08:00"),  # Golden Week, make-up Saturday
    ],
)
def test_business_days_know_holidays_and_make_up_days(
    country: str, tz: object, start: str, days: int, due: str
) -> None:
    assert add_business_days(moment(start), days, tz, BusinessCalendar(country)) == moment(due)  # type: ignore[arg-type]


def test_the_first_day_can_count() -> None:
    calendar = BusinessCalendar("US")
    start = moment("2026-11-16T09:00:00-08:00")
    assert add_business_days(start, 3, PACIFIC, calendar, first_day="same") == moment("2026-11-18T09:00:00-08:00")
    assert add_business_days(start, 3, PACIFIC, calendar) == moment("2026-11-19T09:00:00-08:00")


def test_own_weekends_and_own_days() -> None:
    calendar = BusinessCalendar(
        "", frozenset({6}), closed=frozenset({date(2026, 11, 21)}), opened=frozenset({date(2026, 11, 22)})
    )
    assert [calendar.is_working(date(2026, 11, d)) for d in (20, 21, 22, 28)] == [True, False, True, True]


def test_a_year_without_published_make_up_days_says_so() -> None:
    assert BusinessCalendar("CN").is_published(2026)
    assert not BusinessCalendar("CN").is_published(2035)
    assert BusinessCalendar("US").is_published(2035)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-16T20:00:00-03:00", "2026-11-17T15:00:00-03:00"),
        ("2026-11-16T22:30:00-03:00", "2026-11-17T16:00:00-03:00"),
        ("2026-11-16T09:00:00-03:00", "2026-11-16T17:00:00-03:00"),
    ],
)
def test_business_hours_skip_the_night(start: str, due: str) -> None:
    tz = zone("America/Sao_Paulo")
    assert add_business_hours(moment(start), 8, tz, time(8), time(21)) == moment(due)


def test_day_end_is_local() -> None:
    assert day_end(moment("2026-11-20T02:00:00+00:00"), PACIFIC) == moment("2026-11-19T23:59:59-08:00")


def test_overlapping_spans_count_once() -> None:
    base = datetime(2026, 1, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    spans = [(base, base + 3 * hour), (base + 2 * hour, base + 5 * hour), (base + 9 * hour, base + 20 * hour)]
    assert overlap(spans, base + hour, base + 10 * hour) == 5 * hour


EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
STARTS = st.integers(0, 5 * 365 * 24 * 60).map(lambda minutes: EPOCH + timedelta(minutes=minutes))


@given(STARTS, st.integers(0, 4000), st.integers(0, 15))
def test_clocks_are_monotone_in_local_start_time(start: datetime, minutes: int, days: int) -> None:
    """A later local start is never due earlier. In instants the repeated hour of autumn may tie."""
    later = start + timedelta(minutes=minutes)
    if later.astimezone(PACIFIC).replace(tzinfo=None) >= start.astimezone(PACIFIC).replace(tzinfo=None):
        assert add_days(later, days, PACIFIC) >= add_days(start, days, PACIFIC)
        calendar = BusinessCalendar("US")
        assert add_business_days(later, days, PACIFIC, calendar) >= add_business_days(start, days, PACIFIC, calendar)


@given(STARTS, st.integers(1, 10), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_one_more_holiday_never_makes_anything_due_earlier(start: datetime, days: int, holiday: date) -> None:
    plain, more = BusinessCalendar("US"), BusinessCalendar("US", closed=frozenset({holiday}))
    assert add_business_days(start, days, PACIFIC, more) >= add_business_days(start, days, PACIFIC, plain)
