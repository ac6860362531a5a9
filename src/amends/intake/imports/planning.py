"""What each table of an opened file is, and in which order they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amends.intake.imports.core.layout import (
    KIND_ORDER,
    REJECT_COLUMNS,
    Join,
    Kind,
    Layout,
    find_heading,
    fingerprint,
    from_data,
    missing_headings,
    normal,
    place,
    unique_headings,
)
from amends.intake.imports.core.problems import FileRefused, Warn
from amends.intake.imports.core.rows import Row, Sheet

USER_MADE = "mapping"  # the layout id of a mapping a person made


@dataclass(frozen=True, slots=True)
class Planned:
    """A table with its layout. `headings` includes the columns joined in from lookup tables."""

    sheet: Sheet
    layout: Layout
    heading_row: int  # index of the heading line
    own_headings: tuple[str, ...]
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """`tables` in reading order. `unknown` are the tables no layout fits; `lookups` by layout id."""

    tables: tuple[Planned, ...]
    lookups: Mapping[str, Planned]
    unknown: tuple[tuple[Sheet, int, tuple[str, ...]], ...]
    warnings: tuple[Warn, ...]


def make(
    sheets: Sequence[Sheet],
    known: Mapping[str, Layout],
    saved: Mapping[str, Mapping[str, Any]],
    wanted: str = "",
    mapping: Mapping[str, Any] | None = None,
) -> Plan:
    """Match tables with layouts. `saved` are mappings by fingerprint; `wanted` is a layout, a family or nothing.

    `mapping` is what a person chose for this very file; then no built-in layout is asked.
    Raises FileRefused `unknown_layout`, `missing_headings` or `no_heading`, InputError for a wrong mapping.
    """
    if mapping is not None:
        choices: list[Layout] = []
    else:
        choices = [one for one in known.values() if wanted in ("", USER_MADE, one.id, one.family)]
        if not choices:
            raise FileRefused("unknown_layout", layout=wanted)
    found: list[Planned] = []
    unknown = []
    for sheet in sheets:
        head = sheet.head()
        if not any(any(cells) for cells in head):
            continue
        planned = _plan_one(sheet, head, choices, saved, wanted, mapping)
        if isinstance(planned, Planned):
            found.append(planned)
        else:
            unknown.append((sheet, *planned))
    if not found and not unknown:
        raise FileRefused("empty")
    lookups = {p.layout.id: p for p in found if p.layout.kind is Kind.LOOKUP}
    warnings: list[Warn] = []
    tables = [_joined(p, lookups, warnings) for p in found if p.layout.kind is not Kind.LOOKUP]
    if tables:
        warnings += [Warn("member_not_recognised", {"member": sheet.member}) for sheet, _, _ in unknown]
    for table in tables:
        _require_headings(table)
    tables.sort(key=lambda p: KIND_ORDER[p.layout.kind])
    return Plan(tuple(tables), lookups, tuple(unknown), tuple(warnings))


def _plan_one(
    sheet: Sheet,
    head: list[list[str]],
    choices: list[Layout],
    saved: Mapping[str, Mapping[str, Any]],
    wanted: str,
    mapping: Mapping[str, Any] | None,
) -> Planned | tuple[int, tuple[str, ...]]:
    forced = [one for one in choices if one.id == wanted]
    if forced:
        index = _heading_for(head, forced[0])
        headings = tuple(unique_headings(head[index]))
        return Planned(sheet, forced[0], index, headings, headings)
    index, layout = find_heading(head, choices)
    headings = tuple(unique_headings(head[index]))
    if layout is None:
        mapping = mapping or saved.get(fingerprint(headings))
        if mapping is None:
            return index, headings
        layout = from_mapping(mapping)
    return Planned(sheet, layout, index, headings, headings)


def _heading_for(head: list[list[str]], layout: Layout) -> int:
    """The line that has the most headings of a chosen layout."""
    scores = [
        sum(1 for t in place(layout, unique_headings(cells)).targets.values() if t not in ("unmapped", "ignore"))
        for cells in head
    ]
    return scores.index(max(scores))


def from_mapping(mapping: Mapping[str, Any]) -> Layout:
    """A layout from what a person chose in the mapping page. Raises InputError naming what is wrong."""
    columns: dict[str, list[str]] = {}
    for heading, target in mapping.get("columns", {}).items():
        if target:
            columns.setdefault(target, []).append(heading)
    required = [f for f in _REQUIRED.get(mapping.get("kind", "orders"), ()) if f != "order.currency"]
    return from_data(
        {
            "id": USER_MADE,
            "platform": mapping.get("platform") or "other",
            "kind": mapping.get("kind") or "orders",
            "title": mapping.get("name") or "mapping",
            "proof": "O",
            "source": "a person of this organisation",
            "required": required,
            "columns": columns,
            "zone": mapping.get("zone") or "shop",
            "date_order": mapping.get("date_order") or "",
            "decimal": mapping.get("decimal") or "point",
            "currency": mapping.get("currency") or "",
            "currency_by": "sign" if not mapping.get("currency") and "order.currency" not in columns else "column",
            "constants": mapping.get("constants") or {},
            "words": mapping.get("words") or {},
        }
    )


_REQUIRED = {
    "orders": ("order.number",),
    "lines": ("order.number",),
    "payments": ("order.number", "payment.amount"),
    "refunds": ("order.number", "payment.amount"),
    "shipments": ("order.number", "parcel.number"),
    "returns": ("order.number",),
    "messages": ("message.text", "message.at"),
    "reviews": ("review.rating",),
}


def _joined(planned: Planned, lookups: Mapping[str, Planned], warnings: list[Warn]) -> Planned:
    """With the columns its lookup tables add; a lookup that is not there is warned of, not refused."""
    extra: list[str] = []
    for join in planned.layout.joins:
        if join.layout in lookups:
            extra += join.take
        else:
            warnings.append(Warn("lookup_missing", {"lookup": join.layout, "member": planned.sheet.member}))
    return Planned(
        planned.sheet, planned.layout, planned.heading_row, planned.own_headings, (*planned.headings, *extra)
    )


def _require_headings(planned: Planned) -> None:
    missing = missing_headings(planned.layout, planned.headings)
    if missing:
        raise FileRefused(
            "missing_headings", layout=planned.layout.id, missing=missing, found=list(planned.own_headings)[:200],
            member=planned.sheet.member,
        )  # fmt: skip


def unmapped(planned: Planned) -> list[str]:
    """Headings the layout does not know; their cells are kept raw."""
    targets = place(planned.layout, planned.headings).targets
    names = [planned.headings[i] for i, target in targets.items() if target == "unmapped"]
    return [n for n in names if normal(n) not in REJECT_COLUMNS]


@dataclass(slots=True)
class Joiner:
    """Looks up the joined columns of rows. The lookup tables are held in memory."""

    width: int
    steps: list[tuple[int, dict[str, list[str]], list[str]]]

    def __call__(self, rows: Iterable[Row]) -> Iterator[Row]:
        if not self.steps:
            yield from rows
            return
        for row in rows:
            cells = row.cells[: self.width] + [""] * (self.width - len(row.cells))
            overflow = row.cells[self.width :]
            for column, table, empty in self.steps:
                cells += table.get(cells[column], empty)
            error = row.error or ("too_many_cells" if any(overflow) else "")
            yield Row(row.number, cells, error)


def joiner(planned: Planned, lookups: Mapping[str, Planned]) -> Joiner:
    steps = []
    names = [normal(h) for h in planned.own_headings]
    for join in planned.layout.joins:
        if join.layout in lookups and normal(join.match) in names:
            table = _table(lookups[join.layout], join)
            steps.append((names.index(normal(join.match)), table, [""] * len(join.take)))
    return Joiner(len(planned.own_headings), steps)


def _table(planned: Planned, join: Join) -> dict[str, list[str]]:
    names = [normal(h) for h in planned.own_headings]
    key = names.index(normal(join.key))
    take = [names.index(normal(t)) if normal(t) in names else -1 for t in join.take]
    table = {}
    for row in planned.sheet.rows(planned.heading_row):
        if key < len(row.cells):
            table[row.cells[key]] = [row.cells[i] if 0 <= i < len(row.cells) else "" for i in take]
    return table
