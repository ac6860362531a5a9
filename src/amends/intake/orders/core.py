"""What a source may say about an order, and the arithmetic on it. Money is in minor units, times are zone-aware.

In every record None means that the source does not say: an upsert then keeps what is already known, so a poorer
report imported after a richer one never blanks a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ORDER_FIELDS = (
    "status", "currency", "items_minor", "shipping_minor", "tax_minor", "discount_minor", "total_minor", "placed_at",
    "paid_at", "ship_by", "promised_from", "promised_by", "shipped_at", "delivered_at", "cancelled_at", "fulfilment",
    "programme", "ship_service", "ship_name", "ship_address", "ship_country", "ship_city", "extra",
)  # fmt: skip
LINE_FIELDS = (
    "product_id", "sku", "title", "variant", "category", "quantity", "unit_price_minor", "shipping_minor", "tax_minor",
    "discount_minor", "extra",
)  # fmt: skip
PAYMENT_FIELDS = ("method", "amount_minor", "currency", "at", "extra")
RETURN_FIELDS = (
    "product_id", "title", "quantity", "reason", "comment", "status", "resolution", "requested_at", "delivered_at",
    "extra",
)  # fmt: skip

SYNTHETIC = "~"  # marks a line id made from the goods, because the source numbers no lines
TOTAL_BASIS = "total_basis"  # in Order.extra: "lines" (we added up) or "unknown"; absent when the source stated it
TAX_BASIS = "tax_basis"  # in Order.extra: "added" or "included" in the prices of the lines
STATED_PARTS = "stated_parts"  # in Order.extra: the parts of the total the source did state
PARTS = ("items_minor", "shipping_minor", "tax_minor", "discount_minor")


@dataclass(frozen=True, slots=True)
class OrderRecord:
    number: str
    currency: str
    status: str | None = None
    items_minor: int | None = None
    shipping_minor: int | None = None
    tax_minor: int | None = None
    discount_minor: int | None = None
    total_minor: int | None = None
    placed_at: datetime | None = None
    paid_at: datetime | None = None
    ship_by: datetime | None = None
    promised_from: datetime | None = None
    promised_by: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    fulfilment: str | None = None  # "seller" or "platform"
    programme: str | None = None
    ship_service: str | None = None
    ship_name: str | None = None
    ship_address: dict[str, str] | None = None  # line1, line2, line3, state, postal_code, phone
    ship_country: str | None = None  # ISO 3166 alpha-2
    ship_city: str | None = None
    extra: dict[str, Any] | None = None
    tax_added: bool = True  # False: the lines' prices contain the tax


@dataclass(frozen=True, slots=True)
class LineRecord:
    """`amount_minor` is the price of all pieces together where the source gives that instead of a unit price."""

    external_id: str
    product_id: str | None = None
    sku: str | None = None
    title: str | None = None
    variant: str | None = None
    category: str | None = None
    quantity: int | None = None
    unit_price_minor: int | None = None
    shipping_minor: int | None = None
    tax_minor: int | None = None
    discount_minor: int | None = None
    extra: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """Money that moved. With `so_far` it is a running total instead of one movement.

    `so_far=""` means everything of this kind on the order up to now; another text, everything whose id starts
    with it. The upsert books only the difference to what is already known.
    """

    kind: str  # paid, refunded, charged_back, chargeback_reversed
    external_id: str
    amount_minor: int
    currency: str
    method: str | None = None
    at: datetime | None = None
    extra: dict[str, Any] | None = None
    so_far: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    external_id: str
    sku: str = ""
    product_id: str | None = None
    title: str | None = None
    quantity: int | None = None
    reason: str | None = None
    comment: str | None = None
    status: str | None = None
    resolution: str | None = None
    requested_at: datetime | None = None
    delivered_at: datetime | None = None
    extra: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class OrderUpsert:
    """One order and what hangs on it. `order=None`: only attach to an order that is already known.

    `hint`: the order's own fields are second-hand and count only while the order is not known.
    `buyer_is_nameless`: the buyer is known by this order alone, so a better known one is not replaced.
    """

    number: str
    order: OrderRecord | None = None
    hint: bool = False
    buyer_id: int | None = None
    buyer_is_nameless: bool = False
    row: int | None = None  # the line of the file
    lines: tuple[LineRecord, ...] = ()
    payments: tuple[PaymentRecord, ...] = ()
    returns: tuple[ReturnRecord, ...] = ()


def number_key(text: str) -> str:
    """An order number as people retype it; the database computes the same (`models.number_key`)."""
    return text.strip().translate(_UPPER).lstrip("#0")


# ASCII only, like SQLite's UPPER; order numbers are ASCII on every platform we know.
_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_TOKEN = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9_-]*")
_SHORT = 5  # shorter digit runs are amounts, house numbers and years
MAX_CANDIDATES = 60


def candidate_numbers(text: str) -> list[str]:
    """Keys of everything in a message that could be an order number, in order of appearance.

    A run of fewer than five characters counts only with a `#` before it. A hyphenated run is offered as a whole
    and, when a word is glued to it (`order-12345`), by its parts that contain a digit.
    """
    found: dict[str, None] = {}
    for match in _TOKEN.finditer(text[:200_000]):
        token = match.group()
        parts = [token, *(token.split("-") if "-" in token else ())]
        for part in parts:
            key = number_key(part)
            if not any(c.isdigit() for c in part) or not key:
                continue
            if len(part.lstrip("#")) >= _SHORT or part.startswith("#"):
                found[key] = None
        if len(found) >= MAX_CANDIDATES:
            break
    return list(found)[:MAX_CANDIDATES]


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A stored line as the matching below sees it."""

    external_id: str
    sku: str
    product_id: str


def adopt(known: Sequence[KnownLine], incoming: LineRecord) -> str | None:
    """The id of the stored line that `incoming` speaks of, or None for a new line.

    One report numbers its lines and another of the same platform does not; when exactly one of the two ids is
    made from the goods and the goods agree, both speak of one line.
    """
    for line in known:
        if line.external_id == incoming.external_id:
            return line.external_id
    invented = incoming.external_id.startswith(SYNTHETIC)
    for line in known:
        if line.external_id.startswith(SYNTHETIC) == invented:
            continue
        if incoming.sku and line.sku == incoming.sku:
            return line.external_id
        if not incoming.sku and incoming.product_id and line.product_id == incoming.product_id:
            return line.external_id
    return None


def line_amount(quantity: int, unit_price_minor: int, extra: Mapping[str, Any]) -> int:
    """What all pieces of a line cost. A price that does not divide by the pieces is kept in `extra`."""
    exact = extra.get("amount_minor")
    return exact if isinstance(exact, int) else quantity * unit_price_minor


def basis(record: OrderRecord) -> dict[str, Any]:
    """What goes into `extra` when a source states no total: how it is to be added up, now and when lines arrive."""
    return {
        TOTAL_BASIS: "unknown",
        TAX_BASIS: "added" if record.tax_added else "included",
        STATED_PARTS: [part for part in PARTS if getattr(record, part) is not None],
    }


def is_open(extra: Mapping[str, Any]) -> bool:
    """True when the order's total is ours, not the source's."""
    return TOTAL_BASIS in extra


def settled(extra: Mapping[str, Any]) -> dict[str, Any]:
    """`extra` once the source has stated a total."""
    return {k: v for k, v in extra.items() if k not in (TOTAL_BASIS, TAX_BASIS, STATED_PARTS)}


Amounts = tuple[int, int, int, int]  # of a line: all its pieces, shipping, tax, discount


def add_up(known: Mapping[str, int], extra: Mapping[str, Any], lines: Iterable[Amounts]) -> dict[str, Any]:
    """Parts, total and `extra` of an order whose total is open. `known` holds the parts as they stand.

    Parts the source stated are left alone; the others are the sums over the lines.
    """
    sums = dict.fromkeys(PARTS, 0)
    for amounts in lines:
        for part, amount in zip(PARTS, amounts, strict=True):
            sums[part] += amount
    said = extra.get(STATED_PARTS, [])
    parts = {part: known[part] if part in said else sums[part] for part in PARTS}
    total = parts["items_minor"] + parts["shipping_minor"] - parts["discount_minor"]
    if extra.get(TAX_BASIS) != "included":
        total += parts["tax_minor"]
    return {**parts, "total_minor": total, "extra": {**extra, TOTAL_BASIS: "lines"}}


def unnamed_event(amount_minor: int, known: Iterable[tuple[str, int]]) -> tuple[str, int] | None:
    """The event booked from a running total that a movement now named by its id is, or is a part of.

    `known` are (id, amount) of the events of its kind. Returns the event's id and what is left of it: a file that
    says `paid so far 41.80` and a later one that lists the payment of 41.80 speak of the same money.
    """
    unnamed = [(name, amount) for name, amount in known if _RUNNING.fullmatch(name)]
    for name, amount in unnamed:
        if amount == amount_minor:
            return name, 0
    for name, amount in unnamed:
        if name.startswith("total@"):
            return name, max(0, amount - amount_minor)
    return None


_RUNNING = re.compile(r"(?:total|return:.*)@\d+")


def missing_amount(record: PaymentRecord, known: Iterable[tuple[str, int]]) -> int:
    """How much of a running total is not booked yet, given (id, amount) of the known events of its kind.

    Never negative: money that was booked is not unbooked by a smaller total in a file.
    """
    booked = sum(amount for external_id, amount in known if external_id.startswith(record.so_far or ""))
    return max(0, record.amount_minor - booked)
