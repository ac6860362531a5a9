"""Keeping what happened: the events of a case, the offences a platform recorded, and up to when cases were read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Shop
from amends.base.accounts.queries import shops
from amends.base.ledger.actions import record
from amends.judgement.health.core import Event
from amends.judgement.health.models import Incident, Mark, Offence, Snapshot
from amends.judgement.health.queries import FRESH, counted_rows
from amends.judgement.policies.queries import book_of
from amends.kernel.outcome import Refusal


@transaction.atomic
def keep(scope: Scope, source: str, shop_id: int, order_id: int | None, events: Iterable[Event]) -> bool:
    """Replace what a source said before. True when that changed anything."""
    known = Incident.objects.filter(organisation_id=scope.organisation_id, source=source)
    was = {(i.kind, i.at, i.detail, i.seller_liable, i.shop_id, i.order_id): i.pk for i in known.select_for_update()}
    wanted = {(e.kind, e.at, e.detail, e.seller_liable, shop_id, order_id) for e in events}
    if wanted == was.keys():
        return False
    known.filter(pk__in=[pk for key, pk in was.items() if key not in wanted]).delete()
    Incident.objects.bulk_create(
        Incident(
            organisation_id=scope.organisation_id, source=source, kind=kind, at=at, detail=detail, seller_liable=liable,
            shop_id=shop, order_id=order,
        )
        for kind, at, detail, liable, shop, order in sorted(wanted - was.keys(), key=lambda key: key[0])
    )  # fmt: skip
    return True


@transaction.atomic
def record_offence(  # noqa: PLR0913 - what an offence is, all keyword-only
    scope: Scope,
    now: datetime,
    *,
    shop_id: int,
    ledger: str,
    kind: str,
    at: datetime,
    points: int | None = None,
    reference: str = "",
) -> Offence | Refusal:
    """An offence that a platform recorded against a shop; without `points` the rule of its kind says how many."""
    scope.require(Permission.SETTINGS_WRITE)
    if not Shop.objects.filter(organisation_id=scope.organisation_id, pk=shop_id).exists():
        return Refusal("no_such_shop")
    if at > now:
        return Refusal("in_the_future")
    made = Offence.objects.create(
        organisation_id=scope.organisation_id, shop_id=shop_id, ledger=ledger.strip()[:40], kind=kind.strip()[:40],
        at=at, points=points, reference=reference.strip()[:120], created_at=now,
    )  # fmt: skip
    payload = {"ledger": made.ledger, "kind": made.kind, "points": points, "at": at.isoformat()}
    record(scope, at=now, verb="health:offence:recorded", subject_kind="shop", subject_id=shop_id, payload=payload)
    return made


@transaction.atomic
def strike_offence(scope: Scope, offence_id: int, now: datetime) -> Offence | Refusal:
    """The platform took it back. The row stays, and counts no more from now on."""
    scope.require(Permission.SETTINGS_WRITE)
    found = Offence.objects.select_for_update().filter(organisation_id=scope.organisation_id, pk=offence_id).first()
    if found is None:
        return Refusal("no_such_offence")
    if found.struck_at is not None:
        return Refusal("already_struck")
    found.struck_at = now
    found.save(update_fields=["struck_at"])
    payload = {"offence": found.pk}
    record(scope, at=now, verb="health:offence:struck", subject_kind="shop", subject_id=found.shop_id, payload=payload)
    return found


def read_until(scope: Scope) -> datetime | None:
    """Up to when this organisation's cases have been read; None before the first time."""
    return Mark.objects.filter(organisation_id=scope.organisation_id).values_list("until", flat=True).first()


def remember(scope: Scope, until: datetime) -> None:
    Mark.objects.update_or_create(organisation_id=scope.organisation_id, defaults={"until": until})


def count_again(scope: Scope, now: datetime) -> int:
    """Take the snapshots that are about to grow old, or were counted by another rulebook. Returns how many."""
    book = book_of(scope)
    rows = Snapshot.objects.filter(organisation_id=scope.organisation_id, book=book.hash, at__gt=now - FRESH / 4)
    fresh = set(rows.values_list("shop_id", flat=True))
    stale = [shop for shop in shops(scope) if shop.pk not in fresh]
    for shop in stale:
        Snapshot.objects.update_or_create(
            organisation_id=scope.organisation_id,
            shop_id=shop.pk,
            defaults={"at": now, "book": book.hash, "rows": counted_rows(scope, shop, book, now)},
        )
    return len(stale)
