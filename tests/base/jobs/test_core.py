"""The state table, the arithmetic of retries, the slots of repeating jobs."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.base.jobs.core import (
    CRASH_LIMIT,
    TRANSITIONS,
    JobRequest,
    JobState,
    Retry,
    Schedule,
    Verdict,
    after_failure,
    after_lost_worker,
    slot_name,
    sources,
)

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware by `timezones`


def test_done_and_cancelled_are_final_and_every_state_can_be_reached() -> None:
    assert {state for state, after in TRANSITIONS.items() if not after} == {JobState.DONE, JobState.CANCELLED}
    reached = {JobState.WAITING}
    for _ in JobState:
        reached |= {after for state in reached for after in TRANSITIONS[state]}
    assert reached == set(JobState)


def test_sources_turn_the_table_round() -> None:
    assert sources(JobState.WAITING) == (JobState.LEASED, JobState.DEAD)
    assert sources(JobState.DONE) == (JobState.LEASED,)
    assert sources(JobState.CANCELLED) == (JobState.WAITING, JobState.DEAD)


def test_each_wait_doubles_up_to_the_most() -> None:
    retry = Retry(attempts=9, first=timedelta(seconds=5), most=timedelta(seconds=60))
    assert [retry.delay(n).total_seconds() for n in range(1, 7)] == [5, 10, 20, 40, 60, 60]
    assert retry.delay(1, jitter=1.0) == timedelta(seconds=6.25)
    assert retry.delay(10_000) == timedelta(seconds=60)
    assert Retry(first=timedelta(0)).delay(10_000) == timedelta(0)


@given(st.integers(1, 30), st.integers(1, 30), st.floats(0, 1))
def test_a_failure_is_retried_until_the_attempts_are_used_up(attempts: int, attempt: int, jitter: float) -> None:
    verdict = after_failure(Retry(attempts=attempts), attempt, NOW, jitter)
    if attempt >= attempts:
        assert verdict == Verdict(JobState.DEAD, None)
    else:
        assert verdict == Verdict(JobState.WAITING, NOW + Retry().delay(attempt, jitter))
    assert verdict.state in TRANSITIONS[JobState.LEASED]


def test_a_lost_worker_is_forgiven_more_often_than_a_failure() -> None:
    once = Retry(attempts=1)
    assert after_lost_worker(once, 1, NOW, 0.0) == Verdict(JobState.WAITING, NOW + timedelta(seconds=5))
    assert after_lost_worker(once, CRASH_LIMIT, NOW, 0.0) == Verdict(JobState.DEAD, None)
    assert after_lost_worker(Retry(attempts=8), 7, NOW, 0.0).state == JobState.WAITING
    assert after_lost_worker(Retry(attempts=8), 8, NOW, 0.0).state == JobState.DEAD


@pytest.mark.parametrize(
    "fields",
    [{"due": datetime(2026, 1, 1)}, {"key": "k" * 120}, {"uniq": ""}, {"uniq": "u" * 161}],  # noqa: DTZ001 - naive on purpose
)
def test_a_request_that_no_row_could_hold_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"due|key|uniq"):
        JobRequest("k", {}, **fields)  # type: ignore[arg-type]


def test_keys_of_two_organisations_differ() -> None:
    keys = {JobRequest("k", {}, organisation_id=who, key="endpoint:1").stored_key for who in (None, 1, 2)}
    assert keys == {"0/endpoint:1", "1/endpoint:1", "2/endpoint:1"}
    assert JobRequest("k", {}, organisation_id=1).stored_key == ""


def test_a_schedule_is_one_of_two_kinds() -> None:
    for wrong in ({}, {"every_seconds": 60, "daily_at": time(3)}):
        with pytest.raises(ValueError, match="either"):
            Schedule(**wrong)  # type: ignore[arg-type]


@given(st.integers(1, 100_000), MOMENTS)
def test_every_so_many_seconds_is_the_next_multiple(every: int, after: datetime) -> None:
    slot = Schedule(every_seconds=every).next_slot(after)
    assert int(slot.timestamp()) % every == 0
    assert timedelta(0) < slot - after <= timedelta(seconds=every)


@given(st.times(), st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin"]), MOMENTS)
def test_a_daily_slot_comes_once_a_day_and_never_again(at: time, zone: str, after: datetime) -> None:
    schedule = Schedule(daily_at=at, time_zone=zone)
    first = schedule.next_slot(after)
    second = schedule.next_slot(first)
    assert timedelta(0) < first - after <= timedelta(hours=25)
    assert timedelta(hours=22) < second - first < timedelta(hours=26)


def test_a_daily_slot_is_local_and_survives_the_clock_changes() -> None:
    berlin = Schedule(daily_at=time(2, 30), time_zone="Europe/Berlin")
    winter = datetime(2027, 3, 26, 12, tzinfo=UTC)
    assert berlin.next_slot(winter) == datetime(2027, 3, 27, 1, 30, tzinfo=UTC)
    # 28 March 2027: 02:30 does not exist, the run is at 03:30 summer time.
    assert berlin.next_slot(datetime(2027, 3, 27, 1, 30, tzinfo=UTC)) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert berlin.next_slot(datetime(2027, 3, 28, 1, 30, tzinfo=UTC)) == datetime(2027, 3, 29, 0, 30, tzinfo=UTC)
    # 31 October 2027: 02:30 occurs twice, the run is at the first.
    assert berlin.next_slot(datetime(2027, 10, 30, 12, tzinfo=UTC)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert berlin.next_slot(datetime(2027, 10, 31, 0, 30, tzinfo=UTC)) == datetime(2027, 11, 1, 1, 30, tzinfo=UTC)


def test_a_slot_has_one_name_in_every_zone() -> None:
    shanghai = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
    assert slot_name("scan", shanghai) == slot_name("scan", NOW) == "scan@2026-11-20T02:00:00+00:00"
