"""Shopee: every site has its own times, and none is carried over to another."""

from __future__ import annotations

from amends.judgement.clocks.core import State
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, clock, deciders, judged, shares

ORDER = {
    "platform": "shopee",
    "seller.country": "CN",
    "order.placed_at": "2026-02-20T10:00:00+08:00",
    "order.shipped": "2026-02-22T10:00:00+08:00",
    "order.delivered": "2026-03-02T12:00:00+08:00",
}
MALAYSIA = {**ORDER, "site": "MY", "order.ship_country": "MY", "case.kind": "not_received"}


def test_malaysia_three_days_fifteen_in_the_mall_and_one_extension() -> None:
    outside = judged({**MALAYSIA, "programme": "star"}, "2026-03-05T12:00:00+08:00")
    assert clock(outside, "SH-GUAR-MY") == (State.RUNNING, at("2026-03-05T12:00:00+08:00"))
    over = judged({**MALAYSIA, "programme": "star"}, "2026-03-05T12:00:01+08:00")
    assert (over.decision, deciders(over)) == (Decision.FOR_SELLER, ["SH-GUAR-MY"])
    assert (over.outcome["refund"], over.outcome["closes"]) == ("none", "true")
    mall = judged({**MALAYSIA, "programme": "mall"}, "2026-03-05T12:00:01+08:00")
    assert clock(mall, "SH-GUAR-MY-MALL") == (State.RUNNING, at("2026-03-17T12:00:00+08:00"))
    assert "SH-GUAR-MY" not in {c.rule for c in mall.clocks}
    longer = {**MALAYSIA, "programme": "star", "order.guarantee_extended": "2026-03-05T11:00:00+08:00"}
    assert clock(judged(longer, "2026-03-06T00:00:00+08:00"), "SH-GUAR-MY") == (
        State.RUNNING,
        at("2026-03-08T12:00:00+08:00"),
    )


def test_malaysia_without_knowing_the_programme_nothing_is_presumed() -> None:
    result = judged(MALAYSIA, "2026-03-10T00:00:00+08:00")
    assert not {"SH-GUAR-MY", "SH-GUAR-MY-MALL"} & {c.rule for c in result.clocks}
    assert result.decision is not Decision.FOR_SELLER


PHILIPPINES = {
    **ORDER,
    "site": "PH",
    "order.ship_country": "PH",
    "case.kind": "not_as_described",
    "case.leaf": "damaged",
    "case.demand": "refund",
    "return.requested": "2026-03-06T10:00:00+08:00",
}


def test_philippines_two_days_of_silence_approve_the_request() -> None:
    assert clock(judged(PHILIPPINES, "2026-03-08T10:00:00+08:00"), "SH-RESP-PH")[0] is State.RUNNING
    result = judged(PHILIPPINES, "2026-03-08T10:00:01+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["SH-RESP-PH"])
    assert {k: result.outcome[k] for k in ("refund", "funded_by", "auto")} == {
        "refund": "buyer_demand",
        "funded_by": "seller",
        "auto": "accepted",
    }
    assert shares(result) == {"seller": 100}


def test_philippines_offer_answer_and_ruling() -> None:
    offered = {**PHILIPPINES, "refund.part_offered": "2026-03-07T10:00:00+08:00"}
    result = judged(offered, "2026-03-08T10:00:01+08:00")
    assert clock(result, "SH-RESP-PH")[0] is State.MET
    assert clock(result, "SH-RESP-PH-OFFER") == (State.EXPIRED, at("2026-03-08T10:00:00+08:00"))
    assert (result.outcome["refund"], result.outcome["return_required"]) == ("after_return", "true")
    disputed = {**PHILIPPINES, "dispute.escalated": "2026-03-07T10:00:00+08:00"}  # a Saturday
    result = judged(disputed, "2026-03-09T00:00:00+08:00")
    assert clock(result, "SH-RESP-PH-RULING")[1] == at("2026-03-19T23:59:59+08:00")


def test_non_receipt_two_sites_two_times() -> None:
    claim = {**ORDER, "case.kind": "not_received", "dispute.submitted": "2026-03-20T10:00:00+08:00"}
    del claim["order.delivered"]
    singapore = {**claim, "site": "SG", "order.ship_country": "SG"}
    assert clock(judged(singapore, "2026-03-21T00:00:00+08:00"), "SH-INR-SHIPPED") == (
        State.RUNNING,
        at("2026-03-23T10:00:00+08:00"),
    )
    manila = judged({**claim, "site": "PH", "order.ship_country": "PH"}, "2026-03-21T00:00:00+08:00")
    assert clock(manila, "SH-RESP-PH") == (State.RUNNING, at("2026-03-22T10:00:00+08:00"))
    assert "SH-INR-SHIPPED" not in {c.rule for c in manila.clocks}
    unsent = {k: v for k, v in singapore.items() if k != "order.shipped"}
    result = judged(unsent, "2026-03-22T10:00:01+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["SH-INR-UNSHIPPED"])
    assert not result.may_act  # a copy only: a person confirms


def test_a_small_complaint_after_the_guarantee() -> None:
    small = {
        **ORDER,
        "site": "MY",
        "order.ship_country": "MY",
        "case.kind": "not_as_described",
        "case.leaf": "quality",
        "order.placed_at": "2026-01-02T10:00:00+08:00",
        "order.total_with_tax_and_postage": "20.00 MYR",  # 4.93 dollars at the rate of the week
        "order.receipt_confirmed": "2026-03-05T12:00:00+08:00",
        "buyer.contacted": "2026-03-06T12:00:00+08:00",
    }
    result = judged(small, "2026-03-10T00:00:00+08:00")
    assert clock(result, "SH-LATE-5") == (State.RUNNING, at("2026-03-10T23:59:59+08:00"))
    assert judged(small, "2026-03-11T00:00:00+08:00").outcome["escalates"] == "platform"
    larger = judged({**small, "order.total_with_tax_and_postage": "21.00 MYR"}, "2026-03-11T00:00:00+08:00")
    assert "SH-LATE-5" not in {c.rule for c in larger.clocks}
