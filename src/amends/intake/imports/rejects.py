"""The rejected rows of a run as a file of the same layout, to be mended and imported again.

The file has the original's columns and `amends_row`, `amends_column`, `amends_reason` behind them, which an import
ignores. A run of several tables gives a zip with one CSV a table and the lookup tables whole.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from amends.base.accounts.core import Scope
from amends.base.files import queries as files
from amends.intake.imports.core.layout import REJECT_COLUMNS, normal
from amends.intake.imports.messages import sentence
from amends.intake.imports.models import ImportRun, RejectedRow
from amends.intake.imports.readers import reader

_BLOCK = 1 << 16
_PLAIN_NUMBER = re.compile(r"[+-]?[\d.,]+")


def reject_file(scope: Scope, run_id: int) -> Iterator[bytes]:
    """The file in pieces. ImportRun.DoesNotExist for a run of another organisation."""
    run = ImportRun.objects.get(organisation_id=scope.organisation_id, pk=run_id)
    rows = RejectedRow.objects.filter(organisation_id=scope.organisation_id, run=run).order_by("member", "row", "pk")
    if _is_archive(run):
        return _archive(scope, run, rows)
    if run.file_name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        return _json_lines(_headings(run, ""), rows.iterator(chunk_size=2000))
    return _csv(_headings(run, ""), rows.iterator(chunk_size=2000))


def reject_file_name(run: ImportRun) -> str:
    stem = run.file_name.removesuffix(".gz").rpartition(".")[0] or run.file_name
    if _is_archive(run):
        return f"{stem}-rejected.zip"
    lines = run.file_name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson"))
    return f"{stem}-rejected.{'jsonl' if lines else 'csv'}"


def _is_archive(run: ImportRun) -> bool:
    return len(run.counts.get("members", {})) > 1 or bool(run.counts.get("lookups"))


def _headings(run: ImportRun, member: str) -> list[str]:
    tables = run.counts.get("members", {})
    found: dict[str, Any] = tables.get(member) or next(iter(tables.values()), {})
    return [str(h) for h in found.get("headings", [])]


def escaped(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is marked as text; a plain number is left alone."""
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not _PLAIN_NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _named(headings: Sequence[str], row: RejectedRow) -> list[tuple[str, str]]:
    """(heading, cell) pairs of the original columns; those of an earlier reject file are left out."""
    width = max(len(headings), len(row.raw))
    names = [*headings, *(f"column {n + 1}" for n in range(len(headings), width))]
    cells = [*row.raw, *[""] * (width - len(row.raw))]
    return [(n, c) for n, c in zip(names, cells, strict=True) if normal(n) not in REJECT_COLUMNS]


def _csv(headings: Sequence[str], rows: Iterable[RejectedRow]) -> Iterator[bytes]:
    """UTF-8 with a mark, so that Excel reads it as such."""
    own = [h for h in headings if normal(h) not in REJECT_COLUMNS]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([*own, *REJECT_COLUMNS])
    for row in rows:
        # Cells beyond the headings stand behind the reasons, where they are seen and do no harm.
        cells = [escaped(cell) for _heading, cell in _named(headings, row)]
        cells += [""] * (len(own) - len(cells))
        writer.writerow([*cells[: len(own)], row.row, row.column, sentence(row.code, row.params), *cells[len(own) :]])
        if buffer.tell() > _BLOCK:
            yield _drained(buffer)
    yield _drained(buffer)


def _drained(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "backslashreplace")
    buffer.seek(0)
    buffer.truncate()
    return data


def _json_lines(headings: Sequence[str], rows: Iterable[RejectedRow]) -> Iterator[bytes]:
    for row in rows:
        item: dict[str, object] = {name: cell for name, cell in _named(headings, row) if cell}
        item |= dict(zip(REJECT_COLUMNS, (row.row, row.column, sentence(row.code, row.params)), strict=True))
        yield json.dumps(item, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _archive(scope: Scope, run: ImportRun, rows: Iterable[RejectedRow]) -> Iterator[bytes]:
    tables = run.counts["members"]
    by_member: dict[str, list[RejectedRow]] = {}
    for row in rows:
        by_member.setdefault(row.member, []).append(row)
    with tempfile.SpooledTemporaryFile(max_size=8 << 20) as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, its_rows in by_member.items():
                archive.writestr(_csv_name(member), b"".join(_csv(_headings(run, member), its_rows)))
            for name, data in _lookups(scope, run, set(tables)):
                archive.writestr(name, data)
        target.seek(0)
        while block := target.read(_BLOCK):
            yield block


def _csv_name(member: str) -> str:
    stem = re.sub(r"\.(csv|tsv|txt|xlsx|xls|jsonl?)\b", "", member.replace("/", "-"))
    return f"{stem or 'rows'}.csv"


def _lookups(scope: Scope, run: ImportRun, tables: set[str]) -> Iterator[tuple[str, bytes]]:
    """Tables the rejected rows are joined with; without them a mended order would lose its buyer."""
    names = run.counts.get("lookups", [])
    if names and run.file_id is not None:
        path = files.path_of(scope, run.file_id)
        yield from reader().unpacked(path, [n for n in names if n not in tables])


__all__ = ["escaped", "reject_file", "reject_file_name"]
