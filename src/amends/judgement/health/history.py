"""Rows of the table `history`: imported orders with what happened to them, in the words the metrics count in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Max, Min, Q, QuerySet, When

from amends.base.accounts.core import Scope
from amends.base.accounts.models import Shop
from amends.intake.orders.models import Order, PaymentEvent
from amends.intake.reviews.models import Review
from amends.intake.tracking.models import Parcel
from amends.judgement.health.models import Incident

NEGATIVE_STARS = 2  # one or two stars
_LATER = timedelta(days=180)  # what is counted by its dispatch or payment was placed at most this long before
_ORDER = (
    "pk", "placed_at", "paid_at", "ship_by", "promised_by", "shipped_at", "delivered_at", "cancelled_at", "fulfilment",
)  # fmt: skip
_DETAIL = {"decided_at": "ruled", "cancelled_at": "cancelled_by", "return_requested_at": "reason_fault"}
Row = dict[str, Any]


def rows_of(scope: Scope, shop: Shop, since: datetime, now: datetime) -> list[Row]:
    """Every order that may count in a window that begins at `since`. Six queries, whatever the shop's size.

    What comes after `now` is left out, so that an earlier day can be asked about as it was then.
    """
    incidents = _incidents(scope, shop, now)
    touched = {i.order_id for i in incidents if i.at >= since and i.order_id}
    dated = Q(placed_at__gte=since - _LATER) | Q(placed_at=None, updated_at__gte=since)
    orders = Order.objects.filter(organisation_id=scope.organisation_id, shop_id=shop.pk)
    found = orders.filter(dated).exclude(placed_at__gt=now)
    old = orders.filter(pk__in=touched).exclude(dated) if touched else orders.none()
    by_order: dict[int, list[Incident]] = defaultdict(list)
    bare: dict[str, list[Incident]] = defaultdict(list)
    for incident in incidents:
        if incident.order_id:
            by_order[incident.order_id].append(incident)
        else:
            bare[incident.source].append(incident)
    shop_orders = Q(order__shop_id=shop.pk, organisation_id=scope.organisation_id)
    extra = _Extra(scope, shop_orders, now)
    out = [_order(row, extra, by_order, now) for row in _values((found, old))]
    for events in bare.values():  # of an order that was never imported
        row: Row = {}
        _happen(row, events)
        out.append(row)
    return out


def _incidents(scope: Scope, shop: Shop, now: datetime) -> list[Incident]:
    rows = Incident.objects.filter(organisation_id=scope.organisation_id, shop_id=shop.pk, at__lte=now)
    return list(rows.order_by("at", "pk"))


def _values(sets: Iterable[QuerySet[Order]]) -> Iterator[tuple[Any, ...]]:
    for found in sets:
        yield from found.values_list(*_ORDER).iterator(chunk_size=5_000)


class _Extra:
    """What other tables of intake know of the orders, by order."""

    def __init__(self, scope: Scope, of_shop: Q, now: datetime) -> None:
        payments = PaymentEvent.objects.filter(of_shop, organisation_id=scope.organisation_id, at__lte=now)
        reviews = Review.objects.filter(of_shop, organisation_id=scope.organisation_id, rating__lte=NEGATIVE_STARS)
        parcels = Parcel.objects.filter(of_shop, organisation_id=scope.organisation_id, is_return=False)
        self.charged_back = _earliest(payments.filter(kind=PaymentEvent.Kind.CHARGED_BACK))
        self.refunded = _earliest(payments.filter(kind=PaymentEvent.Kind.REFUNDED))
        self.reviewed = dict(
            reviews.filter(posted_at__lte=now)
            .values("order_id")
            .annotate(at=Min("posted_at"))
            .values_list("order_id", "at")
        )
        scanned = Case(When(first_scan_at__lte=now, then="first_scan_at"), default=None)
        arrived = Case(When(delivered_at__lte=now, then="delivered_at"), default=None)
        self.parcels = {
            order_id: (first, last if complete == parcels_of else None, bool(checked or first or last))
            for order_id, first, last, complete, parcels_of, checked in parcels.values("order_id")
            .annotate(
                first=Min(scanned), last=Max(arrived), complete=Count(arrived), parcels_of=Count("pk"),
                checked=Count("checked_at"),
            )
            .values_list("order_id", "first", "last", "complete", "parcels_of", "checked")
        }  # fmt: skip


def _earliest(payments: QuerySet[PaymentEvent]) -> dict[int, datetime]:
    return dict(payments.values("order_id").annotate(first=Min("at")).values_list("order_id", "first"))


def _order(values: tuple[Any, ...], extra: _Extra, by_order: dict[int, list[Incident]], now: datetime) -> Row:
    pk, *rest = values
    row: Row = {name: value for name, value in zip(_ORDER[1:], rest, strict=True) if value not in (None, "")}
    for name in ("shipped_at", "delivered_at", "cancelled_at"):
        if row.get(name, now) > now:
            del row[name]
    first, last, followed = extra.parcels.get(pk, (None, None, False))
    if followed:
        row["tracked"] = True
    if first is not None:
        # A scan proves the number; without one nobody knows yet.
        row |= {"first_scan_at": first, "tracking_valid": True}
    if last is not None:
        row.setdefault("delivered_at", last)
    for name, found in (
        ("chargeback_at", extra.charged_back),
        ("refunded", extra.refunded),
        ("negative_feedback", extra.reviewed),
    ):
        if pk in found:
            row[name] = found[pk]
    _happen(row, by_order.get(pk, ()))
    return row


def _happen(row: Row, incidents: Iterable[Incident]) -> None:
    """Two cases on one order: of each event the first counts."""
    for incident in incidents:
        if incident.kind in row:
            continue
        row[incident.kind] = incident.at
        if incident.detail and incident.kind in _DETAIL:
            row[_DETAIL[incident.kind]] = incident.detail
        if incident.kind == "decided_at" and incident.seller_liable is not None:
            row["seller_liable"] = incident.seller_liable
