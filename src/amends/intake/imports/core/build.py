"""The records of one order, made from its parsed rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from amends.intake.buyers.core import BuyerRecord
from amends.intake.imports.core.layout import Kind
from amends.intake.imports.core.records import MessageRecord, ShopHint
from amends.intake.imports.core.rows import Parsed
from amends.intake.orders.core import SYNTHETIC, LineRecord, PaymentRecord, ReturnRecord
from amends.intake.reviews.core import ReviewRecord
from amends.intake.tracking.core import ParcelRecord, number_key


def combined(group: list[Parsed], name: str) -> dict[str, Any]:
    """One dict for the rows of an order: the first value of each attribute stands, `extra` is merged likewise."""
    if len(group) == 1:
        return group[0].groups.get(name, {})
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for parsed in group:
        found = parsed.groups.get(name, {})
        extra = found.get("extra", {}) | extra
        values = found | values
    return values | ({"extra": extra} if extra else {})


def shop_hint(group: list[Parsed]) -> ShopHint:
    said = group[0].groups.get("shop", {})
    return ShopHint(said.get("platform", ""), group[0].channel, said.get("name", ""))


def buyer(group: list[Parsed]) -> BuyerRecord | None:
    """Who bought. Without an id or an address the buyer is known only by this order, so two John Smiths stay two."""
    said = {k: v for k, v in combined(group, "buyer").items() if k != "extra"}
    first, last = said.pop("first_name", ""), said.pop("last_name", "")
    if "name" not in said and (first or last):
        said["name"] = f"{first} {last}".strip()
    if not said:
        return None
    external_id = said.pop("external_id", None) or said.get("email") or f"order:{group[0].number}"
    return BuyerRecord(external_id[:120], **said)


def line_id(line: dict[str, Any]) -> str:
    """The platform's own id of a line: one column, or item and transaction together."""
    own, second = line.get("external_id", ""), line.get("second_id", "")
    if second:
        return f"{own or line.get('product_id', '')}-{second}"[-64:]
    return str(own)


def line_key(line: dict[str, Any]) -> str:
    """An id for a line the source does not number, made from the goods; empty when it names none."""
    sku, variant = (
        line.get("sku") or line.get("product_id") or "",
        line.get("variant", ""),
    )
    name = sku or line.get("title", "")
    if not name:
        return ""
    if sku and not variant and len(sku) <= 48:  # noqa: PLR2004 - leaves room for `~` and `#99` in 64
        return SYNTHETIC + str(sku)
    return SYNTHETIC + hashlib.blake2b(f"{name}\0{variant}".encode(), digest_size=12).hexdigest()


def lines(group: list[Parsed]) -> tuple[LineRecord, ...]:
    made: list[LineRecord] = []
    names: dict[str, int] = {}
    for parsed in group:
        packed = parsed.groups.get("cells", {}).get("lines")
        found = [parsed.groups["line"]] if "line" in parsed.groups else []
        for line in [*found, *(packed_lines(packed) if packed else ())]:
            key = line_id(line) or line_key(line)
            if not key:
                continue
            names[key] = names.get(key, 0) + 1
            made.append(_line(line, key if names[key] == 1 else f"{key}#{names[key]}"))
    return tuple(made)


def _line(line: dict[str, Any], external_id: str) -> LineRecord:
    values = {k: v for k, v in line.items() if k not in _LINE_HELPERS}
    discounts = [line[k] for k in ("discount_minor", "discount2_minor") if k in line]
    if discounts:
        values["discount_minor"] = sum(discounts)
    amount = line.get("amount_minor")
    if amount is not None and "unit_price_minor" not in line:
        quantity = line.get("quantity") or 1
        unit, rest = divmod(amount, quantity)
        values["unit_price_minor"] = unit + (1 if 2 * rest > quantity else 0)
        if rest:
            values["extra"] = {**values.get("extra", {}), "amount_minor": amount}
    return LineRecord(external_id=external_id, **values)


_LINE_HELPERS = frozenset({"external_id", "second_id", "amount_minor", "discount2_minor"})
_ITEM_MARK = re.compile(r"【\d+】")
_ITEM_DETAIL = re.compile(r"[(（]\s*(产品属性|商家编码|产品数量)\s*[:：]\s*([^()（）]*)[)）]")


def packed_lines(cell: str) -> Iterator[dict[str, Any]]:
    """The products of an AliExpress order, all in one cell.

    Seen forms: `【1】title (商家编码:…) (产品数量:2 piece)` blocks, and one title a line. The inside of this cell
    has no public description, so a text that fits neither is kept as a title.
    """
    blocks = [b for b in _ITEM_MARK.split(cell) if b.strip()] if _ITEM_MARK.search(cell) else cell.splitlines()
    for block in blocks:
        details = dict(_ITEM_DETAIL.findall(block))
        title = " ".join(_ITEM_DETAIL.sub(" ", block).split())
        if not title:
            continue
        line: dict[str, Any] = {"title": title[:500]}
        count = re.match(r"\d{1,6}", details.get("产品数量", "").strip())
        if count:
            line["quantity"] = int(count.group())
        if details.get("商家编码", "").strip():
            line["sku"] = details["商家编码"].strip()[:120]
        if details.get("产品属性", "").strip():
            line["variant"] = details["产品属性"].strip()[:200]
        yield line


def running_totals(group: list[Parsed], *, paid_with_total: bool) -> Iterator[PaymentRecord]:
    money, order = combined(group, "money"), combined(group, "order")
    currency, method = group[0].currency, money.get("method")
    paid = money.get("paid_total")
    if paid is None and paid_with_total and order.get("paid_at"):
        paid = order.get("total_minor")
    if paid:
        yield PaymentRecord("paid", "total", paid, currency, method, order.get("paid_at"), so_far="")
    if money.get("refunded_total"):
        yield PaymentRecord("refunded", "total", money["refunded_total"], currency, so_far="")
    for parsed in group:
        returned = parsed.groups.get("return", {})
        if returned.get("refunded_total"):
            name = f"return:{returned.get('external_id', parsed.number)}"
            yield PaymentRecord("refunded", name, returned["refunded_total"], currency, so_far=name)


def payments(parsed: Parsed, kind: Kind) -> Iterator[PaymentRecord]:
    said = parsed.groups.get("payment", {})
    if "amount_minor" not in said:
        return
    at: datetime | None = said.get("at")
    what = "refunded" if kind is Kind.REFUNDS else said.get("kind", "paid")
    external_id = said.get("external_id") or f"{SYNTHETIC}{at.isoformat() if at else ''}:{said['amount_minor']}"
    yield PaymentRecord(
        what,
        external_id,
        said["amount_minor"],
        parsed.currency,
        said.get("method"),
        at,
        said.get("extra"),
    )


def parcels(parsed: Parsed) -> Iterator[ParcelRecord]:
    said = parsed.groups.get("parcel", {})
    if said.get("number"):
        yield ParcelRecord(**said | {"number": number_key(said["number"])})
    packed = parsed.groups.get("cells", {}).get("parcels")
    if packed:
        shipped = parsed.groups.get("order", {}).get("shipped_at")
        for carrier, number in packed_parcels(packed):
            yield ParcelRecord(number, carrier or None, shipped_at=shipped)


def packed_parcels(cell: str) -> Iterator[tuple[str, str]]:
    """(carrier, number) pairs of a cell of `carrier:number`, split at the last colon, one a line or `;` apart."""
    for part in re.split(r"[\n\r;；]+", cell):
        carrier, _, number = part.replace("：", ":").rpartition(":")
        if number.strip():
            yield carrier.strip()[:60], number_key(number)[:80]


def returns(parsed: Parsed) -> Iterator[ReturnRecord]:
    said = {k: v for k, v in parsed.groups.get("return", {}).items() if k != "refunded_total"}
    if said.get("external_id") or said.get("requested_at"):
        said.setdefault("external_id", f"{SYNTHETIC}{parsed.number}")
        yield ReturnRecord(**said)


def messages(parsed: Parsed) -> Iterator[MessageRecord]:
    said = {k: v for k, v in parsed.groups.get("message", {}).items() if k != "extra"}
    if said.get("text") and said.get("at"):
        said.setdefault(
            "external_id",
            SYNTHETIC + _digest(parsed.number, said["at"].isoformat(), said["text"]),
        )
        yield MessageRecord(**said)


def reviews(parsed: Parsed) -> Iterator[ReviewRecord]:
    said = parsed.groups.get("review", {})
    if "rating" in said or "text" in said:
        said.setdefault(
            "external_id",
            SYNTHETIC + _digest(parsed.number, said.get("text", ""), str(said.get("posted_at"))),
        )
        yield ReviewRecord(**said)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()
