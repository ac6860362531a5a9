"""Who is calling, what they may look for, and the background work behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from amends.base.accounts import queries as accounts
from amends.base.accounts.core import Permission
from amends.base.jobs import actions, queries
from amends.base.jobs.core import JobState
from amends.base.jobs.models import Job
from amends.faces.api.documents.cases import CaseRow, case_row
from amends.faces.api.documents.common import ShopRef
from amends.faces.api.documents.orders import OrderRow, order_row
from amends.faces.api.door import caller, guarded
from amends.faces.api.problems import unwrap
from amends.faces.api.reading import PAGE, Cursor, Limit, row_cursor
from amends.resolution.cases import lists
from amends.resolution.cases.statuses import statuses

router = Router(tags=["other"])


class OrganisationDocument(BaseModel):
    id: int
    slug: str
    name: str
    currency: str
    time_zone: str
    is_demo: bool


class MeDocument(BaseModel):
    organisation: OrganisationDocument
    actor: Literal["token", "person"]
    name: str = Field(description="Of the token or the person.")
    permissions: list[str]
    expires_at: datetime | None = Field(description="Of the token.")
    shops: list[ShopRef]


@guarded(router.get, "/me", None, response=MeDocument, summary="Who am I")
def me(request: HttpRequest) -> MeDocument:
    """The caller, the organisation all other answers are about, and its shops. Any known caller may ask."""
    who = caller(request)
    row = accounts.organisation(who.scope)
    return MeDocument(
        organisation=OrganisationDocument(
            id=row.pk, slug=row.slug, name=row.name, currency=row.currency, time_zone=row.time_zone,
            is_demo=row.is_demo,
        ),
        actor="token" if who.token else "person",
        name=who.token.name if who.token else str(who.user),
        permissions=sorted(p.value for p in who.scope.permissions),
        expires_at=who.token.expires_at if who.token else None,
        shops=[ShopRef(id=s.pk, name=s.name, platform=s.platform) for s in accounts.shops(who.scope)],
    )  # fmt: skip


class HitsDocument(BaseModel):
    cases: list[CaseRow]
    orders: list[OrderRow] = Field(description="Empty without the right `order:read`.")


@guarded(router.get, "/search", Permission.CASE_READ, response=HitsDocument, summary="Search")
def search(
    request: HttpRequest,
    text: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Limit = PAGE,
) -> HitsDocument:
    """By case, order or tracking number, name, mail address, or words of a message."""
    who = caller(request)
    hits = lists.search(who.scope, text, limit)
    status = statuses(who.scope, hits.cases, who.now)
    may_see_orders = who.scope.may(Permission.ORDER_READ)
    return HitsDocument(
        cases=[case_row(case, status[case.pk]) for case in hits.cases],
        orders=[order_row(order) for order in hits.orders] if may_see_orders else [],
    )


class JobDocument(BaseModel):
    id: int
    kind: str
    state: str = Field(description="waiting, leased, done, dead or cancelled")
    attempt: int
    due: datetime
    progress_done: int
    progress_total: int
    progress_note: str
    last_error: str = Field(description="The last line of what went wrong.")
    created_at: datetime
    finished_at: datetime | None


class JobPage(BaseModel):
    items: list[JobDocument]
    next: str | None


@guarded(router.get, "/jobs", Permission.JOB_READ, response=JobPage, summary="List jobs")
def list_jobs(
    request: HttpRequest,
    state: Annotated[Literal["waiting", "leased", "done", "dead", "cancelled"] | None, Query()] = None,
    kind: Annotated[str, Query(max_length=60)] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> JobPage:
    """Newest first. `dead` ones gave up and wait for an operator."""
    row_cursor(cursor)  # checked here: the query takes a number for granted
    states = [JobState[state.upper()]] if state else []
    page = queries.list_jobs(caller(request).scope, states=states, kind=kind, cursor=cursor, limit=limit)
    return JobPage(items=[_job(job) for job in page.rows], next=page.next_cursor or None)


@guarded(router.post, "/jobs/{int:job_id}/rerun", Permission.JOB_RERUN, response=JobDocument, summary="Re-run a job")
def rerun_job(request: HttpRequest, job_id: int) -> JobDocument:
    """A dead job gets all its attempts again. Refused (409) in any other state."""
    who = caller(request)
    return _job(unwrap(actions.rerun(who.scope, job_id, who.now)))


def _job(job: Job) -> JobDocument:
    return JobDocument(
        id=job.pk, kind=job.kind, state=JobState(job.state).name.lower(), attempt=job.attempt, due=job.due,
        progress_done=job.progress_done, progress_total=job.progress_total, progress_note=job.progress_note,
        last_error=job.last_error.strip().rpartition("\n")[2][:400], created_at=job.created_at,
        finished_at=job.finished_at,
    )  # fmt: skip
