"""Writing buyers as a source names them."""

from __future__ import annotations

from collections.abc import Iterable

from amends.base.accounts.core import Scope
from amends.intake.buyers.core import FIELDS, BuyerRecord, merged
from amends.intake.buyers.models import Buyer
from amends.intake.upserts import Tally, apply, stated


def upsert(scope: Scope, shop_id: int, records: Iterable[BuyerRecord]) -> tuple[dict[str, int], Tally]:
    """Make or complete the buyers of one shop. Returns row ids by external id.

    A building block of an import: it runs in the caller's transaction and leaves the ledger to it. An erased
    buyer stays erased, whatever a file says.
    """
    wanted: dict[str, BuyerRecord] = {}
    for record in records:
        known = wanted.get(record.external_id)
        wanted[record.external_id] = merged(known, record) if known else record
    rows = {
        row.external_id: row
        for row in Buyer.objects.filter(
            organisation_id=scope.organisation_id, shop_id=shop_id, external_id__in=list(wanted)
        )
    }
    tally, writes = Tally(), []
    for external_id, record in wanted.items():
        row = rows.get(external_id)
        if row is None:
            fields = stated(record, FIELDS)
            writes.append(
                Buyer(organisation_id=scope.organisation_id, shop_id=shop_id, external_id=external_id, **fields)
            )
            tally.created += 1
        elif row.erased_at is None and apply(row, record, FIELDS):
            writes.append(row)
            tally.updated += 1
        else:
            tally.same += 1
    ids = {external_id: row.pk for external_id, row in rows.items()}
    for row in writes:
        row.pk = None  # the natural key decides between insert and update
    made = Buyer.objects.bulk_create(
        writes,
        update_conflicts=True,
        unique_fields=["organisation", "shop", "external_id"],
        update_fields=list(FIELDS),
    )
    return ids | {row.external_id: row.pk for row in made}, tally
