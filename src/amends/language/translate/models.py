"""Glossary, engines an organisation has agreed to, and every translation with what made it."""

from __future__ import annotations

from django.db import models


class GlossaryTerm(models.Model):
    """A word that must be translated in one way, or not at all. `targets`: language → word."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=12)
    text = models.CharField(max_length=120)
    forms = models.JSONField(default=list)  # other spellings and inflections of the same word
    targets = models.JSONField(default=dict)
    keep = models.BooleanField(default=False)  # a name: left as it is in every language
    context = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "language", "text"], name="one_glossary_term")]

    def __str__(self) -> str:
        return f"{self.language}: {self.text}"


class EngineAccess(models.Model):
    """A service or a local engine as one organisation uses it. Words leave the machine only where `agreed_at` is set,
    and the agreement names this very engine and what was said about it (`agreement`)."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    engine = models.CharField(max_length=40)
    sealed = models.TextField(blank=True)  # address and key, as JSON, sealed
    enabled = models.BooleanField(default=True)
    priority = models.PositiveSmallIntegerField(default=50)  # lower is asked first
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    agreement = models.CharField(max_length=400, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "engine"], name="one_engine_access")]

    def __str__(self) -> str:
        return self.engine


class Translation(models.Model):
    """One rendering of one text. Rows are added, never changed; the newest of a person stands before a machine's.

    The source text is not repeated here: `source_digest` finds it, and `about` names where it stands, so that erasing
    a message can take its renderings along.
    """

    class Origin(models.TextChoices):
        MACHINE = "machine"
        PERSON = "person"

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    source_digest = models.CharField(max_length=64)
    source = models.CharField(max_length=12)
    target = models.CharField(max_length=12)
    text = models.TextField()
    origin = models.CharField(max_length=8, choices=Origin.choices)
    engines = models.JSONField(
        default=list
    )  # [{"engine", "model", "source", "target"}], two where English stands between
    glossary = models.CharField(max_length=64, blank=True)  # digest of the terms that held
    hits = models.JSONField(default=list)  # [{"term", "target", "start", "end"}] in the source
    violations = models.JSONField(default=list)  # [{"code", "detail"}]
    fallbacks = models.PositiveSmallIntegerField(default=0)  # sentences left in the source language
    milliseconds = models.PositiveIntegerField(default=0)
    about = models.CharField(max_length=60, blank=True)  # "message:12"
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "source_digest", "target"], name="translation_memory"),
            models.Index(fields=["organisation", "about"], name="translation_about"),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target} {self.about}"
