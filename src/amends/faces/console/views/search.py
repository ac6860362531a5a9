"""The search box: an order number, a name, a tracking number, a mail address, some words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amends.base.accounts.core import Permission
from amends.faces.console.guard import needs, scope_of
from amends.resolution.cases import lists


@needs(Permission.CASE_READ)
def search(request: HttpRequest) -> HttpResponse:
    """A case number that exists goes straight to its case."""
    text = request.GET.get("q", "").strip()
    hits = lists.search(scope_of(request), text) if text else None
    if hits and len(hits.cases) == 1 and text.upper() == f"C-{hits.cases[0].number}":
        return redirect("case", text.upper())
    return render(request, "search.html", {"section": "search", "search_text": text, "hits": hits})
