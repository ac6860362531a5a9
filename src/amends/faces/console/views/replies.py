"""Reply templates for the composer: the list that fits the case first, and one filled with what is known."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from amends.base.accounts.core import Permission
from amends.faces.console.guard import needs, scope_of
from amends.faces.console.views.inbox import find
from amends.flows import drafting
from amends.language.templates import catalogue


@needs(Permission.CASE_ANSWER)
def templates(request: HttpRequest, number: str) -> HttpResponse:
    """The menu's content. The template the machine would choose stands first and is marked."""
    view = find(request, number)
    language = request.GET.get("language") or view.state.buyer_language or "en"
    best, _text, _used = drafting.draft_text(
        scope_of(request), view.case, view.case.leaf, language, timezone.now(), view.judgement
    )
    keys = sorted(next(iter(catalogue().values())).texts)
    context = {"number": f"C-{view.case.number}", "keys": [best, *(k for k in keys if k != best)], "best": best}
    return render(request, "case/templates.html", context)


@needs(Permission.CASE_ANSWER)
def template(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """The text goes into the composer by an event, so that what one had written is replaced only on purpose."""
    view = find(request, number)
    language = request.GET.get("language") or view.state.buyer_language or "en"
    if key not in next(iter(catalogue().values())).texts:
        raise Http404
    used_key, text, used = drafting.draft_text(
        scope_of(request), view.case, view.case.leaf, language, timezone.now(), view.judgement, template=key
    )
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"amends:fill": {"text": text, "language": used, "template": used_key}})
    return response
