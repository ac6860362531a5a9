"""The facts of a case, each with where it came from: order, parcels, money, conversation, people.

The order of sources is the order of trust: what a person or the platform said about this case replaces what
was derived from imports.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.intake.conversations.models import Message
from amends.intake.orders.models import Order, PaymentEvent
from amends.intake.tracking.models import Parcel
from amends.judgement.policies.days import calendar_rows
from amends.judgement.rules.vocabulary import BY_NAME, COLUMNS, Kind
from amends.kernel.money import Money
from amends.kernel.taxonomy import kind_of
from amends.resolution.cases.models import Case, CaseFact

_SPOKEN = (Message.State.SENT, Message.State.HANDED_OVER, Message.State.SENDING)


@dataclass(frozen=True, slots=True)
class Seen:
    """One fact in wire form, with its origin: import, carrier, message, platform, person, computed."""

    key: str
    value: Any
    origin: str
    ref: str
    learnt_at: datetime | None


class Sheet:
    """Facts by key; later additions replace earlier ones, unknown values are left out."""

    def __init__(self) -> None:
        self.by_key: dict[str, Seen] = {}

    def put(self, key: str, value: Any, origin: str, ref: str = "", learnt_at: datetime | None = None) -> None:
        if value is None or value == "":
            return
        if isinstance(value, datetime):
            value = value.isoformat()
        elif isinstance(value, Money):
            value = str(value)
        self.by_key[key] = Seen(key, value, origin, ref, learnt_at)

    def wire(self) -> dict[str, Any]:
        return {key: seen.value for key, seen in self.by_key.items()}


def _shop(sheet: Sheet, case: Case) -> None:
    shop = case.shop
    if shop is None:
        return
    sheet.put("platform", shop.platform, "import", "shop")
    sheet.put("site", shop.site, "import", "shop")
    sheet.put("programme", shop.programme, "import", "shop")
    sheet.put("seller.country", shop.seller_country, "import", "shop")


def _order(sheet: Sheet, order: Order) -> None:
    ref = f"order:{order.pk}"

    def put(key: str, value: Any) -> None:
        sheet.put(key, value, "import", ref, order.updated_at)

    put("order.number", order.number)
    put("order.placed_at", order.placed_at)
    put("order.paid_at", order.paid_at)
    put("order.ship_by", order.ship_by)
    put("order.promised_from", order.promised_from)
    put("order.promised_by", order.promised_by)
    put("order.ship_country", order.ship_country)
    put("buyer.country", order.ship_country)
    put("order.fulfilment", order.fulfilment)
    put("programme", order.programme)
    if order.total_minor:
        put("order.total_with_tax_and_postage", Money.from_minor(order.total_minor, order.currency))
        put("order.item_total", Money.from_minor(order.items_minor or order.total_minor, order.currency))
    put("order.shipped", order.shipped_at)
    put("order.delivered", order.delivered_at)
    put("order.cancelled", order.cancelled_at)
    for key in ("shipment.protected_label", "order.tracking_declared", "shipment.tracking_valid", "order.digital"):
        put(key, order.extra.get(key))


def _parcels(sheet: Sheet, parcels: Iterable[Parcel]) -> None:
    rows = []
    for parcel in parcels:
        if parcel.is_return:
            sheet.put("return.sent", parcel.shipped_at, "carrier", f"parcel:{parcel.pk}", parcel.checked_at)
            sheet.put("return.first_scan", parcel.first_scan_at, "carrier", f"parcel:{parcel.pk}", parcel.checked_at)
            sheet.put("return.delivered_at", parcel.delivered_at, "carrier", f"parcel:{parcel.pk}", parcel.checked_at)
            continue
        row = {
            "number": parcel.number,
            "carrier": parcel.carrier,
            "shipped_at": parcel.shipped_at,
            "first_scan_at": parcel.first_scan_at,
            "delivered_at": parcel.delivered_at,
            "signature": parcel.signature,
            "delivered_to_address": parcel.delivered_to_address,
            "status": parcel.status,
            "delivered_country": parcel.extra.get("delivered_country"),
            "integrated_carrier": parcel.extra.get("integrated_carrier"),
        }
        rows.append({k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items() if v not in (None, "")})
    if not rows:
        return
    sheet.put("parcels", rows, "carrier", "parcels")
    read = [row.get("integrated_carrier") for row in rows]
    if None not in read:
        sheet.put("shipment.carrier_integrated", all(read), "carrier", "parcels")
    shipped = [r["shipped_at"] for r in rows if "shipped_at" in r]
    if shipped and "order.shipped" not in sheet.by_key:
        sheet.put("order.shipped", min(shipped), "carrier", "parcels")
    delivered = [r["delivered_at"] for r in rows if "delivered_at" in r]
    if len(delivered) == len(rows) and "order.delivered" not in sheet.by_key:
        sheet.put("order.delivered", max(delivered), "carrier", "parcels")
    sheet.put("order.tracking_declared", True, "import", "parcels")


def _money(sheet: Sheet, order: Order, events: list[PaymentEvent]) -> None:
    paid = sum(e.amount_minor for e in events if e.kind == PaymentEvent.Kind.PAID) or order.total_minor
    back = [e for e in events if e.kind == PaymentEvent.Kind.REFUNDED]
    refunded = sum(e.amount_minor for e in back)
    if refunded:
        at = max((e.at for e in back if e.at), default=order.updated_at)
        sheet.put("refund.issued" if refunded >= paid else "refund.partly_issued", at, "import", f"order:{order.pk}")
        sheet.put("refund.amount", Money.from_minor(refunded, order.currency), "import", f"order:{order.pk}")
    for event in events:
        if event.kind == PaymentEvent.Kind.CHARGED_BACK and event.at:
            sheet.put("payment_dispute.opened", event.at, "import", f"payment:{event.pk}")


def _conversation(sheet: Sheet, messages: list[Message]) -> None:
    said = [m for m in messages if m.direction == Message.Direction.IN]
    answered = [m for m in messages if m.direction == Message.Direction.OUT and m.state in _SPOKEN]
    if said:
        sheet.put("buyer.contacted", said[0].at, "message", f"message:{said[0].pk}")
    after_contact = [m for m in answered if said and m.at >= said[0].at]
    if after_contact:
        sheet.put("seller.answered", after_contact[0].at, "message", f"message:{after_contact[0].pk}")
        sheet.put("seller.last_answer", after_contact[-1].at, "message", f"message:{after_contact[-1].pk}")
    if said:
        sheet.put("buyer.last_message", said[-1].at, "message", f"message:{said[-1].pk}")
    for message in said:
        reading = message.reading or {}
        ref = f"message:{message.pk}"
        sheet.put("case.threat", True if reading.get("threats") else None, "message", ref)
        if any(a.get("media_type", "").startswith(("image/", "video/")) for a in message.attachments):
            sheet.put("case.photos", True, "message", ref)


def _column_overlay(sheet: Sheet, key: str, value: Any) -> bool:
    """A person's `parcels.signature` holds for every parcel, over what the carrier said."""
    table, _, column = key.partition(".")
    if table not in COLUMNS or column not in COLUMNS[table]:
        return False
    seen = sheet.by_key.get(table)
    rows = [dict(row) for row in seen.value] if seen else [{}]
    for row in rows:
        if value is None:
            row.pop(column, None)
        else:
            row[column] = value
    sheet.by_key[table] = Seen(table, rows, "person", key, seen.learnt_at if seen else None)
    return True


def _own_days(sheet: Sheet, case: Case) -> None:
    """Days on which the seller's own places are closed or open besides the country's calendar."""
    rows = calendar_rows(case.organisation_id)
    if rows:
        sheet.put("calendar", rows, "person", "settings")


def gather(case: Case) -> Sheet:
    """All facts of a case: a handful of queries, whatever the case."""
    sheet = Sheet()
    _own_days(sheet, case)
    _shop(sheet, case)
    order = case.order
    if order is not None:
        _order(sheet, order)
        _parcels(sheet, order.parcels.order_by("id"))
        _money(sheet, order, list(order.payments.order_by("id")))
    if case.thread_id is not None:
        messages = Message.objects.filter(thread_id=case.thread_id).exclude(state=Message.State.NOTE)
        _conversation(sheet, list(messages.order_by("at", "id")))
    sheet.put("case.leaf", case.leaf, "computed")
    sheet.put("case.kind", kind_of(case.leaf), "computed")
    facts = list(CaseFact.objects.filter(organisation_id=case.organisation_id, case=case).order_by("id"))
    for fact in facts:
        if _column_overlay(sheet, fact.key, fact.value):
            continue
        if fact.value is None:
            sheet.by_key.pop(fact.key, None)
        elif fact.key in BY_NAME and BY_NAME[fact.key].kind is not Kind.TABLE:
            sheet.put(fact.key, fact.value, fact.origin, fact.origin_ref, fact.learnt_at)
        elif fact.key in BY_NAME:
            sheet.by_key[fact.key] = Seen(fact.key, fact.value, fact.origin, fact.origin_ref, fact.learnt_at)
    return sheet
