"""Leases: who may run what, in which order, and what becomes of the work of lost workers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from amends.base.accounts.models import Organisation
from amends.base.jobs import JobRequest, JobState, Retry, claiming, enqueue, enqueue_many
from amends.base.jobs.core import CRASH_LIMIT, Lane, Verdict
from amends.base.jobs.models import Job
from amends.base.jobs.worker import run_until_idle
from tests.base.jobs.conftest import Hands

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def _claim(clock: Hands, worker: str = "w", limit: int = 20) -> list[claiming.Claimed]:
    return claiming.claim(worker, Lane.QUICK, clock(), limit=limit, lease_until=clock() + MINUTE)


def test_a_job_is_not_claimed_before_it_is_due(clock: Hands) -> None:
    enqueue("k", {}, now=clock(), due=clock() + MINUTE)
    clock.move(seconds=59.999)
    assert _claim(clock) == []
    clock.move(seconds=0.001)
    assert len(_claim(clock)) == 1


def test_a_claimed_job_is_nobody_elses(clock: Hands) -> None:
    job_id = enqueue("k", {"n": 1}, now=clock())
    (claimed,) = _claim(clock, "one")
    assert claimed == claiming.Claimed(job_id, None, "k", {"n": 1}, 1, 0, "one", clock() + MINUTE)
    assert _claim(clock, "two") == []


def test_only_the_holder_of_the_lease_ends_the_job(clock: Hands) -> None:
    enqueue("k", {}, now=clock())
    (claimed,) = _claim(clock)
    for other in ({"worker": "two"}, {"attempt": 2}, {"state": JobState.WAITING}):
        before = Job.objects.values(*other).get()
        Job.objects.update(**other)
        assert claiming.finish(claimed, clock()) is False
        assert claiming.renew(claimed, clock()) is False
        assert claiming.fail(claimed, Verdict(JobState.DEAD, None), "", clock()) is False
        Job.objects.update(**before)
    assert claiming.finish(claimed, clock()) is True
    assert claiming.finish(claimed, clock()) is False


def test_jobs_of_one_key_run_one_after_another_in_the_order_asked_for(
    clock: Hands, ran: Callable[[], list[object]]
) -> None:
    for n in range(5):
        # The later ones are due earlier and are more urgent: the key's order wins.
        enqueue("test.note", {"what": n}, now=clock(), due=clock() - n * MINUTE, priority=n, key="thread:1")
    assert [one.args["what"] for one in _claim(clock)] == [0]
    assert _claim(clock) == []
    Job.objects.filter(args__what=0).update(state=JobState.WAITING, attempt=0)
    run_until_idle(clock)
    assert ran() == [0, 1, 2, 3, 4]


def test_a_key_waits_for_its_first_job_even_through_a_retry(clock: Hands, ran: Callable[[], list[object]]) -> None:
    first = enqueue("test.note", {"what": 0}, now=clock(), due=clock() + MINUTE, key="thread:1")
    enqueue("test.note", {"what": 1}, now=clock(), key="thread:1")
    enqueue("test.note", {"what": 2}, now=clock(), key="thread:2")
    run_until_idle(clock)
    assert ran() == [2]
    Job.objects.filter(pk=first).update(state=JobState.DEAD)
    run_until_idle(clock)
    assert ran() == [2, 1]


def test_keys_of_two_organisations_do_not_wait_for_each_other(
    clock: Hands, organisation: Organisation, other_organisation: Organisation
) -> None:
    for who in (organisation.pk, other_organisation.pk):
        enqueue("k", {}, now=clock(), organisation_id=who, key="same")
    assert len(_claim(clock)) == 2


def test_the_database_itself_refuses_two_running_jobs_of_one_key(clock: Hands) -> None:
    for _ in range(2):
        enqueue("k", {}, now=clock(), key="same")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(state=JobState.LEASED)


def test_a_lost_lease_is_taken_back_and_waits_its_turn(clock: Hands) -> None:
    enqueue("k", {}, now=clock())
    _claim(clock, "lost")
    assert claiming.reap(clock.move(minutes=1), 0.0, lambda _kind: Retry()) == 0
    assert claiming.reap(clock.move(seconds=1), 0.0, lambda _kind: Retry()) == 1
    row = Job.objects.get()
    assert (row.state, row.crashes, row.attempt, row.worker) == (JobState.WAITING, 1, 1, "")
    assert (row.due, row.last_error) == (clock() + timedelta(seconds=5), "lease of lost ran out")


def test_a_job_that_takes_every_worker_down_ends_among_the_dead(clock: Hands) -> None:
    enqueue("k", {}, now=clock())
    for crash in range(1, CRASH_LIMIT + 1):
        assert len(_claim(clock)) == 1
        claiming.reap(clock.move(hours=2), 0.0, lambda _kind: Retry())
        clock.move(hours=2)
        assert Job.objects.get().crashes == crash
    assert Job.objects.get().state == JobState.DEAD


def test_what_never_ran_is_released_as_if_never_claimed(clock: Hands) -> None:
    enqueue("k", {}, now=clock())
    before = Job.objects.values().get()
    claiming.release(_claim(clock))
    assert Job.objects.values().get() == before


def test_a_long_error_keeps_its_end(clock: Hands) -> None:
    enqueue("k", {}, now=clock())
    (claimed,) = _claim(clock)
    claiming.fail(claimed, Verdict(JobState.DEAD, None), "x" * 9_000 + "the cause", clock())
    assert len(Job.objects.get().last_error) == 8_000
    assert Job.objects.get().last_error.endswith("xthe cause")


def test_an_empty_poll_touches_no_timer(clock: Hands) -> None:
    """The plan, not a stop-watch: an equality on lane and priority, then a range of due, out of the partial index."""
    enqueue_many([JobRequest("k", {}, due=clock() + n * MINUTE) for n in range(1, 3_000)], now=clock())
    values = {"lane": 0, "now": connection.ops.adapt_datetimefield_value(clock()), "limit": 20}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {claiming.PROBE_SQLITE}", values)
            plan = "\n".join(str(row[3]) for row in cursor.fetchall())
            assert "SEARCH c USING INDEX job_due (lane=? AND priority=? AND due<?)" in plan
            assert "SCAN jobs_job" not in plan
            assert "SCAN c" not in plan
        else:
            cursor.execute("ANALYZE jobs_job")
            values |= {"worker": "w", "lease": clock()}
            cursor.execute(f"EXPLAIN {claiming.CLAIM_POSTGRESQL}", values)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "job_due on jobs_job c" in plan
            assert "Seq Scan on jobs_job c" not in plan
