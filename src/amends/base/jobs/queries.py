"""Watching jobs. A caller sees the jobs of the own organisation; an owner also those of the installation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from amends.base.accounts.core import Permission, Scope
from amends.base.jobs.core import JobState
from amends.base.jobs.models import Cron, Job

PAGE = 50
MOST = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `next_cursor` is empty on the last page."""

    rows: tuple[Job, ...]
    next_cursor: str


def sees_installation(scope: Scope) -> bool:
    """Jobs without organisation (cron, cleaning up) are for owners, who alone hold this right."""
    return scope.may(Permission.SETTINGS_WRITE)


def visible(scope: Scope) -> QuerySet[Job]:
    """Raises NotAllowed without `job:read`."""
    scope.require(Permission.JOB_READ)
    own = Q(organisation_id=scope.organisation_id)
    return Job.objects.filter(own | Q(organisation__isnull=True) if sees_installation(scope) else own)


def list_jobs(
    scope: Scope, *, states: Sequence[JobState] = (), kind: str = "", cursor: str = "", limit: int = PAGE
) -> Page:
    """`cursor` is a `next_cursor` from before; ValueError for any other text. `limit` is cut to 1..500."""
    rows = visible(scope).order_by("-id")
    if states:
        rows = rows.filter(state__in=[int(state) for state in states])
    if kind:
        rows = rows.filter(kind=kind)
    if cursor:
        rows = rows.filter(id__lt=int(cursor))
    wanted = min(max(limit, 1), MOST)
    found = tuple(rows[: wanted + 1])
    return Page(found[:wanted], str(found[wanted - 1].pk) if len(found) > wanted else "")


def dead_letters(scope: Scope, *, cursor: str = "", limit: int = PAGE) -> Page:
    return list_jobs(scope, states=[JobState.DEAD], cursor=cursor, limit=limit)


def get(scope: Scope, job_id: int) -> Job | None:
    return visible(scope).filter(pk=job_id).first()


def counts(scope: Scope) -> dict[JobState, int]:
    """How many jobs are in each state; every state is there."""
    found = dict(visible(scope).order_by().values_list("state").annotate(n=Count("id")))
    return {state: found.get(int(state), 0) for state in JobState}


def kinds(scope: Scope) -> list[str]:
    """The kinds there are rows of, for a filter."""
    return sorted(visible(scope).order_by().values_list("kind", flat=True).distinct())


def list_crons(scope: Scope) -> list[Cron]:
    """The repeating jobs, soonest first. Raises NotAllowed for anyone but an owner: they are the installation's."""
    scope.require(Permission.JOB_READ)
    scope.require(Permission.SETTINGS_WRITE)
    return list(Cron.objects.order_by("next_due", "name"))
