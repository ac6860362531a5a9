"""United States: the federal rule on dispatch and refunds, and reviews."""

from __future__ import annotations

from amends.judgement.clocks.core import State
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, barred, clock, deciders, judged, owed, shares

ORDER = {
    "platform": "own_shop",
    "order.ship_country": "US",
    "order.placed_at": "2026-04-01T12:00:00-04:00",
    "order.total_with_tax_and_postage": "80.00 USD",
    "case.kind": "cancellation",
    "case.leaf": "cancellation",
    "cancellation.requested": "2026-04-20T12:00:00-04:00",
}


def test_thirty_days_without_dispatch_or_consent() -> None:
    running = judged(ORDER, "2026-05-01T12:00:00-04:00")
    assert clock(running, "US-MITOR-SHIP") == (State.RUNNING, at("2026-05-01T12:00:00-04:00"))
    over = judged(ORDER, "2026-05-01T12:00:01-04:00")
    assert "US-MITOR-SHIP" in deciders(over)
    assert shares(over) == {"seller": 100}
    assert owed(over)["refund_full"] == "US-MITOR-SHIP"
    assert owed(over)["cancel_and_refund"] == "US-MITOR-NOTICE"
    agreed = judged(
        {**ORDER, "delay.notified": "2026-04-25T12:00:00-04:00", "delay.consented": "2026-04-26T12:00:00-04:00"},
        "2026-05-02T12:00:00-04:00",
    )
    assert owed(agreed) == {}


def test_fifty_days_with_the_sellers_credit() -> None:
    credit = {**ORDER, "order.credit_applied": True}
    result = judged(credit, "2026-05-21T12:00:00-04:00")
    assert clock(result, "US-MITOR-SHIP-50") == (State.RUNNING, at("2026-05-21T12:00:00-04:00"))
    assert clock(result, "US-MITOR-SHIP")[0] is State.EXCLUDED
    assert clock(result, "US-MITOR-NOTICE")[0] is State.EXCLUDED
    assert owed(result) == {}
    assert owed(judged(credit, "2026-05-21T12:00:01-04:00")) == {"refund_full": "US-MITOR-SHIP-50"}


def test_refund_in_seven_working_days_or_one_billing_cycle() -> None:
    gone = {**ORDER, "order.cancelled": "2026-04-20T12:00:00-04:00"}
    result = judged(gone, "2026-04-30T00:00:00-04:00")
    assert clock(result, "US-MITOR-REFUND") == (State.EXPIRED, at("2026-04-29T23:59:59-04:00"))
    assert owed(result)["refund_full"] == "US-MITOR-REFUND"
    cycle = {**gone, "payment.seller_is_creditor": True, "payment.billing_cycle_ends": "2026-05-28T23:59:59-04:00"}
    own = judged(cycle, "2026-04-30T00:00:00-04:00")
    assert clock(own, "US-MITOR-REFUND")[0] is State.EXCLUDED
    assert clock(own, "US-MITOR-REFUND-CREDIT") == (State.RUNNING, at("2026-05-28T23:59:59-04:00"))
    asked = judged({k: v for k, v in cycle.items() if k != "payment.billing_cycle_ends"}, "2026-04-30T00:00:00-04:00")
    assert "payment.billing_cycle_ends" in [u.fact for u in asked.unknowns]


def test_a_chargeback_silences_the_federal_refund() -> None:
    result = judged({**ORDER, "payment_dispute.opened": "2026-05-03T12:00:00-04:00"}, "2026-05-10T12:00:00-04:00")
    assert clock(result, "US-MITOR-SHIP")[0] is State.EXCLUDED
    assert result.decision is Decision.ELSEWHERE


def test_money_for_a_good_review_is_barred() -> None:
    fault = {
        **ORDER,
        "case.kind": "not_as_described",
        "case.leaf": "quality",
        "order.shipped": "2026-04-02T12:00:00-04:00",
        "order.delivered": "2026-04-10T12:00:00-04:00",
        "review.reward_offered": "2026-04-12T12:00:00-04:00",
    }
    sentiment = judged({**fault, "review.reward_for": "good_review"}, "2026-04-13T12:00:00-04:00")
    assert barred(sentiment)["credit"] == "US-REV"
    assert sentiment.outcome["fee"] == "51744 USD"
    honest = judged({**fault, "review.reward_for": "any_review"}, "2026-04-13T12:00:00-04:00")
    assert "credit" not in barred(honest)
