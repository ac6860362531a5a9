"""Reading reviews."""

from __future__ import annotations

from amends.base.accounts.core import Scope
from amends.intake.reviews.models import Review


def of_order(scope: Scope, order_id: int) -> list[Review]:
    return list(Review.objects.filter(organisation_id=scope.organisation_id, order_id=order_id).order_by("pk"))
