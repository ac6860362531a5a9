"""Calendars of places: a warehouse's country, the seller's own closed and open days, and what a rule says of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from amends.judgement.clocks.core import ClockSpec, Extension, Pause, Start, State, Unit, run
from amends.judgement.rules.core import Layer
from amends.judgement.rules.load import current
from amends.judgement.rules.parse_clause import Refused
from amends.judgement.rules.parse_clock import parse_clock
from amends.kernel.calendars import BusinessCalendar, add_business_time, at_local, business_time, last_second, zone

SHIP = {
    "name": "ship",
    "owner": "seller",
    "starts": {"event": "order.placed_at"},
    "stops": ["order.shipped"],
    "runs": {"business_days": "2", "country": "warehouse.country", "zone": "warehouse.country", "own_days": "true"},
}
NOW = datetime(2026, 12, 31, tzinfo=UTC)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def due_of(record: dict[str, Any], node: dict[str, Any] = SHIP, now: datetime = NOW) -> datetime | None:
    return run(parse_clock(node, {})[0], "R", record, now).due


def day(country: str, text: str, *, is_open: bool) -> dict[str, Any]:
    return {"country": country, "day": date.fromisoformat(text), "open": is_open}


# Wed 30 Sep 2026 noon in China; Golden Week from the 1st to the 7th, Sat 10 Oct is worked.
PLACED = {"order.placed_at": moment("2026-09-30T12:00:00+08:00")}


@pytest.mark.parametrize(
    ("country", "due"),
    [
        ("CN", "2026-10-09T12:00:00+08:00"),  # Thu 8 (1), Fri 9 (2)
        ("US", "2026-10-02T00:00:00-04:00"),  # midnight on Wed 30 in New York: Thu 1 (1), Fri 2 (2)
        ("DE", "2026-10-02T06:00:00+02:00"),  # Unity Day is Saturday
        ("SA", "2026-10-04T07:00:00+03:00"),  # the weekend is Friday and Saturday: Thu 1 (1), Sun 4 (2)
    ],
)
def test_each_warehouse_keeps_its_own_country(country: str, due: str) -> None:
    assert due_of(PLACED | {"warehouse.country": country}) == moment(due)


def test_days_of_one_warehouse_leave_the_others_alone() -> None:
    own = (day("US", "2026-10-01", is_open=False), day("CN", "2026-10-03", is_open=True))
    record = PLACED | {"calendar": own}
    # stocktaking on Thursday: Fri 2 (1), Mon 5 (2)
    assert due_of(record | {"warehouse.country": "US"}) == moment("2026-10-05T00:00:00-04:00")
    # Saturday in Golden Week is worked: Sat 3 (1), Thu 8 (2)
    assert due_of(record | {"warehouse.country": "CN"}) == moment("2026-10-08T12:00:00+08:00")
    assert due_of(record | {"warehouse.country": "DE"}) == moment("2026-10-02T06:00:00+02:00")


def test_a_day_both_open_and_closed_is_open_and_half_a_row_says_nothing() -> None:
    both = (day("CN", "2026-10-08", is_open=False), day("CN", "2026-10-08", is_open=True))
    cn = PLACED | {"warehouse.country": "CN"}
    assert due_of(cn | {"calendar": both}) == due_of(cn)
    assert due_of(cn | {"calendar": ({"country": "CN", "open": True}, {"day": date(2026, 10, 8)}, {})}) == due_of(cn)


def test_a_part_of_a_country_has_its_days_and_hears_those_of_the_country() -> None:
    bavaria = {**SHIP, "runs": {"business_days": "1", "country": "DE-BY", "zone": "Europe/Berlin", "own_days": "true"}}
    berlin = {**SHIP, "runs": {"business_days": "1", "country": "DE-BE", "zone": "Europe/Berlin"}}
    start = {"order.placed_at": moment("2026-01-05T09:00:00+01:00")}
    assert due_of(start, bavaria) == moment("2026-01-07T09:00:00+01:00")  # Epiphany
    assert due_of(start, berlin) == moment("2026-01-06T09:00:00+01:00")
    closed = start | {"calendar": (day("DE", "2026-01-07", is_open=False),)}
    assert due_of(closed, bavaria) == moment("2026-01-08T09:00:00+01:00")


def test_an_own_weekend_in_china_keeps_the_festival_whole() -> None:
    saturdays = BusinessCalendar("CN", frozenset({6}))
    # Sat 21 Feb 2026 lies inside the notice's 15 - 23 Feb although the package names no Saturday; Sat 7 Mar is worked
    assert [saturdays.is_working(date(2026, 2, d)) for d in (14, 15, 16, 21, 22, 23, 24)] == [
        True, False, False, False, False, False, True,
    ]  # fmt: skip
    assert saturdays.is_working(date(2026, 3, 7))
    assert not saturdays.is_working(date(2026, 1, 3))  # the third day of the New Year's three
    # elsewhere a holiday on Friday leaves a worked Saturday worked
    assert BusinessCalendar("US", frozenset({6})).is_working(date(2026, 7, 11))


def clock(unit: Unit, amount: int, tz: str, **changes: Any) -> ClockSpec:
    return ClockSpec("c", "seller", Start(("order.placed_at",)), amount, unit, zone=tz, **changes)


def test_an_extension_counts_with_the_clocks_own_calendar_and_its_first_day_is_the_next() -> None:
    spec = clock(
        Unit.BUSINESS_DAYS,
        1,
        "Asia/Shanghai",
        country="CN",
        first_day="same",
        extends=(Extension("order.guarantee_extended", 1, Unit.BUSINESS_DAYS),),
    )
    extended = PLACED | {"order.guarantee_extended": moment("2026-09-30T12:00:00+08:00")}
    assert run(spec, "R", PLACED, NOW).due == moment("2026-09-30T12:00:00+08:00")
    assert run(spec, "R", extended, NOW).due == moment("2026-10-08T12:00:00+08:00")  # after Golden Week


def test_a_start_shifted_by_business_days_knows_the_holidays() -> None:
    spec = ClockSpec(
        "c",
        "seller",
        Start(("order.placed_at",), plus=1, plus_unit=Unit.BUSINESS_DAYS),
        24,
        Unit.HOURS,
        zone="Asia/Shanghai",
        country="CN",
    )
    assert run(spec, "R", PLACED, NOW).due == moment("2026-10-09T12:00:00+08:00")


PAUSED = (Pause("repair.in_progress", "repair"), Pause("customs.spans", "customs"))


def test_two_pauses_over_each_other_count_once_and_each_tells_its_reason() -> None:
    spec = clock(Unit.DAYS, 5, "UTC", pauses=PAUSED)
    record = {
        "order.placed_at": moment("2026-06-01T10:00:00+00:00"),
        "repair.in_progress": ((moment("2026-06-02T00:00:00+00:00"), moment("2026-06-04T00:00:00+00:00")),),
        "customs.spans": ((moment("2026-06-03T00:00:00+00:00"), moment("2026-06-05T00:00:00+00:00")),),
    }
    paused = run(spec, "R", record, NOW)
    assert paused.due == moment("2026-06-09T10:00:00+00:00")  # 6 Jun and the three days from 2 to 5 Jun
    assert [why for _, _, why in paused.pauses] == ["repair", "customs"]


def test_a_day_begun_in_a_pause_is_no_business_day() -> None:
    spec = clock(Unit.BUSINESS_DAYS, 3, "UTC", country="US", pauses=PAUSED)
    friday = {"order.placed_at": moment("2026-06-05T10:00:00+00:00")}
    weekend = ((moment("2026-06-06T00:00:00+00:00"), moment("2026-06-08T00:00:00+00:00")),)
    midweek = ((moment("2026-06-08T14:00:00+00:00"), moment("2026-06-09T09:00:00+00:00")),)
    assert run(spec, "R", friday, NOW).due == moment("2026-06-10T10:00:00+00:00")
    assert run(spec, "R", friday | {"repair.in_progress": weekend}, NOW).due == moment("2026-06-10T10:00:00+00:00")
    assert run(spec, "R", friday | {"repair.in_progress": midweek}, NOW).due == moment("2026-06-12T10:00:00+00:00")


def test_business_hours_leave_out_the_business_time_of_a_pause() -> None:
    spec = clock(Unit.BUSINESS_HOURS, 8, "UTC", opens=time(8), closes=time(21), pauses=PAUSED)
    record = {"order.placed_at": moment("2026-06-01T17:00:00+00:00")}  # four hours to 21:00, four from 8:00
    # from 19:00 to 10:00 is two hours of the evening and two of the morning: two hours are done, six remain from 10:00
    night = ((moment("2026-06-01T19:00:00+00:00"), moment("2026-06-02T10:00:00+00:00")),)
    assert run(spec, "R", record, NOW).due == moment("2026-06-02T12:00:00+00:00")
    assert run(spec, "R", record | {"repair.in_progress": night}, NOW).due == moment("2026-06-02T16:00:00+00:00")


def test_a_pause_to_come_does_not_hold_the_clock_yet() -> None:
    spec = clock(Unit.DAYS, 5, "UTC", pauses=PAUSED)
    record = {
        "order.placed_at": moment("2026-06-01T10:00:00+00:00"),
        "repair.in_progress": ((moment("2026-06-04T00:00:00+00:00"), None),),
    }
    assert run(spec, "R", record, moment("2026-06-03T00:00:00+00:00")).state is State.RUNNING
    assert run(spec, "R", record, moment("2026-06-04T00:00:00+00:00")).state is State.PAUSED


def test_a_date_somebody_else_set_does_not_wait_for_a_pause() -> None:
    spec = clock(Unit.DAYS, 5, "UTC", pauses=PAUSED, external="dispute.respond_by")
    record = {
        "order.placed_at": moment("2026-06-01T10:00:00+00:00"),
        "dispute.respond_by": moment("2026-06-05T00:00:00+00:00"),
        "repair.in_progress": ((moment("2026-06-02T00:00:00+00:00"), None),),
    }
    held = run(spec, "R", record, moment("2026-06-03T00:00:00+00:00"))
    assert (held.state, held.due, held.provisional) == (State.RUNNING, moment("2026-06-05T00:00:00+00:00"), "")
    assert held.computed_due == moment("2026-06-07T10:00:00+00:00")
    assert [why for _, _, why in held.pauses] == ["repair"]


def test_a_zone_without_a_slash_is_a_zone() -> None:
    spec = clock(Unit.DAYS, 1, "Singapore", day_end=True)
    alone = run(spec, "R", PLACED, NOW)
    assert (alone.zone, alone.due) == ("Singapore", moment("2026-10-01T23:59:59+08:00"))


@pytest.mark.parametrize(
    ("name", "text", "end"),
    [
        ("Africa/Cairo", "2026-10-29", "2026-10-29T23:59:59+02:00"),  # 23:00 - 24:00 comes twice: the second
        ("America/Santiago", "2026-04-04", "2026-04-04T23:59:59-04:00"),  # here too
        ("America/Santiago", "2026-09-05", "2026-09-05T23:59:59-04:00"),  # the next day begins at 01:00
        ("America/Nuuk", "2026-03-28", "2026-03-28T22:59:59-02:00"),  # 23:00 - 24:00 is skipped
        ("Asia/Shanghai", "2026-10-29", "2026-10-29T23:59:59+08:00"),
    ],
)
def test_the_last_second_of_a_day_where_the_clock_is_changed_at_midnight(name: str, text: str, end: str) -> None:
    found = last_second(date.fromisoformat(text), zone(name))
    assert found.astimezone(UTC) == moment(end).astimezone(UTC)
    assert found.isoformat() == end


def test_a_skipped_time_is_the_gaps_end_to_the_second_whichever_of_two_it_came_from() -> None:
    day_, berlin = date(2026, 3, 29), zone("Europe/Berlin")
    end = moment("2026-03-29T03:00:00+02:00")
    for skipped in (time(2), time(2, 30, 45), time(2, 59, 59), time(2, 30, fold=1)):
        assert at_local(day_, skipped, berlin) == end


def test_business_hours_over_midnight_and_without_an_end() -> None:
    shanghai, night = zone("Asia/Shanghai"), (time(22), time(6))
    start = moment("2026-06-01T03:00:00+08:00")  # inside the night that began on Sunday
    assert add_business_time(start, moment("2026-06-01T08:00:00+08:00") - start, shanghai, *night) == moment(
        "2026-06-02T00:00:00+08:00"  # three hours to 6:00, two from 22:00
    )
    whole = moment("2026-06-03T00:00:00+08:00") - moment("2026-06-01T00:00:00+08:00")
    assert add_business_time(moment("2026-06-01T00:00:00+08:00"), whole, shanghai) == moment(
        "2026-06-03T00:00:00+08:00"
    )
    assert business_time(start, moment("2026-06-02T00:00:00+08:00"), shanghai, *night).total_seconds() == 5 * 3600


@pytest.mark.parametrize(("opens", "closes"), [("08:00", "08:30"), ("23:30", "00:00"), ("08:00+01:00", "21:00")])
def test_hours_that_no_clock_can_run_on_are_refused(opens: str, closes: str) -> None:
    with pytest.raises(Refused):
        parse_clock({**SHIP, "runs": {"business_hours": "8", "opens": opens, "closes": closes}}, {})


def test_a_platforms_clock_knows_nothing_of_the_sellers_own_days() -> None:
    own = PLACED | {"warehouse.country": "US", "calendar": (day("US", "2026-10-01", is_open=False),)}
    theirs = SHIP | {"runs": {k: v for k, v in SHIP["runs"].items() if k != "own_days"}}  # type: ignore[attr-defined]  # a mapping
    assert due_of(own, theirs) == moment("2026-10-02T00:00:00-04:00")


def test_a_promise_of_the_shop_is_counted_by_its_own_days() -> None:
    rules = {rule.id: rule for rule in current().rules if rule.clock}
    assert all(rule.clock.own_days is (rule.layer is Layer.SHOP) for rule in rules.values())


def test_a_country_nobody_has_named_leaves_its_working_days_unknown() -> None:
    clock = run(parse_clock(SHIP, {})[0], "R", PLACED, NOW)
    assert (clock.state, clock.due, clock.missing) == (State.UNKNOWN, None, ("warehouse.country",))
    given = SHIP | {"external": "dispute.respond_by"}
    told = PLACED | {"dispute.respond_by": moment("2026-10-05T12:00:00+08:00")}
    assert run(parse_clock(given, {})[0], "R", told, NOW).due == moment("2026-10-05T12:00:00+08:00")
