"""What a run leaves behind: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from amends.base.accounts.models import Organisation
from amends.base.jobs import Context, Interrupted, JobState, Retry, claiming, enqueue
from amends.base.jobs.core import Lane
from amends.base.jobs.loop import Runner
from amends.base.jobs.models import Job
from amends.base.jobs.registry import job
from amends.base.jobs.worker import run_until_idle
from tests.base.jobs.conftest import Hands

pytestmark = pytest.mark.django_db


def _make(name: str) -> Organisation:
    return Organisation.objects.create(name=name, slug=name, digest_salt="s")


def test_effects_and_completion_are_one(clock: Hands) -> None:
    @job("test.make")
    def make(context: Context, name: str) -> None:
        _make(name)
        context.progress(1, 2, "half")

    enqueue("test.make", {"name": "made"}, now=clock())
    assert run_until_idle(clock) == 1
    row = Job.objects.get()
    assert (row.state, row.attempt, row.finished_at) == (JobState.DONE, 1, clock())
    assert (row.progress_done, row.progress_total, row.progress_note) == (1, 2, "half")
    assert Organisation.objects.filter(slug="made").exists()


def test_a_failure_undoes_the_effects_and_waits_longer_each_time_until_the_job_is_dead(clock: Hands) -> None:
    @job("test.break", retry=Retry(attempts=3, first=timedelta(seconds=10)))
    def breaks(_context: Context) -> None:
        _make("never")
        raise ValueError("the handler's own words")

    enqueue("test.break", {}, now=clock())
    waits = []
    for _ in range(2):
        assert run_until_idle(clock) == 1
        row = Job.objects.get()
        assert row.state == JobState.WAITING
        waits.append((row.due - clock()).total_seconds())
        clock.at = row.due
    assert waits == [10, 20]
    assert run_until_idle(clock) == 1
    row = Job.objects.get()
    assert (row.state, row.attempt, row.finished_at, row.worker) == (JobState.DEAD, 3, clock(), "")
    assert "ValueError: the handler's own words" in row.last_error
    assert not Organisation.objects.filter(slug="never").exists()
    assert run_until_idle(clock) == 0


def test_a_handler_that_exits_does_not_stop_the_worker(clock: Hands) -> None:
    @job("test.exit", retry=Retry(attempts=1))
    def leave(_context: Context) -> None:
        raise SystemExit("a setting is wrong")

    enqueue("test.exit", {}, now=clock())
    assert run_until_idle(clock) == 1
    assert Job.objects.get().state == JobState.DEAD


def test_a_kind_nobody_knows_is_tried_again_later(clock: Hands) -> None:
    enqueue("test.of_tomorrow", {}, now=clock())
    assert run_until_idle(clock) == 1
    row = Job.objects.get()
    assert row.state == JobState.WAITING
    assert "no handler for job kind 'test.of_tomorrow'" in row.last_error


def test_a_job_can_ask_for_jobs_and_they_run_too(clock: Hands) -> None:
    @job("test.count_down")
    def count_down(_context: Context, left: int) -> None:
        if left:
            enqueue("test.count_down", {"left": left - 1}, now=clock(), uniq=f"left-{left - 1}")

    enqueue("test.count_down", {"left": 4}, now=clock())
    assert run_until_idle(clock) == 5


def test_the_scope_is_the_jobs_own_organisation(clock: Hands, organisation: Organisation) -> None:
    found: list[object] = []

    @job("test.scope")
    def look(context: Context) -> None:
        found.append(context.scope.organisation_id)

    enqueue("test.scope", {}, now=clock(), organisation_id=organisation.pk)
    enqueue("test.scope", {}, now=clock())
    run_until_idle(clock)
    assert found == [organisation.pk]
    assert "belongs to no organisation" in Job.objects.get(organisation=None).last_error


def test_a_run_that_outlives_its_lease_leaves_nothing(clock: Hands) -> None:
    @job("test.slow", lease_seconds=60)
    def slow(context: Context) -> None:
        _make(f"by-attempt-{context.attempt}")
        if context.attempt == 1:
            # Meanwhile the lease ran out, and another worker took the job back and finished it.
            Job.objects.update(worker="other", attempt=2, state=JobState.DONE)

    enqueue("test.slow", {}, now=clock())
    run_until_idle(clock)
    assert not Organisation.objects.filter(slug="by-attempt-1").exists()


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_job_runs_and_renews_the_lease(clock: Hands) -> None:
    seen: list[tuple[int, str]] = []

    @job("test.long", owns_transaction=True, lease_seconds=30)
    def long(context: Context) -> None:
        for step in (1, 2):
            clock.move(seconds=20)
            context.progress(step, 2, f"step {step}")
            row = Job.objects.get()
            assert row.lease_until == clock() + timedelta(seconds=30)
            seen.append((row.progress_done, row.progress_note))

    enqueue("test.long", {}, now=clock())
    assert run_until_idle(clock) == 1
    assert seen == [(1, "step 1"), (2, "step 2")]
    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_progress_inside_a_transaction_is_seen_from_outside_before_its_end(clock: Hands) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: progress inside a transaction is written with its end")
    seen: list[int] = []

    @job("test.inside")
    def inside(context: Context) -> None:
        _make("inside")
        context.progress(1, 3)
        watcher = connection.copy()
        with watcher.cursor() as cursor:
            cursor.execute("SELECT progress_done FROM jobs_job")
            seen.append(cursor.fetchone()[0])
            cursor.execute("SELECT count(*) FROM accounts_organisation WHERE slug = 'inside'")
            assert cursor.fetchone()[0] == 0
        watcher.close()

    enqueue("test.inside", {}, now=clock())
    run_until_idle(clock)
    assert seen == [1]
    assert Organisation.objects.filter(slug="inside").exists()


@pytest.mark.django_db(transaction=True)
def test_progress_after_the_lease_was_lost_stops_the_handler(clock: Hands) -> None:
    @job("test.lost", owns_transaction=True)
    def lost(context: Context) -> None:
        Job.objects.update(worker="other")
        context.progress(1, 2)
        raise AssertionError("must not be reached")

    enqueue("test.lost", {}, now=clock())
    run_until_idle(clock)
    assert Job.objects.values_list("worker", "state", "last_error").get() == ("other", JobState.LEASED, "")


@pytest.mark.django_db(transaction=True)
def test_a_handler_may_end_the_job_with_its_last_transaction(clock: Hands) -> None:
    @job("test.ends", owns_transaction=True, retry=Retry(attempts=1))
    def ends(context: Context) -> None:
        with transaction.atomic():
            _make("sent")
            context.finish()
        raise ValueError("too late to matter")

    enqueue("test.ends", {}, now=clock())
    run_until_idle(clock)
    assert Job.objects.get().state == JobState.DONE
    assert Organisation.objects.filter(slug="sent").exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_stopped_gives_long_work_back(clock: Hands) -> None:
    @job("test.long", owns_transaction=True)
    def long(context: Context) -> None:
        runner.stop.set()
        context.progress(1, 2)
        raise AssertionError("must not be reached")

    enqueue("test.long", {}, now=clock())
    runner = Runner("w", Lane.SLOW, clock)
    runner.step()
    row = Job.objects.get()
    assert (row.state, row.attempt, row.worker, row.last_error) == (JobState.WAITING, 0, "", "")


def test_the_two_stops_are_no_exceptions_a_handler_might_swallow() -> None:
    assert not issubclass(Interrupted, Exception)


def test_a_job_in_the_wrong_lane_is_moved_and_run(clock: Hands, ran: Callable[[], list[object]]) -> None:
    enqueue("test.note", {"what": 1}, now=clock())
    Job.objects.update(lane=Lane.SLOW)
    quick, slow = Runner("q", Lane.QUICK, clock), Runner("s", Lane.SLOW, clock)
    assert (quick.step(), slow.step(), ran()) == (0, 1, [])
    assert Job.objects.values_list("lane", "attempt", "state").get() == (Lane.QUICK, 0, JobState.WAITING)
    assert (quick.step(), ran()) == (1, [1])


def test_the_rest_of_a_slow_batch_is_given_back(clock: Hands) -> None:
    @job("test.second_long")
    def second_long(_context: Context) -> None:
        clock.move(seconds=1)

    for _ in range(3):
        enqueue("test.second_long", {}, now=clock())
    assert Runner("w", Lane.QUICK, clock).step() == 1
    states = Job.objects.order_by("id").values_list("state", "attempt")
    assert list(states) == [(JobState.DONE, 1), (JobState.WAITING, 0), (JobState.WAITING, 0)]


def test_what_was_in_the_hands_of_a_lost_worker_runs_alone(clock: Hands, ran: Callable[[], list[object]]) -> None:
    for what in ("a", "b", "c"):
        enqueue("test.note", {"what": what}, now=clock())
    Job.objects.filter(args__what__in=["a", "b"]).update(crashes=1)
    runner = Runner("w", Lane.QUICK, clock)
    assert (runner.step(), ran()) == (2, ["c", "a"])
    assert (runner.step(), ran()) == (1, ["c", "a", "b"])


def test_a_lease_too_short_for_the_kind_is_lengthened_before_the_run(clock: Hands) -> None:
    seen: list[object] = []

    @job("test.patient", lease_seconds=600)
    def patient(_context: Context) -> None:
        seen.append(Job.objects.get().lease_until)

    enqueue("test.patient", {}, now=clock())
    Runner("w", Lane.QUICK, clock).step()
    assert seen == [clock() + timedelta(seconds=600)]


def test_claims_of_a_worker_are_sorted_by_urgency(clock: Hands) -> None:
    wanted = [(5, 0), (5, 1), (0, -3), (0, 0), (-2, -9)]
    for priority, minutes in reversed(wanted):
        enqueue("k", {}, now=clock(), due=clock() + timedelta(minutes=minutes), priority=priority)
    later = clock.move(minutes=2)
    taken = claiming.claim("w", Lane.QUICK, later, limit=10, lease_until=later + timedelta(minutes=1))
    order = [Job.objects.values_list("priority", "due").get(pk=one.id) for one in taken]
    assert order == [(p, later + timedelta(minutes=m - 2)) for p, m in wanted]


def test_a_job_that_fails_among_others_undoes_only_itself(clock: Hands) -> None:
    @job("test.make")
    def make(_context: Context, name: str) -> None:
        _make(name)
        if name == "b":
            raise ValueError

    for name in ("a", "b", "c"):
        enqueue("test.make", {"name": name}, now=clock())
    assert run_until_idle(clock) == 3
    assert set(Organisation.objects.values_list("slug", flat=True)) == {"a", "c"}
    states = Job.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [JobState.DONE, JobState.WAITING, JobState.DONE]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_breaks_at_the_commit_takes_no_other_with_it(clock: Hands) -> None:
    """A reference to nothing is only refused when the transaction ends."""

    @job("test.make", retry=Retry(attempts=1))
    def make(_context: Context, name: str) -> None:
        _make(name)
        if name == "b":
            Job.objects.update(organisation_id=999_999)

    for name in ("a", "b", "c"):
        enqueue("test.make", {"name": name}, now=clock())
    run_until_idle(clock)
    assert set(Organisation.objects.values_list("slug", flat=True)) == {"a", "c"}
    rows = Job.objects.order_by("id").values_list("state", "attempt", "organisation_id")
    assert list(rows) == [(JobState.DONE, 1, None), (JobState.DEAD, 1, None), (JobState.DONE, 1, None)]


@pytest.mark.django_db(transaction=True)
def test_a_hook_that_breaks_after_the_commit_repeats_nothing(clock: Hands) -> None:
    def broken_hook() -> None:
        raise KeyError

    @job("test.make")
    def make(_context: Context, name: str) -> None:
        _make(name)
        transaction.on_commit(broken_hook)

    for name in ("a", "b"):
        enqueue("test.make", {"name": name}, now=clock())
    run_until_idle(clock)
    assert set(Organisation.objects.values_list("slug", flat=True)) == {"a", "b"}
    assert list(Job.objects.values_list("state", "attempt")) == [(JobState.DONE, 1)] * 2
