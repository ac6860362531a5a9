"""Cleaning up after processes that died while they wrote."""

from __future__ import annotations

from datetime import time, timedelta

from amends.base.files import disk
from amends.base.jobs import Context, cron, job

ABANDONED = timedelta(days=1)  # no upload takes that long


@job("files.tidy", owns_transaction=True)
def tidy(context: Context) -> None:
    disk.drop_abandoned(context.now - ABANDONED)


cron("files.tidy", "files.tidy", daily_at=time(3, 20))
