"""Helpers for tests that import files: bytes in, run out."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from amends.base.accounts.core import Scope
from amends.intake.imports.actions import run, start
from amends.intake.imports.models import ImportRun, RejectedRow
from tests.factories import NOW


def import_bytes(scope: Scope, content: bytes | str, name: str = "file.csv", **options: Any) -> ImportRun:
    """Start a run of some bytes and do it. Text is written as UTF-8."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_path(scope, path, name, **options)


def import_path(scope: Scope, path: Path, name: str = "", **options: Any) -> ImportRun:
    made = start(scope, path, name=name or path.name, source="cli", now=NOW, **options)
    return run(made.pk, NOW)


def table(headings: Sequence[str], *rows: Sequence[object], separator: str = ",") -> str:
    """A delimited text of headings and rows."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerow(headings)
    writer.writerows(rows)
    return buffer.getvalue()


def template(*rows: dict[str, object]) -> str:
    """Rows of our own orders template, with the values an order needs where a row does not say."""
    filled = [
        {"order_number": f"A-{n}", "currency": "EUR", "placed_at": "2026-11-02T08:00:00Z", "order_total": "10.00"} | row
        for n, row in enumerate(rows, start=1)
    ]
    headings = list(dict.fromkeys(key for row in filled for key in row))
    return table(headings, *([row.get(h, "") for h in headings] for row in filled))


def reasons(made: ImportRun) -> list[tuple[int, str, str]]:
    """(row, column, code) of each rejected row."""
    rows = RejectedRow.objects.filter(run=made).order_by("member", "row")
    return [(row.row, row.column, row.code) for row in rows]


def balanced(made: ImportRun) -> bool:
    """Every row is accepted or rejected, and every rejected one is kept."""
    kept = RejectedRow.objects.filter(run=made).count()
    return made.accepted + made.rejected == made.rows and kept == made.rejected
