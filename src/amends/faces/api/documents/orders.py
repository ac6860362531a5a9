"""Orders as JSON. Amounts are text with the currency of the order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from amends.faces.api.documents.common import BuyerRef, ShopRef, buyer_ref, shop_ref
from amends.faces.api.rendering import money
from amends.intake.orders.models import Line, Order, PaymentEvent
from amends.intake.tracking.models import Parcel


class OrderRow(BaseModel):
    id: int
    number: str
    status: str = Field(description="The platform's own word.")
    total: str
    placed_at: datetime | None
    paid_at: datetime | None
    promised_by: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    ship_country: str
    shop: ShopRef | None
    buyer: BuyerRef | None
    updated_at: datetime


class OrderPage(BaseModel):
    items: list[OrderRow]
    next: str | None


class LineDocument(BaseModel):
    external_id: str
    sku: str
    title: str
    variant: str
    quantity: int
    unit_price: str
    tax: str
    discount: str


class PaymentDocument(BaseModel):
    kind: str = Field(description="paid, refunded, charged_back or chargeback_reversed")
    amount: str
    method: str
    at: datetime | None
    external_id: str


class ParcelDocument(BaseModel):
    number: str
    carrier: str
    status: str
    is_return: bool
    shipped_at: datetime | None
    first_scan_at: datetime | None
    delivered_at: datetime | None
    signature: bool | None


class OrderDocument(OrderRow):
    items_total: str
    shipping: str
    tax: str
    discount: str
    fulfilment: str
    programme: str
    ship_service: str
    ship_name: str
    ship_city: str
    ship_address: Any
    extra: dict[str, Any] = Field(description="Columns of the source that have no field here, as they were.")
    lines: list[LineDocument]
    payments: list[PaymentDocument]
    parcels: list[ParcelDocument]


def order_row(order: Order) -> OrderRow:
    return OrderRow(**_row(order))


def _row(order: Order) -> dict[str, Any]:
    return {
        "id": order.pk, "number": order.number, "status": order.status,
        "total": money(order.total_minor, order.currency), "placed_at": order.placed_at, "paid_at": order.paid_at,
        "promised_by": order.promised_by, "shipped_at": order.shipped_at, "delivered_at": order.delivered_at,
        "cancelled_at": order.cancelled_at, "ship_country": order.ship_country, "shop": shop_ref(order.shop),
        "buyer": buyer_ref(order.buyer), "updated_at": order.updated_at,
    }  # fmt: skip


def order_document(
    order: Order, lines: list[Line], payments: list[PaymentEvent], parcels: list[Parcel]
) -> OrderDocument:
    def amount(minor: int) -> str:
        return money(minor, order.currency)

    return OrderDocument(
        **_row(order),
        items_total=amount(order.items_minor), shipping=amount(order.shipping_minor), tax=amount(order.tax_minor),
        discount=amount(order.discount_minor), fulfilment=order.fulfilment, programme=order.programme,
        ship_service=order.ship_service, ship_name=order.ship_name, ship_city=order.ship_city,
        ship_address=order.ship_address, extra=order.extra,
        lines=[
            LineDocument(
                external_id=line.external_id, sku=line.sku, title=line.title, variant=line.variant,
                quantity=line.quantity, unit_price=amount(line.unit_price_minor), tax=amount(line.tax_minor),
                discount=amount(line.discount_minor),
            )
            for line in lines
        ],
        payments=[
            PaymentDocument(
                kind=p.kind, amount=money(p.amount_minor, p.currency), method=p.method, at=p.at,
                external_id=p.external_id,
            )
            for p in payments
        ],
        parcels=[
            ParcelDocument(
                number=p.number, carrier=p.carrier, status=p.status, is_return=p.is_return, shipped_at=p.shipped_at,
                first_scan_at=p.first_scan_at, delivered_at=p.delivered_at, signature=p.signature,
            )
            for p in parcels
        ],
    )  # fmt: skip
