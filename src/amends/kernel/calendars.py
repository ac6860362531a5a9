"""Adding time the way platforms and laws count it.

All instants are zone-aware. Natural days keep the local time of day, also across a change to or from
daylight-saving time; a local time that falls into the gap becomes the gap's end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from threading import Lock
from zoneinfo import ZoneInfo

import holidays

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
MIDNIGHT = time(0)
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
    """The instant of a wall-clock time; inside a daylight-saving gap, the gap's end.

    A time that exists twice is the one that `clock.fold` says: the first, unless it came from the second.
    """
    local = datetime.combine(day, clock, tz)
    offset, other = local.utcoffset(), local.replace(fold=1 - local.fold).utcoffset()
    if offset == other or local.astimezone(UTC).astimezone(tz).time() == clock:
        return local
    # The wall clock skipped this time. Under fold=0 Python reads it with the offset before the change, which
    # lands as far behind the gap's end as the time lay inside the gap.
    landed = local.replace(fold=0).astimezone(UTC)
    after = landed.astimezone(tz).utcoffset()
    # Changes fall on whole minutes: from the minute one gap's length earlier, the first with the new offset.
    gap: timedelta = abs(offset - other)  # type: ignore[operator]  # aware: never None
    inside = (landed - gap).replace(second=0, microsecond=0)
    while inside.astimezone(tz).utcoffset() != after:
        inside += timedelta(minutes=1)
    return inside.astimezone(tz)


def last_second(day: date, tz: ZoneInfo) -> datetime:
    """The last second of a local day, also where the clock is changed at midnight."""
    local = datetime.combine(day, LAST_SECOND, tz)
    if local.utcoffset() == local.replace(fold=1).utcoffset():
        return local
    return (at_local(day + ONE_DAY, MIDNIGHT, tz).astimezone(UTC) - ONE_SECOND).astimezone(tz)


def add_days(start: datetime, days: int, tz: ZoneInfo) -> datetime:
    local = start.astimezone(tz)
    return at_local(local.date() + timedelta(days=days), local.time(), tz)


def add_months(start: datetime, months: int, tz: ZoneInfo) -> datetime:
    """The same day of another month. A month too short for it counts to the end of its last day.

    Backwards the time of day is kept on that last day: it begins a span of time and is nothing's due moment.
    """
    local = start.astimezone(tz)
    index = local.year * 12 + local.month - 1 + months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - ONE_DAY).day  # noqa: PLR2004 - December is 11
    if local.day > last and months > 0:
        return last_second(date(year, month + 1, last), tz)  # else the 31st at 9 were due before the 30th at 10
    return at_local(date(year, month + 1, min(local.day, last)), local.time(), tz)


def day_end(moment: datetime, tz: ZoneInfo) -> datetime:
    """The last second of the local day."""
    return last_second(moment.astimezone(tz).date(), tz)


_FILLING = Lock()  # the package fills a year in on first use, and another thread would find it marked but empty


def days_of(low: datetime, high: datetime, tz: ZoneInfo) -> Iterator[date]:
    """The local days that have a part in [low, high)."""
    day = low.astimezone(tz).date()
    while low < high and at_local(day, MIDNIGHT, tz) < high.astimezone(UTC):
        yield day
        day += ONE_DAY


@cache
def _country(code: str) -> holidays.HolidayBase | None:
    country, _, subdivision = code.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError:
        return None


def has_calendar(code: str) -> bool:
    return _country(code) is not None


def holiday_names(code: str, day: date) -> str:
    """Names of the public holidays on a day, as the calendar package words them; empty on other days."""
    country = _country(code)
    with _FILLING:
        return str(country.get(day) or "") if country is not None else ""


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
        if self.opened and day in self.opened:
            return True
        if self.closed and day in self.closed:
            return False
        return _is_working(self.country, self.weekend, day)

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


def _is_off(country: holidays.HolidayBase, code: str, day: date) -> bool:
    """Whether a day is a public holiday for somebody who works on weekends too.

    The yearly notices of China give whole spans off, with the weekends in them; the package lists only the days
    that are no weekend.
    """
    if day in country or code != "CN":
        return day in country
    for step in (ONE_DAY, -ONE_DAY):
        near = day
        while not country.is_working_day(near):
            near += step
            if near in country:
                return True
    return False


@cache
def _is_working(code: str, weekend: frozenset[int] | None, day: date) -> bool:
    """What the country says. Remembered without anybody's own days, which would fill the memory shop by shop."""
    country = _country(code)
    with _FILLING:
        if weekend is not None:
            return day.weekday() not in weekend and (country is None or not _is_off(country, code, day))
        if country is None:
            return day.weekday() not in (SATURDAY, SUNDAY)
        return bool(country.is_working_day(day))


def add_business_days(
    start: datetime, days: int, tz: ZoneInfo, calendar: BusinessCalendar, *, first_day: str = "next"
) -> datetime:
    """`days` working days later, at the same local time.

    `first_day="next"`: counting begins on the first working day after the start; `"same"`: a start on a
    working day is itself day one. A start on a day off is due at the last second of the last day, since each
    counted day is a whole one, or with `"same"` at its first, as if started with the working day that is day one;
    this keeps a later start from being due earlier.
    """
    local = start.astimezone(tz)
    day, left, clock = local.date(), days, local.time()
    works = calendar.is_working(day)
    if works and left and first_day == "same":
        left -= 1
    while left:
        day += ONE_DAY
        left -= calendar.is_working(day)
    if not works and days and first_day == "same":
        return at_local(day, MIDNIGHT, tz)
    return at_local(day, clock, tz) if works and clock < LAST_SECOND else last_second(day, tz)


def _windows(
    start: datetime, tz: ZoneInfo, opens: time, closes: time, calendar: BusinessCalendar | None
) -> Iterator[tuple[datetime, datetime]]:
    """Business hours from `start` on, in UTC. Real elapsed time: a day with 23 hours may give an hour less."""
    over_night = closes <= opens
    day = start.astimezone(tz).date() - (ONE_DAY if over_night else timedelta(0))
    while True:
        if calendar is None or calendar.is_working(day):
            begin = max(start, at_local(day, opens, tz).astimezone(UTC))
            end = at_local(day + ONE_DAY if over_night else day, closes, tz).astimezone(UTC)
            if begin < end:
                yield begin, end
        day += ONE_DAY


def add_business_time(
    start: datetime,
    length: timedelta,
    tz: ZoneInfo,
    opens: time = MIDNIGHT,
    closes: time = MIDNIGHT,
    calendar: BusinessCalendar | None = None,
) -> datetime:
    """Time counted only from `opens` to `closes` local time, on working days where a calendar is given.

    A `closes` that is not after `opens` is on the next day: 00:00 is midnight, 22:00 to 06:00 a night's work.
    """
    left = length
    for begin, end in _windows(start.astimezone(UTC), tz, opens, closes, calendar):
        if left <= end - begin:
            return (begin + left).astimezone(tz)
        left -= end - begin
    raise AssertionError("windows never end")  # pragma: no cover


def business_time(
    begin: datetime,
    until: datetime,
    tz: ZoneInfo,
    opens: time = MIDNIGHT,
    closes: time = MIDNIGHT,
    calendar: BusinessCalendar | None = None,
) -> timedelta:
    """How much business time lies between two moments."""
    total = timedelta(0)
    for first, last in _windows(begin.astimezone(UTC), tz, opens, closes, calendar):
        if first >= until:
            return total
        total += min(last, until) - first
    raise AssertionError("windows never end")  # pragma: no cover


def add_business_hours(
    start: datetime, hours: int, tz: ZoneInfo, opens: time, closes: time, calendar: BusinessCalendar | None = None
) -> datetime:
    return add_business_time(start, timedelta(hours=hours), tz, opens, closes, calendar)


def overlap(spans: Iterable[tuple[datetime, datetime]], begin: datetime, end: datetime) -> timedelta:
    """Total time of `spans` inside [begin, end]; overlapping spans count once."""
    total, reached = timedelta(0), begin
    for first, last in sorted(spans):
        low, high = max(first, reached), min(last, end)
        if high > low:
            total += high - low
            reached = high
    return total


def one_by_one(
    spans: Iterable[tuple[datetime, datetime | None]], begin: datetime, now: datetime
) -> Iterator[tuple[datetime, datetime, bool]]:
    """Spans after `begin` in UTC and in order, none over another, and whether each is open (no end yet) at `now`."""
    reached, now = begin.astimezone(UTC), now.astimezone(UTC)
    for first, last in sorted(((a.astimezone(UTC), b) for a, b in spans), key=lambda span: span[0]):
        low = max(first, reached)
        reached = max(low, last.astimezone(UTC) if last is not None else now)
        yield low, reached, last is None and first <= now
