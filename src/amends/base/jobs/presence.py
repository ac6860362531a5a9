"""Which workers are there. About the installation, not about anybody's data, so no scope is asked for."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from amends.base.jobs.models import Presence

FRESH = timedelta(seconds=45)  # a worker signs every ten seconds; one long transaction on SQLite may hold it up


def begin(name: str, now: datetime) -> None:
    Presence.objects.create(name=name, pid=os.getpid(), started_at=now, seen_at=now)


def sign(name: str, now: datetime) -> None:
    Presence.objects.filter(name=name).update(seen_at=now)


def end(name: str) -> None:
    Presence.objects.filter(name=name).delete()


def alive(now: datetime) -> list[Presence]:
    """Workers seen in the last 45 seconds, the oldest first. Empty: nobody does background work."""
    return list(Presence.objects.filter(seen_at__gt=now - FRESH).order_by("started_at"))


def forget(before: datetime) -> int:
    """Drop the rows of workers that were killed and never said goodbye. Returns how many."""
    return Presence.objects.filter(seen_at__lt=before).delete()[0]
