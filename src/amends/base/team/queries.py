"""Reading who is in an organisation."""

from __future__ import annotations

from django.db.models import QuerySet

from amends.base.accounts.core import Permission, Role, Scope
from amends.base.accounts.models import ApiToken, Membership


def members(scope: Scope) -> QuerySet[Membership]:
    """By mail address, with the person joined."""
    scope.require(Permission.CASE_READ)
    rows = Membership.objects.filter(organisation_id=scope.organisation_id)
    return rows.select_related("user").order_by("user__email")


def owners(scope: Scope) -> int:
    """How many people can still sign in as owner."""
    return Membership.objects.filter(
        organisation_id=scope.organisation_id, role=Role.OWNER.value, user__is_active=True
    ).count()


def tokens(scope: Scope) -> QuerySet[ApiToken]:
    """Newest first, revoked ones included so that their use can be explained."""
    scope.require(Permission.TEAM_MANAGE)
    return ApiToken.objects.filter(organisation_id=scope.organisation_id).select_related("made_by").order_by("-pk")
