"""Refunds we decided on. Providers come later: a refund here is recorded, and a person pays it out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Refund(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="refunds")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="refunds")
    kind = models.CharField(max_length=16)  # refund, partial_refund, goodwill, credit
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12)  # money axis: offered, due, created, in_transit, done, failed, …
    reason = models.CharField(max_length=200, blank=True)
    rule_ids = models.JSONField(default=list)
    idempotency_key = models.CharField(max_length=120)
    requested_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    approved_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "idempotency_key"], name="one_refund_a_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency} {self.state}"
