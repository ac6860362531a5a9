"""Imports: files in, counts and rejected rows out, and a helper for files nobody knows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.base.accounts import queries as accounts
from amends.base.accounts.core import Permission
from amends.base.settings import env
from amends.connectors.files import templates
from amends.faces.console import paging, words
from amends.faces.console.guard import needs, scope_of
from amends.faces.console.queries import import_run, import_runs, progress_of, rejected_rows
from amends.intake.imports import actions, readers
from amends.intake.imports import queries as run_queries
from amends.intake.imports import rejects as rejecting
from amends.intake.imports.models import ImportRun
from amends.kernel.outcome import InputError

BUSY = (ImportRun.State.WAITING, ImportRun.State.RUNNING)


@needs(Permission.ORDER_READ)
def imports(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request)
    page = paging.newest_first(request, import_runs(scope))
    context = {
        "section": "imports",
        "page": page,
        "shops": list(accounts.shops(scope)),
        "layouts": readers.layouts(),
        "most": env.read_int("AMENDS_MAX_UPLOAD_MB"),
        "folder": env.home() / "in",
        "busy": any(run.state in BUSY for run in page.rows),
    }
    return render(request, "imports/list.html", context)


@require_POST
@needs(Permission.IMPORT_RUN)
def upload(request: HttpRequest) -> HttpResponse:
    """Each file becomes a run of its own and is queued; what cannot even be kept is refused by name."""
    scope, now, last = scope_of(request), timezone.now(), None
    files = request.FILES.getlist("file")
    if not files:
        messages.error(request, _("Choose a file first."))
    shop = request.POST.get("shop", "")
    for file in files:
        try:
            with tempfile.TemporaryDirectory() as folder:
                run = actions.start(
                    scope,
                    _spooled(file, Path(folder)),
                    name=file.name or "upload",
                    source="browser",
                    now=now,
                    shop_id=int(shop) if shop.isdecimal() else None,
                    layout=request.POST.get("layout", ""),
                )
        except InputError as error:
            messages.error(request, f"{file.name}: {words.problems(error)}")
            continue
        actions.queue(scope, run.pk, now)
        last = run.pk
    return redirect("import", last) if last and len(files) == 1 else redirect("imports")


def _spooled(file: UploadedFile[Any], folder: Path) -> Path:
    """The upload as a file of its own. Its name is ours: what a browser calls a file is never used as a path."""
    path = folder / "upload"
    with path.open("wb") as into:
        for chunk in file.chunks():
            into.write(chunk)
    return path


@needs(Permission.ORDER_READ)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run. While it works the card asks for itself again; when it is done the page is loaded anew."""
    scope = scope_of(request)
    found = import_run(scope, pk)
    if found is None:
        raise Http404
    busy = found.state in BUSY
    context: dict[str, Any] = {"section": "imports", "run": found, "busy": busy, "progress": progress_of(scope, pk)}
    if request.headers.get("HX-Target") == "run-card":
        response = render(request, "imports/card.html", context)
        if not busy:
            response["HX-Refresh"] = "true"
        return response
    context["page"] = paging.oldest_first(request, rejected_rows(scope, pk), size=100)
    context["counted"] = [(kind, n) for kind, n in found.counts.items() if isinstance(n, dict) and "created" in n]
    context["layout"] = readers.reader().layouts().get(found.layout)
    return render(request, "imports/run.html", context)


@needs(Permission.ORDER_READ)
def layouts(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request)
    if request.method == "POST":
        return _accept(request)
    rows = sorted(run_queries.list_layouts(scope), key=lambda one: (one.layout.platform, one.layout.id))
    kinds = [layout.kind.value for layout in templates.kinds()]
    return render(request, "imports/layouts.html", {"section": "imports", "listed": rows, "kinds": kinds})


def _accept(request: HttpRequest) -> HttpResponse:
    """A person says that an unproven layout fits their files."""
    try:
        actions.accept_layout(scope_of(request), request.POST.get("layout", ""), timezone.now())
        messages.success(request, _("Accepted for this organisation."))
    except InputError as error:
        messages.error(request, words.problems(error))
    return redirect("import_layouts")


@needs(Permission.ORDER_READ)
def rejects(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rejected rows in the layout of their file, with the reason beside each: mend and import again."""
    scope = scope_of(request)
    found = import_run(scope, pk)
    if found is None:
        raise Http404
    pieces = _in_language(rejecting.reject_file(scope, pk), get_language() or "en")
    name = rejecting.reject_file_name(found)
    # Buyers' words are in it: never a page, always a file. FileResponse sets neither for a generator.
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}
    return StreamingHttpResponse(pieces, content_type="application/octet-stream", headers=headers)


def _in_language(pieces: Iterator[bytes], language: str) -> Iterator[bytes]:
    """A stream is written after the request is over, when the reader's language is no longer active."""
    with override(language):
        yield from pieces


@needs(Permission.ORDER_READ)
def template(request: HttpRequest, form: str) -> HttpResponse:
    """Our own import template in one of its forms, with an example row: a file that can be filled and imported."""
    try:
        name, content = templates.template(form, request.GET.get("kind", ""))
    except KeyError:
        raise Http404 from None
    return FileResponse(BytesIO(content), as_attachment=True, filename=name)  # type: ignore[return-value]
