"""What was sent where. Secrets are columns of Endpoint: faces never render them."""

from __future__ import annotations

from django.db.models import QuerySet

from amends.base.accounts.core import Permission, Scope
from amends.base.webhooks.models import Delivery, Endpoint


def endpoints(scope: Scope) -> QuerySet[Endpoint]:
    """Oldest first. Raises NotAllowed without `settings:write`."""
    scope.require(Permission.SETTINGS_WRITE)
    return Endpoint.objects.filter(organisation_id=scope.organisation_id).order_by("pk")


def deliveries(scope: Scope, endpoint_id: int) -> QuerySet[Delivery]:
    """Newest first. Raises NotAllowed without `settings:write`."""
    scope.require(Permission.SETTINGS_WRITE)
    return Delivery.objects.filter(organisation_id=scope.organisation_id, endpoint_id=endpoint_id).order_by("-pk")
