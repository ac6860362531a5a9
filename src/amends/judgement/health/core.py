"""What one more lost case costs today, and which events of a case a platform counts.

The formulas themselves are `judgement.metrics`; here they meet prices. Every price rests on stated priors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import factorial
from typing import Any

from amends.judgement.metrics.core import Metric, Standing, evaluate, pace, recount
from amends.judgement.metrics.penalties import Account, account
from amends.judgement.remedies.core.priors import ONE, ZERO, Priors
from amends.kernel.money import Money

__all__ = [
    "Account", "Event", "Metric", "Price", "Standing", "account", "bars", "evaluate", "events_of", "pace", "poisson",
    "price", "recount",
]  # fmt: skip


def poisson(count: int, expected: Decimal) -> Decimal:
    """Probability of exactly `count` events where `expected` are expected."""
    if expected <= 0:
        return ONE if count == 0 else ZERO
    return (-expected).exp() * expected**count / factorial(count)


@dataclass(frozen=True, slots=True)
class Price:
    """What losing this one costs: `crossing` × the cost of crossing the line, and the cost of a loss anyway."""

    amount: Money
    crossing: Decimal  # the probability that it is this loss that crosses the line
    expected: Decimal  # further losses expected before the first of those counted leaves the window
    breach_cost: Money
    base_cost: Money
    basis: str = "prior"


def price(standing: Standing, priors: Priors, platform: str, now: datetime) -> Price:
    """The marginal price of losing one case today.

    With a budget of B this loss is the one that matters where exactly B others come: with it the line is crossed,
    without it it is not. Beyond the line, or where there is none, only the loss itself costs.
    """
    expected = pace(standing, now, priors.number("pace_prior"))
    crossing = ZERO if standing.breached or standing.budget is None else poisson(standing.budget, expected)
    breach, base = priors.money("breach_cost", platform), priors.money("metric_cost", platform)
    amount = (breach.times(crossing) + base).rounded()
    return Price(amount, crossing, expected, breach, base)


def bars(standing: Standing, many: int) -> tuple[int, ...]:
    """Losses in each of `many` equal parts of the window, oldest first."""
    begins, ends = standing.span
    out = [0] * many
    for at, times in standing.counted:
        out[min(int((at - begins) / (ends - begins) * many), many - 1)] += times
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a case that may count, under the name of the column of `history` that it fills."""

    kind: str
    at: datetime
    detail: str = ""
    seller_liable: bool | None = None


_PLAIN = {
    "order.receipt_confirmed": "confirmed_at",
    "order.cancelled": "cancelled_at",
    "refund.issued": "refunded",
    "dispute.submitted": "dispute_opened_at",
    "dispute.withdrawn": "dispute_withdrawn",
    "dispute.escalated": "escalated_at",
    "dispute.decided": "decided_at",
    "dispute.closed": "dispute_closed_at",
    "payment_dispute.opened": "chargeback_at",
    "return.requested": "return_requested_at",
    "buyer.contacted": "asked_at",
    "seller.answered": "answered_at",
}
# A proceeding at the bank or at PayPal is no dispute at the platform.
_ELSEWHERE = ("payment_dispute", "chargeback", "paypal")
_GUARANTEE = ("a_to_z", "money_back_guarantee")


def events_of(facts: Mapping[str, Any], now: datetime) -> tuple[Event, ...]:
    """What a case's facts say of its order, up to now. What is not known is left out, never guessed."""
    channel = facts.get("dispute.channel")
    out = {
        column: Event(column, facts[fact])
        for fact, column in _PLAIN.items()
        if fact in facts and facts[fact] <= now and not (channel in _ELSEWHERE and fact.startswith("dispute."))
    }
    opened, decided, cancelled = (out.get(k) for k in ("dispute_opened_at", "decided_at", "cancelled_at"))
    if channel == "chargeback" and "chargeback_at" not in out and facts.get("dispute.submitted", now) < now:
        out["chargeback_at"] = Event("chargeback_at", facts["dispute.submitted"])
    if decided is not None:
        ruling = str(facts.get("dispute.decision", ""))
        out["decided_at"] = Event("decided_at", decided.at, ruling, _liable(ruling, facts.get("dispute.funded_by")))
    if opened is not None and channel in _GUARANTEE:
        out["claim_opened_at"] = Event("claim_opened_at", opened.at)
        if decided is not None and facts.get("dispute.decision") == "for_seller":
            out["claim_denied"] = Event("claim_denied", decided.at)
    if opened is not None and facts.get("dispute.by_mistake") and "dispute_closed_at" in out:
        out.setdefault("dispute_withdrawn", Event("dispute_withdrawn", out["dispute_closed_at"].at))
    if cancelled is not None:
        by = "seller" if facts.get("order.out_of_stock") else "buyer" if "cancellation.requested" in facts else ""
        out["cancelled_at"] = Event("cancelled_at", cancelled.at, by)
    asked = out.get("return_requested_at")
    if asked is not None:
        out["return_requested_at"] = Event(asked.kind, asked.at, str(facts.get("return.reason_fault", "")))
    return tuple(out.values())


def _liable(ruling: str, funded_by: object) -> bool | None:
    """Whether the ruling holds the seller liable: it is the seller who was made to pay."""
    if ruling == "for_seller":
        return False
    return None if funded_by is None else funded_by == "seller"
