"""Rule versions that some judgement cited, kept so that an old case is explained by the rule of its day."""

from __future__ import annotations

from django.db import models


class RuleVersion(models.Model):
    # None for the shipped rulebook, which is everybody's; a house rule is its organisation's own business.
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, null=True, related_name="+")
    rule_id = models.CharField(max_length=60)
    version = models.CharField(max_length=40)
    hash = models.CharField(max_length=64, unique=True)
    body = models.JSONField()
    first_used_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["rule_id", "version"], name="rule_version")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.version}"
