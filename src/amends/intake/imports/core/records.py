"""What an import hands over: everything some rows say about one order. The parts are other capabilities' records."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from amends.intake.buyers.core import BuyerRecord
from amends.intake.imports.core.rows import Row
from amends.intake.orders.core import (
    LineRecord,
    OrderRecord,
    PaymentRecord,
    ReturnRecord,
)
from amends.intake.reviews.core import ReviewRecord
from amends.intake.tracking.core import ParcelRecord


@dataclass(frozen=True, slots=True)
class MessageRecord:
    external_id: str
    at: datetime
    text: str
    direction: str = "in"
    subject: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ShopHint:
    """What the rows say about the shop they come from."""

    platform: str = ""
    channel: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What some rows say about one order.

    `order=None`: only attach to a known order. `hint`: the order's own fields are second-hand (a return report
    repeats some) and are used only when the order is not known yet.
    """

    number: str
    shop: ShopHint
    rows: tuple[Row, ...]
    member: str = ""
    buyer: BuyerRecord | None = None
    order: OrderRecord | None = None
    hint: bool = False
    lines: tuple[LineRecord, ...] = ()
    payments: tuple[PaymentRecord, ...] = ()
    parcels: tuple[ParcelRecord, ...] = ()
    returns: tuple[ReturnRecord, ...] = ()
    messages: tuple[MessageRecord, ...] = ()
    reviews: tuple[ReviewRecord, ...] = ()


def joined(first: Bundle, second: Bundle) -> Bundle:
    """Two bundles of one order as one; the first word on the order stands."""
    return replace(
        first,
        rows=first.rows + second.rows,
        buyer=first.buyer or second.buyer,
        order=first.order or second.order,
        lines=first.lines + second.lines,
        payments=first.payments + second.payments,
        parcels=first.parcels + second.parcels,
        returns=first.returns + second.returns,
        messages=first.messages + second.messages,
        reviews=first.reviews + second.reviews,
    )
