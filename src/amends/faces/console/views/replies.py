"""Reply templates for the composer: the list that fits the case first, and one filled with what is known."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.base.accounts.core import Permission
from amends.faces.console import words
from amends.faces.console.guard import needs, scope_of
from amends.faces.console.renderings import marked
from amends.faces.console.views.inbox import find
from amends.flows import drafting
from amends.intake.conversations import queries as conversations
from amends.intake.conversations.models import Message
from amends.language.detect import detect
from amends.language.templates import catalogue, resolve
from amends.language.templates.core.suggest import shelves
from amends.language.templates.queries import macros, one_macro
from amends.language.translate.wire import rendering_of


@needs(Permission.CASE_ANSWER)
def templates(request: HttpRequest, number: str) -> HttpResponse:
    """The menu's content, shelf by shelf. The template the machine would choose stands first and is marked."""
    view = find(request, number)
    language = request.GET.get("language") or view.state.buyer_language or "en"
    best, _text, _used = drafting.draft_text(
        scope_of(request), view.case, view.case.leaf, language, timezone.now(), view.judgement
    )
    known = macros(scope_of(request))
    groups = [
        (shelf, [(key, known[key].title or words.label("template", key)) for key in keys])
        for shelf, keys in shelves([*known], best)
    ]
    context = {"number": f"C-{view.case.number}", "groups": groups, "best": best}
    return render(request, "case/templates.html", context)


@require_POST
@needs(Permission.CASE_READ)
def rendering(request: HttpRequest, pk: int) -> HttpResponse:
    """A message in the reader's language over its original; without an engine, the gist, and it says what it is."""
    try:
        message = conversations.message(scope_of(request), pk)
    except Message.DoesNotExist:
        raise Http404 from None
    reader = "zh" if request.LANGUAGE_CODE.startswith("zh") else "en"
    found = rendering_of(
        scope_of(request), message.text, message.language if message.language != "und" else "", reader, timezone.now(),
        f"message:{message.pk}",
    )  # fmt: skip
    return render(request, "case/rendering.html", {"m": message, "found": found, "pieces": marked(message.text, found)})


@require_POST
@needs(Permission.CASE_ANSWER)
def put_into(request: HttpRequest, number: str) -> HttpResponse:
    """The agent's own words in the buyer's language, into the composer. The original rides along and is kept."""
    view = find(request, number)
    text = request.POST.get("original") or request.POST.get("text", "")
    language = request.POST.get("language") or view.state.buyer_language or "en"
    source = detect(text).language
    found = rendering_of(scope_of(request), text, source if source != "und" else "", language, timezone.now())
    response = HttpResponse(status=204)
    if found["kind"] == "translation":
        note = catalogue()[resolve(catalogue(), language)].frame["machine_translated"]
        fill = {
            "text": f"{found['text']}\n\n{note}\n{text}", "language": language, "template": "",
            "original": text, "original_language": found["source"],
        }  # fmt: skip
        response["HX-Trigger"] = json.dumps({"amends:fill": fill})
        told = [words.label("violation", one["code"]) for one in found["violations"]]
        if told:
            warning = {"text": _("Check it: %(what)s.") % {"what": ", ".join(told)}, "wrong": True}
            response["HX-Trigger"] = json.dumps({"amends:fill": fill, "amends:say": warning})
    else:
        told_text = (
            _("It is in this language already.")
            if found["kind"] == "same"
            else _("No engine serves this pair. Use a template: it is written in the buyer's language.")
        )
        response["HX-Trigger"] = json.dumps({"amends:say": {"text": told_text, "wrong": found["kind"] != "same"}})
    return response


@needs(Permission.CASE_ANSWER)
def template(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """The text goes into the composer by an event, so that what one had written is replaced only on purpose."""
    view = find(request, number)
    language = request.GET.get("language") or view.state.buyer_language or "en"
    if one_macro(scope_of(request), key) is None:
        raise Http404
    used_key, text, used = drafting.draft_text(
        scope_of(request), view.case, view.case.leaf, language, timezone.now(), view.judgement, template=key
    )
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"amends:fill": {"text": text, "language": used, "template": used_key}})
    return response
