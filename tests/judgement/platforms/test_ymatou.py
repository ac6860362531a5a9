"""洋码头: the return as a whole, stage by stage, with what happens when either side lets its time run out."""

from __future__ import annotations

from amends.judgement.clocks.core import State
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, clock, deciders, judged, shares

# A fault found on the second day, and a return asked for with photos. Hong Kong has no law of its own in the book.
FAULT = {
    "platform": "ymatou",
    "seller.country": "US",
    "order.ship_country": "HK",
    "order.placed_at": "2026-03-01T12:00:00+08:00",
    "order.shipped": "2026-03-03T12:00:00+08:00",
    "order.delivered": "2026-03-12T12:00:00+08:00",
    "order.total_with_tax_and_postage": "800.00 CNY",
    "case.kind": "not_as_described",
    "case.leaf": "quality",
    "case.demand": "return",
    "case.photos": True,
    "return.requested": "2026-03-14T15:00:00+08:00",
}


def test_under_review_the_seller_has_48_hours() -> None:
    result = judged(FAULT, "2026-03-16T15:00:00+08:00")
    assert clock(result, "YMT-FLOW-1-REVIEW") == (State.RUNNING, at("2026-03-16T15:00:00+08:00"))
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["YMT-REASON-15D"])
    assert (result.outcome["refund"], result.outcome["funded_by"]) == ("after_return", "seller")


def test_the_sellers_silence_accepts_even_a_request_out_of_time() -> None:
    late = {**FAULT, "case.leaf": "damaged"}
    late["return.requested"] = "2026-03-16T15:00:00+08:00"  # the fourth day: three days are over
    result = judged(late, "2026-03-17T00:00:00+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["YMT-REASON-OVER"])
    result = judged(late, "2026-03-18T15:00:01+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["YMT-FLOW-1-REVIEW"])
    assert shares(result) == {"seller": 100}
    assert {k: result.outcome[k] for k in ("refund", "return_required", "auto", "funded_by")} == {
        "refund": "after_return",
        "return_required": "true",
        "auto": "accepted",
        "funded_by": "seller",
    }
    assert clock(result, "YMT-FLOW-3-SHIP-AUTO") == (State.RUNNING, at("2026-03-25T23:59:59+08:00"))


def test_the_sellers_silence_on_a_request_for_the_money_only_refunds_it() -> None:
    result = judged({**FAULT, "case.demand": "refund"}, "2026-03-16T15:00:01+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["YMT-FLOW-1-REVIEW"])
    assert {k: result.outcome[k] for k in ("refund", "return_required", "closes")} == {
        "refund": "full",
        "return_required": "false",
        "closes": "true",
    }
    assert "YMT-FLOW-3-SHIP-AUTO" not in {c.rule for c in result.clocks}


def test_accepted_by_silence_and_never_sent_back_it_closes() -> None:
    result = judged(FAULT, "2026-03-24T00:00:00+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["YMT-FLOW-3-SHIP-AUTO"])
    assert (result.outcome["refund"], result.outcome["closes"]) == ("none", "true")
    assert "return_required" not in result.outcome
    assert result.conflicts == ()


def test_refused_the_buyer_has_72_hours_to_call_the_platform() -> None:
    refused = {**FAULT, "return.answered": "2026-03-15T10:00:00+08:00", "return.rejected": "2026-03-15T10:00:00+08:00"}
    result = judged(refused, "2026-03-18T10:00:00+08:00")
    assert clock(result, "YMT-FLOW-2-ESCALATE") == (State.RUNNING, at("2026-03-18T10:00:00+08:00"))
    assert deciders(result) == ["YMT-REASON-15D"]  # what the platform would find
    result = judged(refused, "2026-03-18T10:00:01+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["YMT-FLOW-2-ESCALATE"])
    assert (result.outcome["refund"], result.outcome["closes"]) == ("none", "true")
    called = {**refused, "dispute.escalated": "2026-03-17T09:00:00+08:00"}
    result = judged(called, "2026-03-19T00:00:00+08:00")
    assert clock(result, "YMT-FLOW-2-ESCALATE")[0] is State.MET
    assert clock(result, "YMT-FLOW-5-RULING") == (State.RUNNING, at("2026-03-20T09:00:00+08:00"))
    assert deciders(result) == ["YMT-REASON-15D"]


def test_a_refusal_after_the_48_hours_comes_too_late() -> None:
    refused = {**FAULT, "return.rejected": "2026-03-16T15:00:01+08:00"}
    result = judged(refused, "2026-03-20T12:00:00+08:00")
    assert clock(result, "YMT-FLOW-2-ESCALATE")[0] is State.EXPIRED
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["YMT-FLOW-1-REVIEW"])


AGREED = {
    **FAULT,
    "return.answered": "2026-03-15T10:00:00+08:00",
    "return.agreed": "2026-03-15T10:00:00+08:00",
}


def test_agreed_the_buyer_has_seven_whole_days_to_send_it() -> None:
    result = judged(AGREED, "2026-03-22T23:59:59+08:00")
    assert clock(result, "YMT-FLOW-3-SHIP") == (State.RUNNING, at("2026-03-22T23:59:59+08:00"))
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["YMT-FLOW-2-AGREED"])
    assert (result.outcome["refund"], result.outcome["return_required"]) == ("after_return", "true")
    result = judged(AGREED, "2026-03-23T00:00:00+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["YMT-FLOW-3-SHIP"])
    assert shares(result) == {"buyer": 100}


def test_sent_back_the_seller_has_ten_days_then_the_money_goes() -> None:
    sent = {**AGREED, "return.sent": "2026-03-16T09:00:00+08:00"}
    result = judged(sent, "2026-03-26T09:00:00+08:00")
    assert clock(result, "YMT-FLOW-3-SHIP")[0] is State.MET
    assert clock(result, "YMT-FLOW-4-CONFIRM") == (State.RUNNING, at("2026-03-26T09:00:00+08:00"))
    assert result.outcome["refund"] == "after_return"
    result = judged(sent, "2026-03-26T09:00:01+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["YMT-FLOW-4-CONFIRM"])
    assert (result.outcome["refund"], result.outcome["auto"]) == ("full", "refund")
    assert shares(result) == {"seller": 100}
    refused = {**sent, "return.rejected": "2026-03-20T09:00:00+08:00"}
    result = judged(refused, "2026-03-27T00:00:00+08:00")
    assert clock(result, "YMT-FLOW-4-CONFIRM")[0] is State.MET
    assert "YMT-FLOW-2-ESCALATE" not in {c.rule for c in result.clocks}
    assert result.outcome["escalates"] == "platform"


# A change of mind in mainland China: the law, the platform and the shop each say something

MIND = {
    "platform": "ymatou",
    "seller.country": "US",
    "order.ship_country": "CN",
    "order.placed_at": "2026-03-01T12:00:00+08:00",
    "order.shipped": "2026-03-03T12:00:00+08:00",
    "order.delivered": "2026-03-12T12:00:00+08:00",
    "case.kind": "return",
    "case.leaf": "change_of_mind",
    "case.demand": "return",
    "promise.return_days": 3,
    "return.requested": "2026-03-18T12:00:00+08:00",
}


def test_law_then_platform_then_shop() -> None:
    result = judged(MIND, "2026-03-18T13:00:00+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["CN-7D", "YMT-7D"])
    assert {"YMT-PREC"} <= {c.rule for c in result.citations}
    assert clock(result, "YMT-7D") == (State.MET, at("2026-03-20T00:00:00+08:00"))
    assert result.outcome["postage"] == "buyer"


def test_closed_by_the_platform_the_law_still_gives_the_return() -> None:
    refused = {**MIND, "return.rejected": "2026-03-19T12:00:00+08:00"}
    result = judged(refused, "2026-03-23T00:00:00+08:00")
    assert clock(result, "YMT-FLOW-2-ESCALATE")[0] is State.EXPIRED
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["CN-7D"])
    elsewhere = judged({**refused, "order.ship_country": "HK"}, "2026-03-23T00:00:00+08:00")
    assert (elsewhere.decision, deciders(elsewhere)) == (Decision.FOR_SELLER, ["YMT-FLOW-2-ESCALATE"])


def test_the_168_hours_begin_at_midnight_in_beijing() -> None:
    late = {**MIND, "order.ship_country": "HK", "return.requested": "2026-03-20T00:00:01+08:00"}
    result = judged(late, "2026-03-20T00:00:02+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["YMT-7D-OVER"])
    in_time = {**late, "return.requested": "2026-03-19T16:00:00Z"}  # the same midnight, written in UTC
    result = judged(in_time, "2026-03-20T00:00:02+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["YMT-7D"])


def test_asked_on_the_day_of_signature_and_still_open_weeks_later() -> None:
    same_day = {**MIND, "order.ship_country": "HK", "return.requested": "2026-03-12T20:00:00+08:00"}
    same_day |= {"return.answered": "2026-03-13T10:00:00+08:00", "promise.return_days": 0}
    result = judged(same_day, "2026-04-01T00:00:00+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["YMT-7D"])


def test_customs_takes_the_goods_for_a_false_declaration() -> None:
    held = {
        "platform": "ymatou",
        "order.ship_country": "CN",
        "order.placed_at": "2026-03-01T12:00:00+08:00",
        "order.shipped": "2026-03-03T12:00:00+08:00",
        "case.kind": "not_received",
        "case.leaf": "customs_detained",
        "customs.held": "2026-03-10T10:00:00+08:00",
        "customs.hold_reason": "undervaluation",
    }
    result = judged(held, "2026-03-24T10:00:00+08:00")
    assert clock(result, "YMT-CUSTOMS-HOLD") == (State.RUNNING, at("2026-03-24T10:00:00+08:00"))
    result = judged(held, "2026-03-24T10:00:01+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["YMT-CUSTOMS-HOLD"])
    assert (result.outcome["refund"], result.outcome["points"], shares(result)) == ("full", "10", {"seller": 100})
