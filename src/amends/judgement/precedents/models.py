"""Closed cases as they are remembered: what they were like, how they came out. No words, no names.

A row belongs to a case by its number only. `change` counts upwards within an organisation, so that whoever keeps an
index in memory reads what is newer than the last change seen; a forgotten case stays as an empty row that says so.
"""

from __future__ import annotations

from django.db import models


class Precedent(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    case_number = models.BigIntegerField()
    change = models.BigIntegerField()
    forgotten = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    platform = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    features = models.JSONField(default=dict)  # core.Features
    coding = models.SmallIntegerField(default=0)  # core.CODING of `vector`
    vector = models.BinaryField(default=b"")  # core.pack
    words = models.BinaryField(default=b"")  # core.pack_words
    engine = models.CharField(max_length=60, blank=True)  # the encoder of `embedding`; empty for none
    embedding = models.BinaryField(default=b"")  # signed bytes
    outcome = models.JSONField(default=dict)  # core.Outcome

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "case_number"], name="one_precedent_a_case"),
        ]
        indexes = [models.Index(fields=["organisation", "change"], name="precedent_change")]

    def __str__(self) -> str:
        return f"C-{self.case_number}"


class Watermark(models.Model):
    """One row an organisation. Its lock is held while a change is numbered, so changes appear in order."""

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    stamp = models.CharField(max_length=32)  # random: an index of another database is not taken for this one's
    change = models.BigIntegerField(default=0)  # the last that was given

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.change}"


class Tally(models.Model):
    """Experience with one remedy: sums over the rows above, kept with each of them."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    platform = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    remedy = models.CharField(max_length=40)
    n = models.IntegerField(default=0)
    offered = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    escalated = models.IntegerField(default=0)
    decided = models.IntegerField(default=0)
    lost = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "platform", "kind", "remedy"], name="one_tally"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.kind} {self.remedy}"
