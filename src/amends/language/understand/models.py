"""Agents' corrections of what was understood, kept to teach a later classifier.

The shipped one learns from the anchor sentences only.
"""

from __future__ import annotations

from django.db import models


class Correction(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    language = models.CharField(max_length=12)
    predicted = models.CharField(max_length=40)
    corrected = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.predicted} -> {self.corrected}"
