"""From the cells of one row to parsed values, by the layout's columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from amends.intake.imports.core import cells as reading
from amends.intake.imports.core.cells import KeptRaw, Parse
from amends.intake.imports.core.dates import OrderEvidence
from amends.intake.imports.core.fields import FIELDS, KEEP, Field, Read
from amends.intake.imports.core.layout import Layout, Placed, Site, normal, place
from amends.intake.imports.core.numbers import BLANKS, currencies_of, is_blank, sign_of
from amends.intake.imports.core.problems import BadValue

MAX_EXTRA = 2_000  # characters kept of an unmapped cell
_NOTHING: dict[str, Any] = {}


class Row(NamedTuple):
    """One row of a table. `number` is its line as a person counts, headings included. `error`: it could not be read."""

    number: int
    cells: list[str]
    error: str = ""


class Sheet(Protocol):
    """One table of an opened file, its heading line not yet found."""

    @property
    def member(self) -> str:
        """The file inside a folder or archive, or the sheet of a workbook; empty when there is only one table."""
        ...

    def head(self) -> list[list[str]]:
        """The first lines, cells stripped."""
        ...

    def rows(self, after: int, /) -> Iterator[Row]:
        """Rows below the line of index `after`, from the start again on every call, cells stripped."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What the layout leaves open and the file or the shop decides."""

    date_order: str
    zone: str
    shop_currency: str = ""


@dataclass(slots=True)
class Parsed:
    row: Row
    number: str = ""
    currency: str = ""
    channel: str = ""
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    problems: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)  # heading, code, params

    def group(self, name: str) -> dict[str, Any]:
        found = self.groups.get(name)
        if found is None:
            found = self.groups[name] = {}
        return found


class _Column(NamedTuple):
    """A column that is read without knowing the currency; flat, because this is the inner loop of an import."""

    position: int
    target: str
    group: str
    attribute: str
    is_id: bool  # `-` and `n/a` are values here, not blanks
    parse: Parse


def _constant(found: Field, text: str) -> Any:
    """A value the layout gives to every row."""
    return text == "true" if found.read is Read.FLAG else text


class RowReader:
    """A layout bound to the headings of one table."""

    def __init__(self, layout: Layout, headings: list[str], settings: Settings) -> None:
        self.layout = layout
        self.settings = settings
        self.placed: Placed = place(layout, headings)
        self.width = len(headings)
        self._plain: list[_Column] = []
        self._money: list[tuple[int, Field]] = []
        self._extra: list[tuple[int, str, str]] = []
        self._ignored = {i for i, t in self.placed.targets.items() if t == "ignore"}
        for column, target in self.placed.targets.items():
            self._bind(column, layout.unmapped if target == "unmapped" else target)
        self.number_column = self.placed.column_of("order.number")
        self._currency_column = self.placed.column_of("order.currency")
        self._channel_column = self.placed.column_of("shop.channel")
        self._channel = normal(layout.constants.get("shop.channel", ""))
        self._skip = [c for f in layout.skip_without if (c := self.placed.column_of(f)) is not None]
        self._constants = [(found, _constant(found, value)) for found, value in self._fixed(layout)]

    @staticmethod
    def _fixed(layout: Layout) -> list[tuple[Field, str]]:
        return [(FIELDS[name], value) for name, value in layout.constants.items() if name != "shop.channel"]

    def _bind(self, column: int, target: str) -> None:
        if target in KEEP:
            if target != "drop":
                self._extra.append((column, target.partition(".")[0], self.placed.headings[column]))
            return
        if target == "ignore":
            return
        found = FIELDS[target]
        parse = reading.parser(found, self.layout, self.settings.date_order, self.settings.zone)
        if parse is None:
            self._money.append((column, found))
        elif target not in ("order.currency", "shop.channel"):
            self._plain.append(_Column(column, target, found.group, found.attribute, found.read is Read.ID, parse))

    def heading(self, column: int) -> str:
        return self.placed.headings[column] if column < len(self.placed.headings) else f"column {column + 1}"

    def content(self, row: Row) -> tuple[str, ...]:
        """The cells that count when two rows are compared."""
        if not self._ignored:
            return tuple(row.cells)
        return tuple(c for i, c in enumerate(row.cells) if i not in self._ignored)

    def is_data(self, row: Row) -> bool:
        """False for a blank line and for a trailer that carries none of the fields a row must have."""
        if row.error:
            return True
        if self._skip:
            return any(c < len(row.cells) and row.cells[c] for c in self._skip)
        return any(row.cells)

    def read(self, row: Row, inherited_currency: str = "") -> Parsed:
        """Parse a row of stripped cells. Problems are collected, not raised."""
        parsed = Parsed(row)
        surplus = len(row.cells) > self.width and any(row.cells[self.width :])
        if row.error or surplus:
            place, code = ("", row.error) if row.error else (self.heading(self.width), "too_many_cells")
            parsed.problems.append((place, code, {} if row.error else {"expected": self.width}))
            if self.number_column is not None and self.number_column < len(row.cells):
                parsed.number = row.cells[self.number_column]  # so that the order's other rows wait with it
            return parsed
        cells = row.cells
        if len(cells) < self.width:
            cells = cells + [""] * (self.width - len(cells))
        self._read_currency(parsed, cells, inherited_currency)
        self._read_plain(parsed, cells)
        for column, found in self._money:
            text = cells[column]
            if text and not is_blank(text):
                self._put_money(parsed, column, found, text)
        for found, value in self._constants:
            parsed.group(found.group).setdefault(found.attribute, value)
            parsed.present.add(found.name)
        for column, group, heading in self._extra:
            text = cells[column]
            if text:
                self._keep(parsed, group, heading, text)
        parsed.channel = self._channel if self._channel_column is None else normal(cells[self._channel_column])
        parsed.number = parsed.groups.get("order", _NOTHING).pop("number", "")
        return parsed

    def _read_plain(self, parsed: Parsed, cells: list[str]) -> None:
        groups, present = parsed.groups, parsed.present
        for position, target, group, attribute, is_id, parse in self._plain:
            text = cells[position]
            if not text or (text in BLANKS and not is_id):
                continue
            present.add(target)
            values = groups.get(group)
            if values is None:
                values = groups[group] = {}
            elif attribute in values:  # an older and a newer heading of one field: the first with a value stands
                continue
            try:
                values[attribute] = parse(text)
            except KeptRaw:
                self._keep(parsed, self.layout.unmapped.partition(".")[0], self.heading(position), text)
            except BadValue as bad:
                parsed.problems.append((self.heading(position), bad.code, bad.params))

    def _read_currency(self, parsed: Parsed, cells: list[str], inherited: str) -> None:
        column = self._currency_column
        if column is not None and cells[column]:
            try:
                parsed.currency = reading.currency_code(cells[column])
            except BadValue as bad:
                parsed.problems.append((self.heading(column), bad.code, bad.params))
            parsed.present.add("order.currency")
        elif self.layout.currency_by == "sign":
            parsed.currency = self._currency_by_sign(cells)
        if not parsed.currency and not parsed.problems:
            parsed.currency = self.layout.currency or inherited
            if not parsed.currency and self.layout.currency_by in ("shop", "sign"):
                parsed.currency = self.settings.shop_currency
        if parsed.currency:
            parsed.present.add("order.currency")

    def _currency_by_sign(self, cells: list[str]) -> str:
        """What the first money cell's sign says; an open sign like `$` takes the shop's currency or the layout's."""
        for column, _ in self._money:
            sign = sign_of(cells[column]).upper().replace(" ", "") if cells[column] else ""
            if not sign:
                continue
            possible = currencies_of(sign)
            if len(possible) == 1:
                return next(iter(possible))
            if self.settings.shop_currency in possible:
                return self.settings.shop_currency
            if sign in self.layout.currency_signs:
                return self.layout.currency_signs[sign]
        return ""

    def _put_money(self, parsed: Parsed, column: int, found: Field, text: str) -> None:
        parsed.present.add(found.name)
        if not parsed.currency:
            if not parsed.problems:
                parsed.problems.append((self.heading(column), "currency_missing", {"text": text[:40]}))
            return
        group = parsed.group(found.group)
        if found.attribute in group:
            return
        try:
            group[found.attribute] = reading.money(found, text, parsed.currency, self.layout.decimal)
        except BadValue as bad:
            parsed.problems.append((self.heading(column), bad.code, bad.params))

    def _keep(self, parsed: Parsed, group: str, heading: str, text: str) -> None:
        try:
            value = reading.plain_text(text)[:MAX_EXTRA]
        except BadValue as bad:
            parsed.problems.append((heading, bad.code, bad.params))
            return
        if group != "drop":
            parsed.group(group).setdefault("extra", {})[heading] = value

    def site(self, channel: str) -> Site | None:
        return self.layout.sites.get(channel)

    def missing(self, present: set[str]) -> list[str]:
        """Headings of required fields without a value."""
        return [
            self.placed.heading_of(f) or self.layout.columns.get(f, (f,))[0]
            for f in self.layout.required
            if f not in present
        ]


def date_columns(layout: Layout, headings: list[str]) -> list[int]:
    return [i for i, t in place(layout, headings).targets.items() if t in FIELDS and FIELDS[t].read is Read.MOMENT]


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How a file writes its dates. `warning` is a code; `naive`: some date names no zone."""

    order: str
    warning: str
    naive: bool


def date_style(layout: Layout, headings: list[str], rows: Iterable[Row]) -> DateStyle:
    """The order of day and month for this file, decided by its own dates before a single row is read.

    A first look at some thousand rows; only when they leave the question open is the rest read.
    """
    columns = date_columns(layout, headings)
    evidence, naive = OrderEvidence(), False
    for count, row in enumerate(rows):
        for column in columns:
            if column < len(row.cells) and row.cells[column]:
                evidence = evidence.seen(row.cells[column])
                naive = naive or not _ZONED.search(row.cells[column])
        if not columns or (count >= _LOOK and (evidence.month_first or evidence.day_first or not evidence.open)):
            break
    order, warning = evidence.decide(layout.date_order)
    return DateStyle(order, warning, naive)


_LOOK = 5_000  # rows
_ZONED = re.compile(r":\d{2}.*?(?:Z|[+-]\d{2}:?\d{2}|\b[A-Z]{3,4})$")
