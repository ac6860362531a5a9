"""Imports: send a file, watch its run, fetch what was rejected."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import File, Form, Router, Status, UploadedFile
from pydantic import BaseModel, Field

from amends.base.accounts.core import Permission, Scope
from amends.base.settings import env
from amends.faces.api.documents.common import ShopRef, shop_ref
from amends.faces.api.door import caller, guarded
from amends.faces.api.problems import not_found
from amends.faces.api.reading import PAGE, Cursor, Limit, check_text, row_cursor
from amends.intake.imports import actions, queries, rejects
from amends.intake.imports.models import ImportRun, RejectedRow

router = Router(tags=["imports"])
# Never guessed, and never a kind that a browser would run: the cells are a stranger's words.
_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson", "zip": "application/zip"}


class RunDocument(BaseModel):
    id: int
    file_name: str
    sha256: str | None = Field(description="Of the original, which is kept.")
    layout: str = Field(description="How it was read; empty until that is known.")
    shop: ShopRef | None
    state: str = Field(
        description="waiting, needs_mapping (a person must say what the columns are), running, done, failed"
    )
    rows: int
    accepted: int
    rejected: int = Field(description="When a run is done, accepted + rejected = rows.")
    unchanged: int = Field(description="Accepted rows that were known already.")
    counts: dict[str, Any] = Field(description="By table: created, updated, same.")
    warnings: list[Any]
    error: dict[str, Any] | None = Field(description="Why the whole file was refused.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunPage(BaseModel):
    items: list[RunDocument]
    next: str | None


class RejectDocument(BaseModel):
    member: str = Field(description="The file inside an archive.")
    row: int = Field(description="1-based, the heading counted.")
    column: str
    code: str
    params: dict[str, Any]
    message: str
    raw: list[Any] = Field(description="The cells as read.")


class RejectPage(BaseModel):
    items: list[RejectDocument]
    next: str | None


@guarded(router.get, "/imports", Permission.IMPORT_RUN, response=RunPage, summary="List imports")
def list_imports(request: HttpRequest, cursor: Cursor = "", limit: Limit = PAGE) -> RunPage:
    """Newest first."""
    page = queries.runs(caller(request).scope, limit + 1, row_cursor(cursor))
    more = str(page[limit - 1].pk) if len(page) > limit else None
    return RunPage(items=[_run(one) for one in page[:limit]], next=more)


@guarded(router.post, "/imports", Permission.IMPORT_RUN, response={202: RunDocument}, summary="Import a file")
def start_import(
    request: HttpRequest,
    file: Annotated[UploadedFile, File(description="CSV, TSV, JSON Lines, XLSX, XLS, mail, or an archive of them.")],
    shop_id: Annotated[int | None, Form(description="Where its orders belong, if the file does not say.")] = None,
    layout: Annotated[str, Form(max_length=60, description="How to read it; found by its content if absent.")] = "",
) -> Status[RunDocument]:
    """Keeps the original and queues a run. The same file twice is harmless: the second run finds everything known."""
    who = caller(request)
    check_text([file.name, layout])
    run = _started(who.scope, file, shop_id, layout, who.now)
    actions.queue(who.scope, run.pk, who.now)
    return Status(202, _run(run))


def _started(scope: Scope, file: UploadedFile, shop_id: int | None, layout: str, now: datetime) -> ImportRun:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"  # never the caller's name: it is not a path of ours
        with path.open("wb") as into:
            for chunk in file.chunks():
                into.write(chunk)
        return actions.start(
            scope, path, name=file.name or "upload", source="api", now=now, shop_id=shop_id, layout=layout,
            max_bytes=env.read_int("AMENDS_MAX_UPLOAD_MB") << 20,
        )  # fmt: skip


@guarded(router.get, "/imports/{int:run_id}", Permission.IMPORT_RUN, response=RunDocument, summary="Watch an import")
def get_import(request: HttpRequest, run_id: int) -> RunDocument:
    return _run(_found(caller(request).scope, run_id))


@guarded(
    router.get, "/imports/{int:run_id}/rejects", Permission.IMPORT_RUN, response=RejectPage,
    summary="List rejected rows",
)  # fmt: skip
def list_rejects(request: HttpRequest, run_id: int, cursor: Cursor = "", limit: Limit = PAGE) -> RejectPage:
    """In the order of the file."""
    scope = caller(request).scope
    _found(scope, run_id)
    page = queries.rejects(scope, run_id, limit + 1, row_cursor(cursor) or 0)
    more = str(page[limit - 1].pk) if len(page) > limit else None
    return RejectPage(items=[_reject(one) for one in page[:limit]], next=more)


@guarded(
    router.get, "/imports/{int:run_id}/rejects/file", Permission.IMPORT_RUN, summary="Fetch rejected rows as a file"
)
def rejects_file(request: HttpRequest, run_id: int) -> StreamingHttpResponse:
    """In the layout of the original, with the reason beside each row: mend it and import it again."""
    scope = caller(request).scope
    name = rejects.reject_file_name(_found(scope, run_id))
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}
    kind = _MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return StreamingHttpResponse(rejects.reject_file(scope, run_id), content_type=kind, headers=headers)


def _found(scope: Scope, run_id: int) -> ImportRun:
    run = queries.get(scope, run_id)
    if run is None:
        raise not_found()
    return run


def _run(run: ImportRun) -> RunDocument:
    return RunDocument(
        id=run.pk, file_name=run.file_name, sha256=run.file.sha256 if run.file else None, layout=run.layout,
        shop=shop_ref(run.shop), state=run.state, rows=run.rows, accepted=run.accepted, rejected=run.rejected,
        unchanged=run.unchanged, counts=run.counts, warnings=run.warnings, error=run.error,
        created_at=run.created_at, started_at=run.started_at, finished_at=run.finished_at,
    )  # fmt: skip


def _reject(row: RejectedRow) -> RejectDocument:
    return RejectDocument(
        member=row.member, row=row.row, column=row.column, code=row.code, params=row.params,
        message=queries.reason(row), raw=row.raw,
    )  # fmt: skip
