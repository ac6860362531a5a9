"""Background work: asked for in the caller's transaction, done by workers, watched by operators.

A capability registers handlers with `job` and repeating work with `cron` in its `jobs.py`, and asks with `enqueue`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from amends.base.jobs.core import Interrupted, JobRequest, JobState, LeaseLost, Retry
from amends.base.jobs.ports import Context, Engine
from amends.base.jobs.registry import cron, job

__all__ = [
    "Context",
    "Engine",
    "Interrupted",
    "JobRequest",
    "JobState",
    "LeaseLost",
    "Retry",
    "cancel",
    "cron",
    "engine_in_use",
    "enqueue",
    "enqueue_many",
    "job",
]


def engine_in_use() -> Engine:
    """The engine in use."""
    from amends.base.jobs.engine import EmbeddedEngine

    return EmbeddedEngine()


def enqueue(  # noqa: PLR0913 - the fields of JobRequest, all but two keyword-only
    kind: str,
    args: Mapping[str, object],
    *,
    now: datetime,
    organisation_id: int | None = None,
    due: datetime | None = None,
    priority: int = 0,
    key: str = "",
    uniq: str | None = None,
) -> int:
    """Ask for a job inside the caller's transaction; the meaning of each argument stands at `JobRequest`."""
    return engine_in_use().enqueue(JobRequest(kind, dict(args), organisation_id, due, priority, key, uniq), now)


def enqueue_many(requests: Sequence[JobRequest], *, now: datetime) -> None:
    engine_in_use().enqueue_many(requests, now)


def cancel(job_id: int, now: datetime) -> bool:
    """True if the job was waiting and now never runs again. Faces use `actions.cancel`, which asks for the right."""
    return engine_in_use().cancel(job_id, now)
