"""Lazada and TikTok Shop: a request nobody answers is decided by the platform, by the price or by the country."""

from __future__ import annotations

import pytest

from amends.judgement.clocks.core import State
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, clock, deciders, judged, shares

LAZADA = {
    "platform": "lazada",
    "site": "SG",
    "seller.country": "SG",
    "order.ship_country": "SG",
    "order.placed_at": "2026-01-02T10:00:00+08:00",
    "order.item_total": "50.00 SGD",
    "order.total_with_tax_and_postage": "53.00 SGD",
    "order.delivered": "2026-01-06T10:00:00+08:00",
    "case.kind": "not_as_described",
    "case.leaf": "quality",
    "case.photos": True,
    "return.requested": "2026-01-07T10:00:00+08:00",  # a Wednesday
}
LATE = "2026-01-09T10:00:01+08:00"


def test_l22_silence_on_a_cheap_item_costs_the_seller_the_price_and_the_goods() -> None:
    result = judged(LAZADA, LATE)
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["LZ-DRTM-SG"])
    assert shares(result) == {"seller": 100}
    assert (result.outcome["refund"], result.outcome["return_required"]) == ("full", "false")
    assert (result.outcome["funded_by"], result.outcome["auto"]) == ("seller", "refund")
    assert clock(result, "LZ-DRTM-SG") == (State.EXPIRED, at("2026-01-09T10:00:00+08:00"))


def test_silence_on_a_dearer_item_brings_the_goods_back_first() -> None:
    result = judged({**LAZADA, "order.item_total": "50.01 SGD"}, LATE)
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["LZ-DRTM-SG"])
    assert (result.outcome["refund"], result.outcome["return_required"]) == ("after_return", "true")
    assert result.outcome["auto"] == "return"


@pytest.mark.parametrize(("price", "back"), [("38.89 USD", "false"), ("38.91 USD", "true")])
def test_a_price_in_dollars_is_turned_at_the_rate_of_the_order(price: str, back: str) -> None:
    assert judged({**LAZADA, "order.item_total": price}, LATE).outcome["return_required"] == back


def test_a_price_too_near_the_limit_at_an_old_rate_leaves_the_goods_open() -> None:
    old = {**LAZADA, "order.placed_at": "2026-06-01T10:00:00+08:00", "order.delivered": "2026-06-05T10:00:00+08:00"}
    old |= {"return.requested": "2026-06-08T10:00:00+08:00", "order.item_total": "38.89 USD"}
    result = judged(old, "2026-06-20T10:00:00+08:00")
    assert (result.decision, shares(result)) == (Decision.FOR_BUYER, {"seller": 100})
    assert "return_required" not in result.outcome


def test_an_answer_in_time_leaves_the_case_to_its_merits() -> None:
    result = judged({**LAZADA, "return.answered": "2026-01-09T10:00:00+08:00"}, LATE)
    assert clock(result, "LZ-DRTM-SG")[0] is State.MET
    assert "LZ-DRTM-SG" not in deciders(result)
    assert result.outcome.get("auto") is None


def test_a_chargeback_beside_a_lazada_case_needs_a_person() -> None:
    """No source says which of the two gives way, so nothing is paid by itself."""
    result = judged({**LAZADA, "payment_dispute.opened": "2026-01-08T10:00:00+08:00"}, LATE)
    assert (result.decision, result.may_act) == (Decision.NEEDS_PERSON, False)
    assert [set(c.rules) for c in result.conflicts] == [{"LZ-DRTM-SG", "CARD-ELSEWHERE"}]


TIKTOK = {
    "platform": "tiktok_shop",
    "seller.country": "CN",
    "order.placed_at": "2026-04-01T10:00:00+07:00",
    "order.item_total": "20.00 USD",
    "order.total_with_tax_and_postage": "22.00 USD",
    "order.delivered": "2026-04-08T10:00:00+07:00",
    "case.kind": "return",
    "case.leaf": "change_of_mind",
    "return.requested": "2026-04-10T10:00:00+07:00",  # a Friday; the Thai new year is from 13 to 15 April
}
SITES = {
    "VN": ("TT-VN", "2026-04-13T10:00:00+07:00"),
    "TH": ("TT-TH", "2026-04-16T10:00:00+07:00"),
    "ID": ("TT-ID", "2026-04-12T10:00:00+07:00"),
}


@pytest.mark.parametrize("site", SITES)
def test_the_same_friday_is_due_on_another_day_in_each_country(site: str) -> None:
    rule, due = SITES[site]
    facts = {**TIKTOK, "site": site, "order.ship_country": site}
    in_time = judged(facts, due)
    assert clock(in_time, rule) == (State.RUNNING, at(due))
    assert rule not in deciders(in_time)
    late = judged(facts, due.replace(":00:00", ":00:01"))
    assert (late.decision, deciders(late)) == (Decision.FOR_BUYER, [rule])
    assert shares(late) == {"seller": 100}
    assert (late.outcome["refund"], late.outcome["auto"]) == ("buyer_demand", "approved")


def test_a_refusal_in_indonesia_stands_when_the_buyer_does_not_ask_again() -> None:
    refused = {**TIKTOK, "site": "ID", "order.ship_country": "ID", "return.rejected": "2026-04-11T10:00:00+07:00"}
    result = judged(refused, "2026-04-13T10:00:01+07:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["TT-ID-AGAIN"])
    assert (result.outcome["refund"], result.outcome["closes"]) == ("none", "true")
    again = judged({**refused, "return.requested_again": "2026-04-13T10:00:00+07:00"}, "2026-04-13T10:00:01+07:00")
    assert "TT-ID-AGAIN" not in deciders(again)


def test_a_thai_return_for_the_buyers_own_reason_spares_the_metric() -> None:
    facts = {**TIKTOK, "site": "TH", "order.ship_country": "TH", "return.answered": "2026-04-10T12:00:00+07:00"}
    spared = judged({**facts, "return.reason_fault": "buyer"}, "2026-04-11T10:00:00+07:00")
    counted = judged({**facts, "return.reason_fault": "seller"}, "2026-04-11T10:00:00+07:00")
    assert spared.outcome["metric_effects"] == ["none"]
    assert counted.outcome["metric_effects"] == ["seller_fault_return_rate"]
