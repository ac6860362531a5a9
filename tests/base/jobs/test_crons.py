"""Repeating jobs: every slot once, none beside itself, missed ones made up by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from amends.base.jobs import JobState, crons, enqueue
from amends.base.jobs.models import Cron, Job
from amends.base.jobs.registry import cron
from amends.base.jobs.worker import run_until_idle
from tests.base.jobs.conftest import Hands

pytestmark = pytest.mark.django_db


def test_a_declared_job_runs_at_each_slot(clock: Hands, ran: Callable[[], list[object]]) -> None:
    cron("scan", "test.note", every=timedelta(seconds=60), args={"what": "scan"})
    run_until_idle(clock, with_crons=True)
    assert ran() == []
    for _ in range(3):
        clock.move(seconds=60)
        run_until_idle(clock, with_crons=True)
        run_until_idle(clock, with_crons=True)
    assert ran() == ["scan"] * 3
    assert sorted(Job.objects.values_list("uniq", flat=True)) == [
        f"scan@2026-11-20T02:0{minute}:00+00:00" for minute in (1, 2, 3)
    ]


def test_missed_slots_are_made_up_by_one_run(clock: Hands, ran: Callable[[], list[object]]) -> None:
    cron("scan", "test.note", every=timedelta(seconds=60), args={"what": "scan"})
    crons.sync(clock())
    clock.move(days=3, seconds=30)
    run_until_idle(clock, with_crons=True)
    assert ran() == ["scan"]
    assert Cron.objects.get().next_due == clock() + timedelta(seconds=30)


def test_a_slot_is_left_out_while_the_one_before_still_runs(clock: Hands) -> None:
    cron("scan", "test.note", every=timedelta(seconds=60), args={"what": "scan"})
    crons.sync(clock())
    assert crons.tick(clock.move(seconds=60)) == 1
    assert crons.tick(clock.move(seconds=60)) == 0
    Job.objects.update(state=JobState.DEAD)
    assert crons.tick(clock.move(seconds=60)) == 1


def test_a_changed_declaration_changes_the_row_and_keeps_the_operators_word(
    clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    cron("scan", "test.note", every=timedelta(seconds=60))
    crons.sync(clock())
    Cron.objects.update(enabled=False)
    monkeypatch.setattr("amends.base.jobs.registry._crons", {})
    cron("scan", "test.note", daily_at=time(3, 10), time_zone="Asia/Shanghai")
    crons.sync(clock())
    row = Cron.objects.get()
    assert (row.every_seconds, row.daily_at, row.enabled) == (0, time(3, 10), False)
    assert row.next_due == datetime(2026, 11, 20, 19, 10, tzinfo=UTC)
    assert crons.tick(clock.move(days=2)) == 0


def test_a_row_of_another_version_never_fires(clock: Hands) -> None:
    Cron.objects.create(name="of old", kind="gone", every_seconds=60, next_due=clock())
    assert crons.tick(clock.move(minutes=5)) == 0


def test_a_name_is_declared_once() -> None:
    cron("scan", "a", every=timedelta(seconds=60))
    cron("scan", "a", every=timedelta(seconds=60))
    with pytest.raises(RuntimeError, match="two repeating jobs named 'scan'"):
        cron("scan", "b", every=timedelta(seconds=60))


def test_a_slot_that_was_asked_for_by_hand_is_not_doubled(clock: Hands) -> None:
    cron("scan", "test.note", every=timedelta(seconds=60))
    crons.sync(clock())
    slot = Cron.objects.get().next_due
    enqueue("test.note", {}, now=clock(), uniq=f"scan@{slot.isoformat(timespec='seconds')}")
    crons.tick(clock.move(seconds=60))
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_tick_together_make_each_slot_once(clock: Hands) -> None:
    for name in ("a", "b", "c"):
        cron(name, "test.note", every=timedelta(seconds=60))
    crons.sync(clock())
    made: list[int] = []
    for _ in range(5):
        clock.move(seconds=60)
        together = Barrier(2)

        def tick(together: Barrier = together) -> None:
            together.wait()
            made.append(crons.tick(clock()))
            connection.close()

        workers = [Thread(target=tick) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        Job.objects.update(state=JobState.DONE)
    assert sum(made) == 15
    assert Job.objects.count() == 15
    assert Job.objects.values("uniq").distinct().count() == 15
