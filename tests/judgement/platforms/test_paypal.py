"""PayPal: what seller protection covers, what it never covers, and whose date counts."""

from __future__ import annotations

from typing import Any

import pytest

from amends.judgement.clocks.core import State
from amends.judgement.judge import Judgement
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, clock, judged, shares


def deciders(judgement: Judgement) -> list[str]:
    """Rules that decide; the shop's own rules, which may say the same, are left out."""
    return [c.rule for c in judgement.citations if c.role == "decides" and not c.rule.startswith("HOUSE-")]


CLAIM: dict[str, Any] = {
    "platform": "own_shop",
    "dispute.channel": "paypal",
    "order.placed_at": "2026-03-01T10:00:00-08:00",
    "order.paid_at": "2026-03-01T10:00:00-08:00",
    "order.shipped": "2026-03-02T10:00:00-08:00",
    "order.promised_by": "2026-03-12T10:00:00-07:00",
    "order.delivered": "2026-03-09T10:00:00-07:00",
    "order.ship_country": "US",
    "order.item_total": "740.00 USD",
    "order.total_with_tax_and_postage": "749.99 USD",
    "shipment.address_matches": True,
    "case.kind": "not_received",
    "case.leaf": "delivered_not_received",
    "parcels": [{"status": "delivered", "delivered_to_address": True, "signature": False}],
    "dispute.submitted": "2026-03-20T10:00:00-07:00",
    "dispute.escalated": "2026-03-25T10:00:00-07:00",
    "dispute.responded": "2026-03-26T10:00:00-07:00",
}
NOW = "2026-03-27T10:00:00-07:00"


def test_delivered_to_the_address_of_the_payment_wins_below_the_threshold() -> None:
    result = judged(CLAIM, NOW)
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["PP-INR-DELIVERED"])
    assert (shares(result), result.outcome["refund"]) == ({"buyer": 100}, "none")


def test_at_750_dollars_it_needs_a_signature() -> None:
    result = judged({**CLAIM, "order.total_with_tax_and_postage": "750.00 USD"}, NOW)
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["PP-SIG"])
    signed = {**CLAIM["parcels"][0], "signature": True}
    result = judged({**CLAIM, "order.total_with_tax_and_postage": "750.00 USD", "parcels": [signed]}, NOW)
    assert deciders(result) == ["PP-INR-DELIVERED"]


def test_l11_another_address_is_the_sellers_loss_even_at_the_buyers_wish() -> None:
    result = judged({**CLAIM, "shipment.address_matches": False}, NOW)
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["PP-ADDR"])
    assert (shares(result), result.outcome["funded_by"]) == ({"seller": 100}, "seller")


@pytest.mark.parametrize("protection", ["eligible", "partially_eligible"])
def test_l12_not_as_described_is_never_protected(protection: str) -> None:
    facts = {**CLAIM, "case.kind": "not_as_described", "case.leaf": "description", "case.photos": True}
    result = judged({**facts, "payment.seller_protection": protection}, NOW)
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["PP-SNAD"])
    assert (result.outcome["refund"], result.outcome["return_required"]) == ("after_return", "true")
    assert shares(result) == {"seller": 100}


def test_partially_eligible_covers_goods_not_received_and_no_stranger_paying() -> None:
    partly = {**CLAIM, "payment.seller_protection": "partially_eligible"}
    assert deciders(judged(partly, NOW)) == ["PP-INR-DELIVERED"]
    stranger = judged({**partly, "case.kind": "unauthorised", "case.leaf": "unauthorised"}, NOW)
    assert (stranger.decision, deciders(stranger)) == (Decision.FOR_BUYER, ["PP-PARTIAL"])
    assert (shares(stranger), stranger.outcome["funded_by"]) == ({"seller": 100}, "seller")


def test_paypals_own_date_beats_the_ten_days() -> None:
    silent = {k: v for k, v in CLAIM.items() if k != "dispute.responded"}
    assert clock(judged(silent, NOW), "PP-CLAIM-RESP") == (State.RUNNING, at("2026-04-04T10:00:00-07:00"))
    given = {**silent, "dispute.respond_by": "2026-03-31T23:59:59-07:00"}
    assert clock(judged(given, NOW), "PP-CLAIM-RESP") == (State.RUNNING, at("2026-03-31T23:59:59-07:00"))
    lost = judged(given, "2026-04-01T00:00:00-07:00")
    assert (lost.decision, deciders(lost)) == (Decision.FOR_BUYER, ["PP-CLAIM-RESP"])
    assert (lost.outcome["appeal"], shares(lost)) == ("none", {"seller": 100})
