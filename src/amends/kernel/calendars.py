"""Adding time the way platforms and laws count it.

All instants are zone-aware. Natural days keep the local time of day, also across a change to or from
daylight-saving time; a local time that falls into the gap becomes the gap's end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

ONE_DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)
SATURDAY, SUNDAY = 5, 6


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def is_zone(name: str) -> bool:
    try:
        zone(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def at_local(day: date, clock: time, tz: ZoneInfo) -> datetime:
    """The instant of a wall-clock time; inside a daylight-saving gap, the gap's end."""
    local = datetime.combine(day, clock, tz)
    if local.utcoffset() == local.replace(fold=1).utcoffset() or local.astimezone(UTC).astimezone(tz).time() == clock:
        return local
    # The wall clock skipped this time. Under fold=0 Python reads it with the offset before the change, which
    # lands as far behind the gap's end as the time lay inside the gap.
    landed = local.astimezone(UTC)
    shift = landed.astimezone(tz).utcoffset() - local.utcoffset()  # type: ignore[operator]  # aware: never None
    inside = landed - shift
    step = timedelta(minutes=1)
    while inside.astimezone(tz).utcoffset() != landed.astimezone(tz).utcoffset():
        inside += step
    return inside.astimezone(tz)


def add_days(start: datetime, days: int, tz: ZoneInfo) -> datetime:
    local = start.astimezone(tz)
    return at_local(local.date() + timedelta(days=days), local.time(), tz)


def add_months(start: datetime, months: int, tz: ZoneInfo) -> datetime:
    """The same day of a later month, or that month's last day when it is shorter."""
    local = start.astimezone(tz)
    index = local.year * 12 + local.month - 1 + months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - ONE_DAY).day  # noqa: PLR2004 - December is 11
    return at_local(date(year, month + 1, min(local.day, last)), local.time(), tz)


def day_end(moment: datetime, tz: ZoneInfo) -> datetime:
    """The last second of the local day."""
    return at_local(moment.astimezone(tz).date(), LAST_SECOND, tz)


@cache
def _country(code: str) -> holidays.HolidayBase | None:
    country, _, subdivision = code.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError:
        return None


def has_calendar(code: str) -> bool:
    return _country(code) is not None


@dataclass(frozen=True)
class BusinessCalendar:
    """Working days of a country (`CN`, `US`, `DE-BY`), with an own weekend and own closed or open days.

    `weekend` is a set of weekdays (Monday 0) or None for the country's own. Make-up working Saturdays, as in
    China, come from the `holidays` package.
    """

    country: str
    weekend: frozenset[int] | None = None
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return _is_working(self, day)

    def is_published(self, year: int) -> bool:
        """False when the country moves working days by a yearly notice that is not in our data yet."""
        if self.country != "CN":
            return True
        return _china_published(year)

    def next_working(self, day: date) -> date:
        while not self.is_working(day):
            day += ONE_DAY
        return day


@cache
def _china_published(year: int) -> bool:
    calendar = holidays.country_holidays("CN", years=year)
    return any(d.year == year for d in getattr(calendar, "weekend_workdays", ()))


@cache
def _is_working(calendar: BusinessCalendar, day: date) -> bool:
    if day in calendar.opened:
        return True
    if day in calendar.closed:
        return False
    country = _country(calendar.country)
    if calendar.weekend is not None:
        return day.weekday() not in calendar.weekend and (country is None or day not in country)
    if country is None:
        return day.weekday() not in (SATURDAY, SUNDAY)
    return bool(country.is_working_day(day))


def add_business_days(
    start: datetime, days: int, tz: ZoneInfo, calendar: BusinessCalendar, *, first_day: str = "next"
) -> datetime:
    """`days` working days later, at the same local time.

    `first_day="next"`: counting begins on the first working day after the start; `"same"`: a start on a
    working day is itself day one. A start on a day off is due at the end of the last day, since each counted
    day is a whole one; this keeps a later start from being due earlier.
    """
    local = start.astimezone(tz)
    day, left = local.date(), days
    clock = local.time() if calendar.is_working(day) else LAST_SECOND
    if first_day == "same" and left and calendar.is_working(day):
        left -= 1
    while left:
        day += ONE_DAY
        left -= calendar.is_working(day)
    return at_local(day, clock, tz)


def add_business_hours(
    start: datetime, hours: int, tz: ZoneInfo, opens: time, closes: time, calendar: BusinessCalendar | None = None
) -> datetime:
    """Hours counted only between `opens` and `closes` local time, on working days where a calendar is given."""
    left, local = timedelta(hours=hours), start.astimezone(tz)
    day = local.date()
    while True:
        if calendar is None or calendar.is_working(day):
            begin = max(start, at_local(day, opens, tz))
            end = at_local(day, closes, tz)
            if begin < end:
                # Real elapsed time, so a day with 23 hours gives an hour less.
                room = end.astimezone(UTC) - begin.astimezone(UTC)
                if left <= room:
                    return (begin.astimezone(UTC) + left).astimezone(tz)
                left -= room
        day += ONE_DAY


def overlap(spans: Iterable[tuple[datetime, datetime]], begin: datetime, end: datetime) -> timedelta:
    """Total time of `spans` inside [begin, end]; overlapping spans count once."""
    total, reached = timedelta(0), begin
    for first, last in sorted(spans):
        low, high = max(first, reached), min(last, end)
        if high > low:
            total += high - low
            reached = high
    return total
