"""Clocks: when something is due, from its spans alone.

Pure and total. Due is a function of the start, the pauses and the extensions; nothing is ever "counted
down". A clock that cannot start for lack of an attribute is unknown and names the attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from amends.kernel import calendars
from amends.kernel.calendars import BusinessCalendar
from amends.kernel.zones import principal_zone

Record = Mapping[str, Any]
Span = tuple[datetime, datetime | None, str]  # of a pause: from, to (None: still open), and why
MOST_DAYS = 3660


class Unit(StrEnum):
    DAYS = "days"  # natural days, the local time of day kept
    BUSINESS_DAYS = "business_days"
    HOURS = "hours"  # elapsed
    BUSINESS_HOURS = "business_hours"
    MONTHS = "months"
    YEARS = "years"


WORKED = (Unit.BUSINESS_DAYS, Unit.BUSINESS_HOURS)


class State(StrEnum):
    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"  # what it waits for happened in time
    EXPIRED = "expired"  # ran out, or what it waits for came too late
    UNKNOWN = "unknown"  # an attribute it needs is not known
    EXCLUDED = "excluded"  # another proceeding replaced it


@dataclass(frozen=True, slots=True)
class Start:
    """An event expression: one fact, or the first / last of several, then shifted.

    `pick="last"` waits until every one has happened; `"first"` takes the earliest that has. `day_after` moves
    to `at` o'clock of the next local day before `plus` is added.
    """

    facts: tuple[str, ...]
    pick: str = "first"
    day_after: bool = False
    at: time | None = None
    plus: int = 0
    plus_unit: Unit = Unit.DAYS


@dataclass(frozen=True, slots=True)
class Lookup:
    """A number per country (or other code) from one of the rulebook's tables."""

    table: tuple[tuple[str, int], ...]
    by: str

    def find(self, record: Record) -> int | None:
        key = record.get(self.by)
        return dict(self.table).get(key) if key is not None else None


@dataclass(frozen=True, slots=True)
class Counted:
    """A number the case itself carries, such as the days to return that a shop promises.

    Beyond ten years, or below nothing, it is a slip of the pen and counts as unknown.
    """

    by: str

    def find(self, record: Record) -> int | None:
        value = record.get(self.by)
        return value if isinstance(value, int) and 0 <= value <= MOST_DAYS else None


@dataclass(frozen=True, slots=True)
class Given:
    """No length of its own: the due date is the one in this fact (see `ClockSpec.external`), or unknown."""

    by: str

    def find(self, _: Record) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Pause:
    """Time inside these spans does not count; where two of them overlap, it is left out once.

    Elapsed time moves the due moment by the length of the pause, business hours by the business time in it. Where whole
    days count, a day begun in the pause does not: a clock to the end of a day still ends with one.
    """

    spans: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """The event, if it happens before the clock is due, moves the due moment."""

    event: str
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """How one rule counts. `zone` and `country` are a literal, or the name of a country fact."""

    name: str
    owner: str
    starts: Start
    amount: int | Lookup | Counted | Given
    unit: Unit
    zone: str = "UTC"
    country: str = ""
    weekend: frozenset[int] | None = None
    first_day: str = "next"
    day_end: bool = False
    rolls: bool = False
    opens: time | None = None
    closes: time | None = None
    stops: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    pauses: tuple[Pause, ...] = ()
    extends: tuple[Extension, ...] = ()
    external: str = ""  # fact with the due date the platform itself gave; it wins, both are kept
    zone_assumed: bool = False  # the source does not name the zone
    own_days: bool = False  # the seller's own closed and open days count; a platform's clock knows nothing of them


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock as it stands. Times are in the clock's own zone; `due` is the binding one."""

    name: str
    owner: str
    rule: str
    state: State
    zone: str
    starts: datetime | None = None
    due: datetime | None = None
    computed_due: datetime | None = None
    external_due: datetime | None = None
    met_at: datetime | None = None
    provisional: str = ""  # why the due moment may still move: calendar_unpublished, zone_assumed, paused
    missing: tuple[str, ...] = ()
    pauses: tuple[Span, ...] = ()


def reads(spec: ClockSpec) -> frozenset[str]:
    """Every fact that can move this clock: nothing else needs to be looked at to know that it stands as it stood."""
    names = {*spec.starts.facts, *spec.stops, *spec.restarts, spec.external, "calendar" if spec.own_days else ""}
    names |= {pause.spans for pause in spec.pauses} | {extension.event for extension in spec.extends}
    names |= {spec.zone, spec.country} | (set() if isinstance(spec.amount, int) else {spec.amount.by})
    return frozenset(names)


def _zone_of(spec: ClockSpec, record: Record) -> tuple[ZoneInfo, str, bool]:
    """Zone, its name, and whether it is assumed."""
    if "." not in spec.zone:  # a fact has a dot in its name, a zone never
        return calendars.zone(spec.zone), spec.zone, spec.zone_assumed
    country = record.get(spec.zone)
    name, certain = principal_zone(country) if country else ("UTC", False)
    return calendars.zone(name), name, not certain


_plain = cache(BusinessCalendar)


def _calendar_of(spec: ClockSpec, record: Record) -> BusinessCalendar | None:
    country = record.get(spec.country) or "" if "." in spec.country else spec.country
    if not country and spec.weekend is None:
        return None
    own = record.get("calendar") if spec.own_days else None
    if not own:
        return _plain(country, spec.weekend)
    days = {open_: frozenset(r["day"] for r in own if _says(r, country, open_=open_)) for open_ in (True, False)}
    return BusinessCalendar(country, spec.weekend, closed=days[False], opened=days[True])


def _says(row: Record, country: str, *, open_: bool) -> bool:
    """Whether a row of the seller's own calendar is about this country; a row that lacks a part says nothing."""
    return row.get("open") is open_ and row.get("day") is not None and row.get("country") == country[:2]


def add(
    start: datetime,
    amount: int,
    unit: Unit,
    tz: ZoneInfo,
    spec: ClockSpec,
    calendar: BusinessCalendar | None,
    *,
    first_day: str = "next",
) -> datetime:
    match unit:
        case Unit.DAYS:
            return calendars.add_days(start, amount, tz)
        case Unit.HOURS:
            # Through UTC: adding to a zoned time moves its wall clock, which is not what elapsed hours are.
            return (start.astimezone(UTC) + timedelta(hours=amount)).astimezone(tz)
        case Unit.MONTHS:
            return calendars.add_months(start, amount, tz)
        case Unit.YEARS:
            return calendars.add_months(start, amount * 12, tz)
        case Unit.BUSINESS_DAYS:
            return calendars.add_business_days(start, amount, tz, calendar or _plain(""), first_day=first_day)
        case Unit.BUSINESS_HOURS:
            return calendars.add_business_hours(start, amount, tz, *_hours(spec), calendar)


def _hours(spec: ClockSpec) -> tuple[time, time]:
    return spec.opens or calendars.MIDNIGHT, spec.closes or calendars.MIDNIGHT


def _picked(start: Start, moments: list[datetime]) -> datetime:
    return max(moments) if start.pick == "last" else min(moments)


def start_of(
    spec: ClockSpec, record: Record, tz: ZoneInfo, calendar: BusinessCalendar | None
) -> tuple[datetime | None, tuple[str, ...]]:
    """The start moment (None: not yet), and the facts it waits for."""
    start = spec.starts
    if len(start.facts) == 1 and not start.day_after and not start.plus:
        only = record.get(start.facts[0])
        return only, (start.facts if only is None else ())
    moments = [(name, record.get(name)) for name in start.facts]
    known = [m for _, m in moments if m is not None]
    missing = tuple(name for name, m in moments if m is None)
    if not known or (start.pick == "last" and missing):
        return None, missing
    moment = _picked(start, known)
    if start.day_after:
        local = moment.astimezone(tz)
        moment = calendars.at_local(local.date() + calendars.ONE_DAY, start.at or calendars.MIDNIGHT, tz)
    if start.plus:
        moment = add(moment, start.plus, start.plus_unit, tz, spec, calendar)
    return moment, ()


def _count(
    spec: ClockSpec, record: Record, begin: datetime, tz: ZoneInfo, calendar: BusinessCalendar | None
) -> datetime | None:
    """Due without pauses; None where the length is not known."""
    amount = spec.amount if isinstance(spec.amount, int) else spec.amount.find(record)
    if amount is None:
        return None
    if amount and spec.day_end and spec.first_day == "same" and spec.unit is Unit.DAYS:
        amount -= 1
    due = add(begin, amount, spec.unit, tz, spec, calendar, first_day=spec.first_day)
    return _ended(spec, due, tz, calendar) if spec.day_end or spec.rolls else due


def _ended(spec: ClockSpec, due: datetime, tz: ZoneInfo, calendar: BusinessCalendar | None) -> datetime:
    """Moved to the end of its day, and on to a working day, where the clock says so: what rolls is a day too."""
    if not (spec.day_end or spec.rolls):
        return due
    day = due.astimezone(tz).date()
    return calendars.last_second(calendar.next_working(day) if spec.rolls and calendar is not None else day, tz)


def _after_pauses(
    spec: ClockSpec,
    record: Record,
    begin: datetime,
    due: datetime,
    calendar: BusinessCalendar | None,
    spans: Iterable[tuple[datetime, datetime, bool]],
) -> tuple[datetime, bool]:
    """Due with the pauses, and whether one of them is still open; what began after the (moved) due changes nothing."""
    tz, is_open, due = due.tzinfo, False, due.astimezone(UTC)
    assert isinstance(tz, ZoneInfo)  # noqa: S101 - counted in the clock's own zone
    for low, high, still in spans:
        if low >= due:
            break
        is_open |= still
        match spec.unit:
            case Unit.BUSINESS_DAYS:
                calendar, off = calendar or _plain(""), frozenset(calendars.days_of(low, high, tz))
                calendar = replace(calendar, closed=calendar.closed | off, opened=calendar.opened - off)
                again = _count(spec, record, begin, tz, calendar)
            case Unit.BUSINESS_HOURS:
                left = calendars.business_time(low, due, tz, *_hours(spec), calendar)
                again = calendars.add_business_time(high, left, tz, *_hours(spec), calendar)
            case _ if spec.day_end or spec.rolls:
                # By the wall clock: a change to daylight-saving time inside is no reason for one more day.
                wall = high.astimezone(tz).replace(tzinfo=None) - low.astimezone(tz).replace(tzinfo=None)
                local = due.astimezone(tz)
                again = local.replace(tzinfo=None) + max(wall, timedelta(0))
                again = calendars.at_local(again.date(), again.time(), tz)
            case _:
                again = due + (high - low)
        assert again is not None  # noqa: S101 - it was counted before
        due = max(due, _ended(spec, again, tz, calendar).astimezone(UTC))
    return due.astimezone(tz), is_open


def _after_extensions(
    spec: ClockSpec, record: Record, begin: datetime, due: datetime, calendar: BusinessCalendar | None, now: datetime
) -> datetime:
    tz = due.tzinfo
    assert isinstance(tz, ZoneInfo)  # noqa: S101 - counted in the clock's own zone
    for extension in spec.extends:
        at = record.get(extension.event)
        if at is not None and begin <= at <= min(now, due):
            longer = add(due, extension.amount, extension.unit, tz, spec, calendar)
            due = _ended(spec, longer, tz, calendar)
    return due


def _unpublished(spec: ClockSpec, due: datetime, calendar: BusinessCalendar) -> bool:
    """Whether it ends in a year whose moved working days are not published yet."""
    counts = spec.rolls or spec.unit in (Unit.BUSINESS_DAYS, Unit.BUSINESS_HOURS)
    return counts and not calendar.is_published(due.year)


def run(spec: ClockSpec, rule: str, record: Record, now: datetime) -> Clock:  # noqa: C901 - the life of a clock, in order
    """Where a clock stands at `now`. Never raises on any record the schema admits."""
    tz, zone_name, assumed = _zone_of(spec, record)
    calendar = _calendar_of(spec, record) if spec.country or spec.weekend is not None else None
    begin, missing = start_of(spec, record, tz, calendar)
    if begin is None:
        return Clock(spec.name, spec.owner, rule, State.NOT_STARTED, zone_name, missing=missing)
    since = begin
    if spec.starts.day_after or spec.starts.plus:
        # What a clock waits for may come before a start that is shifted to a later day: that meets it all the same.
        since = min(begin, _picked(spec.starts, [m for n in spec.starts.facts if (m := record.get(n)) is not None]))
    for name in spec.restarts:
        again = record.get(name)
        if again is not None and begin < again <= now:
            begin = since = again
    # Working days of a country nobody has named are not Mondays to Fridays: they are unknown.
    nowhere = "." in spec.country and record.get(spec.country) is None and (spec.rolls or spec.unit in WORKED)
    computed = None if nowhere else _count(spec, record, begin, tz, calendar)
    external = record.get(spec.external) if spec.external else None
    if computed is None and external is None:
        by = spec.country if nowhere else "" if isinstance(spec.amount, int) else spec.amount.by
        return Clock(spec.name, spec.owner, rule, State.UNKNOWN, zone_name, starts=begin, missing=(by,))
    pauses: list[Span] = []
    if spec.pauses:
        pauses = [(a, b, pause.because) for pause in spec.pauses for a, b in record.get(pause.spans) or ()]
    is_open = False
    if computed is not None and pauses:
        apart = calendars.one_by_one([(a, b) for a, b, _ in pauses], begin, now)
        computed, is_open = _after_pauses(spec, record, begin, computed, calendar, apart)
    if computed is not None and spec.extends:
        computed = _after_extensions(spec, record, begin, computed, calendar, now)
    is_paused = is_open and external is None  # a date that somebody else set does not wait
    due = external if external is not None else computed
    assert due is not None  # noqa: S101 - one of the two is known here
    met = None
    for name in spec.stops:
        at = record.get(name)
        if at is not None and since <= at <= now and (met is None or at < met):
            met = at
    if met is not None and met <= due:
        state = State.MET
    elif now > due:
        state = State.EXPIRED
    elif now < begin:
        state = State.NOT_STARTED
    else:
        state = State.PAUSED if is_paused else State.RUNNING
    why = "paused" if is_paused else "zone_assumed" if assumed else ""
    if calendar and not is_paused and _unpublished(spec, due, calendar):
        why = "calendar_unpublished"
    return Clock(
        spec.name,
        spec.owner,
        rule,
        state,
        zone_name,
        begin.astimezone(tz),
        due,
        computed,
        external,
        met,
        why if external is None else "",
        (),
        tuple(pauses),
    )
