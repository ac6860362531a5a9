"""Brazil, South Korea, Japan and Australia."""

from __future__ import annotations

from amends.judgement.clocks.core import State
from amends.kernel.parties import Confidence
from tests.judgement.judging import at, barred, cited, clock, deciders, judged, owed

ORDER = {
    "platform": "own_shop",
    "order.placed_at": "2026-02-20T12:00:00Z",
    "order.shipped": "2026-02-21T12:00:00Z",
    "order.total_with_tax_and_postage": "80.00 USD",
}
RETURN = {**ORDER, "case.kind": "return", "case.leaf": "change_of_mind"}
FAULT = {**ORDER, "case.kind": "not_as_described", "case.leaf": "quality"}


def test_brazil_seven_days_and_a_sunday_that_rolls() -> None:
    facts = {**RETURN, "order.ship_country": "BR", "order.delivered": "2026-03-08T12:00:00-03:00"}
    sunday = judged({**facts, "return.requested": "2026-03-15T23:59:59-03:00"}, "2026-03-18T12:00:00-03:00")
    assert deciders(sunday) == ["BR-7D"]
    assert (sunday.outcome["postage"], sunday.confidence) == ("seller", Confidence.B)
    monday = judged({**facts, "return.requested": "2026-03-16T23:59:59-03:00"}, "2026-03-18T12:00:00-03:00")
    assert deciders(monday) == ["BR-7D-ROLL"]
    assert (owed(monday)["return_and_refund"], monday.confidence) == ("BR-7D-ROLL", Confidence.C)
    tuesday = judged({**facts, "return.requested": "2026-03-17T00:00:00-03:00"}, "2026-03-18T12:00:00-03:00")
    assert {"BR-7D", "BR-7D-ROLL"}.isdisjoint(deciders(tuesday))


def test_brazil_thirty_days_to_cure_and_then_the_buyer_chooses() -> None:
    facts = {
        **FAULT,
        "order.ship_country": "BR",
        "order.delivered": "2026-03-03T12:00:00-03:00",
        "buyer.contacted": "2026-04-10T12:00:00-03:00",
    }
    first = judged(facts, "2026-05-10T23:59:59-03:00")
    assert clock(first, "BR-18-CURE") == (State.RUNNING, at("2026-05-10T23:59:59-03:00"))
    assert owed(first) == {"repair": "BR-26-DURABLE"}
    then = judged(facts, "2026-05-11T00:00:00-03:00")
    assert set(owed(then)) == {"repair", "replacement", "return_and_refund", "partial_refund"}
    soap = judged({**facts, "goods.durable": False}, "2026-05-10T12:00:00-03:00")
    assert clock(soap, "BR-26-NONDURABLE") == (State.EXPIRED, at("2026-04-02T23:59:59-03:00"))
    assert owed(soap) == {}


def test_korea_seven_days_and_three_working_days_for_the_refund() -> None:
    facts = {**RETURN, "order.ship_country": "KR", "order.delivered": "2026-03-03T12:00:00+09:00"}
    facts |= {"return.requested": "2026-03-10T23:59:59+09:00"}
    assert deciders(judged(facts, "2026-03-11T12:00:00+09:00")) == ["KR-7D"]
    back = {**facts, "return.sent": "2026-03-11T12:00:00+09:00", "return.delivered_at": "2026-03-12T12:00:00+09:00"}
    result = judged(back, "2026-03-18T00:00:00+09:00")
    assert clock(result, "KR-7D-REFUND") == (State.EXPIRED, at("2026-03-17T23:59:59+09:00"))
    assert owed(result)["refund_full"] == "KR-7D-REFUND"
    # three months and thirty days are drafts: they never speak
    fault = {**FAULT, "order.ship_country": "KR", "order.delivered": "2026-03-03T12:00:00+09:00"}
    assert {"KR-MISDESCRIBED", "KR-MISDESCRIBED-30D"}.isdisjoint(cited(judged(fault, "2026-03-20T12:00:00+09:00")))


def test_japan_eight_days_only_where_no_rule_is_displayed() -> None:
    facts = {**RETURN, "order.ship_country": "JP", "order.delivered": "2026-03-03T12:00:00+09:00"}
    facts |= {"return.requested": "2026-03-11T23:59:59+09:00"}
    hidden = judged({**facts, "withdrawal.information_given": False}, "2026-03-12T12:00:00+09:00")
    assert deciders(hidden) == ["JP-8D"]
    shown = judged({**facts, "withdrawal.information_given": True}, "2026-03-12T12:00:00+09:00")
    assert "JP-8D" not in deciders(shown)
    assert owed(shown) == {}


def test_australia_major_failure_and_minor_fault() -> None:
    facts = {**FAULT, "order.ship_country": "AU", "order.delivered": "2026-03-03T12:00:00+11:00"}
    major = judged(facts, "2026-03-20T12:00:00+11:00")
    assert owed(major) == {"return_and_refund": "AU-ACL", "replacement": "AU-ACL"}
    assert barred(major)["credit"] == "AU-ACL"
    assert (major.outcome["deduction"], major.outcome["postage"]) == ("none", "seller")
    minor = judged({**facts, "goods.defect": "minor"}, "2026-03-20T12:00:00+11:00")
    assert owed(minor) == {"repair": "AU-ACL-MINOR"}
    sign = judged({**facts, "terms.clause": "no_refunds"}, "2026-03-20T12:00:00+11:00")
    assert "AU-ACL-SIGN" in cited(sign)
