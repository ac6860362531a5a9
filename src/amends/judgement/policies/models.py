"""House rules as they were written. A row is never edited: a change is a new version, and only a withdrawal is
added to it, once."""

from __future__ import annotations

from django.db import models


class HouseRule(models.Model):
    """In force while it is the newest of its rule (of its number, for an override) and not withdrawn."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    rule_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=8)  # own, override (core.Kind)
    number = models.PositiveIntegerField()  # counts the versions of one rule id in one organisation
    body = models.TextField()  # YAML: an own rule as typed, an overridden rule as it came out
    base_version = models.CharField(max_length=40, blank=True)  # of the shipped rule
    base_hash = models.CharField(max_length=64, blank=True)
    path = models.CharField(max_length=200, blank=True)  # of the overridden number, e.g. clock.runs.days
    old = models.CharField(max_length=40, blank=True)  # wire text with its unit
    new = models.CharField(max_length=40, blank=True)
    author = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.TextField()
    citation = models.CharField(max_length=500)  # free text, or an address
    hash = models.CharField(max_length=64)  # of all the above but the author
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "rule_id", "number"], name="one_house_version"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} house.{self.number}"


class HouseDay(models.Model):
    """A day on which the seller's own place in a country is closed although it would be worked, or the other way."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    country = models.CharField(max_length=2)
    day = models.DateField()
    open = models.BooleanField()
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "country", "day"], name="one_word_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.day} {'open' if self.open else 'closed'}"
