"""Writing buyers as a source names them."""

from __future__ import annotations

from collections.abc import Iterable

from amends.base.accounts.core import Scope
from amends.intake import bulk
from amends.intake.bulk import Tally, apply, stated
from amends.intake.buyers.core import FIELDS, BuyerRecord, merged
from amends.intake.buyers.models import Buyer

_KEY = ("organisation_id", "shop_id", "external_id")


def upsert(scope: Scope, shop_id: int, records: Iterable[BuyerRecord]) -> tuple[dict[str, int], Tally]:
    """Make or complete the buyers of one shop. Returns row ids by external id.

    A building block of an import: it runs in the caller's transaction and leaves the ledger to it. An erased
    buyer stays erased, whatever a file says.
    """
    wanted: dict[str, BuyerRecord] = {}
    for record in records:
        known = wanted.get(record.external_id)
        wanted[record.external_id] = merged(known, record) if known else record
    where = {"organisation_id": scope.organisation_id, "shop_id": shop_id}
    found = Buyer.objects.filter(**where, external_id__in=list(wanted))
    rows = {row["external_id"]: row for row in found.values("id", "erased_at", *_KEY, *FIELDS, "time_zone")}
    tally, writes, fresh = Tally(), [], []
    for external_id, record in wanted.items():
        row = rows.get(external_id)
        if row is None:
            writes.append({**bulk.defaults(Buyer), **where, "external_id": external_id, **stated(record, FIELDS)})
            fresh.append(external_id)
            tally.created += 1
        elif row["erased_at"] is None and apply(row, record, FIELDS):
            writes.append(row)
            tally.updated += 1
        else:
            tally.same += 1
    bulk.upsert(Buyer, writes, _KEY, FIELDS)
    ids = {external_id: row["id"] for external_id, row in rows.items()}
    return ids | (bulk.ids(Buyer, "external_id", fresh, **where) if fresh else {}), tally
