"""The buyer's side of the clock and of courtesy: hints for the agent, and quiet hours for what sends itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from amends.kernel.calendars import has_calendar, holiday_names
from amends.kernel.languages import base
from amends.kernel.zones import principal_zone
from amends.language.culture.core import Hours, Now, is_weekend, next_awake, now_there

__all__ = ["Hours", "Now", "Place", "address_of", "next_holiday", "place", "quiet_until"]

LOOK_AHEAD = 14  # days in which a coming holiday is worth saying


@cache
def _data() -> dict[str, Any]:
    # BaseLoader keeps every scalar a string: the language code "no" is not False.
    text = (Path(__file__).resolve().parent / "culture.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - our own file


def _hours(name: str) -> Hours:
    row = _data()[name]
    return Hours(time.fromisoformat(row["from"]), time.fromisoformat(row["to"]))


@dataclass(frozen=True, slots=True)
class Place:
    """Where the buyer is, at one moment. `zone_sure` is False in a country of several zones."""

    country: str
    zone: str
    zone_sure: bool
    now: Now
    local: datetime
    holiday: str  # today's name, empty on other days


def place(country: str, now: datetime, zone: str = "") -> Place | None:
    """None where neither zone nor country is known."""
    named, sure = (zone, True) if zone else principal_zone(country) if country else ("", False)
    try:
        tz = ZoneInfo(named) if named else None
    except (ZoneInfoNotFoundError, ValueError):
        tz = None
    if tz is None:
        return None
    local = now.astimezone(tz)
    holiday = holiday_names(country, local.date()) if country and has_calendar(country) else ""
    weekend = [int(day) for day in _data()["weekend"].get(country, ["5", "6"])]
    off = Now.HOLIDAY if holiday else Now.WEEKEND if is_weekend(now, tz, weekend) else None
    return Place(country, named, sure, now_there(now, tz, _hours("awake"), _hours("working"), off), local, holiday)


def quiet_until(country: str, now: datetime, zone: str = "") -> datetime:
    """When something automatic may reach the buyer: now, or the end of the night there. Unknown place: now."""
    there = place(country, now, zone)
    return next_awake(now, ZoneInfo(there.zone), _hours("awake")) if there else now


def next_holiday(country: str, day: date) -> tuple[date, str] | None:
    """The next public holiday within two weeks, with its name as the calendar package words it."""
    if not country or not has_calendar(country):
        return None
    for ahead in range(1, LOOK_AHEAD + 1):
        one = date.fromordinal(day.toordinal() + ahead)
        name = holiday_names(country, one)
        if name:
            return one, name
    return None


def address_of(language: str, reader: str = "en") -> tuple[str, str]:
    """(`given` or `family` first, how one addresses a stranger) in the reader's language; empty where unknown."""
    row: Mapping[str, Any] = _data()["languages"].get(base(language), {})
    address = row.get("address", {})
    return str(row.get("order", "")), str(address.get("zh" if reader.startswith("zh") else "en", ""))
