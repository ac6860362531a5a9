"""Writing reviews as a source posts them."""

from __future__ import annotations

from collections.abc import Iterable

from amends.base.accounts.core import Scope
from amends.intake.reviews.core import REVIEW_FIELDS, ReviewRecord
from amends.intake.reviews.models import Review
from amends.intake.upserts import Tally, apply, stated


def upsert_reviews(scope: Scope, shop_id: int, reviews: Iterable[tuple[int | None, ReviewRecord]]) -> Tally:
    """Make or bring up to date reviews of one shop, given with the ids of their orders (None: of the shop itself).

    A building block of an import: it runs in the caller's transaction and leaves the ledger to it.
    """
    wanted = list(reviews)
    rows = {
        (row.external_id, row.order_id): row
        for row in Review.objects.filter(
            organisation_id=scope.organisation_id,
            shop_id=shop_id,
            external_id__in={record.external_id for _, record in wanted},
        )
    }
    tally, fresh, changed = Tally(), {}, {}
    for order_id, record in wanted:
        row = rows.get((record.external_id, order_id))
        if row is None:
            row = rows[record.external_id, order_id] = Review(
                organisation_id=scope.organisation_id,
                shop_id=shop_id,
                order_id=order_id,
                external_id=record.external_id,
                **stated(record, REVIEW_FIELDS),
            )
            tally.made(order_id)
            fresh[id(row)] = row
            continue
        differs = apply(row, record, REVIEW_FIELDS)
        tally.found(order_id, changed=differs)
        if differs and id(row) not in fresh:
            changed[id(row)] = row
    Review.objects.bulk_create(fresh.values())
    Review.objects.bulk_update(changed.values(), REVIEW_FIELDS, batch_size=100)
    return tally
