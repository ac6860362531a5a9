"""The mapping assistant: what each column of an unknown file means, tried on its first rows before it is kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from amends.base.accounts.core import Permission
from amends.faces.console import words
from amends.faces.console.forms import PLATFORMS, zones
from amends.faces.console.guard import needs, scope_of
from amends.intake.imports import actions, queries
from amends.intake.imports.core.dates import ORDERS
from amends.intake.imports.core.layout import Kind
from amends.intake.imports.core.problems import FileRefused
from amends.intake.imports.models import ImportRun
from amends.intake.imports.queries import Preview
from amends.kernel.outcome import InputError

KINDS = tuple(kind.value for kind in Kind if kind is not Kind.LOOKUP)
SETTINGS = ("kind", "platform", "zone", "currency", "date_order", "decimal")


@needs(Permission.IMPORT_RUN)
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """GET proposes. POST tries the chosen columns on the first rows; with `save` it keeps them and runs the import."""
    scope = scope_of(request)
    try:
        first = queries.preview(scope, pk)
        chosen = _chosen(request.POST, first) if request.method == "POST" else _proposed(first)
        if "save" in request.POST:
            return _save(request, pk, chosen)
        tried = queries.preview(scope, pk, chosen) if request.method == "POST" else first
    except ImportRun.DoesNotExist:
        raise Http404 from None
    except (FileRefused, InputError) as error:
        return _refused(request, pk, error)
    return _page(request, pk, first, chosen, tried, "")


def _refused(request: HttpRequest, pk: int, error: FileRefused | InputError) -> HttpResponse:
    """A mapping that does not hold together comes back as it was chosen; a file that cannot be read goes back."""
    if isinstance(error, FileRefused):
        messages.error(request, words.problem(error.code, error.params))
        return redirect("import", pk)
    first = queries.preview(scope_of(request), pk)
    return _page(request, pk, first, _chosen(request.POST, first), first, words.problems(error))


def _page(
    request: HttpRequest, pk: int, first: Preview, chosen: dict[str, Any], tried: Preview, problem: str
) -> HttpResponse:
    guesses = {g.heading: g for g in first.proposal.guesses} if first.proposal else {}
    columns = [
        {"index": i, "heading": h, "target": chosen["columns"].get(h, ""), "guess": guesses.get(h)}
        for i, h in enumerate(first.headings)
    ]
    context = {
        "section": "imports",
        "run": queries.get(scope_of(request), pk),
        "preview": tried,
        "columns": columns,
        "chosen": chosen,
        "targets": [(t, words.label("target", t)) for t in first.targets],
        "kinds": KINDS,
        "platforms": PLATFORMS,
        "zones": zones(),
        "orders": ORDERS,
        "problem": problem,
        "wrong": sum(1 for row in tried.rows if row.problems),
        "tried": request.method == "POST",
    }
    return render(request, "imports/mapping.html", context)


def _proposed(preview: Preview) -> dict[str, Any]:
    """What the assistant guesses, in the form that is saved."""
    found = preview.proposal
    columns = found.mapping() if found else {}
    order, decimal = (found.date_order, found.decimal) if found else ("", "point")
    return {"columns": columns, "kind": "orders", "platform": "other", "zone": "shop", "currency": ""} | {
        "date_order": order,
        "decimal": decimal,
    }


def _chosen(data: QueryDict, preview: Preview) -> dict[str, Any]:
    """Columns are sent by position, since a heading may hold anything."""
    columns = {heading: data.get(f"column-{i}", "") for i, heading in enumerate(preview.headings)}
    return {"columns": columns} | {name: data.get(name, "").strip() for name in SETTINGS}


def _save(request: HttpRequest, pk: int, chosen: dict[str, Any]) -> HttpResponse:
    scope, now = scope_of(request), timezone.now()
    saved = actions.save_mapping(scope, pk, chosen, request.POST.get("name", "").strip() or _("my layout"), now)
    actions.queue(scope, pk, now)
    messages.success(
        request, _("“%(name)s” is kept. Files with these headings are known from now on.") % {"name": saved.name}
    )
    return redirect("import", pk)
