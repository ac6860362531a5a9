"""Repeating jobs: rows made from the declarations, slots turned into jobs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from amends.base.jobs import engine_in_use, registry
from amends.base.jobs.core import JobRequest, JobState, Schedule, slot_name
from amends.base.jobs.models import Cron, Job


def sync(now: datetime) -> None:
    """Bring the rows in line with what this process declares. Rows of unknown names are left and never fire."""
    for declared in registry.crons().values():
        schedule = declared.schedule
        wanted = {
            "kind": declared.kind,
            "args": dict(declared.args),
            "every_seconds": schedule.every_seconds,
            "daily_at": schedule.daily_at,
            "time_zone": schedule.time_zone,
        }
        row, made = Cron.objects.get_or_create(
            name=declared.name, defaults=wanted | {"next_due": schedule.next_slot(now)}
        )
        if not made and any(getattr(row, column) != value for column, value in wanted.items()):
            Cron.objects.filter(pk=row.pk).update(**wanted, next_due=schedule.next_slot(now))


def tick(now: datetime) -> int:
    """Turn every slot that has come into a job. Returns how many jobs were made. Safe with any number of workers."""
    due = Cron.objects.filter(enabled=True, next_due__lte=now, name__in=registry.crons()).order_by("next_due")
    return sum(_fire(row, now) for row in due)


def _fire(row: Cron, now: datetime) -> bool:
    schedule = Schedule(row.every_seconds, row.daily_at, row.time_zone)
    request = JobRequest(
        row.kind, row.args, due=row.next_due, key=f"cron:{row.name}", uniq=slot_name(row.name, row.next_due)
    )
    with transaction.atomic():
        mine = Cron.objects.filter(pk=row.pk, next_due=row.next_due, enabled=True).update(
            next_due=schedule.next_slot(now)
        )
        if not mine:  # another worker was first
            return False
        running = Job.objects.filter(key=request.stored_key, state__in=[JobState.WAITING, JobState.LEASED])
        if running.exists():  # the slot before has not ended: no second one beside or behind it
            return False
        engine_in_use().enqueue(request, now)
    return True
