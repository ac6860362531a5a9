"""Mercado Libre: hours that stand still at night, and what can be kept out of the seller's reputation."""

from __future__ import annotations

from typing import Any

import pytest

from amends.judgement.clocks.core import State
from tests.judgement.judging import at, clock, judged

CLAIM = {
    "platform": "mercado_libre",
    "site": "AR",
    "seller.country": "AR",
    "order.ship_country": "AR",
    "order.placed_at": "2026-04-20T10:00:00-03:00",
    "order.ship_by": "2026-04-22T23:59:59-03:00",
    "order.shipped": "2026-04-22T12:00:00-03:00",
    "order.delivered": "2026-04-28T12:00:00-03:00",
    "order.item_total": "60.00 USD",
    "order.total_with_tax_and_postage": "66.00 USD",
    "case.kind": "not_received",
    "case.leaf": "delivered_not_received",
    "buyer.contacted": "2026-05-04T19:00:00-03:00",
    "seller.answered": "2026-05-05T14:00:00-03:00",
    "dispute.channel": "platform",
    "dispute.submitted": "2026-05-06T10:00:00-03:00",
    "dispute.respond_by": "2026-05-08T23:59:59-03:00",
    "dispute.responded": "2026-05-06T12:00:00-03:00",
    "dispute.closed": "2026-05-10T10:00:00-03:00",
}
NOW = "2026-05-11T10:00:00-03:00"


def test_two_hours_in_the_evening_and_six_in_the_morning_make_eight() -> None:
    result = judged(CLAIM, NOW)
    assert clock(result, "ML-MSG-AR") == (State.MET, at("2026-05-05T14:00:00-03:00"))
    assert clock(result, "ML-API") == (State.MET, at("2026-05-08T23:59:59-03:00"))


def test_a_closed_claim_about_a_delivered_parcel_can_be_kept_out() -> None:
    result = judged(CLAIM, NOW)
    assert (result.outcome["metric_effects"], result.outcome_rules["metric_effects"]) == (["none"], "ML-EXCL-DELIVERED")


def test_while_it_is_open_it_counts() -> None:
    result = judged({k: v for k, v in CLAIM.items() if k != "dispute.closed"}, NOW)
    assert (result.outcome["metric_effects"], result.outcome_rules["metric_effects"]) == (
        ["reputation"],
        "ML-EXCL-OPEN",
    )


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"seller.answered": "2026-05-05T14:00:01-03:00"}, "ML-EXCL-UNANSWERED"),
        ({"seller.discouraged_claim": True}, "ML-EXCL-DISCOURAGED"),
        ({"order.shipped": "2026-04-23T00:00:00-03:00"}, "ML-EXCL-NOTSENT"),
        ({"order.out_of_stock": True}, "ML-EXCL-STOCK"),
        ({"case.kind": "not_as_described", "case.leaf": "counterfeit"}, "ML-EXCL-COUNTERFEIT"),
        ({"case.kind": "not_as_described", "case.leaf": "quality", "dispute.by_mistake": True}, "ML-EXCL-DEFECT"),
        ({"case.kind": "not_as_described", "case.leaf": "short_shipment"}, "ML-EXCL-SHORT"),
    ],
)
def test_what_is_never_kept_out(more: dict[str, Any], rule: str) -> None:
    result = judged(CLAIM | more, NOW)
    assert (result.outcome["metric_effects"], result.outcome_rules["metric_effects"]) == (["reputation"], rule)


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"case.kind": "return", "case.leaf": "change_of_mind", "dispute.by_mistake": True}, "ML-EXCL-MISTAKE"),
        ({"case.kind": "unauthorised", "case.leaf": "unauthorised"}, "ML-EXCL-UNRECOGNISED"),
    ],
)
def test_what_can_be_kept_out(more: dict[str, Any], rule: str) -> None:
    result = judged(CLAIM | more, NOW)
    assert (result.outcome["metric_effects"], result.outcome_rules["metric_effects"]) == (["none"], rule)


def test_a_seller_abroad_has_three_weekdays_by_their_own_clock() -> None:
    abroad = CLAIM | {"programme": "global_selling", "seller.country": "CN"}
    result = judged(abroad, NOW)
    # 19:00 on Monday in Buenos Aires is 06:00 on Tuesday in China.
    assert clock(result, "ML-MSG-GLOBAL") == (State.MET, at("2026-05-08T06:00:00+08:00"))
    late = judged(abroad | {"seller.answered": "2026-05-08T06:00:01+08:00"}, NOW)
    assert clock(late, "ML-MSG-GLOBAL")[0] is State.EXPIRED
    assert clock(late, "ML-MSG-AR")[0] is State.EXCLUDED
    assert late.outcome_rules["metric_effects"] == "ML-EXCL-UNANSWERED"
