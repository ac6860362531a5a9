"""What happened to orders that a platform counts, and the offences it recorded. Orders themselves are intake's."""

from __future__ import annotations

from django.db import models


class Incident(models.Model):
    """One event on one order, as a case knows it. The rows of a case are replaced together when it changes."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey("accounts.Shop", on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, null=True, related_name="+")
    source = models.CharField(max_length=40)  # case:1001
    kind = models.CharField(max_length=24)  # the column of `history` it fills: dispute_opened_at, chargeback_at …
    at = models.DateTimeField()
    detail = models.CharField(max_length=12, blank=True)  # who ruled for whom, who cancelled, whose fault
    seller_liable = models.BooleanField(null=True)  # of a ruling; None: the platform has not said

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "source", "kind"], name="one_incident")]
        indexes = [models.Index(fields=["organisation", "shop", "at"], name="incident_shop")]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}"


class Offence(models.Model):
    """An offence as the platform recorded it. Written by a person or an import; struck out, never deleted."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey("accounts.Shop", on_delete=models.CASCADE, related_name="+")
    ledger = models.CharField(max_length=40)  # the platform's point system
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    points = models.PositiveIntegerField(null=True)  # None: the rule says how many
    reference = models.CharField(max_length=120, blank=True)  # the platform's own number of it
    created_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)  # the platform took it back

    class Meta:
        indexes = [models.Index(fields=["organisation", "shop", "at"], name="offence_shop")]

    def __str__(self) -> str:
        return f"{self.ledger} {self.kind}"


class Snapshot(models.Model):
    """The table fact `health` of a shop as it was last counted, so that a judgement need not walk its orders."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    shop = models.OneToOneField("accounts.Shop", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    book = models.CharField(max_length=64)  # hash of the rulebook that it was counted by
    rows = models.JSONField()

    def __str__(self) -> str:
        return f"{self.shop_id} {self.at:%Y-%m-%d %H:%M}"


class Mark(models.Model):
    """Up to when the cases of an organisation have been read."""

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d %H:%M}"
