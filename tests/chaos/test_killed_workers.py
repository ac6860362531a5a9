"""kill -9 of workers under load: nothing lost, nothing done twice, no key out of order. And a stop in good order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from amends.base.jobs import JobRequest, JobState, enqueue_many, presence
from amends.base.jobs.models import Job

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]

CHAINS, KEYED, OUTSIDE = 600, 120, 60
KILLS = 6


@pytest.fixture
def effects(transactional_db: None) -> Iterator[Callable[[], list[tuple[int, int, int]]]]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE chaos_effect (number integer, part integer, job bigint)")

    def read() -> list[tuple[int, int, int]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number, part, job FROM chaos_effect")
            return list(cursor.fetchall())

    yield read
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE chaos_effect")


def _start(*command: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
        "AMENDS_LOG_LEVEL": "ERROR",
        "AMENDS_CHAOS_DATABASE": str(connection.settings_dict["NAME"]),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    return subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment)


@contextmanager
def _workers(count: int, *command: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """That many processes, none of which outlives the test."""
    running = [_start(*command) for _ in range(count)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def _ended() -> int:
    return Job.objects.filter(state=JobState.DONE).count()


def test_killed_workers_lose_nothing_and_do_nothing_twice(
    effects: Callable[[], list[tuple[int, int, int]]],
) -> None:
    enqueue_many(
        [JobRequest("chaos.step", {"number": n}) for n in range(CHAINS)]
        + [JobRequest("chaos.last", {"number": 10_000 + n}, key=f"key {n % 3}") for n in range(KEYED)]
        + [JobRequest("chaos.outside", {"number": 20_000 + n}) for n in range(OUTSIDE)],
        now=timezone.now(),
    )
    total = CHAINS * 2 + KEYED + OUTSIDE
    threads = "2" if connection.vendor == "postgresql" else "1"
    with _workers(2, "tests.chaos.program", threads) as running:
        for kill in range(KILLS):
            before = _ended()
            assert _until(lambda before=before: _ended() >= min(before + 40, total), 10), "the workers stand still"
            victim = running[kill % 2]
            victim.kill()
            victim.wait()
            running[kill % 2] = _start("tests.chaos.program", threads)
        assert _ended() < total, "the last kill came too late to prove anything"
        assert _until(lambda: not Job.objects.exclude(state=JobState.DONE).exists(), 25)
    done = effects()
    expected = {(n, part) for n in range(CHAINS) for part in (1, 2)}
    expected |= {(10_000 + n, 2) for n in range(KEYED)} | {(20_000 + n, 1) for n in range(OUTSIDE)}
    assert {(number, part) for number, part, _ in done} == expected  # nothing lost
    assert len(done) == total  # nothing twice
    assert Job.objects.filter(crashes__gt=0).exists(), "no kill hit a job, so nothing was proven"
    assert _ended() == Job.objects.count() == total
    ends = Job.objects.filter(kind="chaos.last").exclude(key="").order_by("finished_at", "id")
    for key in {job.key for job in ends}:
        order = [job.pk for job in ends if job.key == key]
        assert order == sorted(order)


def test_a_worker_that_is_asked_to_stop_leaves_nothing_half_done(
    effects: Callable[[], list[tuple[int, int, int]]],
) -> None:
    enqueue_many([JobRequest("chaos.step", {"number": n}) for n in range(CHAINS)], now=timezone.now())
    with _workers(1, "tests.chaos.program", "1") as (worker,):
        assert _until(lambda: _ended() >= 20, 10)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    assert not Job.objects.filter(state=JobState.LEASED).exists()
    assert presence.alive(timezone.now()) == []
    assert len(effects()) == _ended() < CHAINS * 2


def test_the_worker_program_starts_signs_in_and_stops() -> None:
    """What `amends up` starts. It loads every handler there is and brings the repeating jobs up to date."""
    with _workers(1, "amends.base.jobs.worker") as (worker,):
        _until(lambda: worker.poll() is not None or bool(presence.alive(timezone.now())), 15)
        assert worker.poll() is None, "it did not start; its words are above"
        (sign,) = presence.alive(timezone.now())
        assert sign.pid == worker.pid
        assert timezone.now() - sign.started_at < timedelta(seconds=15)
        worker.send_signal(signal.SIGINT)
        assert worker.wait(10) == 0
    assert presence.alive(timezone.now()) == []
