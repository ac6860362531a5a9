"""Reading one case: its row, its state for the guards, its page. Lists are in `lists`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Organisation
from amends.base.ledger.models import Entry
from amends.intake.conversations.models import Message
from amends.intake.orders.models import Order, PaymentEvent
from amends.resolution.cases.core.axes import FAR, CaseState, Choice, Status, choices, status_of
from amends.resolution.cases.gather import Seen, gather
from amends.resolution.cases.models import Case, CaseClock, Offer, StoredJudgement, Task
from amends.resolution.cases.timeline import Item, merged
from amends.resolution.refunds import queries as refunds
from amends.resolution.refunds.models import Refund

RELATED = ("shop", "order", "buyer", "thread", "owner")
SENDING_CHANNELS = ("mail",)


class NoSuchCase(LookupError):
    """The case does not exist in this organisation; a face answers 404 either way."""


def lock_or_none(scope: Scope, case_id: int) -> Case | None:
    """The case row, locked until the transaction ends."""
    scope.require(Permission.CASE_READ)
    rows = Case.objects.select_for_update(of=("self",)).select_related(*RELATED)
    return rows.filter(organisation_id=scope.organisation_id, pk=case_id).first()


def lock_order(scope: Scope, case: Case) -> None:
    """Hold the case's order until the transaction ends: "never more than was paid" is a bound over all its cases."""
    if case.order_id is not None:
        Order.objects.select_for_update().only("pk").get(organisation_id=scope.organisation_id, pk=case.order_id)


def lock(scope: Scope, case_id: int) -> Case:
    case = lock_or_none(scope, case_id)
    if case is None:
        raise NoSuchCase(case_id)
    return case


def get(scope: Scope, number: int) -> Case | None:
    scope.require(Permission.CASE_READ)
    return Case.objects.select_related(*RELATED).filter(organisation_id=scope.organisation_id, number=number).first()


def by_id(scope: Scope, case_id: int) -> Case | None:
    """With everything the guards look at."""
    return Case.objects.select_related(*RELATED).filter(organisation_id=scope.organisation_id, pk=case_id).first()


def newest_judgement(scope: Scope, case: Case) -> StoredJudgement | None:
    return StoredJudgement.objects.filter(organisation_id=scope.organisation_id, case=case).order_by("-id").first()


def can_send(case: Case) -> bool:
    """Whether words leave by themselves; elsewhere a person hands them over."""
    thread = case.thread
    return thread is not None and thread.channel in SENDING_CHANNELS and bool(case.buyer and case.buyer.email)


def state_of(scope: Scope, case_id: int, *, case: Case | None = None) -> CaseState | None:
    """What the guards look at. Pass the locked `case` inside an action."""
    case = case or by_id(scope, case_id)
    if case is None:
        return None
    judgement = newest_judgement(scope, case)
    return _state(scope, case, judgement.body if judgement else {}, refunds.of_order(scope, case.order_id))


def _state(scope: Scope, case: Case, body: dict[str, Any], refund_rows: list[Refund]) -> CaseState:
    sums: dict[str, int] = defaultdict(int)
    if case.order_id is not None:
        for kind, minor in PaymentEvent.objects.filter(
            organisation_id=scope.organisation_id, order_id=case.order_id
        ).values_list("kind", "amount_minor"):
            sums[kind] += minor
    order = case.order
    paid = sums[PaymentEvent.Kind.PAID] or (order.total_minor if order else 0)
    charged_back = sums[PaymentEvent.Kind.CHARGED_BACK] > sums[PaymentEvent.Kind.CHARGEBACK_REVERSED]
    limit = Organisation.objects.values_list("refund_limit_minor", flat=True).get(pk=scope.organisation_id)
    return CaseState(
        id=case.pk,
        number=case.number,
        request=case.request,
        replacement=case.replacement,
        dispute=case.dispute,
        waiting_for=case.waiting_for,
        closed=case.closed_at is not None,
        snoozed_until=case.snoozed_until,
        next_due_at=case.next_due_at if case.next_due_at < FAR else None,
        leaf=case.leaf,
        currency=order.currency if order else "",
        paid_minor=paid,
        refunded_outside_minor=sums[PaymentEvent.Kind.REFUNDED],
        charged_back=charged_back or body.get("decision") == "elsewhere",
        refunds=refunds.states(refund_rows),
        has_order=order is not None,
        has_thread=case.thread_id is not None,
        can_send=can_send(case),
        refund_limit_minor=limit,
        version=case.version,
        decision=body.get("decision", ""),
        decision_rules=tuple(c["rule"] for c in body.get("citations", ()) if c["role"] == "decides"),
        forbidden={r["code"]: r["why_not"] for r in body.get("remedies", ()) if not r["allowed"]},
        buyer_language=case.buyer.language if case.buyer else "",
    )


def clocks_stopped_by(scope: Scope, case_id: int, *, speaks: bool) -> tuple[str, ...]:
    """Rules of our running clocks that an answer to the buyer would stop."""
    if not speaks:
        return ()
    rows = CaseClock.objects.filter(
        organisation_id=scope.organisation_id,
        case_id=case_id,
        owner="seller",
        state__in=("running", "expired"),
        name__in=("first_answer", "next_answer"),
    )
    return tuple(rows.order_by("due_at").values_list("rule_id", flat=True))


def done_before(scope: Scope, case: Case, key: str) -> dict[str, Any] | None:
    """What an earlier request with this key did, from the ledger; None when there was none."""
    entries = Entry.objects.filter(
        organisation_id=scope.organisation_id, subject_kind="case", subject_id=str(case.number), verb__endswith=":done"
    ).order_by("-seq")
    for entry in entries[:200]:
        if entry.payload.get("key") == key:
            return {
                "message_id": entry.payload.get("message"),
                "sends": bool(entry.payload.get("sends")),
                "refund_id": entry.payload.get("refund"),
            }
    return None


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the case page shows, read in a constant number of queries."""

    case: Case
    state: CaseState
    status: Status
    choices: tuple[Choice, ...]
    judgement: StoredJudgement | None
    facts: dict[str, Seen]
    timeline: tuple[Item, ...]
    refunds: tuple[Refund, ...]
    offers: tuple[Offer, ...]
    tasks: tuple[Task, ...]
    lines: tuple[Any, ...]
    parcels: tuple[Any, ...]
    other_cases: tuple[Case, ...]
    draft: Message | None

    @property
    def body(self) -> dict[str, Any]:
        return self.judgement.body if self.judgement else {}


def case_view(scope: Scope, number: int, now: datetime) -> CaseView | None:
    case = get(scope, number)
    if case is None:
        return None
    judgement = newest_judgement(scope, case)
    refund_rows = refunds.of_order(scope, case.order_id)
    state = _state(scope, case, judgement.body if judgement else {}, refund_rows)
    order = case.order
    draft = None
    if case.thread_id is not None:
        draft = (
            Message.objects.filter(
                organisation_id=scope.organisation_id, thread_id=case.thread_id, state=Message.State.DRAFT
            )
            .order_by("-id")
            .first()
        )
    others = Case.objects.filter(organisation_id=scope.organisation_id, buyer_id=case.buyer_id or 0).exclude(pk=case.pk)
    return CaseView(
        case=case,
        state=state,
        status=status_of(state, now),
        choices=choices(state, scope.permissions),
        judgement=judgement,
        facts=gather(case).by_key,
        timeline=merged(scope, case),
        refunds=tuple(r for r in refund_rows if r.case_id == case.pk),
        offers=tuple(Offer.objects.filter(organisation_id=scope.organisation_id, case=case).order_by("-id")),
        tasks=tuple(Task.objects.filter(organisation_id=scope.organisation_id, case=case, done_at=None).order_by("id")),
        lines=tuple(order.lines.order_by("id")) if order else (),
        parcels=tuple(order.parcels.order_by("id")) if order else (),
        other_cases=tuple(others.order_by("-id")[:5]) if case.buyer_id else (),
        draft=draft,
    )
