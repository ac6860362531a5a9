"""Stored files, known by their hash. The bytes lie in AMENDS_HOME/files/ab/cd/<sha256>."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "sha256"], name="one_file_a_hash")]

    def __str__(self) -> str:
        return f"{self.name} {self.sha256[:12]}"
