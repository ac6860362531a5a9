"""Writing parcels as a source names them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from amends.base.accounts.core import Scope
from amends.intake import bulk
from amends.intake.bulk import Tally, apply, stated
from amends.intake.tracking.core import PARCEL_FIELDS, ParcelRecord
from amends.intake.tracking.models import Parcel

_KEY = ("order_id", "number")
_REST = ("organisation_id", "first_scan_at", "delivered_to_address", "checked_at")


def upsert_parcels(scope: Scope, parcels: Iterable[tuple[int, ParcelRecord]]) -> Tally:
    """Make or bring up to date parcels, given with the ids of their orders.

    A building block of an import: it runs in the caller's transaction and leaves the ledger to it.
    """
    wanted = list(parcels)
    tally = Tally()
    if not wanted:
        return tally
    found = Parcel.objects.filter(
        organisation_id=scope.organisation_id, order_id__in={order_id for order_id, _ in wanted}
    )
    known = {(row["order_id"], row["number"]): row for row in found.values(*_KEY, *_REST, *PARCEL_FIELDS)}
    writes: dict[tuple[int, str], dict[str, Any]] = {}
    for order_id, record in wanted:
        key = (order_id, record.number)
        row = known.get(key)
        if row is None:
            known[key] = writes[key] = {
                **bulk.defaults(Parcel),
                "organisation_id": scope.organisation_id,
                "order_id": order_id,
                "number": record.number,
                **stated(record, PARCEL_FIELDS),
            }
            tally.made(order_id)
            continue
        changed = apply(row, record, PARCEL_FIELDS)
        tally.found(order_id, changed=changed)
        if changed:
            writes[key] = row
    bulk.upsert(Parcel, list(writes.values()), _KEY, PARCEL_FIELDS)
    return tally
