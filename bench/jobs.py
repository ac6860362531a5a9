"""How fast jobs are asked for, found and done. `python bench/jobs.py` prints one line a figure.

A step is one job whose handler inserts one row; the row and the job's end are one transaction. Each database is
measured in a process of its own with a new database: SQLite always, with the settings of an installation
(`synchronous=FULL`); PostgreSQL when AMENDS_TEST_DATABASE_URL or DATABASE_URL names a server, in a database made
for the run and dropped after it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import postgres

STEPS = 4_000
TIMERS = 100_000
POLLS = 200
BARS = {"sqlite": 1_000, "postgresql": 500}  # steps a second
POLL_BAR_MS = 2.0
NOW = datetime(2025, 11, 20, 2, 0, tzinfo=UTC)  # long due


class Report(Protocol):
    """What the collector of figures must offer."""

    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        """`bar` is the figure to reach: at least, or at most."""
        ...


def run(report: Report) -> None:
    _add(report, "sqlite", _measure_elsewhere(""))
    server = os.environ.get("AMENDS_TEST_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        with postgres.spare(server, "amends_bench") as url:
            _add(report, "postgresql", _measure_elsewhere(url))


def _add(report: Report, database: str, figures: dict[str, float]) -> None:
    report.add(f"jobs {database}: steps", figures["steps"], "/s", bar=BARS[database])
    report.add(f"jobs {database}: enqueue, one a transaction", figures["enqueue"], "/s")
    report.add(f"jobs {database}: enqueue, many at once", figures["enqueue_many"], "/s")
    report.add(
        f"jobs {database}: empty poll, {TIMERS:,} timers", figures["poll_ms"], "ms", bar=POLL_BAR_MS, at_most=True
    )
    report.add(f"jobs {database}: claim of 20 in a backlog of {TIMERS:,}", figures["claim_ms"], "ms")


def _measure_elsewhere(url: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as home:
        environment = os.environ | {
            "AMENDS_HOME": home,
            "DATABASE_URL": url,
            "AMENDS_SECRET_KEY": "bench",
            "AMENDS_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "amends.base.settings.main",
        }
        done = subprocess.run(
            [sys.executable, str(Path(__file__).resolve()), "--measure"],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _measure() -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_effect (job bigint)")
    figures = _throughput()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_job")
    return figures | _polls()


def _throughput() -> dict[str, float]:
    from django.db import connection

    from amends.base.jobs import Context, JobRequest, enqueue, enqueue_many, job

    @job("bench.step")
    def step(_context: Context, number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_effect (job) VALUES (%s)", [number])

    half = STEPS // 2
    ones = _seconds(lambda: [enqueue("bench.step", {"number": n}, now=NOW) for n in range(half)])
    many = _seconds(lambda: enqueue_many([JobRequest("bench.step", {"number": n}) for n in range(half)], now=NOW))
    spent = _seconds(_work_until_done)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_effect")
        if cursor.fetchone()[0] != STEPS:
            raise SystemExit("not every step was done once")
    return {"enqueue": half / ones, "enqueue_many": half / many, "steps": STEPS / spent}


def _work_until_done() -> None:
    """With the worker as it is shipped: all its threads, its housekeeping, its pauses for others on SQLite."""
    from django.utils import timezone

    from amends.base.jobs import loop
    from amends.base.jobs.models import Job

    stop = Event()
    worker = Thread(target=loop.work, args=(loop.Plan(poll_seconds=0.05), timezone.now, stop))
    worker.start()
    while Job.objects.filter(state__in=[0, 1]).exists():
        time.sleep(0.02)
    stop.set()
    worker.join()


def _polls() -> dict[str, float]:
    from django.db import connection

    from amends.base.jobs import JobRequest, claiming, enqueue_many
    from amends.base.jobs.core import Lane

    later = NOW + timedelta(days=30)
    enqueue_many([JobRequest("bench.step", {"number": n}, due=later, priority=n % 3) for n in range(TIMERS)], now=NOW)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE jobs_job")

    def poll(at: datetime) -> int:
        return len(claiming.claim("bench", Lane.QUICK, at, limit=20, lease_until=at + timedelta(minutes=1)))

    if poll(NOW):
        raise SystemExit("a timer was claimed before its time")
    empty = _seconds(lambda: [poll(NOW) for _ in range(POLLS)]) / POLLS
    busy = _seconds(lambda: [poll(later) for _ in range(POLLS)]) / POLLS
    return {"poll_ms": empty * 1000, "claim_ms": busy * 1000}


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class _Print:
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        reached = bar is None or (value <= bar if at_most else value >= bar)
        sign = "≤" if at_most else "≥"
        note = "" if bar is None else f"  (bar {sign} {bar:g}: {'met' if reached else 'MISSED'})"
        print(f"{name:58} {value:10,.2f} {unit}{note}")


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(_measure()))
    else:
        run(_Print())
