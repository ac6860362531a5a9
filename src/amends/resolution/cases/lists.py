"""Lists of cases: the inbox, what is due today, the search box. Each page is a constant number of queries."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from amends.base.accounts.core import ActorKind, Permission, Scope
from amends.intake.orders.models import Order
from amends.intake.tracking.models import Parcel
from amends.resolution.cases.core.axes import FAR
from amends.resolution.cases.models import Case, CaseClock, StoredJudgement

FILTERS = ("open", "mine", "due_today", "threat", "unassigned", "waiting_buyer", "waiting_platform", "closed", "all")
RELATED = ("shop", "order", "buyer", "owner", "thread")
COUNT_CAP = 999  # a badge never counts further: "999+" costs the same on any table


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Case, ...]
    next_cursor: str | None


def _encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, int] | None:
    """Where a page starts. None for a cursor that is not ours: a list then begins at its start."""
    try:
        moment, last_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        after = datetime.fromisoformat(moment), int(last_id)
    except (ValueError, TypeError, RecursionError):
        return None
    return after if after[0].tzinfo is not None and 0 <= after[1] < 2**63 else None


def filtered(scope: Scope, name: str, now: datetime) -> QuerySet[Case]:
    """Cases of one of FILTERS; an unknown name means open ones."""
    scope.require(Permission.CASE_READ)
    cases = Case.objects.filter(organisation_id=scope.organisation_id)
    if name == "all":
        return cases
    if name == "closed":
        return cases.exclude(closed_at=None)
    cases = cases.filter(closed_at=None)
    if name == "mine":
        return cases.filter(owner_id=(scope.actor_id if scope.actor_kind is ActorKind.PERSON else None) or 0)
    if name == "due_today":
        return cases.filter(next_due_at__lte=now + timedelta(hours=24))
    if name == "threat":
        return cases.filter(priority__gte=2)
    if name == "unassigned":
        return cases.filter(owner=None)
    if name == "waiting_buyer":
        return cases.filter(waiting_for="buyer")
    if name == "waiting_platform":
        return cases.filter(waiting_for="platform")
    return cases


def inbox(scope: Scope, name: str, now: datetime, *, text: str = "", cursor: str = "", limit: int = 25) -> Page:
    """One page, most urgent first (closed and all: newest change first)."""
    cases = filtered(scope, name, now)
    if text:
        cases = cases.filter(_matches(scope, text))
    by_change = name in ("closed", "all")
    after = read_cursor(cursor) if cursor else None
    if after is not None:
        moment, last_id = after
        if by_change:
            cases = cases.filter(Q(changed_at__lt=moment) | Q(changed_at=moment, pk__lt=last_id))
        else:
            cases = cases.filter(Q(next_due_at__gt=moment) | Q(next_due_at=moment, pk__gt=last_id))
    order = ("-changed_at", "-pk") if by_change else ("next_due_at", "pk")
    rows = list(cases.select_related(*RELATED).order_by(*order)[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    last = rows[-1] if more else None
    return Page(
        tuple(rows),
        _encode([(last.changed_at if by_change else last.next_due_at).isoformat(), last.pk]) if last else None,
    )


def counts(scope: Scope, now: datetime, names: Sequence[str] = FILTERS) -> dict[str, int]:
    """Badge numbers, capped at COUNT_CAP + 1. One cheap query each; fetched apart from the list."""
    return {name: filtered(scope, name, now).order_by()[: COUNT_CAP + 1].count() for name in names}


def _matches(scope: Scope, text: str) -> Q:
    """What the search box means: case, order or tracking number, name, mail address, or words of the first line."""
    text = text.strip()
    digits = text.upper().removeprefix("C-")
    found = Q(title__icontains=text) | Q(buyer__name__icontains=text) | Q(buyer__email__iexact=text)
    found |= Q(buyer__external_id__iexact=text) | Q(order__number__iexact=text)
    parcels = Parcel.objects.filter(organisation_id=scope.organisation_id, number__iexact=text)
    found |= Q(order_id__in=parcels.values("order_id"))
    if digits.isdigit() and len(digits) < 15:  # noqa: PLR2004 - longer is an order number, and overflows the column
        found |= Q(number=int(digits))
    if len(text) >= 4:  # noqa: PLR2004 - shorter would match half of all messages
        found |= Q(thread__messages__text__icontains=text)
    return found


@dataclass(frozen=True, slots=True)
class Hits:
    cases: tuple[Case, ...]
    orders: tuple[Order, ...]


def search(scope: Scope, text: str, limit: int = 25) -> Hits:
    """Cases and orders by number, name, tracking number, mail address or text."""
    scope.require(Permission.CASE_READ)
    text = text.strip()[:200]
    if not text:
        return Hits((), ())
    cases = (
        Case.objects.filter(organisation_id=scope.organisation_id)
        .filter(_matches(scope, text))
        .distinct()
        .select_related(*RELATED)
        .order_by("-changed_at")[:limit]
    )
    orders = Order.objects.filter(organisation_id=scope.organisation_id).filter(
        Q(number__iexact=text)
        | Q(number__istartswith=text)
        | Q(parcels__number__iexact=text)
        | Q(buyer__name__icontains=text)
        | Q(buyer__email__iexact=text)
    )
    return Hits(tuple(cases), tuple(orders.distinct().select_related("shop", "buyer").order_by("-placed_at")[:limit]))


@dataclass(frozen=True, slots=True)
class Due:
    """One line of Today: a clock of ours on an open case. `due` is absolute; `group` is where it is listed."""

    case: Case
    clock: CaseClock
    group: str  # overdue, next_4_h, today, next_72_h


@dataclass(frozen=True, slots=True)
class Today:
    due: tuple[Due, ...]
    changed: tuple[StoredJudgement, ...]  # judgements that changed since `since`
    new_cases: tuple[Case, ...]
    since: datetime


def _group(due: datetime, now: datetime, midnight: datetime) -> str:
    if due < now:
        return "overdue"
    if due <= now + timedelta(hours=4):
        return "next_4_h"
    return "today" if due <= midnight else "next_72_h"


def today(scope: Scope, now: datetime, midnight: datetime, *, limit: int = 200) -> Today:
    """What is due within 72 hours by absolute deadline. `midnight` is the end of the reader's day."""
    scope.require(Permission.CASE_READ)
    clocks = (
        CaseClock.objects.filter(
            organisation_id=scope.organisation_id,
            owner="seller",
            state__in=("running", "paused", "expired"),
            due_at__lte=now + timedelta(hours=72),
            case__closed_at=None,
            case__next_due_at__lt=FAR,
        )
        .select_related("case__shop", "case__order", "case__buyer", "case__owner")
        .order_by("due_at", "pk")
    )
    seen: set[int] = set()
    due = []
    for clock in clocks[: limit * 3]:
        if clock.body.get("met_at") or clock.case_id in seen or clock.due_at is None:
            continue
        seen.add(clock.case_id)  # a case stands once, under its earliest clock
        due.append(Due(clock.case, clock, _group(clock.due_at, now, midnight)))
    since = now - timedelta(hours=14)
    changed = (
        StoredJudgement.objects.filter(organisation_id=scope.organisation_id, at__gte=since)
        .exclude(changes=[])
        .select_related("case__buyer", "case__shop", "case__order")
        .order_by("-id")[:20]
    )
    fresh = (
        Case.objects.filter(organisation_id=scope.organisation_id, opened_at__gte=since)
        .select_related(*RELATED)
        .order_by("-opened_at")[:20]
    )
    return Today(tuple(due[:limit]), tuple(changed), tuple(fresh), since)
