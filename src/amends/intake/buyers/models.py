"""Buyers as each shop knows them. One person on two platforms is two rows until a person merges them."""

from __future__ import annotations

from django.db import models


class Buyer(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey("accounts.Shop", on_delete=models.CASCADE, null=True, related_name="+")
    external_id = models.CharField(max_length=120)  # the platform's user name or id; the mail address for mail-only
    name = models.CharField(max_length=160, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "shop", "external_id"], name="one_buyer")]
        indexes = [models.Index(fields=["organisation", "email"], name="buyer_email")]

    def __str__(self) -> str:
        return self.name or self.external_id
