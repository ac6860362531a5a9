"""What holds for any clock the parser can build, over any facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from amends.judgement.clocks.core import Clock, ClockSpec, Extension, Pause, Start, State, Unit, run
from amends.judgement.rules.parse_clause import Refused
from amends.judgement.rules.parse_clock import parse_clock
from amends.kernel.calendars import BusinessCalendar, last_second, zone

NAMES = ("dispute.submitted", "order.delivered", "order.placed_at")
ZONES = (
    "UTC",
    "America/Los_Angeles",
    "Asia/Shanghai",
    "Europe/Berlin",
    "Africa/Cairo",
    "America/Santiago",
    "Singapore",
)
COUNTRIES = ("CN", "US", "DE", "BR", "EG", "SG", "AQ")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK_TIMES = ("00:00", "02:30", "08:00", "21:00", "22:00", "23:59:59", "08:00+01:00")
TABLES = {"lengths": {"US": "3", "CN": "0", "DE": "400"}}
SECONDS = st.integers(0, 5 * 365 * 86_400)
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
STARTS = st.builds(
    lambda seconds, micro: EPOCH + timedelta(seconds=seconds, microseconds=micro), SECONDS, st.integers(0, 999_999)
)
# The hours around a change of the clock, the ends of months and the festivals, where the trouble is.
NEAR = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, 3, 8, 10, tzinfo=UTC),
            datetime(2026, 11, 1, 9, tzinfo=UTC),
            datetime(2026, 3, 29, 1, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2026, 10, 29, 21, tzinfo=UTC),
            datetime(2026, 4, 5, 3, tzinfo=UTC),
            datetime(2026, 2, 13, 16, tzinfo=UTC),
            datetime(2026, 1, 31, 12, tzinfo=UTC),
            datetime(2024, 2, 29, 12, tzinfo=UTC),
        ]
    ),
    st.integers(-3000, 3000),
)
MOMENTS = STARTS | NEAR
ANY = st.datetimes(datetime(1970, 1, 1), datetime(2200, 12, 31), timezones=st.just(UTC)) | MOMENTS  # noqa: DTZ001 - the zone is added
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def counts(most: int) -> st.SearchStrategy[str]:
    return st.integers(0, most).map(str)


def plain_length(unit: Unit) -> st.SearchStrategy[dict[str, Any]]:
    most = {Unit.MONTHS: 1200, Unit.YEARS: 100}.get(unit, 400)
    return counts(most).map(lambda number: {unit.value: number})


PLAIN = st.sampled_from(list(Unit)).flatmap(plain_length)
LENGTHS = st.one_of(
    PLAIN,
    st.sampled_from(("days", "hours", "months")).map(lambda u: {u: {"table": "lengths", "by": "order.ship_country"}}),
    st.sampled_from(("days", "business_days", "months", "years")).map(lambda u: {u: {"fact": "promise.return_days"}}),
    st.just({"given": "order.ship_by"}),
)
RUNS = st.tuples(
    LENGTHS,
    st.fixed_dictionaries(
        {},
        optional={
            "zone": st.sampled_from((*ZONES, "order.ship_country")),
            "country": st.sampled_from((*COUNTRIES, "order.ship_country", "warehouse.country")),
            "weekend": st.lists(st.sampled_from(DAYS), max_size=6, unique=True),
            "first_day": st.sampled_from(("next", "same")),
            "ends": st.sampled_from(("exact", "day_end")),
            "rolls": st.just("next_business_day"),
            "opens": st.sampled_from(CLOCK_TIMES),
            "closes": st.sampled_from(CLOCK_TIMES),
            "zone_assumed": st.sampled_from(("true", "false")),
        },
    ),
).map(lambda parts: parts[0] | parts[1])
BEGINNINGS = st.tuples(
    st.one_of(
        st.sampled_from(NAMES).map(lambda name: {"event": name}),
        st.just({"first": list(NAMES)}),
        st.just({"last": list(NAMES)}),
        st.sampled_from(NAMES).map(lambda name: {"day_after": name}),
        st.sampled_from(CLOCK_TIMES).map(lambda at: {"day_after": NAMES[0], "at": at}),
    ),
    st.just({}) | PLAIN.map(lambda plus: {"plus": plus}),
).map(lambda parts: parts[0] | parts[1])
NODES = st.fixed_dictionaries(
    {"name": st.just("c"), "owner": st.just("seller"), "starts": BEGINNINGS, "runs": RUNS},
    optional={
        "stops": st.just(["dispute.responded"]),
        "restarts": st.just(["dispute.modified"]),
        "pauses": st.just([{"while": "repair.in_progress", "because": "repair"}]),
        "extends": st.lists(PLAIN.map(lambda by: {"event": "order.guarantee_extended", "by": by}), max_size=2),
        "external": st.just("dispute.respond_by"),
    },
)
SPANS = st.lists(st.tuples(MOMENTS, st.none() | MOMENTS), max_size=4).map(tuple)
OWN_DAYS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "country": st.sampled_from(COUNTRIES),
            "day": st.dates(date(2024, 1, 1), date(2029, 1, 1)),
            "open": st.booleans(),
        },
    ),
    max_size=4,
).map(tuple)
RECORDS = st.fixed_dictionaries(
    {"dispute.submitted": ANY},
    optional={
        "order.delivered": ANY,
        "order.placed_at": ANY,
        "dispute.responded": ANY,
        "dispute.modified": ANY,
        "order.guarantee_extended": ANY,
        "dispute.respond_by": ANY,
        "order.ship_by": ANY,
        "order.ship_country": st.sampled_from(COUNTRIES),
        "warehouse.country": st.sampled_from(COUNTRIES),
        "promise.return_days": st.integers(-1, 10**9),
        "repair.in_progress": SPANS,
        "calendar": OWN_DAYS,
    },
)


def parsed(node: dict[str, Any]) -> ClockSpec:
    try:
        return parse_clock(node, TABLES)[0]
    except Refused:
        assume(False)
        raise


@settings(max_examples=500)
@given(NODES, RECORDS, ANY)
def test_any_clock_over_any_record_comes_out(node: dict[str, Any], record: dict[str, Any], now: datetime) -> None:
    spec = parsed(node)
    clock = run(spec, "R", record, now)
    assert (clock.due is None) == (clock.state is State.UNKNOWN or bool(clock.missing))
    assert run(spec, "R", record, now) == clock
    if clock.state is State.MET:
        assert clock.met_at is not None
        assert clock.due is not None
        assert clock.met_at <= clock.due
    if clock.due is not None and clock.state in (State.RUNNING, State.PAUSED, State.NOT_STARTED):
        assert now.astimezone(UTC) <= clock.due.astimezone(UTC)
    # what the platform itself gave wins, and both are kept
    given_date = record.get(spec.external) if spec.external else None
    if given_date is not None and clock.starts is not None:
        assert (clock.due, clock.external_due) == (given_date, given_date)
        assert (clock.computed_due is None) == (run(replace(spec, external=""), "R", record, now).due is None)
        assert clock.provisional == ""
    # every pause is told with its reason
    if spec.pauses and clock.due is not None:
        assert [(a, b) for a, b, _ in clock.pauses] == list(record.get("repair.in_progress", ()))
        assert {why for _, _, why in clock.pauses} <= {"repair"}


UNITS = st.sampled_from(list(Unit))
AMOUNTS = st.integers(0, 40)
CALENDARS = st.sampled_from(("CN", "US", "DE", "EG"))
SPECS = st.builds(
    lambda unit, amount, tz, country, weekend, day_end, rolls, first_day, hours: ClockSpec(
        "c",
        "seller",
        Start(("dispute.submitted",)),
        amount,
        unit,
        zone=tz,
        country=country,
        weekend=weekend,
        day_end=day_end,
        rolls=rolls,
        first_day=first_day,
        opens=hours[0],
        closes=hours[1],
    ),
    UNITS,
    AMOUNTS,
    st.sampled_from(ZONES),
    CALENDARS,
    st.none() | st.sampled_from((frozenset({6}), frozenset({4, 5}), frozenset[int]())),
    st.booleans(),
    st.booleans(),
    st.sampled_from(("next", "same")),
    st.sampled_from(((None, None), (time(8), time(21)), (time(22), time(6)), (time(1, 30), time(2, 45)))),
)


def due_of(spec: ClockSpec, start: datetime, now: datetime = NOW, **facts: Any) -> datetime:
    due = run(spec, "R", {"dispute.submitted": start, **facts}, now).due
    assert due is not None
    return due.astimezone(UTC)


def wall(moment: datetime, name: str) -> datetime:
    return moment.astimezone(zone(name)).replace(tzinfo=None)


def simple(unit: Unit, amount: int, tz: str, **changes: Any) -> ClockSpec:
    return ClockSpec("c", "seller", Start(("dispute.submitted",)), amount, unit, zone=tz, **changes)


NIGHT_ZONE = "America/Los_Angeles"


@settings(max_examples=600)
@given(SPECS, MOMENTS, st.integers(0, 10 * 86_400))
# the 31st at nine is not due before the 30th at ten
@example(simple(Unit.MONTHS, 1, "UTC"), datetime(2026, 1, 30, 10, tzinfo=UTC), 23 * 3600)
# a half second before midnight on Friday, and Saturday
@example(
    simple(Unit.BUSINESS_DAYS, 1, "UTC", country="US"), datetime(2026, 3, 6, 23, 59, 59, 500_000, tzinfo=UTC), 3600
)
# due on Sunday and rolled, and due on Monday
@example(simple(Unit.DAYS, 5, "UTC", country="US", rolls=True), datetime(2026, 3, 10, 10, tzinfo=UTC), 20 * 3600)
# the first day counts: begun on New Year's Day, and on the working day after it
@example(simple(Unit.BUSINESS_DAYS, 1, "UTC", country="CN", first_day="same"), datetime(2024, 1, 1, tzinfo=UTC), 86_400)
# two starts whose due moments fall into the hour that spring skips
@example(simple(Unit.DAYS, 1, NIGHT_ZONE), datetime(2026, 3, 7, 10, 30, 59, tzinfo=UTC), 11)
# the second 02:30 of autumn in Berlin, and the 02:30 that spring skips
@example(simple(Unit.DAYS, 154, "Europe/Berlin"), datetime(2025, 10, 26, 1, 30, tzinfo=UTC), 1800)
def test_a_later_local_start_is_never_due_earlier(spec: ClockSpec, start: datetime, seconds: int) -> None:
    later = start + timedelta(seconds=seconds)
    assume(wall(later, spec.zone) >= wall(start, spec.zone))
    assert due_of(spec, later) >= due_of(spec, start)


@given(st.sampled_from((Unit.HOURS, Unit.BUSINESS_HOURS)), SPECS, MOMENTS, st.integers(0, 10 * 86_400))
def test_hours_are_monotone_in_instants(unit: Unit, spec: ClockSpec, start: datetime, seconds: int) -> None:
    hours = replace(spec, unit=unit, day_end=False, rolls=False)
    assert due_of(hours, start + timedelta(seconds=seconds)) >= due_of(hours, start)


def row(country: str, day: date, *, is_open: bool) -> dict[str, Any]:
    return {"country": country, "day": day, "open": is_open}


@settings(max_examples=400)
@given(SPECS, MOMENTS, st.lists(st.integers(-3, 60), min_size=1, max_size=4), SPANS, OWN_DAYS)
def test_a_closed_day_is_never_earlier_and_an_open_one_never_later(
    spec: ClockSpec, start: datetime, offsets: list[int], spans: Any, own: tuple[dict[str, Any], ...]
) -> None:
    paused = replace(spec, pauses=(Pause("repair.in_progress", "repair"),))
    day = start.astimezone(zone(spec.zone)).date()
    facts = {"repair.in_progress": spans, "calendar": own}
    before = due_of(paused, start, **facts)
    closed = tuple(row(spec.country, day + timedelta(days=n), is_open=False) for n in offsets)
    opened = tuple(row(spec.country, day + timedelta(days=n), is_open=True) for n in offsets)
    assert due_of(paused, start, **(facts | {"calendar": own + closed})) >= before
    if not spans:  # a pause that begins after a due moment made earlier stops nothing any more, and so on
        assert due_of(paused, start, **(facts | {"calendar": own + opened})) <= before


@settings(max_examples=400)
@given(SPECS, MOMENTS, SPANS, SPANS, MOMENTS)
def test_a_pause_is_never_earlier_and_its_reason_is_kept(
    spec: ClockSpec, start: datetime, spans: Any, more: Any, now: datetime
) -> None:
    both = replace(spec, pauses=(Pause("repair.in_progress", "repair"), Pause("customs.spans", "customs")))
    facts = {"repair.in_progress": spans, "customs.spans": more}
    clock = run(both, "R", {"dispute.submitted": start, **facts}, now)
    assert clock.due is not None
    assert clock.due.astimezone(UTC) >= due_of(spec, start)
    assert [why for _, _, why in clock.pauses] == ["repair"] * len(spans) + ["customs"] * len(more)
    # the same pause told twice counts once
    assert due_of(both, start, now, **{"repair.in_progress": spans, "customs.spans": spans}) == due_of(
        both, start, now, **{"repair.in_progress": spans}
    )


@given(SPECS, MOMENTS, MOMENTS, st.integers(0, 30), UNITS)
def test_an_extension_is_never_earlier(
    spec: ClockSpec, start: datetime, event: datetime, amount: int, unit: Unit
) -> None:
    longer = replace(spec, extends=(Extension("order.guarantee_extended", amount, unit),))
    plain = due_of(spec, start)
    moved = due_of(longer, start, **{"order.guarantee_extended": event})
    assert moved >= plain
    if not start <= event <= plain:
        assert moved == plain


@given(SPECS, MOMENTS, SPANS)
def test_what_rolls_lands_on_a_working_day_and_ends_with_it(spec: ClockSpec, start: datetime, spans: Any) -> None:
    rolls = replace(spec, rolls=True, pauses=(Pause("repair.in_progress"),))
    clock = run(rolls, "R", {"dispute.submitted": start, "repair.in_progress": spans}, NOW)
    assert clock.due is not None
    day = clock.due.date()
    assert BusinessCalendar(spec.country, spec.weekend).is_working(day)
    assert clock.due.astimezone(UTC) == last_second(day, zone(spec.zone)).astimezone(UTC)
    assert clock.due.time() == time(23, 59, 59)


@given(SPECS, MOMENTS, SPANS)
def test_business_days_end_on_a_working_day(spec: ClockSpec, start: datetime, spans: Any) -> None:
    days = replace(spec, unit=Unit.BUSINESS_DAYS, amount=max(spec.amount, 1), pauses=(Pause("repair.in_progress"),))  # type: ignore[type-var]
    clock = run(days, "R", {"dispute.submitted": start, "repair.in_progress": spans}, NOW)
    assert clock.due is not None
    assert BusinessCalendar(spec.country, spec.weekend).is_working(clock.due.date())


@given(SPECS, MOMENTS, SPANS)
def test_the_end_of_a_day_is_its_last_second(spec: ClockSpec, start: datetime, spans: Any) -> None:
    whole = replace(spec, day_end=True, pauses=(Pause("repair.in_progress"),))
    clock = run(whole, "R", {"dispute.submitted": start, "repair.in_progress": spans}, NOW)
    assert clock.due is not None
    assert clock.due.time() == time(23, 59, 59)
    assert (clock.due.astimezone(UTC) + timedelta(seconds=1)).astimezone(zone(spec.zone)).date() > clock.due.date()


@given(
    st.sampled_from(("America/Los_Angeles", "Asia/Shanghai", "America/Santiago")), MOMENTS, AMOUNTS, CALENDARS, SPANS
)
def test_business_hours_never_end_in_the_night_or_on_a_day_off(
    tz: str, start: datetime, hours: int, country: str, spans: Any
) -> None:
    spec = simple(
        Unit.BUSINESS_HOURS,
        hours,
        tz,
        country=country,
        opens=time(8),
        closes=time(21),
        pauses=(Pause("repair.in_progress"),),
    )
    clock: Clock = run(spec, "R", {"dispute.submitted": start, "repair.in_progress": spans}, NOW)
    assert clock.due is not None
    assert time(8) <= clock.due.time() <= time(21)
    assert BusinessCalendar(country).is_working(clock.due.date())


@given(MOMENTS, st.sampled_from(ZONES), st.integers(0, 168))
def test_hours_are_elapsed_hours_in_any_zone(start: datetime, tz: str, hours: int) -> None:
    assert due_of(simple(Unit.HOURS, hours, tz), start) == start + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("tz", "start", "due"),
    [
        ("America/Los_Angeles", "2026-03-05T10:00:00-08:00", "2026-03-12T11:00:00-07:00"),
        ("America/Los_Angeles", "2026-10-29T10:00:00-07:00", "2026-11-05T09:00:00-08:00"),
        ("Europe/Berlin", "2026-03-27T10:00:00+01:00", "2026-04-03T11:00:00+02:00"),
        ("Europe/Berlin", "2026-10-23T10:00:00+02:00", "2026-10-30T09:00:00+01:00"),
        ("Asia/Shanghai", "2026-03-05T10:00:00+08:00", "2026-03-12T10:00:00+08:00"),
        ("America/Sao_Paulo", "2026-10-29T10:00:00-03:00", "2026-11-05T10:00:00-03:00"),
    ],
)
def test_168_hours_are_seven_days_only_where_no_change_lies_between(tz: str, start: str, due: str) -> None:
    begins = datetime.fromisoformat(start)
    assert due_of(simple(Unit.HOURS, 168, tz), begins) == datetime.fromisoformat(due).astimezone(UTC)
    assert due_of(simple(Unit.HOURS, 168, tz), begins) - begins == timedelta(hours=168)
