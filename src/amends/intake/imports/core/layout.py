"""A layout: which headings a file has and what they mean. Layouts are data; this module reads and checks them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from amends.intake.imports.core.dates import ORDERS
from amends.intake.imports.core.fields import TARGETS
from amends.intake.imports.core.problems import FileRefused
from amends.kernel.calendars import is_zone
from amends.kernel.money import currency_codes
from amends.kernel.outcome import InputError, Problem

# Columns of a file of rejected rows; ignored when the mended file comes back.
REJECT_COLUMNS = ("amends_row", "amends_column", "amends_reason")
HEADING_ROWS = 20  # how far down a heading line is looked for


class Kind(StrEnum):
    """What one row of a file speaks of, in the order the tables of one import are read."""

    LOOKUP = "lookup"  # only joined into other tables
    ORDERS = "orders"
    LINES = "lines"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    SHIPMENTS = "shipments"
    RETURNS = "returns"
    MESSAGES = "messages"
    REVIEWS = "reviews"


KIND_ORDER = {kind: position for position, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Site:
    """A sales channel of a platform: the shop's site code and what is usual there."""

    code: str
    currency: str = ""
    zone: str = ""
    tax_added: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Columns of a lookup table, appended to the rows that carry its key."""

    layout: str
    match: str  # heading in this table
    key: str  # heading in the lookup table
    take: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """`proof`: A the provider's document, B its SDK, C third parties, M memory, O our own. C and M are `unproven`."""

    id: str
    family: str
    platform: str
    kind: Kind
    title: str
    locale: str
    proof: str
    source: str
    tell_tale: tuple[str, ...]  # headings that together name this layout; empty: never detected, only chosen
    required: tuple[str, ...]  # fields without which the file is refused and a row rejected
    columns: Mapping[str, tuple[str, ...]]  # target → headings; `xyz*` matches by prefix
    zone: str  # IANA name, or "shop"
    date_order: str  # ymd, mdy, dmy, or empty: not known
    decimal: str = "point"
    currency: str = ""  # fixed for the whole file
    currency_by: str = "column"  # column, fixed, sign, shop
    currency_signs: Mapping[str, str] = field(default_factory=dict)
    continuation: bool = False  # order-level cells are empty after the first row of an order
    loose_lines: bool = True  # two rows may name the same goods; False: the second one contradicts
    totals_repeat: bool = False  # order money is repeated on each row, so a different one contradicts
    tax_added: bool = True
    paid_with_total: bool = False  # a paid date means the order's total was paid
    unmapped: str = ""  # where columns nobody mapped are kept; empty: beside the record of the layout's kind
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    skip_without: tuple[str, ...] = ()  # a row with none of these fields is a blank or a trailer, not data
    joins: tuple[Join, ...] = ()
    key: str = ""  # lookup tables: the heading others join on
    notes: str = ""

    @property
    def unproven(self) -> bool:
        return self.proof in ("C", "M")


def normal(heading: str) -> str:
    """A heading as it is compared: width, case, quotes, asterisks, byte-order mark and all white space gone."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(c for c in plain if not c.isspace() and c not in "\"'*\ufeff\u200b")


def unique_headings(cells: Sequence[str]) -> list[str]:
    """Headings with `__2`, `__3` added to repeated ones, and a made-up name for an empty one."""
    seen: dict[str, int] = {}
    result = []
    for position, cell in enumerate(cells, start=1):
        name = cell.strip().lstrip("\ufeff") or f"column {position}"
        count = seen[normal(name)] = seen.get(normal(name), 0) + 1
        result.append(name if count == 1 else f"{name}__{count}")
    return result


def fingerprint(headings: Iterable[str]) -> str:
    """One hash for a set of headings in any order, so that a saved mapping is found again."""
    names = sorted({normal(h) for h in headings} - set(REJECT_COLUMNS))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Placed:
    """Which column of a table holds which target: a field name, `order.extra`, `drop`, `unmapped`, `ignore`.

    `targets` lists every column; of several columns of one field, the one whose heading the layout names first
    comes first.
    """

    targets: dict[int, str]
    headings: list[str]

    def column_of(self, target: str) -> int | None:
        return next((i for i, t in self.targets.items() if t == target), None)

    def heading_of(self, target: str) -> str:
        column = self.column_of(target)
        return "" if column is None else self.headings[column]


def place(layout: Layout, headings: Sequence[str]) -> Placed:
    """Match headings to targets. A heading that the layout lists twice serves the target listed last."""
    exact: dict[str, tuple[int, str]] = {}
    prefixes: list[tuple[str, tuple[int, str]]] = []
    for target, aliases in layout.columns.items():
        for rank, alias in enumerate(aliases):
            if alias.endswith("*") and len(alias) > 1:
                prefixes.append((normal(alias[:-1]), (rank, target)))
            else:
                exact[normal(alias)] = rank, target
    found: list[tuple[int, int, str]] = []
    for position, heading in enumerate(headings):
        name = normal(heading)
        rank, target = exact.get(name) or next((p for start, p in prefixes if name.startswith(start)), (0, "unmapped"))
        found.append((rank, position, "ignore" if name in REJECT_COLUMNS else target))
    return Placed({position: target for _, position, target in sorted(found)}, list(headings))


def recognised(layout: Layout, headings: Sequence[str]) -> int:
    """How many headings the layout knows, or 0 when a tell-tale heading is missing."""
    names = {normal(h) for h in headings}
    if not layout.tell_tale or not all(_present(t, names) for t in layout.tell_tale):
        return 0
    if layout.kind is Kind.LOOKUP:
        return len(layout.tell_tale)
    return sum(1 for t in place(layout, headings).targets.values() if t not in ("unmapped", "ignore"))


def _present(heading: str, names: set[str]) -> bool:
    if heading.endswith("*"):
        return any(n.startswith(normal(heading[:-1])) for n in names)
    return normal(heading) in names


def detect(layouts: Iterable[Layout], headings: Sequence[str]) -> Layout | None:
    """The layout that knows most of the headings; among equals the one with more tell-tale headings."""
    scored = [(recognised(one, headings), len(one.tell_tale), one.id, one) for one in layouts]
    best = max(scored, key=lambda s: s[:3], default=None)
    return best[3] if best and best[0] else None


def missing_headings(layout: Layout, headings: Sequence[str]) -> list[str]:
    """The first heading of each required field that no column serves."""
    present = set(place(layout, headings).targets.values()) | set(layout.constants)
    return [layout.columns[f][0] for f in layout.required if f in layout.columns and f not in present]


def find_heading(rows: Sequence[Sequence[str]], layouts: Iterable[Layout]) -> tuple[int, Layout | None]:
    """(index of the heading line among the first rows, its layout or None). Raises FileRefused `no_heading`."""
    known = list(layouts)
    best: tuple[int, int, Layout] | None = None
    for index, cells in enumerate(rows[:HEADING_ROWS]):
        layout = detect(known, unique_headings(cells))
        if layout and (best is None or recognised(layout, unique_headings(cells)) > best[0]):
            best = (recognised(layout, unique_headings(cells)), index, layout)
    if best:
        return best[1], best[2]
    widest = max((sum(1 for c in cells if c.strip()) for cells in rows[:HEADING_ROWS]), default=0)
    for index, cells in enumerate(rows[:HEADING_ROWS]):
        filled = [c for c in cells if c.strip()]
        if filled and len(filled) * 2 > widest:
            return index, None
    raise FileRefused("no_heading")


def from_data(data: Mapping[str, Any]) -> Layout:
    """Check a layout read from a file or a saved mapping. Raises InputError with every problem found."""
    problems = list(_problems(data))
    if problems:
        raise InputError(problems)
    plain = {"family": "", "locale": "", "date_order": ""} | {k: v for k, v in data.items() if k not in _BUILT}
    layout = Layout(
        **plain,
        kind=Kind(data["kind"]),
        tell_tale=tuple(data.get("tell_tale", ())),
        required=tuple(data.get("required", ())),
        columns={target: tuple(names) for target, names in data["columns"].items()},
        skip_without=tuple(data.get("skip_without", ())),
        sites={normal(name): Site(**site) for name, site in data.get("sites", {}).items()},
        joins=tuple(Join(j["layout"], j["match"], j["key"], tuple(j["take"])) for j in data.get("joins", ())),
    )
    return replace(
        layout,
        family=layout.family or layout.id,
        unmapped=layout.unmapped or _UNMAPPED[layout.kind],
    )


_UNMAPPED = {
    Kind.LOOKUP: "drop",
    Kind.ORDERS: "order.extra",
    Kind.LINES: "line.extra",
    Kind.PAYMENTS: "payment.extra",
    Kind.REFUNDS: "payment.extra",
    Kind.SHIPMENTS: "parcel.extra",
    Kind.RETURNS: "return.extra",
    Kind.MESSAGES: "drop",  # a message row has no place for them; the run's warnings name them
    Kind.REVIEWS: "review.extra",
}
_BUILT = frozenset({"kind", "tell_tale", "required", "columns", "skip_without", "sites", "joins"})
_KNOWN = frozenset(Layout.__dataclass_fields__)


def _problems(data: Mapping[str, Any]) -> Iterable[Problem]:
    where = str(data.get("id", "?"))
    for name in ("id", "platform", "kind", "title", "proof", "source", "columns", "zone"):
        if not data.get(name):
            yield Problem("missing", f"{where}.{name}")
    for name in set(data) - _KNOWN:
        yield Problem("unknown_key", f"{where}.{name}")
    for target in [*data.get("columns", {}), *data.get("required", ()), *data.get("constants", {})]:
        if target not in TARGETS:
            yield Problem("unknown_field", f"{where}.{target}")
    for name, allowed in _ALLOWED.items():
        if name in data and not allowed(data[name]):
            yield Problem(f"unknown_{name}", where, {name: data[name]})
    for code in [data.get("currency") or "USD", *data.get("currency_signs", {}).values()]:
        if code not in currency_codes():
            yield Problem("unknown_currency", where, {"currency": code})


_ALLOWED: dict[str, Callable[[Any], bool]] = {
    "kind": lambda value: value in set(Kind),
    "proof": lambda value: value in ("A", "B", "C", "M", "O"),
    "zone": lambda value: value == "shop" or is_zone(str(value)),
    "date_order": lambda value: value in (*ORDERS, ""),
    "decimal": lambda value: value in ("point", "comma"),
    "currency_by": lambda value: value in ("column", "fixed", "sign", "shop"),
}
