"""Asking for work: in the caller's transaction, once, and taking it back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from amends.base.accounts.models import Organisation
from amends.base.jobs import JobRequest, JobState, cancel, enqueue, enqueue_many
from amends.base.jobs.core import Lane
from amends.base.jobs.models import Job
from amends.base.jobs.registry import job

pytestmark = pytest.mark.django_db


def test_a_job_is_a_row_with_everything_that_was_asked_for(now: datetime, organisation: Organisation) -> None:
    due = now + timedelta(hours=1)
    job_id = enqueue(
        "k", {"a": [1, "é"]}, now=now, organisation_id=organisation.pk, due=due, priority=3, key="case:1", uniq="once"
    )
    row = Job.objects.get()
    assert (row.pk, row.kind, row.args, row.state, row.attempt) == (job_id, "k", {"a": [1, "é"]}, JobState.WAITING, 0)
    assert (row.due, row.priority, row.key, row.uniq) == (due, 3, f"{organisation.pk}/case:1", "once")
    assert (row.created_at, row.organisation_id) == (now, organisation.pk)


def test_a_rolled_back_transaction_takes_its_job_with_it(now: datetime) -> None:
    def ask_and_break() -> None:
        with transaction.atomic():
            enqueue("k", {}, now=now)
            enqueue("k", {}, now=now, uniq="x")
            enqueue_many([JobRequest("k", {})], now=now)
            raise KeyError

    with pytest.raises(KeyError):
        ask_and_break()
    assert Job.objects.count() == 0


def test_asking_twice_gives_the_same_job_and_leaves_the_transaction_usable(now: datetime) -> None:
    with transaction.atomic():
        first = enqueue("k", {"n": 1}, now=now, uniq="x")
        second = enqueue("k", {"n": 2}, now=now, uniq="x")
        assert Job.objects.get().args == {"n": 1}
    assert first == second


def test_a_name_is_taken_per_organisation(
    now: datetime, organisation: Organisation, other_organisation: Organisation
) -> None:
    ids = {
        enqueue("k", {}, now=now, organisation_id=who, uniq="x")
        for who in (None, organisation.pk, other_organisation.pk)
        for _ in range(2)
    }
    assert len(ids) == Job.objects.count() == 3


def test_many_at_once_leave_out_what_is_known(now: datetime) -> None:
    enqueue("k", {}, now=now, uniq="n-7")
    enqueue_many([JobRequest("k", {}, uniq=f"n-{n}") for n in range(1_200)], now=now)
    assert Job.objects.count() == 1_200


def test_a_waiting_job_is_cancelled_once_and_gives_its_name_back(now: datetime) -> None:
    job_id = enqueue("k", {}, now=now, uniq="x")
    assert cancel(job_id, now) is True
    assert cancel(job_id, now) is False
    assert Job.objects.values_list("state", "finished_at").get() == (JobState.CANCELLED, now)
    assert enqueue("k", {}, now=now, uniq="x") != job_id


@pytest.mark.parametrize("state", [JobState.LEASED, JobState.DONE, JobState.DEAD])
def test_a_job_that_has_started_is_not_cancelled(now: datetime, state: JobState) -> None:
    job_id = enqueue("k", {}, now=now)
    Job.objects.update(state=state)
    assert cancel(job_id, now) is False
    assert Job.objects.get().state == state


def test_long_work_gets_the_slow_lane(now: datetime) -> None:
    @job("test.long", owns_transaction=True)
    def long(_context: object) -> None: ...

    @job("test.short")
    def short(_context: object) -> None: ...

    for kind in ("test.long", "test.short", "test.unknown"):
        enqueue(kind, {}, now=now)
    assert list(Job.objects.order_by("id").values_list("lane", flat=True)) == [Lane.SLOW, Lane.QUICK, Lane.QUICK]


@pytest.mark.django_db(transaction=True)
def test_two_transactions_that_ask_for_the_same_agree_on_one_job(now: datetime) -> None:
    """The second waits for the first to commit, and then gets its id instead of an error."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer, so two such transactions never overlap")
    from threading import Thread

    ids: list[int] = []

    def ask() -> None:
        ids.append(enqueue("k", {}, now=now, uniq="x"))
        connection.close()

    with transaction.atomic():
        ids.append(enqueue("k", {}, now=now, uniq="x"))
        other = Thread(target=ask)
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join(5)
    assert len(ids) == 2
    assert len(set(ids)) == 1
