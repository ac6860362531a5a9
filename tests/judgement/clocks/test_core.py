"""A clock's life: start, restart, pause, extension, external due date, meeting and running out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.judgement.clocks.core import ClockSpec, Extension, Lookup, Pause, Start, State, Unit, run


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def spec(**changes: Any) -> ClockSpec:
    base: dict[str, Any] = {
        "name": "seller_response",
        "owner": "seller",
        "starts": Start(("dispute.submitted",)),
        "amount": 5,
        "unit": Unit.DAYS,
        "zone": "America/Los_Angeles",
        "stops": ("dispute.responded",),
        "restarts": ("dispute.modified",),
    }
    return ClockSpec(**(base | changes))


SUBMITTED = {"dispute.submitted": moment("2026-03-01T10:00:00-08:00")}


def test_five_natural_days_and_a_restart_across_daylight_saving() -> None:
    now = moment("2026-03-02T00:00:00-08:00")
    assert run(spec(), "R", SUBMITTED, now).due == moment("2026-03-06T10:00:00-08:00")
    modified = SUBMITTED | {"dispute.modified": moment("2026-03-04T09:00:00-08:00")}
    assert run(spec(), "R", modified, moment("2026-03-05T00:00:00-08:00")).due == moment("2026-03-09T09:00:00-07:00")
    # a restart that has not happened yet does not move anything
    assert run(spec(), "R", modified, now).due == moment("2026-03-06T10:00:00-08:00")


@pytest.mark.parametrize(
    ("responded", "now", "state"),
    [
        (None, "2026-03-06T10:00:00-08:00", State.RUNNING),
        (None, "2026-03-06T10:00:01-08:00", State.EXPIRED),
        ("2026-03-06T10:00:00-08:00", "2026-03-07T00:00:00-08:00", State.MET),
        ("2026-03-06T10:00:01-08:00", "2026-03-07T00:00:00-08:00", State.EXPIRED),
        ("2026-03-08T00:00:00-08:00", "2026-03-07T00:00:00-08:00", State.EXPIRED),
    ],
)
def test_meeting_and_running_out(responded: str | None, now: str, state: State) -> None:
    record = SUBMITTED | ({"dispute.responded": moment(responded)} if responded else {})
    assert run(spec(), "R", record, moment(now)).state is state


def test_not_started_names_what_it_waits_for() -> None:
    clock = run(spec(), "R", {}, datetime(2026, 1, 1, tzinfo=UTC))
    assert (clock.state, clock.missing, clock.due) == (State.NOT_STARTED, ("dispute.submitted",), None)


def test_the_platforms_own_date_wins_and_both_are_kept() -> None:
    external = moment("2026-03-04T12:00:00-08:00")
    clock = run(
        spec(external="dispute.respond_by"),
        "R",
        SUBMITTED | {"dispute.respond_by": external},
        moment("2026-03-02T00:00:00-08:00"),
    )
    assert clock.due == external
    assert clock.external_due == external
    assert clock.computed_due == moment("2026-03-06T10:00:00-08:00")


def test_a_pause_moves_the_due_moment_by_its_length() -> None:
    paused = spec(pauses=(Pause("repair.in_progress", "repair"),))
    spans = ((moment("2026-03-02T10:00:00-08:00"), moment("2026-03-04T10:00:00-08:00")),)
    clock = run(paused, "R", SUBMITTED | {"repair.in_progress": spans}, moment("2026-03-05T00:00:00-08:00"))
    assert (clock.state, clock.due) == (State.RUNNING, moment("2026-03-08T11:00:00-07:00"))


def test_an_open_pause_holds_the_clock() -> None:
    paused = spec(pauses=(Pause("repair.in_progress", "repair"),))
    spans = ((moment("2026-03-02T10:00:00-08:00"), None),)
    clock = run(paused, "R", SUBMITTED | {"repair.in_progress": spans}, moment("2026-03-20T10:00:00-07:00"))
    assert (clock.state, clock.provisional) == (State.PAUSED, "paused")
    assert clock.due is not None
    assert clock.due > moment("2026-03-20T10:00:00-07:00")


def test_a_pause_after_the_end_changes_nothing() -> None:
    paused = spec(pauses=(Pause("repair.in_progress"),))
    spans = ((moment("2026-03-10T10:00:00-07:00"), moment("2026-03-14T10:00:00-07:00")),)
    clock = run(paused, "R", SUBMITTED | {"repair.in_progress": spans}, moment("2026-03-20T10:00:00-07:00"))
    assert (clock.state, clock.due) == (State.EXPIRED, moment("2026-03-06T10:00:00-08:00"))


def test_an_extension_counts_only_before_the_end() -> None:
    extended = spec(extends=(Extension("repair.failed", 6, Unit.MONTHS),))
    now = moment("2026-03-06T09:00:00-08:00")
    inside = run(extended, "R", SUBMITTED | {"repair.failed": moment("2026-03-05T00:00:00-08:00")}, now)
    assert inside.due == moment("2026-09-06T10:00:00-07:00")
    outside = run(
        extended,
        "R",
        SUBMITTED | {"repair.failed": moment("2026-03-07T00:00:00-08:00")},
        moment("2026-03-08T12:00:00-07:00"),
    )
    assert outside.due == moment("2026-03-06T10:00:00-08:00")


def test_last_waits_for_every_event_and_day_after_starts_at_midnight() -> None:
    both = spec(starts=Start(("order.delivered", "dispute.submitted"), pick="last"))
    assert run(both, "R", SUBMITTED, moment("2026-03-02T00:00:00-08:00")).missing == ("order.delivered",)
    midnight = spec(
        starts=Start(("dispute.submitted",), day_after=True), amount=168, unit=Unit.HOURS, zone="Asia/Shanghai"
    )
    clock = run(midnight, "R", SUBMITTED, moment("2026-03-02T00:00:00-08:00"))
    assert clock.starts == moment("2026-03-03T00:00:00+08:00")
    assert clock.due == moment("2026-03-10T00:00:00+08:00")


def test_the_last_day_rolls_to_the_next_working_day_in_the_buyers_country() -> None:
    withdrawal = spec(
        starts=Start(("order.delivered",)),
        amount=14,
        zone="order.ship_country",
        country="order.ship_country",
        day_end=True,
        rolls=True,
        stops=("withdrawal.declared",),
    )
    record = {"order.delivered": moment("2026-12-11T15:00:00+01:00"), "order.ship_country": "DE"}
    clock = run(withdrawal, "R", record, moment("2026-12-12T00:00:00+01:00"))
    assert clock.due == moment("2026-12-28T23:59:59+01:00")  # the 25th, 26th and 27th do not count as a last day
    assert (clock.zone, clock.provisional) == ("Europe/Berlin", "")


def test_a_table_without_the_country_is_unknown_and_names_the_fact() -> None:
    table = spec(amount=Lookup((("US", 15), ("FR", 16)), "order.ship_country"))
    now = moment("2026-03-02T00:00:00-08:00")
    assert run(table, "R", SUBMITTED | {"order.ship_country": "US"}, now).due == moment("2026-03-16T10:00:00-07:00")
    unknown = run(table, "R", SUBMITTED, now)
    assert (unknown.state, unknown.missing) == (State.UNKNOWN, ("order.ship_country",))


def test_a_clock_across_an_unpublished_year_is_provisional() -> None:
    working = spec(amount=10, unit=Unit.BUSINESS_DAYS, country="CN", zone="Asia/Shanghai")
    start = {"dispute.submitted": moment("2034-12-28T10:00:00+08:00")}
    assert run(working, "R", start, moment("2034-12-29T00:00:00+08:00")).provisional == "calendar_unpublished"


def test_never_raises_on_a_start_far_away() -> None:
    clock = run(
        spec(),
        "R",
        {"dispute.submitted": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=4000)},
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert clock.state is State.NOT_STARTED


def test_what_comes_before_a_shifted_start_meets_the_clock_all_the_same() -> None:
    shifted = spec(starts=Start(("dispute.submitted",), day_after=True), restarts=())
    record = SUBMITTED | {"dispute.responded": moment("2026-03-01T15:00:00-08:00")}
    assert run(shifted, "R", record, moment("2026-03-01T16:00:00-08:00")).state is State.MET
    early = SUBMITTED | {"dispute.responded": moment("2026-03-01T09:59:59-08:00")}
    assert run(shifted, "R", early, moment("2026-03-03T16:00:00-08:00")).state is State.RUNNING
