"""The engine's own housekeeping."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from amends.base.jobs import presence
from amends.base.jobs.core import JobState
from amends.base.jobs.models import Job
from amends.base.jobs.ports import Context
from amends.base.jobs.registry import cron, job

KEEP_ENDED = timedelta(days=30)
KEEP_DEAD = timedelta(days=180)
KEEP_PRESENCE = timedelta(days=1)
_CHUNK = 2_000  # rows a transaction, so that nobody waits long for the write lock


@job("jobs.purge", owns_transaction=True)
def purge(context: Context) -> None:
    """Drop what ended long ago. Doing it twice does no harm."""
    gone = 0
    for states, keep in (((JobState.DONE, JobState.CANCELLED), KEEP_ENDED), ((JobState.DEAD,), KEEP_DEAD)):
        while dropped := _drop(states, context.now - keep):
            gone += dropped
            context.progress(gone, 0)
    presence.forget(context.now - KEEP_PRESENCE)


def _drop(states: tuple[JobState, ...], before: datetime) -> int:
    old = Job.objects.filter(finished_at__lt=before, state__in=[int(state) for state in states])
    return Job.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_CHUNK])).delete()[0]


cron("jobs.purge", "jobs.purge", daily_at=time(3, 10))
