"""Writing payments and platform returns of orders in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from amends.base.accounts.core import Scope
from amends.intake import bulk
from amends.intake.bulk import Tally, apply, stated
from amends.intake.orders import core
from amends.intake.orders.core import PAYMENT_FIELDS, RETURN_FIELDS, PaymentRecord, ReturnRecord
from amends.intake.orders.models import PaymentEvent, ReturnRequest

Row = dict[str, Any]
_PAYMENT_KEY = ("order_id", "kind", "external_id")
_RETURN_KEY = ("order_id", "external_id", "sku")


def upsert_payments(scope: Scope, orders: Sequence[tuple[int, bool, tuple[PaymentRecord, ...]]]) -> Tally:
    """Book movements of money once. A running total books the part that is not booked yet, as a movement of its own.

    Within one batch named movements come before running totals, so that the total only books what is left.
    """
    known: dict[int, dict[tuple[str, str], Row]] = defaultdict(dict)
    old = [order_id for order_id, is_new, _ in orders if not is_new]
    if old:
        found = PaymentEvent.objects.filter(organisation_id=scope.organisation_id, order_id__in=old)
        for row in found.values("id", "organisation_id", *_PAYMENT_KEY, *PAYMENT_FIELDS):
            known[row["order_id"]][row["kind"], row["external_id"]] = row
    tally = Tally()
    writes: dict[tuple[Any, ...], Row] = {}
    for order_id, _, records in orders:
        rows = known[order_id]
        for record in sorted(records, key=lambda r: r.so_far is not None):
            event = _event(scope, order_id, record, rows, tally)
            if event is not None:
                rows[event["kind"], event["external_id"]] = event
                writes[order_id, event["kind"], event["external_id"]] = event
    bulk.upsert(PaymentEvent, list(writes.values()), _PAYMENT_KEY, PAYMENT_FIELDS)
    return tally


def _event(
    scope: Scope, order_id: int, record: PaymentRecord, rows: dict[tuple[str, str], Row], tally: Tally
) -> Row | None:
    """The event to write for one record, or None when it is booked as stated."""
    amount, external_id = record.amount_minor, record.external_id
    if record.so_far is not None:
        amount = core.missing_amount(record, _booked(rows, record.kind))
        external_id = f"{record.external_id}@{record.amount_minor}"
        if not amount:
            tally.found(order_id, changed=False)
            return None
    row = rows.get((record.kind, external_id))
    if row is not None:
        changed = apply(row, record, PAYMENT_FIELDS)
        tally.found(order_id, changed=changed)
        return row if changed else None
    if record.so_far is None and _name_earlier(scope, order_id, record, rows):
        tally.found(order_id, changed=True)
        return None
    tally.made(order_id)
    return {
        **bulk.defaults(PaymentEvent),
        "organisation_id": scope.organisation_id,
        "order_id": order_id,
        "kind": record.kind,
        "external_id": external_id,
        **stated(record, PAYMENT_FIELDS),
        "amount_minor": amount,
    }


def _name_earlier(scope: Scope, order_id: int, record: PaymentRecord, rows: dict[tuple[str, str], Row]) -> bool:
    """Money that was booked from a running total gets the name of its movement. True when nothing is left to book."""
    found = core.unnamed_event(record.amount_minor, _booked(rows, record.kind))
    if found is None:
        return False
    name, rest = found
    row = rows[record.kind, name]
    event = PaymentEvent.objects.filter(organisation_id=scope.organisation_id, order_id=order_id, pk=row["id"])
    if rest:
        row["amount_minor"] = rest
        event.update(amount_minor=rest)
        return False
    row.update({"external_id": record.external_id} | stated(record, PAYMENT_FIELDS))
    event.update(external_id=record.external_id, **stated(record, PAYMENT_FIELDS))
    rows[record.kind, record.external_id] = rows.pop((record.kind, name))
    return True


def _booked(rows: Mapping[tuple[str, str], Row], kind: str) -> Iterable[tuple[str, int]]:
    return [(name, row["amount_minor"]) for (its_kind, name), row in rows.items() if its_kind == kind]


def upsert_returns(scope: Scope, orders: Sequence[tuple[int, bool, tuple[ReturnRecord, ...]]]) -> Tally:
    """Make or bring up to date what a platform says about returns."""
    known: dict[tuple[Any, ...], Row] = {}
    old = [order_id for order_id, is_new, _ in orders if not is_new]
    if old:
        found = ReturnRequest.objects.filter(organisation_id=scope.organisation_id, order_id__in=old)
        for row in found.values("organisation_id", *_RETURN_KEY, *RETURN_FIELDS):
            known[row["order_id"], row["external_id"], row["sku"]] = row
    tally = Tally()
    writes: dict[tuple[Any, ...], Row] = {}
    for order_id, _, records in orders:
        for record in records:
            key = (order_id, record.external_id, record.sku)
            row = known.get(key)
            if row is None:
                known[key] = writes[key] = {
                    **bulk.defaults(ReturnRequest),
                    "organisation_id": scope.organisation_id,
                    **dict(zip(_RETURN_KEY, key, strict=True)),
                    **stated(record, RETURN_FIELDS),
                }
                tally.made(order_id)
                continue
            changed = apply(row, record, RETURN_FIELDS)
            tally.found(order_id, changed=changed)
            if changed:
                writes[key] = row
    bulk.upsert(ReturnRequest, list(writes.values()), _RETURN_KEY, RETURN_FIELDS)
    return tally
