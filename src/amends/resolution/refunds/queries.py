"""Reading refunds."""

from __future__ import annotations

from collections.abc import Collection

from amends.base.accounts.core import Scope
from amends.resolution.refunds.core import MoneyState, RefundState
from amends.resolution.refunds.models import Refund


def of_order(scope: Scope, order_id: int | None) -> list[Refund]:
    """Every refund of an order, over all its cases: the bound "never more than was paid" is per order."""
    if order_id is None:
        return []
    return list(Refund.objects.filter(organisation_id=scope.organisation_id, order_id=order_id).order_by("id"))


def of_orders(scope: Scope, order_ids: Collection[int]) -> list[Refund]:
    """Every refund of several orders, for a list; one query, none for no orders."""
    if not order_ids:
        return []
    return list(Refund.objects.filter(organisation_id=scope.organisation_id, order_id__in=order_ids).order_by("id"))


def states(refunds: list[Refund]) -> tuple[RefundState, ...]:
    return tuple(RefundState(r.pk, r.amount_minor, r.currency, MoneyState(r.state), r.requested_by_id) for r in refunds)
