"""When a buyer is awake, at work, or on holiday. Pure: the moment comes in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from amends.kernel.calendars import at_local


class Now(StrEnum):
    NIGHT = "night"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    WORK = "work"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Hours:
    """Local wall-clock times of one day; `ends` is exclusive."""

    begins: time
    ends: time

    def holds(self, clock: time) -> bool:
        return self.begins <= clock < self.ends


def now_there(now: datetime, zone: ZoneInfo, awake: Hours, working: Hours, off: Now | None) -> Now:
    """What the buyer is likely doing. `off`: the local day is a holiday or a weekend."""
    clock = now.astimezone(zone).time()
    if not awake.holds(clock):
        return Now.NIGHT
    if off is not None:
        return off
    return Now.WORK if working.holds(clock) else Now.FREE


def next_awake(now: datetime, zone: ZoneInfo, awake: Hours) -> datetime:
    """`now`, or where it is night there, the moment the night ends. Never earlier than `now`."""
    local = now.astimezone(zone)
    if awake.holds(local.time()):
        return now
    day = local.date() if local.time() < awake.begins else local.date() + timedelta(days=1)
    return max(now, at_local(day, awake.begins, zone))


def is_weekend(now: datetime, zone: ZoneInfo, weekend: Collection[int]) -> bool:
    return now.astimezone(zone).weekday() in weekend
