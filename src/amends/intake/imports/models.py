"""Import runs, their rejected rows, and saved column mappings."""

from __future__ import annotations

from django.db import models


class ImportRun(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"
        NEEDS_MAPPING = "needs_mapping"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey("accounts.Shop", on_delete=models.SET_NULL, null=True, related_name="+")
    file = models.ForeignKey("files.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=12, default="browser")  # browser, cli, api, folder, mail
    file_name = models.CharField(max_length=255)
    layout = models.CharField(max_length=60, blank=True)
    mapping = models.JSONField(default=dict)  # column map of a user-made layout
    encoding = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.WAITING)
    rows = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)  # accepted rows that were known already, counted apart
    counts = models.JSONField(default=dict)  # {"orders": {"created": n, "updated": n, "same": n}, …}
    warnings = models.JSONField(default=list)
    error = models.JSONField(null=True)  # a Problem when the whole file was refused
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="run_recent")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"


class RejectedRow(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejects")
    member = models.CharField(max_length=200, blank=True)  # the file inside a folder import
    row = models.BigIntegerField()  # 1-based, the heading line counted
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    raw = models.JSONField(default=list)  # the row's cells as read

    class Meta:
        indexes = [models.Index(fields=["run", "row"], name="reject_row")]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"


class SavedMapping(models.Model):
    """A mapping a person made for an unknown file, found again by the fingerprint of its headings."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "fingerprint"], name="one_mapping")]

    def __str__(self) -> str:
        return self.name
