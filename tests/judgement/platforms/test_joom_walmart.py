"""Joom's terms for European merchants, and Walmart Marketplace."""

from __future__ import annotations

from typing import Any

from amends.judgement.clocks.core import State
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, clock, deciders, judged, shares

# Joom: a merchant in Poland, a buyer in France

JOOM = {
    "platform": "joom",
    "seller.country": "PL",
    "order.ship_country": "FR",
    "order.placed_at": "2026-03-02T10:00:00+01:00",
    "order.paid_at": "2026-03-02T10:05:00+01:00",
    "order.shipped": "2026-03-05T10:00:00+01:00",
    "order.delivered": "2026-03-10T10:00:00+01:00",
    "case.kind": "return",
    "case.leaf": "change_of_mind",
    "return.requested": "2026-03-24T23:59:59+01:00",
}


def test_joom_a_return_on_the_fourteenth_day_costs_the_buyer_nothing() -> None:
    result = judged(JOOM, "2026-03-25T09:00:00+01:00")
    assert result.decision is Decision.FOR_BUYER
    assert {"JM-EU-RETURN", "EU-WD-14"} <= set(deciders(result))
    assert (result.outcome["refund"], result.outcome["postage"]) == ("after_return", "seller")
    assert shares(result) == {"seller": 100}
    assert clock(result, "JM-EU-RETURN") == (State.MET, at("2026-03-24T23:59:59+01:00"))


def test_joom_a_day_later_the_way_back_is_the_buyers() -> None:
    result = judged({**JOOM, "return.requested": "2026-03-25T00:00:00+01:00"}, "2026-03-25T09:00:00+01:00")
    assert clock(result, "JM-EU-RETURN")[0] is State.EXPIRED
    assert result.outcome["postage"] == "buyer"
    assert result.decision is not Decision.FOR_BUYER


def test_joom_dispatch_counts_the_working_days_of_the_merchants_country() -> None:
    kept = ("platform", "seller.country", "order.ship_country")
    unsent: dict[str, Any] = {k: v for k, v in JOOM.items() if k in kept}
    unsent |= {"case.kind": "not_received", "order.paid_at": "2026-11-09T10:00:00+01:00"}
    unsent |= {"order.placed_at": "2026-11-09T10:00:00+01:00", "parcels": [{"status": "pre_transit"}]}
    polish = judged(unsent, "2026-11-17T00:00:00+01:00")
    assert clock(polish, "JM-EU-SHIP") == (State.EXPIRED, at("2026-11-16T23:59:59+01:00"))
    assert shares(polish) == {"seller": 100}
    british = judged({**unsent, "seller.country": "GB"}, "2026-11-12T00:00:00Z")
    assert clock(british, "JM-EU-SHIP") == (State.RUNNING, at("2026-11-13T23:59:59+00:00"))
    chinese = judged({**unsent, "seller.country": "CN"}, "2026-11-12T00:00:00Z")
    assert "JM-EU-SHIP" not in {c.rule for c in chinese.clocks}


def test_joom_support_is_answered_in_48_hours_and_in_five_days_at_the_latest() -> None:
    asked = {**JOOM, "dispute.information_requested": "2026-03-27T10:00:00+01:00"}
    result = judged(asked, "2026-03-28T10:00:00+01:00")
    assert clock(result, "JM-EU-SUPPORT") == (State.RUNNING, at("2026-03-29T11:00:00+02:00"))  # summer time begins
    assert clock(result, "JM-EU-SUPPORT-LATEST") == (State.RUNNING, at("2026-04-01T10:00:00+02:00"))


# Walmart

WALMART = {
    "platform": "walmart",
    "order.ship_country": "US",
    "order.placed_at": "2026-04-01T10:00:00-04:00",
    "order.shipped": "2026-04-02T12:00:00-04:00",
    "order.promised_by": "2026-04-10T20:00:00-04:00",
    "case.kind": "not_received",
    "case.leaf": "in_transit_late",
    "buyer.contacted": "2026-04-11T09:00:00-04:00",
    "seller.answered": "2026-04-11T10:00:00-04:00",
    "parcels": [{"status": "in_transit"}],
}


def test_walmart_the_promise_opens_three_days_after_the_date_and_ends_after_ninety() -> None:
    early = judged(WALMART, "2026-04-13T20:00:00-04:00")
    assert (early.decision, deciders(early)) == (Decision.FOR_SELLER, ["WM-PROMISE-EARLY"])
    assert clock(early, "WM-PROMISE-FROM") == (State.RUNNING, at("2026-04-13T20:00:00-04:00"))
    due = judged(WALMART, "2026-04-13T20:00:01-04:00")
    assert (due.decision, deciders(due)) == (Decision.FOR_BUYER, ["WM-PROMISE-INR"])
    assert clock(due, "WM-PROMISE") == (State.RUNNING, at("2026-07-09T20:00:00-04:00"))
    over = judged(WALMART, "2026-07-09T20:00:01-04:00")
    assert (over.decision, deciders(over)) == (Decision.FOR_SELLER, ["WM-PROMISE-OVER"])


def test_walmart_48_hours_without_an_answer_lose_the_case_for_good() -> None:
    silent = {k: v for k, v in WALMART.items() if k != "seller.answered"}
    running = judged(silent, "2026-04-13T09:00:00-04:00")
    assert clock(running, "WM-RESP") == (State.RUNNING, at("2026-04-13T09:00:00-04:00"))
    assert deciders(running) == ["WM-PROMISE-EARLY"]
    result = judged(silent, "2026-04-13T09:00:01-04:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["WM-RESP-REFUND"])
    assert {k: result.outcome[k] for k in ("refund", "funded_by", "appeal")} == {
        "refund": "full",
        "funded_by": "seller",
        "appeal": "none",
    }
    assert shares(result) == {"seller": 100}


RETURN = {
    **{k: v for k, v in WALMART.items() if k not in ("case.kind", "case.leaf", "buyer.contacted", "parcels")},
    "case.kind": "return",
    "case.leaf": "change_of_mind",
    "order.delivered": "2026-04-08T12:00:00-04:00",
    "return.reason_fault": "buyer",
    "promise.return_days": 30,
}


def test_walmart_the_window_begins_seven_days_after_dispatch() -> None:
    in_time = judged({**RETURN, "return.requested": "2026-05-09T12:00:00-04:00"}, "2026-05-10T00:00:00-04:00")
    assert clock(in_time, "WM-RET") == (State.MET, at("2026-05-09T12:00:00-04:00"))
    assert in_time.decision is Decision.FOR_BUYER
    assert "WM-RET" in deciders(in_time)
    assert (in_time.outcome["postage"], in_time.outcome["deduction"]) == ("seller", "up_to_20_percent")
    late = judged({**RETURN, "return.requested": "2026-05-09T12:00:01-04:00"}, "2026-05-10T00:00:00-04:00")
    assert (late.decision, deciders(late)[0]) == (Decision.FOR_SELLER, "WM-RET-OVER")


def test_walmart_a_return_not_refunded_in_48_hours_is_refunded_by_walmart() -> None:
    back = {
        **RETURN,
        "return.requested": "2026-04-20T12:00:00-04:00",
        "return.sent": "2026-04-21T12:00:00-04:00",
        "return.delivered_at": "2026-04-24T18:00:00-04:00",
    }
    assert clock(judged(back, "2026-04-26T18:00:00-04:00"), "WM-RET-REFUND")[0] is State.RUNNING
    result = judged(back, "2026-04-26T18:00:01-04:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["WM-RET-REFUND"])
    assert (result.outcome["refund"], result.outcome["auto"], shares(result)) == ("full", "refund", {"seller": 100})
