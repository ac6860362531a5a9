"""Reviews as they were posted."""

from __future__ import annotations

from django.db import models


class Review(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey("accounts.Shop", on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, null=True, related_name="reviews")
    external_id = models.CharField(max_length=120)
    rating = models.SmallIntegerField(null=True)  # 1 to 5
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    posted_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    extra = models.JSONField(default=dict)

    class Meta:
        # One Olist review may cover several orders, so the order is part of the key.
        constraints = [models.UniqueConstraint(fields=["shop", "external_id", "order"], name="one_review")]

    def __str__(self) -> str:
        return f"{self.rating}★ {self.external_id}"
