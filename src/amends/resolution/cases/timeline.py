"""The time line of a case: words, scans, money, rules and people in one order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.base.accounts.core import Scope
from amends.base.accounts.models import User
from amends.base.ledger.models import Entry
from amends.intake.conversations.models import Message
from amends.intake.orders.models import PaymentEvent
from amends.intake.tracking.models import TrackingEvent
from amends.resolution.cases.models import Case, StoredJudgement

MAX_OF_A_KIND = 400  # a parcel with 100,000 events must not sink the page


@dataclass(frozen=True, slots=True)
class Item:
    """`kind` is the filter: order, message, note, tracking, money, rule, person. `code` is a message key."""

    at: datetime
    kind: str
    code: str
    text: str = ""
    actor: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    message: Message | None = None


def _order(case: Case) -> list[Item]:
    order = case.order
    if order is None:
        return []
    moments = (
        ("order_placed", order.placed_at),
        ("order_paid", order.paid_at),
        ("order_shipped", order.shipped_at),
        ("order_delivered", order.delivered_at),
        ("order_cancelled", order.cancelled_at),
    )
    return [Item(at, "order", code, params={"order": order.number}) for code, at in moments if at is not None]


def _messages(scope: Scope, case: Case) -> list[Item]:
    if case.thread_id is None:
        return []
    rows = (
        Message.objects.filter(organisation_id=scope.organisation_id, thread_id=case.thread_id)
        .exclude(state=Message.State.DRAFT)
        .select_related("author")
        .order_by("-at")[:MAX_OF_A_KIND]
    )
    out = []
    for m in rows:
        kind = "note" if m.state == Message.State.NOTE else "message"
        out.append(
            Item(m.at, kind, f"message_{m.direction}", m.text, str(m.author) if m.author else m.sender, message=m)
        )
    return out


def _tracking(scope: Scope, case: Case) -> list[Item]:
    if case.order_id is None:
        return []
    rows = (
        TrackingEvent.objects.filter(organisation_id=scope.organisation_id, parcel__order_id=case.order_id)
        .select_related("parcel")
        .order_by("-at")[:MAX_OF_A_KIND]
    )
    return [
        Item(
            e.at,
            "tracking",
            f"scan_{e.milestone}",
            e.text,
            params={"place": e.place, "code": e.code, "number": e.parcel.number, "carrier": e.parcel.carrier},
        )
        for e in rows
    ]


def _money(scope: Scope, case: Case) -> list[Item]:
    if case.order_id is None:
        return []
    rows = PaymentEvent.objects.filter(organisation_id=scope.organisation_id, order_id=case.order_id, at__isnull=False)
    return [
        Item(
            e.at,
            "money",
            f"money_{e.kind}",
            params={"amount_minor": e.amount_minor, "currency": e.currency, "method": e.method},
        )
        for e in rows
        if e.at is not None
    ]


def _judgements(scope: Scope, case: Case) -> list[Item]:
    rows = StoredJudgement.objects.filter(organisation_id=scope.organisation_id, case=case).order_by("-id")[:50]
    return [
        Item(
            j.at,
            "rule",
            "judged" if not j.changes else "judged_again",
            params={"decision": j.body.get("decision"), "changes": j.changes, "hash": j.hash},
        )
        for j in rows
    ]


_PLAIN = ("case:judgement:given", "message:")


def _people(scope: Scope, case: Case) -> list[Item]:
    entries = list(
        Entry.objects.filter(
            organisation_id=scope.organisation_id, subject_kind="case", subject_id=str(case.number)
        ).order_by("-seq")[:MAX_OF_A_KIND]
    )
    ids = {e.actor_id for e in entries if e.actor_kind == "person" and e.actor_id is not None}
    names = {u.pk: str(u) for u in User.objects.filter(pk__in=ids)} if ids else {}
    return [
        Item(e.at, "person", e.verb, actor=names.get(e.actor_id or 0, e.actor_kind), params=e.payload | {"seq": e.seq})
        for e in entries
        if not e.verb.startswith(_PLAIN)
    ]


def merged(scope: Scope, case: Case) -> tuple[Item, ...]:
    """Oldest first. Six queries at most."""
    items = [
        *_order(case),
        *_messages(scope, case),
        *_tracking(scope, case),
        *_money(scope, case),
        *_judgements(scope, case),
        *_people(scope, case),
    ]
    return tuple(sorted(items, key=lambda i: i.at))
