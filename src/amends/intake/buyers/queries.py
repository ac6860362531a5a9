"""Reading buyers."""

from __future__ import annotations

from amends.base.accounts.core import Scope
from amends.intake.buyers.models import Buyer


def by_id(scope: Scope, buyer_id: int) -> Buyer | None:
    return Buyer.objects.filter(organisation_id=scope.organisation_id, pk=buyer_id).first()


def by_email(scope: Scope, email: str) -> list[Buyer]:
    """Buyers known by a mail address, newest first. Addresses are stored in lower case."""
    if not email.strip():
        return []
    return list(
        Buyer.objects.filter(organisation_id=scope.organisation_id, email=email.strip().lower()).order_by("-pk")[:50]
    )


def by_external_id(scope: Scope, shop_id: int | None, external_id: str) -> Buyer | None:
    """The buyer a shop knows by this name; `shop_id=None`: one known by mail alone."""
    found = Buyer.objects.filter(organisation_id=scope.organisation_id, external_id=external_id)
    return (found.filter(shop__isnull=True) if shop_id is None else found.filter(shop_id=shop_id)).first()


def by_name(scope: Scope, start: str, limit: int = 20) -> list[Buyer]:
    """Buyers whose name starts with a text, in any case."""
    if not start.strip():
        return []
    return list(
        Buyer.objects.filter(organisation_id=scope.organisation_id, name__istartswith=start.strip()).order_by("name")[
            :limit
        ]
    )
