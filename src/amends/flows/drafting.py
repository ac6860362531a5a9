"""The first draft of an answer: a template in the buyer's language, filled with what is known of the order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from amends.base.accounts.core import Scope
from amends.intake.conversations.models import Message
from amends.kernel.money import Money, MoneyError, parse_money
from amends.language.templates import catalogue, render, suggest
from amends.language.understand import Reading
from amends.resolution.cases.models import Case, StoredJudgement
from amends.resolution.cases.queries import newest_judgement

DEFAULT_LANGUAGE = "en"
WAIT_DAYS = 5
ANSWER_WITHIN = timedelta(days=2)


def _amount(body: dict[str, Any], code: str) -> Money | None:
    for remedy in body.get("remedies", ()):
        if remedy["code"] == code:
            try:
                return parse_money(remedy["pay"])
            except MoneyError:
                return None
    return None


def best_remedy(body: dict[str, Any]) -> str:
    """The cheapest remedy that may be offered to a buyer; contesting is not an offer."""
    for remedy in body.get("remedies", ()):
        if remedy["allowed"] and remedy["code"] not in ("contest", "accept_dispute", "answer_only"):
            return str(remedy["code"])
    return ""


def variables(case: Case, body: dict[str, Any], remedy: str, now: datetime) -> dict[str, Any]:
    """Everything a template may ask for; values stay typed, the template formats them for its language."""
    order = case.order
    parcel = order.parcels.order_by("id").first() if order else None
    line = order.lines.order_by("id").first() if order else None
    amount = _amount(body, remedy) if remedy else None
    if amount is None and order is not None and order.total_minor:
        amount = Money.from_minor(order.total_minor, order.currency)
    return {
        "buyer": case.buyer.name if case.buyer else "",
        "order": order.number if order else "",
        "item": line.title if line else "",
        "amount": amount,
        "date": now + ANSWER_WITHIN,
        "days": WAIT_DAYS,
        "tracking": parcel.number if parcel else "",
        "carrier": parcel.carrier if parcel else "",
        "shop": case.shop.name if case.shop else "",
    }


def draft_text(
    case: Case, leaf: str, language: str, now: datetime, body: dict[str, Any], template: str = ""
) -> tuple[str, str, str]:
    """(template key, text, language). An unknown language falls back along the declared chain."""
    remedy = best_remedy(body)
    known = {u["fact"] for u in body.get("unknowns", ())}
    key = template or suggest(leaf, remedy or None, has_order=case.order_id is not None, missing=known)
    rendered = render(
        catalogue(), key, language if language != "und" else DEFAULT_LANGUAGE, variables(case, body, remedy, now)
    )
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
    key, text, used = draft_text(case, reading.leaf, language, now, judgement.body if judgement else {})
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
