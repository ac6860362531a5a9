"""An organisation's own reply templates, its changes to shipped ones, and who has read which text."""

from __future__ import annotations

from django.db import models


class OwnTemplate(models.Model):
    """One macro. `key` is a shipped one's where it replaces that; `source` is the language it is written in first."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="one_own_template")]

    def __str__(self) -> str:
        return self.key


class OwnText(models.Model):
    """A template's text in one language. Rows are added; the newest of a language is in force.

    `based_on` is the digest of the source text it says the same as. Where that is no longer the source's digest, the
    text is stale.
    """

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    template = models.ForeignKey(OwnTemplate, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12)
    text = models.TextField()
    based_on = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["template", "language", "-at"], name="own_text_newest")]

    def __str__(self) -> str:
        return f"{self.template_id} {self.language}"


class TextSignature(models.Model):
    """A person who speaks the language has read this very text: another wording needs another signature."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    language = models.CharField(max_length=12)
    digest = models.CharField(max_length=32)
    name = models.CharField(max_length=120)  # as they want to be shown
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key", "language", "digest"], name="one_text_signature")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.language}: {self.name}"
