"""AliExpress: three flows by the order's date, penalty rules, services of the listing, and the online clocks."""

from __future__ import annotations

from typing import Any

import pytest

from amends.judgement.clocks.core import State
from amends.judgement.judge import Judgement
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, cited, clock, deciders, judged


def clocks(judgement: Judgement) -> set[str]:
    return {c.rule for c in judgement.clocks}


def disputed(year: int) -> dict[str, Any]:
    """One dispute, placed in another year: a number that proves nothing, and a seller who stays silent."""
    return {
        "platform": "aliexpress",
        "order.ship_country": "US",
        "warehouse.country": "CN",
        "order.placed_at": f"{year}-03-01T09:00:00-08:00",
        "order.shipped": f"{year}-03-03T12:00:00+08:00",
        "order.promised_by": f"{year}-05-01T00:00:00-07:00",
        "order.tracking_declared": False,
        "shipment.tracking_valid": False,
        "case.kind": "not_received",
        "case.leaf": "tracking_invalid",
        "case.demand_amount": "12.00 USD",
        "dispute.submitted": f"{year}-03-20T09:00:00-07:00",
        "parcels": [{"status": "unknown"}],
    }


@pytest.mark.parametrize(
    ("year", "decider", "refund", "points"),
    [
        (2015, "AE-OLD-TRACKING", "full", None),  # the pages of 2013
        (2019, "AE-RESP", "buyer_demand", None),  # the manuals' flow
        (2021, "AE-RESP", "buyer_demand", "2-48"),  # the fake shipment rules of 2020 upon it
        (2026, "AE-RESP", "buyer_demand", "2-48"),
    ],
)
def test_the_orders_date_chooses_the_flow(year: int, decider: str, refund: str, points: str | None) -> None:
    result = judged(disputed(year), f"{year}-03-25T09:00:01-07:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, [decider])
    assert result.outcome["refund"] == refund
    assert result.outcome.get("points") == points
    assert ("AE-UNDECLARED" in cited(result)) is (points is not None)
    old = {"AE-ESC-OLD-FROM", "AE-ESC-OLD"}
    assert (clocks(result) & old == old) is (year < 2017)
    assert ("AE-NEGOT-TRANSIT" in clocks(result)) is (year >= 2017)


def test_the_old_flow_let_a_dispute_open_after_five_days_and_the_present_one_after_ten() -> None:
    for year, due in ((2015, "2015-03-08T12:00:00+08:00"), (2026, "2026-03-13T12:00:00+08:00")):
        facts = {k: v for k, v in disputed(year).items() if k != "dispute.submitted"}
        seen = clock(judged(facts, f"{year}-03-05T00:00:00-08:00"), "AE-OPEN")[1]
        assert seen is not None
        # natural days keep the Pacific time of day, and both years change to daylight time on 8 March
        assert abs((seen - at(due)).total_seconds()) <= 3600


def test_a_short_promise_lets_the_buyer_dispute_at_once() -> None:
    facts = {k: v for k, v in disputed(2026).items() if k != "dispute.submitted"}
    short = judged({**facts, "order.promised_by": "2026-03-08T11:59:59+08:00"}, "2026-03-05T00:00:00-08:00")
    assert dict(short.excluded)["AE-OPEN"] == "AE-OPEN-NOW"
    assert clock(short, "AE-OPEN")[0] is State.EXCLUDED
    five = judged({**facts, "order.promised_by": "2026-03-08T12:00:00+08:00"}, "2026-03-05T00:00:00-08:00")
    assert clock(five, "AE-OPEN")[0] is State.RUNNING


def test_l21_offering_to_underdeclare_turns_a_customs_hold_on_the_seller() -> None:
    held = {
        **disputed(2026),
        "case.leaf": "customs_detained",
        "shipment.tracking_valid": True,
        "order.tracking_declared": True,
        "dispute.responded": "2026-03-21T09:00:00-07:00",
        "customs.held": "2026-03-15T00:00:00Z",
        "customs.hold_reason": "duty_unpaid",
        "parcels": [{"status": "customs"}],
    }
    result = judged(held, "2026-03-23T09:00:00-07:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["AE-CUSTOMS-BUYER"])
    offered = judged({**held, "seller.encouraged_undervaluation": True}, "2026-03-23T09:00:00-07:00")
    assert "AE-CUSTOMS-BUYER" not in deciders(offered)
    assert offered.outcome["points"] == "0.5"
    assert "AE-UNDERDECLARE" in cited(offered)


FAST: dict[str, Any] = {
    "platform": "aliexpress",
    "programme": "fast_delivery",
    "order.ship_country": "FR",
    "order.placed_at": "2026-03-01T09:00:00-08:00",
    "order.shipped": "2026-03-03T12:00:00-08:00",
    "order.promised_by": "2026-03-12T12:00:00-07:00",
    "case.kind": "not_received",
    "case.leaf": "in_transit_late",
    "promise.fast_days": 30,
    "parcels": [{"status": "in_transit"}],
}


def test_fast_delivery_brings_a_coupon_when_late_and_the_money_after_the_days_shown() -> None:
    in_time = judged(FAST, "2026-03-12T12:00:00-07:00")
    assert (in_time.decision, "auto" in in_time.outcome) == (Decision.FOR_SELLER, False)
    late = judged(FAST, "2026-03-12T12:00:01-07:00")
    assert late.outcome["auto"] == "coupon"
    assert clock(late, "AE-FAST-DAYS") == (State.RUNNING, at("2026-04-02T12:00:00-07:00"))
    over = judged(FAST, "2026-04-02T12:00:01-07:00")
    assert "AE-FAST-DAYS" in deciders(over)
    assert over.outcome["refund"] == "full"
    lost = judged({**FAST, "parcels": [{"status": "lost"}]}, "2026-03-10T12:00:00-07:00")
    assert "AE-FAST-LOST" in deciders(lost)


def test_a_second_free_return_of_one_order_is_at_the_buyers_cost() -> None:
    facts = {
        "platform": "aliexpress",
        "programme": "free_returns",
        "seller.country": "CN",
        "order.ship_country": "US",
        "order.placed_at": "2026-03-01T09:00:00-08:00",
        "order.paid_at": "2026-03-01T09:05:00-08:00",
        "case.kind": "return",
        "case.leaf": "change_of_mind",
        "return.requested": "2026-03-20T09:00:00-07:00",
    }
    first = judged({**facts, "return.number": 1}, "2026-03-21T09:00:00-07:00")
    assert (deciders(first)[0], first.outcome["postage"]) == ("AE-FREERET-CN", "platform")
    second = judged({**facts, "return.number": 2}, "2026-03-21T09:00:00-07:00")
    assert (deciders(second)[0], second.outcome["postage"]) == ("AE-FREERET-SECOND", "buyer")
    assert second.decision is Decision.FOR_BUYER


@pytest.mark.parametrize(
    ("warehouse", "rule", "due"),
    [
        # Friday 3 July 2026, noon in the Pacific: the holiday of Independence Day in the United States
        ("CN", "AE-ONLINE-72-CN", "2026-07-07T12:00:00-07:00"),
        ("HK", "AE-ONLINE-72-HK", "2026-07-08T12:00:00-07:00"),
        ("ES", "AE-ONLINE-72-ABROAD", "2026-07-08T12:00:00-07:00"),
        ("US", "AE-ONLINE-72-ABROAD", "2026-07-08T23:59:59-07:00"),
    ],
)
def test_the_online_clock_keeps_the_warehouses_holidays(warehouse: str, rule: str, due: str) -> None:
    facts = {
        "platform": "aliexpress",
        "warehouse.country": warehouse,
        "order.placed_at": "2026-07-03T11:00:00-07:00",
        "order.risk_cleared": "2026-07-03T12:00:00-07:00",
        "case.kind": "not_received",
    }
    result = judged(facts, "2026-07-04T12:00:00-07:00")
    assert clock(result, rule) == (State.RUNNING, at(due))
    assert len([name for name in clocks(result) if name.startswith("AE-ONLINE")]) == 4
