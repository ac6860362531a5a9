"""The glossary, and the engines that translate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.base.accounts.core import Permission
from amends.faces.console import words
from amends.faces.console.guard import needs, scope_of
from amends.kernel.languages import CODES
from amends.kernel.outcome import InputError
from amends.language.translate import access, glossary
from amends.language.translate.engines.catalog import ENGINES, Leaves
from amends.language.translate.glossary import TermInput
from amends.language.translate.local import shown

MOST_BYTES = 2_000_000


@needs(Permission.CASE_READ)
def terms(request: HttpRequest) -> HttpResponse:
    """Words that must be translated in one way, or not at all."""
    rows = glossary.terms(scope_of(request))
    text = request.GET.get("q", "").strip().lower()
    if text:
        rows = [r for r in rows if text in " ".join([r.text, r.context, *r.forms, *r.targets.values()]).lower()]
    context = {"section": "language", "rows": rows, "text": text, "codes": CODES}
    return render(request, "translating/glossary.html", context)


@require_POST
@needs(Permission.TEMPLATE_WRITE)
def save(request: HttpRequest) -> HttpResponse:
    data = request.POST
    target = data.get("target_language", "")
    row = TermInput(
        data.get("language", ""),
        data.get("text", ""),
        tuple(filter(None, (part.strip() for part in data.get("forms", "").split(",")))),
        {target: data.get("target", "")} if target and data.get("target", "").strip() else {},
        data.get("keep") == "1",
        data.get("context", ""),
    )
    known = {(r.language, r.text): r for r in glossary.terms(scope_of(request))}
    before = known.get((row.language, row.text.strip()))
    if before is not None:  # another language of a word that is there already is added to it
        row = TermInput(
            row.language,
            row.text,
            row.forms or tuple(before.forms),
            before.targets | dict(row.targets),
            row.keep,
            row.context or before.context,
        )
    try:
        glossary.save_term(scope_of(request), row, timezone.now())
    except InputError as error:
        messages.error(request, words.problems(error))
    else:
        messages.success(request, _("Saved. It holds from the next translation on."))
    return redirect("glossary")


@require_POST
@needs(Permission.TEMPLATE_WRITE)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    if glossary.remove_term(scope_of(request), pk, timezone.now()):
        messages.success(request, _("Removed."))
    return redirect("glossary")


@needs(Permission.CASE_READ)
def export(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(glossary.to_csv(scope_of(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="amends-glossary.csv"'
    return response


@require_POST
@needs(Permission.TEMPLATE_WRITE)
def bring_in(request: HttpRequest) -> HttpResponse:
    """A table as it was exported. Rows that are wrong are named with their number and left out."""
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > MOST_BYTES:
        messages.error(request, words.refusal("empty_file" if file is None else "too_large", {"limit": 2}))
        return redirect("glossary")
    taken, problems = glossary.from_csv(scope_of(request), file.read().decode("utf-8", "replace"), timezone.now())
    if taken:
        messages.success(request, _("%(n)s words taken.") % {"n": taken})
    for problem in problems[:10]:
        messages.error(request, f"{problem.where}: {words.problem(problem.code, problem.params)}")
    return redirect("glossary")


@needs(Permission.CASE_READ)
def engines(request: HttpRequest) -> HttpResponse:
    """What translates here, and what could: local engines, and services that need this organisation's consent."""
    scope = scope_of(request)
    known = access.accesses(scope)
    services: list[dict[str, Any]] = [
        {
            "kind": kind,
            "access": known.get(kind.id),
            "always": kind.leaves is Leaves.ALWAYS,
            "agreement": access.agreement(kind.id),
        }
        for kind in ENGINES.values()
    ]
    return render(request, "translating/engines.html", {"section": "language", "local": shown(), "services": services})


@require_POST
@needs(Permission.SETTINGS_WRITE)
def connect(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in ENGINES:
        raise Http404
    values = {field.name: request.POST.get(field.name, "") for field in ENGINES[kind].fields}
    try:
        access.connect(scope_of(request), kind, values, timezone.now(), agreed=request.POST.get("agreed") == "1")
    except InputError as error:
        messages.error(request, words.problems(error))
    else:
        messages.success(request, _("Connected. It is asked where no engine on this machine serves a pair."))
    return redirect("engines")


@require_POST
@needs(Permission.SETTINGS_WRITE)
def withdraw(request: HttpRequest, kind: str) -> HttpResponse:
    if access.withdraw(scope_of(request), kind, timezone.now()):
        messages.success(request, _("Withdrawn. The key is forgotten, and no word goes there any more."))
    return redirect("engines")
