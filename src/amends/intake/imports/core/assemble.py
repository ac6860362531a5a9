"""From rows to bundles, or to the reasons why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from amends.intake.imports.core import build
from amends.intake.imports.core.layout import Kind
from amends.intake.imports.core.problems import Reject
from amends.intake.imports.core.records import Bundle
from amends.intake.imports.core.rows import Parsed, Row, RowReader
from amends.intake.imports.core.seen import Seen
from amends.intake.orders.core import OrderRecord

# What names a row of each kind, inside its group.
_ROW_KEYS = {
    Kind.PAYMENTS: ("payment", ("kind", "external_id")),
    Kind.REFUNDS: ("payment", ("external_id",)),
    Kind.SHIPMENTS: ("parcel", ("number",)),
    Kind.RETURNS: ("return", ("external_id", "sku", "product_id")),
    Kind.MESSAGES: ("message", ("external_id",)),
    Kind.REVIEWS: ("review", ("external_id",)),
}


@dataclass(slots=True)
class Assembler:
    """Walks a table's rows. Counts what it leaves out, so that every row is accounted for."""

    reader: RowReader
    seen: Seen
    member: str = ""
    duplicates: int = 0  # rows that repeat an earlier row word for word: accepted, stored once
    skipped: int = 0  # blank lines and trailers: no data rows at all
    rows: int = 0
    _currency: tuple[str, str] = field(default=("", ""))

    def walk(self, rows: Iterable[Row]) -> Iterator[Bundle | Reject]:
        """Bundles and rejects in the order of the file. Adjacent rows of one order come as one bundle."""
        group: list[Parsed] = []
        for row in rows:
            if not self.reader.is_data(row):
                self.skipped += 1
                continue
            self.rows += 1
            parsed = self._read(row)
            if group and not self._belongs(group[0], parsed):
                yield from self._close(group)
                group = []
            group.append(parsed)
        if group:
            yield from self._close(group)

    def _read(self, row: Row) -> Parsed:
        column = self.reader.number_column
        raw_number = row.cells[column] if column is not None and column < len(row.cells) else ""
        number, currency = self._currency
        parsed = self.reader.read(row, currency if raw_number and raw_number == number else "")
        if parsed.currency:
            self._currency = (raw_number, parsed.currency)
        return parsed

    def _belongs(self, first: Parsed, parsed: Parsed) -> bool:
        return self.reader.layout.kind is Kind.ORDERS and bool(parsed.number) and parsed.number == first.number

    def _reject(self, parsed: Parsed, column: str, code: str, params: dict[str, Any]) -> Reject:
        return Reject(
            parsed.row.number,
            column,
            code,
            params,
            tuple(parsed.row.cells),
            self.member,
        )

    def _close(self, group: list[Parsed]) -> Iterator[Bundle | Reject]:
        """An order is taken in whole or not at all: a judgement on half an order would be wrong about its money."""
        present = set().union(*(p.present for p in group))
        missing = self.reader.missing(present)
        broken = next((p for p in group if p.problems), group[0] if missing else None)
        if broken is not None:
            for parsed in group:
                yield self._reject(
                    parsed,
                    *self._reason(parsed, broken, missing if parsed is group[0] else []),
                )
            return
        kept: list[Parsed] = []
        for parsed in group:
            clash = self._clash(kept[0], parsed) if kept else None
            if clash is None:
                clash = self._known(parsed)
            if clash is None:
                kept.append(parsed)
            elif clash[1]:
                yield self._reject(parsed, *clash)
            else:
                self.duplicates += 1
        if kept:
            yield self._bundle(kept)

    def _reason(self, parsed: Parsed, broken: Parsed, missing: list[str]) -> tuple[str, str, dict[str, Any]]:
        if parsed.problems:
            column, code, params = parsed.problems[0]
            more = [{"column": c, "code": k} for c, k, _ in parsed.problems[1:]]
            return column, code, params | ({"also": more} if more else {})
        if missing:
            return missing[0], "missing_required", {"missing": missing}
        return "", "order_incomplete", {"row": broken.row.number}

    def _clash(self, first: Parsed, parsed: Parsed) -> tuple[str, str, dict[str, Any]] | None:
        """A later row of the order that says something else about the order itself."""
        for group, attribute in self._identity_fields():
            stands = first.groups.get(group, {}).get(attribute)
            stated = parsed.groups.get(group, {}).get(attribute)
            if stands is not None and stated is not None and stands != stated:
                return (
                    self._heading(group, attribute),
                    "contradicts_row",
                    {"row": first.row.number},
                )
        if parsed.currency != first.currency:
            return (
                self._heading("order", "currency"),
                "contradicts_row",
                {"row": first.row.number},
            )
        return None

    def _identity_fields(self) -> tuple[tuple[str, str], ...]:
        fields = (("order", "placed_at"), ("buyer", "external_id"))
        return (*fields, ("order", "total_minor")) if self.reader.layout.totals_repeat else fields

    def _heading(self, group: str, attribute: str) -> str:
        names = {"total_minor": "total", "external_id": "id"}
        return self.reader.placed.heading_of(f"{group}.{names.get(attribute, attribute)}")

    def _known(self, parsed: Parsed) -> tuple[str, str, dict[str, Any]] | None:
        """None for a new row; a code for a contradiction with an earlier row; an empty code for a repetition."""
        layout = self.reader.layout
        content = self.reader.content(parsed.row)
        if layout.kind is Kind.ORDERS:
            if layout.continuation and "order.total" not in parsed.present:
                return None
            identity = tuple(parsed.groups.get(g, {}).get(a) for g, a in self._identity_fields())
            met, same = self.seen.meet(
                ("order", parsed.channel, parsed.number),
                (parsed.currency, identity),
                parsed.row.number,
            )
            if met and not same:
                return self._heading("order", "number"), "contradicts_row", {"row": met}
        key: tuple[Any, ...] = (
            layout.kind.value,
            parsed.channel,
            parsed.number,
            *self._row_key(parsed, content),
        )
        met, same = self.seen.meet(key, content, parsed.row.number)
        if not met:
            return None
        column = self.reader.number_column
        return ("", "", {}) if same else (self.reader.heading(column or 0), "contradicts_row", {"row": met})

    def _row_key(self, parsed: Parsed, content: tuple[str, ...]) -> tuple[Any, ...]:
        """What makes a row of this kind the same thing as another row; its whole content when nothing names it."""
        kind, groups = self.reader.layout.kind, parsed.groups
        if kind in (Kind.ORDERS, Kind.LINES):
            line = groups.get("line", {})
            exact = build.line_id(line)
            if not exact and self.reader.layout.loose_lines:
                return content
            return (exact or build.line_key(line),)
        group, attributes = _ROW_KEYS[kind]
        said = groups.get(group, {})
        key = tuple(said.get(attribute) for attribute in attributes)
        return key if said.get("external_id") or kind is Kind.SHIPMENTS else content

    def _bundle(self, group: list[Parsed]) -> Bundle:
        layout = self.reader.layout
        first = group[0]
        makes_order = layout.kind in (Kind.ORDERS, Kind.RETURNS) and bool(first.currency) and bool(first.number)
        payments = [p for parsed in group for p in build.payments(parsed, layout.kind)]
        return Bundle(
            number=first.number,
            shop=build.shop_hint(group),
            rows=tuple(p.row for p in group),
            member=self.member,
            buyer=build.buyer(group),
            order=self._order(group) if makes_order else None,
            hint=layout.kind is Kind.RETURNS,
            lines=build.lines(group) if layout.kind in (Kind.ORDERS, Kind.LINES) else (),
            payments=(
                *build.running_totals(group, paid_with_total=layout.paid_with_total),
                *payments,
            ),
            parcels=tuple(p for parsed in group for p in build.parcels(parsed)),
            returns=tuple(r for parsed in group for r in build.returns(parsed)),
            messages=tuple(m for parsed in group for m in build.messages(parsed)),
            reviews=tuple(r for parsed in group for r in build.reviews(parsed)),
        )

    def _order(self, group: list[Parsed]) -> OrderRecord:
        layout = self.reader.layout
        values = build.combined(group, "order")
        address = build.combined(group, "address")
        site = self.reader.site(group[0].channel)
        return OrderRecord(
            number=group[0].number,
            currency=group[0].currency,
            **{**values, "ship_address": address or None},
            tax_added=site.tax_added if site else layout.tax_added,
        )
