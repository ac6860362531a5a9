"""Working days of the seller's own places: closed for the New Year's fair, open on a Saturday before it.

They count in clocks of the shop's own promises, and in those a rule opens to them (`own_days`), for that country.
A platform's clock knows nothing of them: counting them there would show a due moment that is too late.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.ledger.actions import record
from amends.judgement.policies.models import HouseDay
from amends.kernel.outcome import Refusal

MOST_DAYS = 60  # in one span


def days(scope: Scope, since: date | None = None) -> list[HouseDay]:
    rows = HouseDay.objects.filter(organisation_id=scope.organisation_id).order_by("day", "country")
    return list(rows.filter(day__gte=since) if since else rows)


def calendar_rows(organisation_id: int) -> list[dict[str, Any]]:
    """The table fact `calendar`, in wire form."""
    rows = HouseDay.objects.filter(organisation_id=organisation_id).order_by("day", "country")
    return [{"country": r.country, "day": r.day.isoformat(), "open": r.open} for r in rows]


def set_days(
    scope: Scope, country: str, span: tuple[date, date], now: datetime, *, opened: bool, note: str = ""
) -> int | Refusal:
    """Says the same of every day from the first to the last, both included; what was said before is replaced."""
    scope.require(Permission.SETTINGS_WRITE)
    first, last = span
    if last < first:
        return Refusal("ends_before_it_begins")
    if (last - first).days >= MOST_DAYS:
        return Refusal("too_many_days", params={"most": MOST_DAYS})
    all_days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    with transaction.atomic():
        HouseDay.objects.bulk_create(
            [
                HouseDay(organisation_id=scope.organisation_id, country=country, day=day, open=opened, note=note)
                for day in all_days
            ],
            update_conflicts=True,
            unique_fields=["organisation", "country", "day"],
            update_fields=["open", "note"],
        )
        _told(scope, now, "set", country, all_days, opened=opened)
    return len(all_days)


def remove_day(scope: Scope, pk: int, now: datetime) -> Refusal | None:
    scope.require(Permission.SETTINGS_WRITE)
    with transaction.atomic():
        row = HouseDay.objects.filter(organisation_id=scope.organisation_id, pk=pk).first()
        if row is None:
            return Refusal("not_found")
        _told(scope, now, "removed", row.country, [row.day], opened=row.open)
        row.delete()
    return None


def _told(scope: Scope, now: datetime, verb: str, country: str, told: Iterable[date], *, opened: bool) -> None:
    payload = {"country": country, "days": [day.isoformat() for day in told], "open": opened}
    record(scope, at=now, verb=f"rule:days:{verb}", subject_kind="calendar", subject_id=country, payload=payload)
