"""Outgoing webhooks: endpoints, and deliveries in order per endpoint."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Endpoint(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    url = models.URLField(max_length=500)
    events = models.JSONField(default=list)  # exact event names; empty means all
    secret = models.CharField(max_length=120)
    previous_secret = models.CharField(max_length=120, blank=True)  # both sign during a rotation
    enabled = models.BooleanField(default=True)
    failures = models.IntegerField(default=0)  # attempts that failed since the last that did not
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=60)
    event_id = models.CharField(max_length=40)
    body = models.TextField()
    status = models.CharField(max_length=12, default="waiting")  # core.Status
    response_code = models.IntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)  # why the last attempt brought no code
    attempts = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "event_id"], name="one_delivery_an_event")]
        indexes = [models.Index(fields=["created_at"], name="delivery_ended", condition=~Q(status="waiting"))]

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"
