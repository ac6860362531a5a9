"""The embedded engine: a job is a row in the application's own database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from amends.base.jobs import registry
from amends.base.jobs.core import JobRequest, JobState, Lane
from amends.base.jobs.models import Job

_CHUNK = 500  # rows a statement; SQLite takes 32,766 parameters and a job has nineteen


def _row(request: JobRequest, now: datetime) -> Job:
    known = registry.find(request.kind)
    return Job(
        organisation_id=request.organisation_id,
        kind=request.kind,
        args=request.args,
        priority=request.priority,
        # A process that has not loaded the handler cannot know the lane; the worker then moves the job.
        lane=known.lane if known else Lane.QUICK,
        due=request.due or now,
        key=request.stored_key,
        uniq=request.uniq,
        created_at=now,
    )


class EmbeddedEngine:
    """Implements `ports.Engine`."""

    def enqueue(self, request: JobRequest, now: datetime) -> int:
        row = _row(request, now)
        if request.uniq is None:
            row.save(force_insert=True)
            return int(row.pk)
        # ON CONFLICT DO NOTHING: a violated constraint would abort the caller's transaction on PostgreSQL.
        Job.objects.bulk_create([row], ignore_conflicts=True)
        return int(
            Job.objects.values_list("pk", flat=True).get(organisation=request.organisation_id, uniq=request.uniq)
        )

    def enqueue_many(self, requests: Sequence[JobRequest], now: datetime) -> None:
        rows = [_row(request, now) for request in requests]
        Job.objects.bulk_create(rows, batch_size=_CHUNK, ignore_conflicts=True)

    def cancel(self, job_id: int, now: datetime) -> bool:
        waiting = Job.objects.filter(pk=job_id, state=JobState.WAITING)
        # The name is set free: who asks again after a cancellation means it.
        return waiting.update(state=JobState.CANCELLED, finished_at=now, uniq=None) == 1
