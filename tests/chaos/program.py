"""A worker to be killed: the real loops, with leases of a second so that a test need not wait a minute."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta
from threading import Event

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.chaos.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - tables exist only after setup
from django.utils import timezone  # noqa: E402 - tables exist only after setup

from amends.base.jobs import Context, Retry, enqueue, job, loop  # noqa: E402 - tables exist only after setup

LEASE = 1.0
AGAIN = Retry(attempts=100, first=timedelta(milliseconds=50), most=timedelta(milliseconds=50))


def effect(context: Context, number: int, part: int) -> None:
    """No uniqueness on the table: an effect that happens twice is there twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chaos_effect (number, part, job) VALUES (%s, %s, %s)", [number, part, context.job_id]
        )


@job("chaos.step", retry=AGAIN, lease_seconds=LEASE)
def step(context: Context, number: int) -> None:
    """An effect, some work, and the next step of the chain, in one transaction."""
    effect(context, number, 1)
    time.sleep(0.004)
    enqueue("chaos.last", {"number": number}, now=timezone.now(), uniq=f"last-{number}")


@job("chaos.last", retry=AGAIN, lease_seconds=LEASE)
def last(context: Context, number: int) -> None:
    effect(context, number, 2)


@job("chaos.outside", retry=AGAIN, lease_seconds=LEASE, owns_transaction=True)
def outside(context: Context, number: int) -> None:
    """Long work that commits its result with its own end."""
    time.sleep(0.02)
    context.progress(1, 2)
    with transaction.atomic():
        effect(context, number, 1)
        context.finish()


if __name__ == "__main__":
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threads = int(sys.argv[1])
    plan = loop.Plan(quick_threads=threads, slow_threads=2, poll_seconds=0.02, claim_lease=timedelta(seconds=LEASE))
    loop.work(plan, timezone.now, stop)
