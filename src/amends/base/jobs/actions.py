"""What an operator may do to jobs. Each verb on an organisation's job writes one ledger entry with it.

Jobs of the installation have no organisation, hence no chain to write to; the worker's log keeps those.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.jobs import queries
from amends.base.jobs.core import JobState, sources
from amends.base.jobs.models import Cron, Job
from amends.base.ledger.actions import record
from amends.kernel.outcome import Refusal

log = logging.getLogger(__name__)

_CHUNK = 1_000  # ids a statement: SQLite has a limit
_LISTED = 200  # ids named in one ledger entry; the count is always exact


def rerun(scope: Scope, job_id: int, now: datetime) -> Job | Refusal:
    """Dead -> waiting, due at once, with all its attempts again."""
    scope.require(Permission.JOB_RERUN)
    return _move(scope, job_id, JobState.WAITING, now, verb="job:dead:rerun")


def cancel(scope: Scope, job_id: int, now: datetime) -> Job | Refusal:
    """Waiting or dead -> cancelled. A job that is running cannot be cancelled. Its `uniq` may be asked for again."""
    scope.require(Permission.JOB_RERUN)
    return _move(scope, job_id, JobState.CANCELLED, now, verb="job:run:cancelled")


def _columns(target: JobState, now: datetime) -> dict[str, object]:
    if target == JobState.CANCELLED:
        return {"state": target, "finished_at": now, "uniq": None}
    return {"state": target, "due": now, "attempt": 0, "crashes": 0, "finished_at": None}


@transaction.atomic
def _move(scope: Scope, job_id: int, target: JobState, now: datetime, *, verb: str) -> Job | Refusal:
    job = queries.get(scope, job_id)
    if job is None:
        return Refusal("job_unknown", params={"job": job_id})
    # Leased -> waiting is the worker's word alone: an operator starts from states in which nobody holds the job.
    allowed = [int(state) for state in sources(target) if state != JobState.LEASED]
    if not Job.objects.filter(pk=job.pk, state__in=allowed).update(**_columns(target, now)):
        job.refresh_from_db()
        return Refusal("job_state", params={"job": job_id, "state": JobState(job.state).name.lower()})
    job.refresh_from_db()
    _enter(scope, job, verb, now)
    return job


def _enter(scope: Scope, job: Job, verb: str, now: datetime) -> None:
    if job.organisation_id is None:
        log.info("%s by %s %s: job %s %s", verb, scope.actor_kind.value, scope.actor_id, job.pk, job.kind)
        return
    record(scope, at=now, verb=verb, subject_kind="job", subject_id=job.pk, payload={"kind": job.kind})


@transaction.atomic
def rerun_all_dead(scope: Scope, now: datetime, kind: str = "") -> int:
    """Every dead job of the organisation (of one kind), one ledger entry for all. Returns how many."""
    scope.require(Permission.JOB_RERUN)
    dead = Job.objects.filter(organisation_id=scope.organisation_id, state=JobState.DEAD)
    if kind:
        dead = dead.filter(kind=kind)
    ids = list(dead.select_for_update().order_by("id").values_list("id", flat=True))
    if not ids:
        return 0
    for start in range(0, len(ids), _CHUNK):
        Job.objects.filter(pk__in=ids[start : start + _CHUNK]).update(**_columns(JobState.WAITING, now))
    record(
        scope,
        at=now,
        verb="job:dead:rerun_all",
        subject_kind="job",
        subject_id=kind or "all",
        payload={"kind": kind, "count": len(ids), "jobs": ids[:_LISTED]},
    )
    return len(ids)


@transaction.atomic
def set_cron_enabled(scope: Scope, name: str, enabled: bool, now: datetime) -> Cron | Refusal:  # noqa: FBT001 - the value to be set
    """Let a repeating job rest, or run again. The entry goes into the ledger of the owner who said so."""
    scope.require(Permission.SETTINGS_WRITE)
    row = Cron.objects.select_for_update().filter(name=name).first()
    if row is None:
        return Refusal("cron_unknown", params={"name": name})
    if row.enabled != enabled:
        row.enabled = enabled
        row.save(update_fields=["enabled"])
        verb = "cron:slot:enabled" if enabled else "cron:slot:disabled"
        record(scope, at=now, verb=verb, subject_kind="cron", subject_id=row.pk, payload={"name": name})
    return row
