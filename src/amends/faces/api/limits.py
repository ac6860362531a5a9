"""How many requests a caller may make: a sliding window of one minute.

Two counters a caller, one for this minute and one for the minute before; the older one weighs less as the minute
passes. The counters live in Django's cache. The default cache belongs to one process, and so does the limit; with
several web processes, point CACHES at a shared one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

WINDOW = 60  # seconds


@dataclass(frozen=True, slots=True)
class Verdict:
    """`retry_after`: whole seconds until a request would be let in; 0 when this one is."""

    limit: int
    remaining: int
    retry_after: int

    @property
    def allowed(self) -> bool:
        return self.retry_after == 0


def weigh(before: int, current: int, elapsed: float, limit: int) -> Verdict:
    """Judge one more request. `before`, `current`: requests let in during the last and this window, this one not
    counted; `elapsed`: seconds since this window began, in [0, WINDOW)."""
    used = before * (1 - elapsed / WINDOW) + current
    if used + 1 <= limit:
        return Verdict(limit, int(limit - used - 1), 0)
    return Verdict(limit, 0, max(1, math.ceil(_wait(before, current, elapsed, limit))))


def _wait(before: int, current: int, elapsed: float, limit: int) -> float:
    """Seconds until the older window has faded enough, in this window or the next."""
    room = limit - current - 1
    if room >= 0:
        return WINDOW * (1 - room / before) - elapsed
    return WINDOW - elapsed + WINDOW * (1 - (limit - 1) / current)


def take(caller: str, limit: int, now: datetime) -> Verdict:
    """Count one request of a caller and judge it. A refused request is not counted, so hammering gains nothing."""
    window, elapsed = divmod(now.timestamp(), WINDOW)
    key = f"api:{caller}:{int(window)}"
    before = cache.get(f"api:{caller}:{int(window) - 1}", 0)
    verdict = weigh(before, _count(key, 1) - 1, elapsed, limit)
    if not verdict.allowed:
        _count(key, -1)
    return verdict


def _count(key: str, by: int) -> int:
    cache.add(key, 0, WINDOW * 2)
    try:
        return cache.incr(key, by)
    except ValueError:  # a full cache threw it out in between: the caller starts again
        cache.set(key, max(by, 0), WINDOW * 2)
        return max(by, 0)
