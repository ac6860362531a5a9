"""The statements that move a job between states. Each is guarded by the state it expects.

Raw SQL where one statement must pick, lock and change rows; the two dialects differ only in the picking.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from amends.base.jobs import core
from amends.base.jobs.core import JobState, Lane
from amends.base.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased job. `worker` and `attempt` together are the proof of the lease."""

    id: int
    organisation_id: int | None
    kind: str
    args: dict[str, Any]
    attempt: int
    crashes: int
    worker: str
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int
    note: str


# The literals 0 and 1 (waiting, leased) must stand in the text: both planners match a partial index by its words.
# Priorities are walked from high to low, one index probe each, so that a backlog is never sorted.
_LEVELS = """
WITH RECURSIVE level(priority) AS (
  SELECT max(priority) FROM jobs_job WHERE state = 0 AND lane = %(lane)s
  UNION ALL
  SELECT (SELECT max(priority) FROM jobs_job WHERE state = 0 AND lane = %(lane)s AND priority < level.priority)
  FROM level WHERE level.priority IS NOT NULL
)"""
_CANDIDATES = """
SELECT c.id, c.due FROM jobs_job c
WHERE c.state = 0 AND c.lane = %(lane)s AND c.priority = level.priority AND c.due <= %(now)s
  AND (c.key = '' OR NOT EXISTS (
    SELECT 1 FROM jobs_job o WHERE o.key = c.key AND o.state IN (0, 1) AND NOT (o.key = '')
      AND o.id <> c.id AND (o.id < c.id OR o.state = 1)))
ORDER BY c.due, c.id LIMIT %(limit)s"""
_TAKE = """
UPDATE jobs_job SET state = 1, worker = %(worker)s, lease_until = %(lease)s, attempt = attempt + 1
"""
_HELD = "WHERE id = %s AND state = 1 AND worker = %s AND attempt = %s"
_PROGRESS = "progress_done = %s, progress_total = %s, progress_note = %s"
_DONE = "UPDATE jobs_job SET state = 2, finished_at = %s, lease_until = NULL, last_error = ''"
FINISH = f"{_DONE} {_HELD}"
FINISH_PROGRESS = f"{_DONE}, {_PROGRESS} {_HELD}"
RENEW = f"UPDATE jobs_job SET lease_until = %s, {_PROGRESS} {_HELD}"  # noqa: S608 - constants only
_FIELDS = "jobs_job.id, organisation_id, kind, args, attempt, crashes, jobs_job.priority, jobs_job.due"

CLAIM_POSTGRESQL = f"""{_LEVELS},
picked AS MATERIALIZED (
  SELECT found.id FROM level CROSS JOIN LATERAL ({_CANDIDATES} FOR UPDATE OF c SKIP LOCKED) found
  ORDER BY level.priority DESC, found.due, found.id LIMIT %(limit)s
)
{_TAKE} FROM picked WHERE jobs_job.id = picked.id RETURNING {_FIELDS}"""  # noqa: S608 - constants only
_PICK_SQLITE = f"""
  SELECT j.id FROM level CROSS JOIN jobs_job j
  WHERE j.id IN (SELECT id FROM ({_CANDIDATES}))
  ORDER BY level.priority DESC, j.due, j.id LIMIT %(limit)s"""  # noqa: S608 - constants only
CLAIM_SQLITE = f"{_LEVELS} {_TAKE} WHERE id IN ({_PICK_SQLITE}) RETURNING {_FIELDS}"
# Looking first keeps an idle worker from taking SQLite's one write lock five times a second.
PROBE_SQLITE = f"{_LEVELS} {_PICK_SQLITE}"


def claim(worker: str, lane: Lane, now: datetime, *, limit: int, lease_until: datetime) -> list[Claimed]:
    """Lease up to `limit` due jobs, most urgent first. Empty when there is nothing to do."""
    ops = connection.ops
    values = {
        "lane": int(lane),
        "now": ops.adapt_datetimefield_value(now),
        "limit": limit,
        "worker": worker,
        "lease": ops.adapt_datetimefield_value(lease_until),
    }
    try:
        with connection.cursor() as cursor:
            rows = _pick(cursor, values)
    except IntegrityError:
        # Another worker leased a job of the same key between our look and our write; look again next time.
        return []
    rows.sort(key=lambda row: (-row[6], row[7], row[0]))
    return [Claimed(row[0], row[1], row[2], json.loads(row[3]), row[4], row[5], worker, lease_until) for row in rows]


def _pick(cursor: Any, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    if connection.vendor == "postgresql":
        cursor.execute(CLAIM_POSTGRESQL, values)
        return list(cursor.fetchall())
    probe = {name: values[name] for name in ("lane", "now", "limit")}
    cursor.execute(PROBE_SQLITE, probe | {"limit": 1})
    if not cursor.fetchall():
        return []
    cursor.execute(CLAIM_SQLITE, values)
    return list(cursor.fetchall())


def _held(claimed: Claimed) -> Any:
    return Job.objects.filter(pk=claimed.id, state=JobState.LEASED, worker=claimed.worker, attempt=claimed.attempt)


def finish(claimed: Claimed, now: datetime, progress: Progress | None = None) -> bool:
    """Leased -> done. False when the lease was lost: the caller must undo its effects.

    Plain SQL, because every job passes here once and building the query took longer than running it.
    """
    values: list[Any] = [connection.ops.adapt_datetimefield_value(now)]
    if progress is not None:
        values += [progress.done, progress.total, progress.note[:200]]
    with connection.cursor() as cursor:
        cursor.execute(
            FINISH if progress is None else FINISH_PROGRESS, [*values, claimed.id, claimed.worker, claimed.attempt]
        )
        return bool(cursor.rowcount == 1)


def fail(claimed: Claimed, verdict: core.Verdict, error: str, now: datetime, progress: Progress | None = None) -> bool:
    """Leased -> waiting for another try, or dead. False when the lease was lost: then it is not ours to judge."""
    return bool(
        _held(claimed).update(**_after(verdict, now), last_error=error[-core.ERROR_LENGTH :], **_columns(progress)) == 1
    )


def _after(verdict: core.Verdict, now: datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {"state": verdict.state, "worker": "", "lease_until": None}
    return columns | ({"due": verdict.due} if verdict.due else {"finished_at": now})


def _columns(progress: Progress | None) -> dict[str, Any]:
    if progress is None:
        return {}
    return {
        "progress_done": progress.done,
        "progress_total": progress.total,
        "progress_note": progress.note[:200],
    }


def renew(claimed: Claimed, lease_until: datetime, progress: Progress | None = None) -> bool:
    """False when the lease was lost."""
    return bool(_held(claimed).update(lease_until=lease_until, **_columns(progress)) == 1)


def renew_on(aside: BaseDatabaseWrapper, claimed: Claimed, lease_until: datetime, progress: Progress) -> bool:
    """`renew` on another connection than this thread's, committed at once."""
    with aside.cursor() as cursor:
        values: list[Any] = [lease_until, progress.done, progress.total, progress.note[:200]]
        cursor.execute(RENEW, [*values, claimed.id, claimed.worker, claimed.attempt])
        return bool(cursor.rowcount == 1)


def release(jobs: Sequence[Claimed], lane: Lane | None = None) -> None:
    """Leased -> waiting for jobs that never ran, as if they had not been claimed; into `lane` when one is given.

    All of one worker. One statement an attempt number, which is nearly always one in all: a commit each would cost
    more than the jobs.
    """
    moved = {} if lane is None else {"lane": int(lane)}
    for attempt in {claimed.attempt for claimed in jobs}:
        ids = [claimed.id for claimed in jobs if claimed.attempt == attempt]
        held = Job.objects.filter(pk__in=ids, state=JobState.LEASED, worker=jobs[0].worker, attempt=attempt)
        held.update(state=JobState.WAITING, worker="", lease_until=None, attempt=attempt - 1, **moved)


def expired(now: datetime, limit: int = 100) -> list[Job]:
    """Jobs whose lease ran out, locked for the transaction on PostgreSQL; rows another reaper holds are left out."""
    rows = Job.objects.filter(state=JobState.LEASED, lease_until__lt=now).order_by("lease_until")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows[:limit])


def reap(now: datetime, jitter: float, retry_of: Any) -> int:
    """Take back what lost workers held. Returns how many. `retry_of(kind)` gives the kind's Retry."""
    if not Job.objects.filter(state=JobState.LEASED, lease_until__lt=now).exists():
        return 0  # the usual case costs no transaction, which on SQLite is the one write lock
    with transaction.atomic():
        lost = expired(now)
        for job in lost:
            verdict = core.after_lost_worker(retry_of(job.kind), job.crashes + 1, now, jitter)
            Job.objects.filter(pk=job.pk, state=JobState.LEASED, worker=job.worker, attempt=job.attempt).update(
                **_after(verdict, now),
                crashes=job.crashes + 1,
                last_error=f"lease of {job.worker} ran out",
            )
    return len(lost)
