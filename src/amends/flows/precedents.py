"""Closed cases as precedents: told to judgement when a case is closed or opened again, and asked for from a case.

Judgement never reads cases, so what it remembers of one is put together here: its facts, the buyer's words, and how
it came out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from amends.base.accounts.core import Scope
from amends.intake.conversations.models import Message
from amends.intake.orders.models import PaymentEvent
from amends.judgement.precedents import actions, ports, queries
from amends.judgement.precedents.core import MOST_WORDS, Offered, Outcome
from amends.judgement.precedents.core.outcome import LOST, SPLIT, WON
from amends.judgement.precedents.models import Precedent
from amends.judgement.precedents.queries import Similar
from amends.kernel.money import Money
from amends.resolution.cases import queries as cases
from amends.resolution.cases.gather import gather
from amends.resolution.cases.judging import readable_facts
from amends.resolution.cases.models import Case, Offer
from amends.resolution.refunds import queries as refunds
from amends.resolution.refunds.core import LIVE_MONEY
from amends.resolution.refunds.models import Refund

_RULED = {"for_seller": WON, "for_buyer": LOST, "split": SPLIT}
_AT_OTHERS = frozenset({"open", "responded", "escalated", "won", "lost", "closed"})  # of the axis `dispute`
_OLD_KINDS = {"refund": "refund_full", "partial_refund": "partial_refund", "goodwill": "goodwill"}
_WALK = 200


@transaction.atomic
def keep(scope: Scope, case_id: int) -> bool:
    """Bring what is remembered of a case in line with it, as it now is. True: it is remembered."""
    case = cases.lock_or_none(scope, case_id)
    if case is None:
        return False
    if case.closed_at is None:
        actions.forget(scope, case.number)
        return False
    facts = readable_facts(gather(case))[1]
    text, language = _said(scope, case)
    outcome = _outcome(scope, case, facts)
    closed = actions.Closed(case.number, case.closed_at, facts, outcome, text, language)
    actions.remember(scope, closed, ports.installed())
    return True


def _said(scope: Scope, case: Case) -> tuple[str, str]:
    """(what the buyer wrote, oldest first; the language of the first message). What is not used is not read."""
    if case.thread_id is None:
        return "", ""
    rows = Message.objects.filter(
        organisation_id=scope.organisation_id, thread_id=case.thread_id, direction=Message.Direction.IN
    )
    texts: list[str] = []
    language = ""
    for text, spoken in rows.order_by("at", "pk").values_list("text", "language")[:5]:
        language = language or spoken
        texts.append(text)
        if len(" ".join(texts).split()) > 2 * MOST_WORDS:
            break
    return "\n".join(texts), language


def _outcome(scope: Scope, case: Case, facts: Mapping[str, Any]) -> Outcome:
    judgement = cases.newest_judgement(scope, case)
    offers = list(Offer.objects.filter(organisation_id=scope.organisation_id, case=case).order_by("pk"))
    paid_back = [r for r in refunds.of_order(scope, case.order_id) if r.case_id == case.pk and r.state in LIVE_MONEY]
    refunded = _refunded(paid_back)
    closed_at = case.closed_at or case.changed_at
    return Outcome(
        decision=str(judgement.body.get("decision", "")) if judgement else "",
        remedy=_agreed(case, offers, paid_back),
        offers=tuple(Offered(offer.remedy, offer.state) for offer in offers),
        refused=case.request == "refused",
        escalated=_escalated(case, facts, closed_at),
        ruled=_ruled(case, facts),
        refunded=str(refunded) if refunded is not None else "",
        share=_share(scope, case, refunded),
        days=max(0, (closed_at - case.opened_at).days),
        root_cause=case.root_cause,
    )


def _agreed(case: Case, offers: list[Offer], paid_back: list[Refund]) -> str:
    """The accepted offer. Where none was written down, what was done in its place: a refund, goods sent again."""
    accepted = [offer.remedy for offer in offers if offer.state == "accepted"]
    if accepted:
        return accepted[-1]
    done = [_OLD_KINDS[r.kind] for r in paid_back if r.kind in _OLD_KINDS]
    if case.replacement in ("sent", "delivered"):
        done.append("replacement")
    return done[0] if done else ""


def _refunded(paid_back: list[Refund]) -> Money | None:
    if not paid_back:
        return None
    return Money.from_minor(sum(r.amount_minor for r in paid_back), paid_back[0].currency)


def _share(scope: Scope, case: Case, refunded: Money | None) -> str:
    """Of what was paid; the order's total where no payment is known. Empty where neither is."""
    if case.order is None:
        return ""
    payments = PaymentEvent.objects.filter(
        organisation_id=scope.organisation_id, order_id=case.order.pk, kind=PaymentEvent.Kind.PAID
    )
    paid = sum(payments.values_list("amount_minor", flat=True)) or case.order.total_minor
    if not paid:
        return ""
    minor = refunded.minor if refunded is not None else 0
    return str(min(Decimal(1), Decimal(minor) / paid).quantize(Decimal("0.01")))


def _escalated(case: Case, facts: Mapping[str, Any], closed_at: datetime) -> bool:
    """It went to the platform or the bank after it had come to us, or was handed to them to decide."""
    if facts.get("dispute.escalated") is not None or _ruled(case, facts):
        return True
    moments = [facts.get("dispute.submitted"), facts.get("payment_dispute.opened")]
    later = any(at is not None and at > case.opened_at for at in moments)
    return later or (case.dispute in _AT_OTHERS and not any(at is not None and at <= closed_at for at in moments))


def _ruled(case: Case, facts: Mapping[str, Any]) -> str:
    decided = facts.get("dispute.decision")
    if decided in _RULED:
        return _RULED[decided]
    status = facts.get("payment_dispute.status")
    return str(status) if status in (WON, LOST) else case.dispute if case.dispute in (WON, LOST) else ""


def similar_to_case(scope: Scope, number: int, now: datetime, k: int = 5) -> Similar | None:
    """Closed cases like this one, itself left out. None: no such case."""
    case = cases.get(scope, number)
    if case is None:
        return None
    facts = readable_facts(gather(case))[1]
    text, language = _said(scope, case)
    return queries.similar(
        scope, facts, text, k, now=case.closed_at or now, language=language, encoder=ports.installed(),
        leave_out=case.number,
    )  # fmt: skip


def similar_to_facts(scope: Scope, facts: Mapping[str, Any], text: str, now: datetime, k: int = 5) -> Similar:
    """Closed cases like typed facts, with the words if there are any."""
    return queries.similar(scope, facts, text, k, now=now, encoder=ports.installed())


@dataclass(frozen=True, slots=True)
class Rebuilt:
    remembered: int
    forgotten: int


def rebuild(scope: Scope, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Rebuilt:
    """Remember every closed case anew and forget what is no longer one. Each case is a transaction of its own, so it
    can be stopped and begun again. `progress` is told (done, of how many)."""
    closed = Case.objects.filter(organisation_id=scope.organisation_id, closed_at__isnull=False)
    kept = Precedent.objects.filter(organisation_id=scope.organisation_id, forgotten=False)
    every = closed.count()
    done, remembered, last = 0, 0, 0
    while batch := list(closed.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_WALK]):
        for case_id in batch:
            remembered += keep(scope, case_id)
            done += 1
            progress(done, every)
        last = batch[-1]
    stale = set(kept.values_list("case_number", flat=True)) - set(closed.values_list("number", flat=True))
    return Rebuilt(remembered, sum(actions.forget(scope, number) for number in sorted(stale)))
