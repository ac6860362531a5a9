"""The first draft of an answer: a template in the buyer's language, filled with what is known of the order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from amends.base.accounts.core import Scope
from amends.intake.conversations.models import Message
from amends.intake.orders.models import Order
from amends.kernel.money import Money, MoneyError, parse_money
from amends.language.templates import Situation, suggest
from amends.language.templates.core.book import slots
from amends.language.templates.queries import one_macro, render_for
from amends.language.understand import Reading
from amends.resolution.cases.models import Case, StoredJudgement
from amends.resolution.cases.queries import newest_judgement, state_of

DEFAULT_LANGUAGE = "en"
WAIT_DAYS = 5
NO_OFFERS = ("contest", "appeal", "accept_dispute", "accept_decision", "answer_only")
ANSWER_WITHIN = timedelta(days=2)
OURS_TO_CLEAR = (
    "missing_invoice",
    "missing_licence",
    "undervaluation",
    "counterfeit",
)  # reasons customs holds a parcel


def _partial(body: Mapping[str, Any]) -> Money | None:
    """The part refund that the judgement would offer."""
    for remedy in body.get("remedies", ()):
        if remedy["code"] == "partial_refund":
            try:
                return parse_money(remedy["pay"])
            except MoneyError:
                return None
    return None


def _rest(scope: Scope, case: Case) -> Money | None:
    """What can still go back, but never more than the order's price: of a double payment the second is no refund."""
    state = state_of(scope, case.pk, case=case)
    if state is None or case.order is None or not case.order.total_minor:
        return None
    return Money.from_minor(min(state.refundable_minor, case.order.total_minor), case.order.currency)


def _amount(scope: Scope, case: Case, template: str, body: Mapping[str, Any]) -> Money | None:
    """Only what the text will name is looked up."""
    found = one_macro(scope, template)
    if found is None or "amount" not in slots(found.source_text):
        return None
    return _partial(body) if template == "offer_partial_refund" else _rest(scope, case)


def _new_date(template: str, order: Order | None, now: datetime, due: datetime | None) -> datetime | None:
    """When the buyer hears from us, before our next clock runs out; but for a late parcel, when it comes, and that date
    nobody may make up."""
    if template != "delay_choice":
        return min(now + ANSWER_WITHIN, due) if due is not None and due > now else now + ANSWER_WITHIN
    return order.promised_by if order and order.promised_by and order.promised_by > now else None


def best_remedy(body: Mapping[str, Any]) -> str:
    """The cheapest remedy that may be offered to a buyer; contesting is not an offer."""
    for remedy in body.get("remedies", ()):
        if remedy["allowed"] and remedy["code"] not in NO_OFFERS:
            return str(remedy["code"])
    return ""


def variables(scope: Scope, case: Case, template: str, body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Everything a template may ask for; values stay typed, the template formats them for its language.

    What is not known is None, and the text then shows the slot by its name for a person to fill.
    """
    order = case.order
    parcel = order.parcels.filter(is_return=False).order_by("id").first() if order else None
    line = order.lines.order_by("id").first() if order else None
    return {
        "buyer": case.buyer.name if case.buyer else "",
        "order": order.number if order else "",
        "item": line.title if line else "",
        "amount": _amount(scope, case, template, body),
        "date": _new_date(template, order, now, case.next_due_at),
        "days": WAIT_DAYS,
        "tracking": parcel.number if parcel else "",
        "carrier": parcel.carrier if parcel else "",
        "shop": case.shop.name if case.shop else "",
    }


def situation(case: Case, facts: Mapping[str, Any], now: datetime) -> Situation:
    """`facts` in wire form, as the newest judgement saw them."""
    order = case.order
    late = order is not None and order.promised_by is not None and order.promised_by < now
    return Situation(
        has_order=order is not None,
        sent="order.shipped" in facts,
        late=late and "order.delivered" not in facts,
        photos=facts.get("case.photos") is True,
        at_the_bank="payment_dispute.opened" in facts,
        ours_to_clear=facts.get("customs.hold_reason") in OURS_TO_CLEAR,
    )


def draft_text(
    scope: Scope,
    case: Case,
    leaf: str,
    language: str,
    now: datetime,
    judgement: StoredJudgement | None,
    *,
    template: str = "",
) -> tuple[str, str, str]:
    """(template key, text, language). An unknown language falls back along the declared chain."""
    body: Mapping[str, Any] = judgement.body if judgement else {}
    facts: Mapping[str, Any] = judgement.facts if judgement else {}
    missing = {u["fact"] for u in body.get("unknowns", ())}
    key = template or suggest(leaf, best_remedy(body) or None, situation(case, facts, now), missing)
    used = language if language != "und" else DEFAULT_LANGUAGE
    rendered = render_for(scope, key, used, variables(scope, case, key, body, now))
    return key, rendered.text, rendered.language


def write_draft(
    scope: Scope, case: Case, reading: Reading, now: datetime, judgement: StoredJudgement | None = None
) -> Message | None:
    """Replace the machine's draft; a draft a person has touched is left alone."""
    if case.thread_id is None:
        return None
    drafts = Message.objects.filter(
        organisation_id=scope.organisation_id, thread_id=case.thread_id, state=Message.State.DRAFT
    )
    if drafts.filter(automatic=False).exists():
        return None
    judgement = judgement or newest_judgement(scope, case)
    language = (
        reading.language
        if reading.language != "und"
        else (case.buyer.language if case.buyer else "") or DEFAULT_LANGUAGE
    )
    key, text, used = draft_text(scope, case, reading.leaf, language, now, judgement)
    draft, _ = Message.objects.update_or_create(
        organisation_id=scope.organisation_id,
        thread_id=case.thread_id,
        state=Message.State.DRAFT,
        automatic=True,
        defaults={
            "direction": Message.Direction.OUT,
            "audience": ["buyer"],
            "text": text,
            "language": used,
            "template": key,
            "at": now,
            "recipient": case.buyer.email if case.buyer else "",
        },
    )
    return draft
