"""Writing reviews as a source posts them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from amends.base.accounts.core import Scope
from amends.intake import bulk
from amends.intake.bulk import Tally, apply, stated
from amends.intake.reviews.core import REVIEW_FIELDS, ReviewRecord
from amends.intake.reviews.models import Review

_KEY = ("shop_id", "external_id", "order_id")


def upsert_reviews(scope: Scope, shop_id: int, reviews: Iterable[tuple[int | None, ReviewRecord]]) -> Tally:
    """Make or bring up to date reviews of one shop, given with the ids of their orders (None: of the shop itself).

    A building block of an import: it runs in the caller's transaction and leaves the ledger to it.
    """
    wanted = list(reviews)
    tally = Tally()
    if not wanted:
        return tally
    where = {"organisation_id": scope.organisation_id, "shop_id": shop_id}
    found = Review.objects.filter(**where, external_id__in={record.external_id for _, record in wanted})
    rows = found.values("id", "organisation_id", *_KEY, *REVIEW_FIELDS)
    known = {(row["external_id"], row["order_id"]): row for row in rows}
    writes: dict[tuple[str, int | None], dict[str, Any]] = {}
    for order_id, record in wanted:
        key = (record.external_id, order_id)
        row = known.get(key)
        if row is None:
            known[key] = writes[key] = {
                **bulk.defaults(Review),
                **where,
                "order_id": order_id,
                "external_id": record.external_id,
                **stated(record, REVIEW_FIELDS),
            }
            tally.made(order_id)
            continue
        changed = apply(row, record, REVIEW_FIELDS)
        tally.found(order_id, changed=changed)
        if changed:
            writes[key] = row
    bulk.upsert(Review, [row for (_, order_id), row in writes.items() if order_id is not None], _KEY, REVIEW_FIELDS)
    for (_, order_id), row in writes.items():
        if order_id is None:  # NULL equals nothing, so the unique key cannot find these rows
            _write_loose(row)
    return tally


def _write_loose(row: dict[str, Any]) -> None:
    """One review of a shop without an order."""
    if "id" in row:
        Review.objects.filter(organisation_id=row["organisation_id"], pk=row["id"]).update(
            **{name: row[name] for name in REVIEW_FIELDS}
        )
    else:
        Review.objects.create(**row)
