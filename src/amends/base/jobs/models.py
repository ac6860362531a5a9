"""Jobs and their history. The job table is the queue, the timer and the outbox."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from amends.base.jobs.core import KEY_LENGTH, UNIQ_LENGTH, JobState, Lane

WAITING, LEASED, DEAD = int(JobState.WAITING), int(JobState.LEASED), int(JobState.DEAD)


class Job(models.Model):
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    args = models.JSONField(default=dict)
    state = models.SmallIntegerField(default=WAITING)
    lane = models.SmallIntegerField(default=int(Lane.QUICK))
    priority = models.SmallIntegerField(default=0)
    due = models.DateTimeField()
    key = models.CharField(max_length=KEY_LENGTH, blank=True)  # "organisation/key": see JobRequest.stored_key
    uniq = models.CharField(max_length=UNIQ_LENGTH, null=True)  # noqa: DJ001 - NULL means "no uniqueness asked"
    attempt = models.SmallIntegerField(default=0)  # runs begun; with `worker` it is the proof of a lease
    crashes = models.SmallIntegerField(default=0)  # workers lost while they held it
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    progress_note = models.CharField(max_length=200, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Equality on lane and priority, then a range of due: an empty poll touches no future timer.
            models.Index(fields=["lane", "priority", "due", "id"], name="job_due", condition=Q(state=WAITING)),
            models.Index(fields=["lease_until"], name="job_lease", condition=Q(state=LEASED)),
            models.Index(fields=["key", "id"], name="job_key", condition=Q(state__in=[WAITING, LEASED]) & ~Q(key="")),
            models.Index(fields=["organisation", "-id"], name="job_org"),
            models.Index(fields=["organisation", "-id"], name="job_dead", condition=Q(state=DEAD)),
            models.Index(fields=["finished_at"], name="job_finished", condition=Q(finished_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "uniq"], name="one_job_a_uniq"),
            models.UniqueConstraint(
                fields=["uniq"], name="one_system_job_a_uniq", condition=Q(organisation__isnull=True)
            ),
            # The last word on order within a key, whatever two workers see of each other.
            models.UniqueConstraint(
                fields=["key"], name="one_running_job_a_key", condition=Q(state=LEASED) & ~Q(key="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Cron(models.Model):
    """A repeating job as its worker last saw it declared (`registry.cron`); only `enabled` is an operator's."""

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=60)
    args = models.JSONField(default=dict)
    every_seconds = models.IntegerField(default=0)
    daily_at = models.TimeField(null=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    next_due = models.DateTimeField()
    enabled = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Presence(models.Model):
    """A worker process, as it last said that it is there. The row goes when the worker stops in good order."""

    name = models.CharField(max_length=80, unique=True)
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
