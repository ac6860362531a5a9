"""Writing refunds. The caller holds the order's lock and the transaction, and writes the ledger entry."""

from __future__ import annotations

from datetime import datetime

from amends.base.accounts.core import ActorKind, Scope
from amends.base.accounts.models import ApiToken
from amends.resolution.refunds.core import MOVES, MoneyState
from amends.resolution.refunds.models import Refund


def _person(scope: Scope) -> int | None:
    """Who answers for it. Behind a token stands the person who made it: else one person could ask for a refund
    above the limit through a token and then approve it as the second person."""
    if scope.actor_kind is ActorKind.TOKEN:
        made = ApiToken.objects.filter(organisation_id=scope.organisation_id, pk=scope.actor_id or 0)
        return made.values_list("made_by_id", flat=True).first()
    return scope.actor_id if scope.actor_kind is ActorKind.PERSON else None


def create(  # noqa: PLR0913 - a refund's own facts, all keyword-only
    scope: Scope,
    now: datetime,
    *,
    case_id: int,
    order_id: int,
    kind: str,
    amount_minor: int,
    currency: str,
    state: MoneyState,
    key: str,
) -> Refund:
    """Idempotent by `key`: the same request again returns the same refund."""
    refund, _ = Refund.objects.get_or_create(
        organisation_id=scope.organisation_id,
        idempotency_key=key,
        defaults={
            "case_id": case_id,
            "order_id": order_id,
            "kind": kind,
            "amount_minor": amount_minor,
            "currency": currency,
            "state": state.value,
            "created_at": now,
            "requested_by_id": _person(scope),
        },
    )
    return refund


def move(scope: Scope, refund_id: int, state: MoneyState, now: datetime) -> Refund:
    """Raises ValueError on a move the axis does not have; the core refuses those before."""
    refund = Refund.objects.select_for_update().get(organisation_id=scope.organisation_id, pk=refund_id)
    if state not in MOVES.get(MoneyState(refund.state), frozenset()):
        raise ValueError(f"refund {refund_id} cannot go from {refund.state} to {state.value}")
    refund.state = state.value
    if state is MoneyState.CREATED:
        refund.approved_by_id = _person(scope)
    if state is MoneyState.DONE:
        refund.done_at = now
    refund.save(update_fields=["state", "approved_by", "done_at"])
    return refund
