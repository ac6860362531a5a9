"""The worker's loops: a whole worker in threads, its pauses, and what happens when something breaks."""

from __future__ import annotations

import time
from threading import Event, Thread

import pytest
from django.db import OperationalError
from django.utils import timezone

from amends.base.jobs import Context, JobState, enqueue, loop, presence
from amends.base.jobs.core import Lane
from amends.base.jobs.models import Job
from amends.base.jobs.registry import job

QUICKLY = loop.Plan(quick_threads=1, slow_threads=2, poll_seconds=0.01)


class Recorder(Event):
    """An Event that writes down how long it was waited for, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return self.is_set()


def test_courtesy_pauses_a_third_of_the_time_worked_and_never_long() -> None:
    stop = Recorder()
    courtesy = loop.Courtesy(stop)
    for seconds in (0.012, 0.012, 0.012, 0.03, 5.0):
        courtesy.after(seconds)
    assert stop.waits == pytest.approx([0.008, 0.014, 0.1])


def test_trouble_with_the_database_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)

    def broken() -> int:
        raise OperationalError("the server closed the connection")

    assert loop.patiently(broken) == 0
    assert loop.patiently(lambda: 3) == 3
    assert pauses == [loop.TROUBLE_PAUSE]


def _until_done(stop: Event, count: int) -> None:
    end = time.monotonic() + 20
    while Job.objects.filter(state=JobState.DONE).count() < count and time.monotonic() < end and not stop.is_set():
        time.sleep(0.01)
    stop.set()


@pytest.mark.django_db(transaction=True)
def test_a_short_job_does_not_wait_for_a_long_one() -> None:
    release, order = Event(), []

    @job("test.long", owns_transaction=True)
    def long(_context: Context) -> None:
        release.wait(20)
        order.append("long")

    @job("test.short")
    def short(_context: Context) -> None:
        order.append("short")
        release.set()

    enqueue("test.long", {}, now=timezone.now())
    enqueue("test.short", {}, now=timezone.now())
    stop = Event()
    worker = Thread(target=loop.work, args=(QUICKLY, timezone.now, stop))
    worker.start()
    _until_done(stop, 2)
    worker.join()
    assert order == ["short", "long"]
    assert presence.alive(timezone.now()) == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_a_thread_stops_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(runner: loop.Runner) -> int:
        if runner.lane == Lane.QUICK:
            raise KeyError("a defect of the engine")
        return 0

    monkeypatch.setattr(loop.Runner, "step", defect)
    with pytest.raises(loop.ThreadDied):
        loop.work(QUICKLY, timezone.now, Event())
    assert presence.alive(timezone.now()) == []
