"""Writing payments and platform returns of orders in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from amends.base.accounts.core import Scope
from amends.intake.orders import core
from amends.intake.orders.core import PAYMENT_FIELDS, RETURN_FIELDS, PaymentRecord, ReturnRecord
from amends.intake.orders.models import Order, PaymentEvent, ReturnRequest
from amends.intake.upserts import Tally, apply, stated


def upsert_payments(scope: Scope, orders: Sequence[tuple[Order, bool, tuple[PaymentRecord, ...]]]) -> Tally:
    """Book movements of money once. A running total books the part that is not booked yet, as a movement of its own.

    Movements are never changed, except that a gap in an earlier one may be filled.
    """
    known: dict[int, dict[tuple[str, str], PaymentEvent]] = defaultdict(dict)
    old = [order.pk for order, is_new, _ in orders if not is_new]
    if old:
        for row in PaymentEvent.objects.filter(organisation_id=scope.organisation_id, order_id__in=old):
            known[row.order_id][row.kind, row.external_id] = row
    tally, writes = Tally(), []
    for order, _, records in orders:
        rows = known[order.pk]
        for record in records:
            event = _event(scope, order, record, rows, tally)
            if event is not None:
                rows[event.kind, event.external_id] = event
                writes.append(event)
    for row in writes:
        row.pk = None
    PaymentEvent.objects.bulk_create(
        writes,
        update_conflicts=True,
        unique_fields=["order", "kind", "external_id"],
        update_fields=list(PAYMENT_FIELDS),
    )
    return tally


def _event(
    scope: Scope, order: Order, record: PaymentRecord, rows: dict[tuple[str, str], PaymentEvent], tally: Tally
) -> PaymentEvent | None:
    """The event to write for one record, or None when it is booked as stated."""
    amount, external_id = record.amount_minor, record.external_id
    if record.so_far is not None:
        amount = core.missing_amount(record, _booked(rows, record.kind))
        external_id = f"{record.external_id}@{record.amount_minor}"
        if not amount:
            tally.found(order.pk, changed=False)
            return None
    row = rows.get((record.kind, external_id))
    if row is not None:
        dirty = apply(row, record, PAYMENT_FIELDS)
        tally.found(order.pk, changed=dirty)
        return row if dirty else None
    tally.made(order.pk)
    fields = stated(record, PAYMENT_FIELDS) | {"amount_minor": amount}
    return PaymentEvent(
        organisation_id=scope.organisation_id, order_id=order.pk, kind=record.kind, external_id=external_id, **fields
    )


def _booked(rows: dict[tuple[str, str], PaymentEvent], kind: str) -> Iterable[tuple[str, int]]:
    return [(row.external_id, row.amount_minor) for (its_kind, _), row in rows.items() if its_kind == kind]


def upsert_returns(scope: Scope, orders: Sequence[tuple[Order, bool, tuple[ReturnRecord, ...]]]) -> Tally:
    """Make or bring up to date what a platform says about returns."""
    known: dict[int, dict[tuple[str, str], ReturnRequest]] = defaultdict(dict)
    old = [order.pk for order, is_new, _ in orders if not is_new]
    if old:
        for row in ReturnRequest.objects.filter(organisation_id=scope.organisation_id, order_id__in=old):
            known[row.order_id][row.external_id, row.sku] = row
    tally, writes = Tally(), {}
    for order, _, records in orders:
        for record in records:
            row = known[order.pk].get((record.external_id, record.sku))
            if row is None:
                row = known[order.pk][record.external_id, record.sku] = ReturnRequest(
                    organisation_id=scope.organisation_id,
                    order_id=order.pk,
                    external_id=record.external_id,
                    sku=record.sku,
                    **stated(record, RETURN_FIELDS),
                )
                tally.made(order.pk)
            else:
                changed = apply(row, record, RETURN_FIELDS)
                tally.found(order.pk, changed=changed)
                if not changed:
                    continue
            writes[id(row)] = row
    for row in writes.values():
        row.pk = None
    ReturnRequest.objects.bulk_create(
        list(writes.values()),
        update_conflicts=True,
        unique_fields=["order", "external_id", "sku"],
        update_fields=list(RETURN_FIELDS),
    )
    return tally
