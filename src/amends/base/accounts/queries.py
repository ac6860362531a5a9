"""Reading who is who. What concerns one organisation takes `Scope`; the two doors (a token, a person) make one."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery

from amends.base.accounts import core
from amends.base.accounts.models import ApiToken, Membership, Organisation, Shop, User


def organisation(scope: core.Scope) -> Organisation:
    return Organisation.objects.get(pk=scope.organisation_id)


def shops(scope: core.Scope) -> QuerySet[Shop]:
    return Shop.objects.filter(organisation_id=scope.organisation_id).order_by("platform", "name")


def people(scope: core.Scope) -> dict[int, str]:
    """Names by user id, for pages that show who did something. Former members keep no name here."""
    rows = Membership.objects.filter(organisation_id=scope.organisation_id).select_related("user")
    return {m.user_id: str(m.user) for m in rows}


def membership_scope(user: User, organisation_id: int) -> core.Scope | None:
    """The rights a person has in one organisation; None for a stranger."""
    seat = Membership.objects.filter(user_id=user.pk, organisation_id=organisation_id).first()
    if seat is None:
        return None
    return core.Scope(organisation_id, core.ROLE_PERMISSIONS[core.Role(seat.role)], core.ActorKind.PERSON, user.pk)


def token_scope(token: str, now: datetime) -> tuple[core.Scope, ApiToken] | None:
    """The rights of a living API token. A revoked, expired or unknown one gives None, without saying which.

    A token never has a right its maker lacks today: with the maker's seat the token goes too. One made on the machine
    itself has no maker and keeps its rights.
    """
    digest = core.token_digest(token, settings.SECRET_KEY)
    living = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))
    seat = Membership.objects.filter(
        organisation_id=OuterRef("organisation_id"), user_id=OuterRef("made_by_id"), user__is_active=True
    )
    rows = ApiToken.objects.annotate(maker_role=Subquery(seat.values("role")[:1]))
    row = rows.filter(living, digest=digest).first()
    if row is None or (row.made_by_id is not None and row.maker_role is None):
        return None
    rights = core.permissions_of(row.scopes)
    if row.maker_role is not None:
        rights &= core.ROLE_PERMISSIONS[core.Role(row.maker_role)]
    return core.Scope(row.organisation_id, rights, core.ActorKind.TOKEN, row.pk), row
