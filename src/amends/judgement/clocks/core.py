"""Clocks: when something is due, from its spans alone.

Pure and total. Due is a function of the start, the pauses and the extensions; nothing is ever "counted
down". A clock that cannot start for lack of an attribute is unknown and names the attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from amends.kernel import calendars
from amends.kernel.calendars import BusinessCalendar
from amends.kernel.zones import principal_zone

Record = Mapping[str, Any]
MOST_DAYS = 3660


class Unit(StrEnum):
    DAYS = "days"  # natural days, the local time of day kept
    BUSINESS_DAYS = "business_days"
    HOURS = "hours"  # elapsed
    BUSINESS_HOURS = "business_hours"
    MONTHS = "months"
    YEARS = "years"


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
    """Time inside these spans does not count."""

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
    pauses: tuple[tuple[datetime, datetime | None, str], ...] = field(default=())


def reads(spec: ClockSpec) -> frozenset[str]:
    """Every fact that can move this clock: nothing else needs to be looked at to know that it stands as it stood."""
    names = {*spec.starts.facts, *spec.stops, *spec.restarts, spec.external, "calendar"}
    names |= {pause.spans for pause in spec.pauses} | {extension.event for extension in spec.extends}
    names |= {spec.zone, spec.country} | (set() if isinstance(spec.amount, int) else {spec.amount.by})
    return frozenset(names)


def _zone_of(spec: ClockSpec, record: Record) -> tuple[ZoneInfo, str, bool]:
    """Zone, its name, and whether it is assumed."""
    if "/" in spec.zone or spec.zone == "UTC":
        return calendars.zone(spec.zone), spec.zone, spec.zone_assumed
    country = record.get(spec.zone)
    name, certain = principal_zone(country) if country else ("UTC", False)
    return calendars.zone(name), name, not certain


def _calendar_of(spec: ClockSpec, record: Record) -> BusinessCalendar | None:
    country = record.get(spec.country, "") if "." in spec.country else spec.country
    if not country and spec.weekend is None:
        return None
    own = record.get("calendar")
    if not own:
        return BusinessCalendar(country, spec.weekend)
    days = {open_: frozenset(r["day"] for r in own if _says(r, country, open_=open_)) for open_ in (True, False)}
    return BusinessCalendar(country, spec.weekend, closed=days[False], opened=days[True])


def _says(row: Record, country: str, *, open_: bool) -> bool:
    """Whether a row of the seller's own calendar is about this country; a row that lacks a part says nothing."""
    return row.get("open") is open_ and row.get("day") is not None and row.get("country") == country[:2]


def add(
    start: datetime, amount: int, unit: Unit, tz: ZoneInfo, spec: ClockSpec, calendar: BusinessCalendar | None
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
            return calendars.add_business_days(
                start, amount, tz, calendar or BusinessCalendar(""), first_day=spec.first_day
            )
        case Unit.BUSINESS_HOURS:
            return calendars.add_business_hours(
                start, amount, tz, spec.opens or time(0), spec.closes or time(23, 59, 59), calendar
            )


def _picked(start: Start, moments: list[datetime]) -> datetime:
    return max(moments) if start.pick == "last" else min(moments)


def start_of(start: Start, record: Record, tz: ZoneInfo) -> tuple[datetime | None, tuple[str, ...]]:
    """The start moment (None: not yet), and the facts it waits for."""
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
        moment = calendars.at_local(local.date() + calendars.ONE_DAY, start.at or time(0), tz)
    if start.plus:
        plain = ClockSpec("", "", start, start.plus, start.plus_unit)
        moment = add(moment, start.plus, start.plus_unit, tz, plain, None)
    return moment, ()


def _count(spec: ClockSpec, record: Record, begin: datetime, tz: ZoneInfo) -> tuple[datetime | None, bool]:
    """Due without pauses, and whether it crosses a calendar year that is not published yet."""
    amount = spec.amount if isinstance(spec.amount, int) else spec.amount.find(record)
    if amount is None:
        return None, False
    calendar = _calendar_of(spec, record)
    due = add(begin, amount, spec.unit, tz, spec, calendar)
    if spec.day_end:
        if spec.first_day == "same" and spec.unit is Unit.DAYS and amount:
            due = calendars.add_days(due, -1, tz)
        due = calendars.day_end(due, tz)
    if spec.rolls and calendar is not None:
        local = due.astimezone(tz)
        working = calendar.next_working(local.date())
        if working != local.date():
            due = calendars.at_local(working, local.time(), tz)
    unpublished = (
        calendar is not None and (spec.rolls or spec.unit is Unit.BUSINESS_DAYS) and not calendar.is_published(due.year)
    )
    return due, unpublished


def _paused_due(
    due: datetime, begin: datetime, pauses: list[tuple[datetime, datetime | None, str]], now: datetime
) -> tuple[datetime, bool]:
    """Move `due` by the time spent in pauses; a pause that began after the (moved) due changes nothing."""
    is_open, due = False, due.astimezone(UTC)
    for first, last, _ in sorted(pauses, key=lambda p: p[0]):
        low = max(first, begin)
        if low >= due:
            continue
        high = last if last is not None else max(now, low)
        is_open |= last is None
        due += max(high - low, timedelta(0))
    return due, is_open


def _moved(
    spec: ClockSpec,
    record: Record,
    begin: datetime,
    due: datetime,
    pauses: list[tuple[datetime, datetime | None, str]],
    now: datetime,
) -> tuple[datetime, bool]:
    """Due with pauses and extensions, and whether a pause is still open."""
    tz, is_paused = due.tzinfo, False
    if pauses:
        due, is_paused = _paused_due(due, begin, pauses, now)
    for extension in spec.extends:
        at = record.get(extension.event)
        if at is not None and begin <= at <= min(now, due) and isinstance(tz, ZoneInfo):
            due = add(due, extension.amount, extension.unit, tz, spec, None)
    return due, is_paused


def run(spec: ClockSpec, rule: str, record: Record, now: datetime) -> Clock:  # noqa: C901 - the life of a clock, in order
    """Where a clock stands at `now`. Never raises on any record the schema admits."""
    tz, zone_name, assumed = _zone_of(spec, record)
    begin, missing = start_of(spec.starts, record, tz)
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
    computed, unpublished = _count(spec, record, begin, tz)
    external = record.get(spec.external) if spec.external else None
    if computed is None and external is None:
        by = "" if isinstance(spec.amount, int) else spec.amount.by
        return Clock(spec.name, spec.owner, rule, State.UNKNOWN, zone_name, starts=begin, missing=(by,))
    pauses: list[tuple[datetime, datetime | None, str]] = []
    is_paused = False
    if spec.pauses or spec.extends:
        pauses = [(a, b, pause.because) for pause in spec.pauses for a, b in record.get(pause.spans) or ()]
        if computed is not None:
            computed, is_paused = _moved(spec, record, begin, computed, pauses, now)
            computed = computed.astimezone(tz)
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
    why = "paused" if is_paused else "calendar_unpublished" if unpublished else "zone_assumed" if assumed else ""
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
