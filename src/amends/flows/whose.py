"""Which order a message is about when it does not name one: by a parcel's number, else by who wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.base.accounts.core import Scope
from amends.intake.conversations.core import canonical
from amends.intake.conversations.models import Message
from amends.intake.orders import queries as orders
from amends.intake.orders.models import Order
from amends.intake.tracking import queries as tracking
from amends.intake.tracking.models import Parcel
from amends.language.understand import Reading

STILL_SPOKEN_OF = timedelta(days=180)  # an older order is not what somebody means who names none
_NOT_SURELY_THE_BUYER = frozenset({"sender_not_buyer", "reply_to_differs"})


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """`flags` go to the message, so that a person sees how the order was found."""

    order: Order
    flags: tuple[str, ...]  # order_by_tracking | order_by_buyer, and sender_not_buyer


def find_order(scope: Scope, message: Message, reading: Reading) -> FoundOrder | None:
    """The one order that fits, or None: between two nothing is chosen.

    A number that looks like an order's and is none of ours speaks against every order we might think of.
    """
    if "other_sender" in message.flags:
        return None
    named = {
        parcel.order_id: parcel.order for one in reading.entities.tracking for parcel in _parcels(scope, one.number)
    }
    if len(named) == 1:
        order = next(iter(named.values()))
        return FoundOrder(order, ("order_by_tracking", *_stranger(order, message)))
    if named or reading.entities.orders or _NOT_SURELY_THE_BUYER & set(message.flags):
        return None
    recent = _recent_orders(scope, message)
    return FoundOrder(recent[0], ("order_by_buyer",)) if len(recent) == 1 else None


def _parcels(scope: Scope, number: str) -> list[Parcel]:
    return [parcel for parcel in tracking.by_number(scope, number) if not parcel.is_return]


def _stranger(order: Order, message: Message) -> tuple[str, ...]:
    """Anybody may know a tracking number; who answers must see that it was not the buyer who wrote."""
    known = canonical(order.buyer.email) if order.buyer and message.thread.channel == "mail" else ""
    return ("sender_not_buyer",) if known and known != canonical(message.sender) else ()


def _recent_orders(scope: Scope, message: Message) -> list[Order]:
    buyer = message.thread.buyer
    if buyer is None:
        return []
    found = {order.pk: order for order in orders.by_buyer(scope, buyer.pk)}
    found |= {order.pk: order for order in orders.by_buyer_email(scope, buyer.email)}
    return [order for order in found.values() if _fits(order, message.thread.shop_id, message.at)]


def _fits(order: Order, shop_id: int | None, at: datetime) -> bool:
    """An order of unknown date may be the one that is meant."""
    recent = order.placed_at is None or at - STILL_SPOKEN_OF <= order.placed_at <= at
    return recent and shop_id in (None, order.shop_id)
