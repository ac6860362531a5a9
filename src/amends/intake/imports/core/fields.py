"""Every field a column can be mapped to: where it goes and how its cells are read.

Names are `group.attribute`. They are what layouts, saved mappings and the mapping page speak of.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Read(StrEnum):
    """How a cell becomes a value."""

    TEXT = "text"  # clipped at the column's length
    ID = "id"  # text that is never shortened and never a rounded number
    MONEY = "money"
    AMOUNT = "amount"  # money whose sign says nothing: discounts, refunds
    COUNT = "count"
    MOMENT = "moment"
    COUNTRY = "country"
    CURRENCY = "currency"
    EMAIL = "email"
    FLAG = "flag"
    RATING = "rating"
    LANGUAGE = "language"
    WORD = "word"  # one of the words the layout translates


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    attribute: str
    read: Read
    limit: int = 0

    @property
    def group(self) -> str:
        return self.name.partition(".")[0]


def _fields(group: str, read: Read, names: str, limit: int = 0, suffix: str = "") -> list[Field]:
    return [Field(f"{group}.{name}", name.rpartition(".")[2] + suffix, read, limit) for name in names.split()]


_ALL = [
    Field("order.number", "number", Read.ID, 64),
    Field("order.currency", "currency", Read.CURRENCY),
    Field("order.fulfilment", "fulfilment", Read.WORD, 12),
    Field("order.ship_country", "ship_country", Read.COUNTRY),
    *_fields("order", Read.TEXT, "status programme", 40),
    Field("order.ship_service", "ship_service", Read.TEXT, 80),
    Field("order.ship_name", "ship_name", Read.TEXT, 160),
    Field("order.ship_city", "ship_city", Read.TEXT, 120),
    *_fields("order", Read.MONEY, "items shipping tax total", suffix="_minor"),
    Field("order.discount", "discount_minor", Read.AMOUNT),
    *_fields(
        "order",
        Read.MOMENT,
        "placed_at paid_at ship_by promised_from promised_by shipped_at delivered_at",
    ),
    Field("order.cancelled_at", "cancelled_at", Read.MOMENT),
    *_fields("address", Read.TEXT, "line1 line2 line3 state postal_code phone", 300),
    # Running totals of an order; they become the part of a payment that is not booked yet.
    Field("money.paid_total", "paid_total", Read.AMOUNT),
    Field("money.refunded_total", "refunded_total", Read.AMOUNT),
    Field("money.method", "method", Read.TEXT, 40),
    Field("buyer.id", "external_id", Read.ID, 120),
    Field("buyer.name", "name", Read.TEXT, 160),
    Field("buyer.first_name", "first_name", Read.TEXT, 80),
    Field("buyer.last_name", "last_name", Read.TEXT, 80),
    Field("buyer.email", "email", Read.EMAIL, 254),
    Field("buyer.phone", "phone", Read.TEXT, 40),
    Field("buyer.country", "country", Read.COUNTRY),
    Field("buyer.language", "language", Read.LANGUAGE, 12),
    Field("line.id", "external_id", Read.ID, 64),
    Field("line.id2", "second_id", Read.ID, 64),
    Field("line.product_id", "product_id", Read.ID, 80),
    Field("line.sku", "sku", Read.ID, 120),
    Field("line.title", "title", Read.TEXT, 500),
    Field("line.variant", "variant", Read.TEXT, 200),
    Field("line.category", "category", Read.TEXT, 120),
    Field("line.quantity", "quantity", Read.COUNT),
    Field("line.unit_price", "unit_price_minor", Read.MONEY),
    Field("line.amount", "amount_minor", Read.MONEY),
    *_fields("line", Read.MONEY, "shipping tax", suffix="_minor"),
    *_fields("line", Read.AMOUNT, "discount discount2", suffix="_minor"),  # both are taken off
    Field("cells.lines", "lines", Read.TEXT, 20_000),  # all products of the order in one cell
    Field("cells.parcels", "parcels", Read.TEXT, 4_000),  # `carrier:number`, several in one cell
    Field("parcel.number", "number", Read.ID, 80),
    Field("parcel.carrier", "carrier", Read.TEXT, 60),
    Field("parcel.service", "service", Read.TEXT, 80),
    Field("parcel.status", "status", Read.TEXT, 24),
    Field("parcel.is_return", "is_return", Read.FLAG),
    Field("parcel.signature", "signature", Read.FLAG),
    *_fields("parcel", Read.MOMENT, "shipped_at delivered_at"),
    Field("payment.id", "external_id", Read.ID, 120),
    Field("payment.kind", "kind", Read.WORD, 20),
    Field("payment.method", "method", Read.TEXT, 40),
    Field("payment.amount", "amount_minor", Read.AMOUNT),
    Field("payment.at", "at", Read.MOMENT),
    Field("return.id", "external_id", Read.ID, 120),
    Field("return.sku", "sku", Read.ID, 120),
    Field("return.product_id", "product_id", Read.ID, 80),
    Field("return.title", "title", Read.TEXT, 500),
    Field("return.quantity", "quantity", Read.COUNT),
    Field("return.reason", "reason", Read.TEXT, 120),
    Field("return.comment", "comment", Read.TEXT, 4_000),
    *_fields("return", Read.TEXT, "status resolution", 80),
    *_fields("return", Read.MOMENT, "requested_at delivered_at"),
    Field("return.refunded_total", "refunded_total", Read.AMOUNT),
    Field("message.id", "external_id", Read.ID, 120),
    Field("message.at", "at", Read.MOMENT),
    Field("message.direction", "direction", Read.WORD, 3),
    Field("message.subject", "subject", Read.TEXT, 400),
    Field("message.text", "text", Read.TEXT, 200_000),
    Field("message.language", "language", Read.LANGUAGE, 12),
    Field("review.id", "external_id", Read.ID, 120),
    Field("review.rating", "rating", Read.RATING),
    Field("review.title", "title", Read.TEXT, 300),
    Field("review.text", "text", Read.TEXT, 200_000),
    Field("review.language", "language", Read.LANGUAGE, 12),
    *_fields("review", Read.MOMENT, "posted_at answered_at"),
    Field("shop.platform", "platform", Read.WORD, 24),
    Field("shop.name", "name", Read.TEXT, 120),
    Field("shop.channel", "channel", Read.TEXT, 60),  # the platform's sales channel, looked up in `sites`
]
FIELDS: dict[str, Field] = {f.name: f for f in _ALL}
# Further targets of a column: kept raw beside the record, or not kept at all.
KEEP = (
    "order.extra",
    "line.extra",
    "payment.extra",
    "parcel.extra",
    "return.extra",
    "review.extra",
    "drop",
)
TARGETS = (*FIELDS, *KEEP)
