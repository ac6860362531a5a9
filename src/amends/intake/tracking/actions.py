"""Writing parcels as a source names them."""

from __future__ import annotations

from collections.abc import Iterable

from amends.base.accounts.core import Scope
from amends.intake.tracking.core import PARCEL_FIELDS, ParcelRecord
from amends.intake.tracking.models import Parcel
from amends.intake.upserts import Tally, apply, stated


def upsert_parcels(scope: Scope, parcels: Iterable[tuple[int, ParcelRecord]]) -> Tally:
    """Make or bring up to date parcels, given with the ids of their orders.

    A building block of an import: it runs in the caller's transaction and leaves the ledger to it.
    """
    wanted = list(parcels)
    rows = {
        (row.order_id, row.number): row
        for row in Parcel.objects.filter(
            organisation_id=scope.organisation_id, order_id__in={order_id for order_id, _ in wanted}
        )
    }
    tally, writes = Tally(), {}
    for order_id, record in wanted:
        row = rows.get((order_id, record.number))
        if row is None:
            row = rows[order_id, record.number] = Parcel(
                organisation_id=scope.organisation_id,
                order_id=order_id,
                number=record.number,
                **stated(record, PARCEL_FIELDS),
            )
            tally.made(order_id)
        else:
            changed = apply(row, record, PARCEL_FIELDS)
            tally.found(order_id, changed=changed)
            if not changed:
                continue
        writes[id(row)] = row
    for row in writes.values():
        row.pk = None
    Parcel.objects.bulk_create(
        list(writes.values()),
        update_conflicts=True,
        unique_fields=["order", "number"],
        update_fields=list(PARCEL_FIELDS),
    )
    return tally
