"""Audit: the ledger, read, filtered, checked and taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from amends.base.accounts import queries as accounts
from amends.base.accounts.core import Permission, Scope
from amends.base.ledger import queries
from amends.base.ledger.models import Entry
from amends.faces.console import paging
from amends.faces.console.guard import needs, scope_of

SUBJECTS = ("case", "import", "message", "refund", "shop", "organisation", "membership", "token", "job")


@needs(Permission.LEDGER_READ)
def audit(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request)
    page = paging.newest_first(request, _filtered(request, scope), "seq")
    seq, seal = queries.head(scope)
    context = {
        "section": "audit",
        "page": page,
        "people": accounts.people(scope),
        "seq": seq,
        "seal": seal,
        "subjects": SUBJECTS,
        "chosen": {k: request.GET.get(k, "") for k in ("subject", "id", "verb", "actor")},
    }
    return render(request, "audit/list.html", context)


def _filtered(request: HttpRequest, scope: Scope) -> QuerySet[Entry]:
    rows = queries.entries(scope)
    if subject := request.GET.get("subject", ""):
        rows = rows.filter(subject_kind=subject)
    if subject_id := request.GET.get("id", "").strip():
        rows = rows.filter(subject_id=subject_id.removeprefix("C-"))
    if verb := request.GET.get("verb", "").strip():
        rows = rows.filter(verb__startswith=verb)
    actor = request.GET.get("actor", "")
    if actor.isdecimal():
        rows = rows.filter(actor_kind="person", actor_id=int(actor))
    elif actor:
        rows = rows.filter(actor_kind=actor)
    return rows


@needs(Permission.LEDGER_READ)
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry whole, for the side sheet."""
    scope = scope_of(request)
    row = queries.entries(scope).filter(seq=seq).first()
    context = {"entry": row, "people": accounts.people(scope)}
    return render(request, "audit/entry.html", context, status=200 if row else 404)


@needs(Permission.LEDGER_READ)
def verify(request: HttpRequest) -> HttpResponse:
    """Walks the whole chain. Read-only, so GET; half a million entries take some seconds."""
    scope = scope_of(request)
    broken = queries.verify(scope)
    seq, seal = queries.head(scope)
    return render(request, "audit/verified.html", {"broken": broken, "seq": seq, "seal": seal, "at": timezone.now()})


@needs(Permission.LEDGER_READ)
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The chain as JSON lines, oldest first, enough to verify it elsewhere."""
    response = StreamingHttpResponse(_lines(scope_of(request)), content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="ledger.jsonl"'
    return response


def _lines(scope: Scope) -> Iterator[str]:
    columns = [f.attname for f in Entry._meta.concrete_fields if f.name != "id"]
    for row in queries.entries(scope).order_by("seq").values(*columns).iterator(chunk_size=2000):
        row["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
        yield json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"
