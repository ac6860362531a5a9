"""Jobs: what runs, what waits, what gave up; and setting the last going again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from amends.base.accounts.core import Permission
from amends.base.jobs import actions, presence, queries
from amends.base.jobs.core import JobState
from amends.faces.console import paging, words
from amends.faces.console.guard import needs, scope_of
from amends.kernel.outcome import Refusal

BY_WORD = {state.name.lower(): state for state in JobState}


@needs(Permission.JOB_READ)
def jobs(request: HttpRequest) -> HttpResponse:
    """The table asks for itself again every few seconds while something waits or runs."""
    scope, now = scope_of(request), timezone.now()
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    cursor = request.GET.get("before", "")
    page = queries.list_jobs(
        scope,
        states=[BY_WORD[state]] if state in BY_WORD else (),
        kind=kind,
        cursor=cursor if cursor.isdecimal() else "",
    )
    counts = queries.counts(scope)
    context = {
        "section": "jobs",
        "jobs": [(job, JobState(job.state).name.lower()) for job in page.rows],
        "counts": [(s.name.lower(), counts[s]) for s in JobState],
        "busy": counts[JobState.WAITING] + counts[JobState.LEASED],
        "dead": counts[JobState.DEAD],
        "kinds": queries.kinds(scope),
        "state": state,
        "kind": kind,
        "workers": presence.alive(now),
        "crons": queries.list_crons(scope) if scope.may(Permission.SETTINGS_WRITE) else [],
        "first_url": paging.with_params(request, before=None) if cursor else "",
        "next_url": paging.with_params(request, before=page.next_cursor) if page.next_cursor else "",
    }
    fragment = request.headers.get("HX-Target") == "job-list"
    return render(request, "jobs/table.html" if fragment else "jobs/list.html", context)


@require_POST
@needs(Permission.JOB_RERUN)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    scope, now = scope_of(request), timezone.now()
    verb = actions.cancel if request.POST.get("do") == "cancel" else actions.rerun
    done = verb(scope, pk, now)
    if isinstance(done, Refusal):
        messages.error(request, words.refusal(done.code, done.params))
    else:
        messages.success(request, _("Job %(id)s: %(state)s.") % {"id": pk, "state": _word(JobState(done.state))})
    return redirect("jobs")


def _word(state: JobState) -> str:
    return words.label("job_state", state.name.lower())


@require_POST
@needs(Permission.JOB_RERUN)
def rerun_all(request: HttpRequest) -> HttpResponse:
    count = actions.rerun_all_dead(scope_of(request), timezone.now(), request.POST.get("kind", ""))
    messages.success(request, ngettext("%(n)s job runs again.", "%(n)s jobs run again.", count) % {"n": count})
    return redirect("jobs")
