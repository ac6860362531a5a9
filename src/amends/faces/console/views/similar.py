"""The panel of similar closed cases: asked for by the case page once it is there."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from amends.base.accounts.core import Permission
from amends.faces.console import formats, words_similar
from amends.faces.console.guard import needs, scope_of
from amends.faces.console.views.inbox import case_number
from amends.flows.precedents import similar_to_case

SHOWN = 4


@needs(Permission.CASE_READ)
def similar(request: HttpRequest, number: str) -> HttpResponse:
    wanted = case_number(number)
    found = similar_to_case(scope_of(request), wanted, timezone.now(), SHOWN) if wanted else None
    if found is None:
        raise Http404
    locale = formats.locale_of(str(getattr(request, "LANGUAGE_CODE", "en")))
    context = {"similar": found, "cards": [words_similar.card(match, locale) for match in found.matches]}
    return render(request, "case/similar.html", context)
