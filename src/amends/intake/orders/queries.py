"""Reading orders. The caller's scope comes first; nothing of another organisation is ever found."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, QuerySet

from amends.base.accounts.core import Scope
from amends.intake.orders import core
from amends.intake.orders.models import Line, Order, PaymentEvent, ReturnRequest, number_key


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order whose number occurs in a text. `key` is the number as compared."""

    order: Order
    key: str


def _orders(scope: Scope) -> QuerySet[Order]:
    return Order.objects.filter(organisation_id=scope.organisation_id).select_related("shop", "buyer")


def by_id(scope: Scope, order_id: int) -> Order | None:
    return _orders(scope).filter(pk=order_id).first()


def find_by_number(scope: Scope, number: str) -> list[Order]:
    """Orders of this number in any case, with or without `#` and leading zeros; the exact spelling first.

    Several when two shops use the same number.
    """
    key = core.number_key(number)
    if not key:
        return []
    found = _orders(scope).alias(key=number_key()).filter(key=key).order_by("pk")[:20]
    return sorted(found, key=lambda order: order.number != number.strip())


def find_by_text(scope: Scope, text: str) -> list[Candidate]:
    """Orders whose number stands in a text, in the order of appearance."""
    keys = core.candidate_numbers(text)
    if not keys:
        return []
    place = {key: position for position, key in enumerate(keys)}
    found = _orders(scope).annotate(key=number_key()).filter(key__in=keys).order_by("pk")[:50]
    candidates = [Candidate(order, core.number_key(order.number)) for order in found]
    return sorted(candidates, key=lambda c: place.get(c.key, len(place)))


def by_buyer_email(scope: Scope, email: str, limit: int = 20) -> list[Order]:
    """Orders of buyers with this mail address, newest first."""
    if not email.strip():
        return []
    found = _orders(scope).filter(buyer__email=email.strip().lower(), buyer__organisation_id=scope.organisation_id)
    return list(found.order_by(F("placed_at").desc(nulls_last=True), "-pk")[:limit])


def by_buyer(scope: Scope, buyer_id: int, limit: int = 50) -> list[Order]:
    found = _orders(scope).filter(buyer_id=buyer_id)
    return list(found.order_by(F("placed_at").desc(nulls_last=True), "-pk")[:limit])


def starting_with(scope: Scope, start: str, limit: int = 20) -> list[Order]:
    """Orders whose number starts with a text as people retype it, for the search box."""
    key = core.number_key(start)
    if not key:
        return []
    return list(_orders(scope).alias(key=number_key()).filter(key__startswith=key).order_by("-pk")[:limit])


def recent(scope: Scope, limit: int = 50, before_id: int | None = None) -> list[Order]:
    """The newest imported orders; `before_id` continues a list."""
    found = _orders(scope)
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return list(found.order_by("-pk")[:limit])


def lines(scope: Scope, order_id: int) -> list[Line]:
    return list(Line.objects.filter(organisation_id=scope.organisation_id, order_id=order_id).order_by("pk"))


def payments(scope: Scope, order_id: int) -> list[PaymentEvent]:
    return list(PaymentEvent.objects.filter(organisation_id=scope.organisation_id, order_id=order_id).order_by("pk"))


def return_requests(scope: Scope, order_id: int) -> list[ReturnRequest]:
    return list(ReturnRequest.objects.filter(organisation_id=scope.organisation_id, order_id=order_id).order_by("pk"))
