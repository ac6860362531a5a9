"""Today: what is due, by absolute deadline; what changed while one was away."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from amends.base.accounts.core import Permission
from amends.faces.console.guard import needs, scope_of
from amends.resolution.cases import lists

GROUPS = ("overdue", "next_4_h", "today", "next_72_h")


def end_of_day(now: datetime) -> datetime:
    """Midnight that ends the reader's day, in the reader's zone."""
    local = timezone.localtime(now)
    return datetime.combine(local.date() + timedelta(days=1), time.min, tzinfo=local.tzinfo)


@needs(Permission.CASE_READ)
def today(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    view = lists.today(scope_of(request), now, end_of_day(now))
    groups = [(name, [d for d in view.due if d.group == name]) for name in GROUPS]
    context = {
        "section": "today",
        "view": view,
        "groups": [(name, rows) for name, rows in groups if rows],
        "tallies": {name: len(rows) for name, rows in groups},
        "counts": lists.counts(scope_of(request), now, ("mine", "unassigned", "threat", "open")),
    }
    return render(request, "today.html", context)
