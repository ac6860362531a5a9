"""Reading parcels and their scans."""

from __future__ import annotations

from amends.base.accounts.core import Scope
from amends.intake.tracking.core import number_key
from amends.intake.tracking.models import Parcel, TrackingEvent


def by_number(scope: Scope, number: str) -> list[Parcel]:
    """Parcels of a tracking number, spaces and case aside; several when it was entered on several orders."""
    key = number_key(number)
    if not key:
        return []
    found = Parcel.objects.filter(organisation_id=scope.organisation_id, number__in={key, number.strip()})
    return list(found.select_related("order").order_by("pk")[:20])


def of_order(scope: Scope, order_id: int) -> list[Parcel]:
    return list(Parcel.objects.filter(organisation_id=scope.organisation_id, order_id=order_id).order_by("pk"))


def events(scope: Scope, parcel_id: int) -> list[TrackingEvent]:
    """Scans of a parcel, oldest first."""
    found = TrackingEvent.objects.filter(organisation_id=scope.organisation_id, parcel_id=parcel_id)
    return list(found.order_by("at", "pk"))
