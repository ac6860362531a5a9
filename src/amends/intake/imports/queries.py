"""Reading import runs: lists, rejected rows, previews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from amends.base.accounts.core import Permission, Scope
from amends.base.files import queries as files
from amends.intake.imports import planning
from amends.intake.imports.core.assemble import Assembler
from amends.intake.imports.core.fields import TARGETS
from amends.intake.imports.core.layout import Layout, fingerprint
from amends.intake.imports.core.problems import FileRefused, Reject, Warn
from amends.intake.imports.core.rows import RowReader, Sheet
from amends.intake.imports.core.seen import Seen
from amends.intake.imports.mapping import Proposal, propose
from amends.intake.imports.messages import sentence
from amends.intake.imports.models import ImportRun, RejectedRow, SavedMapping
from amends.intake.imports.readers import layouts, reader
from amends.intake.imports.running import limit, plan_of, settings_of

PREVIEW_ROWS = 20


@dataclass(frozen=True, slots=True)
class ListedLayout:
    """A built-in layout as the interface lists it. `unproven` shows a badge until a person accepts the layout."""

    layout: Layout
    accepted: bool

    @property
    def unproven(self) -> bool:
        return self.layout.unproven and not self.accepted


@dataclass(frozen=True, slots=True)
class PreviewRow:
    number: int
    cells: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]  # column, sentence


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of one table as the import would read them, and what a person may still change.

    `targets` are all choices for a column; `proposal` is set while no layout fits.
    """

    member: str
    headings: tuple[str, ...]
    layout: Layout | None
    rows: tuple[PreviewRow, ...]
    proposal: Proposal | None
    fingerprint: str
    warnings: tuple[Warn, ...]
    targets: tuple[str, ...] = TARGETS


def runs(scope: Scope, limit_to: int = 50, before_id: int | None = None) -> list[ImportRun]:
    """Newest first; `before_id` continues a list."""
    scope.require(Permission.IMPORT_RUN)
    found = ImportRun.objects.filter(organisation_id=scope.organisation_id).select_related("shop", "file")
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return list(found.order_by("-pk")[:limit_to])


def get(scope: Scope, run_id: int) -> ImportRun | None:
    scope.require(Permission.IMPORT_RUN)
    found = ImportRun.objects.filter(organisation_id=scope.organisation_id, pk=run_id)
    return found.select_related("shop", "file").first()


def rejects(scope: Scope, run_id: int, limit_to: int = 100, after_id: int = 0) -> list[RejectedRow]:
    """Rejected rows of a run in the order they were found; `after_id` continues."""
    scope.require(Permission.IMPORT_RUN)
    found = RejectedRow.objects.filter(organisation_id=scope.organisation_id, run_id=run_id, pk__gt=after_id)
    return list(found.order_by("pk")[:limit_to])


def reason(row: RejectedRow) -> str:
    """Why a row was rejected, in the reader's language."""
    return sentence(row.code, row.params)


def list_layouts(scope: Scope) -> list[ListedLayout]:
    saved = SavedMapping.objects.filter(organisation_id=scope.organisation_id, fingerprint__startswith="layout:")
    accepted = {m.mapping.get("accepted") for m in saved}
    return [ListedLayout(layout, layout.id in accepted) for layout in layouts()]


def preview(scope: Scope, run_id: int, mapping: dict[str, Any] | None = None) -> Preview:
    """The first twenty rows of the first table, read with `mapping` (a saved form, not stored), or as detected.

    Raises FileRefused when the file cannot be read, InputError when the mapping is wrong, and
    ImportRun.DoesNotExist for a run of another organisation.
    """
    scope.require(Permission.IMPORT_RUN)
    run = ImportRun.objects.select_related("shop", "file").get(organisation_id=scope.organisation_id, pk=run_id)
    if run.file_id is None:
        raise FileRefused("file_missing")
    opened = reader().open(files.path_of(scope, run.file_id), run.file_name, limit=limit())
    try:
        if mapping is not None:
            run.mapping = mapping
        plan = plan_of(scope, run, opened)
        if plan.tables:
            return _known(run, plan.tables[0], plan.lookups)
        return _unknown(*plan.unknown[0])
    finally:
        opened.close()


def _known(run: ImportRun, planned: planning.Planned, lookups: Any) -> Preview:
    warnings: list[Warn] = []
    row_reader = RowReader(planned.layout, list(planned.headings), settings_of(run, planned, warnings))
    joined = planning.joiner(planned, lookups)(planned.sheet.rows(planned.heading_row))
    rows = list(islice(joined, PREVIEW_ROWS))
    problems: dict[int, tuple[str, str]] = {}
    for found in Assembler(row_reader, Seen(), planned.sheet.member).walk(rows):
        if isinstance(found, Reject):
            problems[found.row] = (found.column, sentence(found.code, found.params))
    return Preview(
        planned.sheet.member,
        planned.headings,
        planned.layout,
        tuple(
            PreviewRow(r.number, tuple(r.cells), (problems[r.number],) if r.number in problems else ()) for r in rows
        ),
        None,
        fingerprint(planned.own_headings),
        tuple(warnings),
    )


def _unknown(sheet: Sheet, heading_row: int, headings: Sequence[str]) -> Preview:
    rows = list(islice(sheet.rows(heading_row), 200))
    return Preview(
        sheet.member,
        tuple(headings),
        None,
        tuple(PreviewRow(r.number, tuple(r.cells), ()) for r in rows[:PREVIEW_ROWS]),
        propose(headings, [r.cells for r in rows], reader().layouts().values()),
        fingerprint(headings),
        (),
    )
