"""Parcels and their scans. Raw code, text and place are always kept."""

from __future__ import annotations

from django.db import models


class Parcel(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="parcels")
    number = models.CharField(max_length=80)
    carrier = models.CharField(max_length=60, blank=True)
    service = models.CharField(max_length=80, blank=True)
    is_return = models.BooleanField(default=False)
    shipped_at = models.DateTimeField(null=True)
    first_scan_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=24, default="unknown")
    signature = models.BooleanField(null=True)  # None: the carrier has not said
    delivered_to_address = models.BooleanField(null=True)
    checked_at = models.DateTimeField(null=True)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="one_parcel")]
        indexes = [models.Index(fields=["organisation", "number"], name="parcel_number")]

    def __str__(self) -> str:
        return self.number


class TrackingEvent(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    milestone = models.CharField(max_length=24, default="unknown")
    code = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=500, blank=True)
    place = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parcel", "at", "code", "text", "place"], name="one_scan")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.milestone}"
