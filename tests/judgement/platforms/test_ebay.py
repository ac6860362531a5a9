"""eBay: guarantee, returns, payment disputes and the account. Facts in, the whole judgement out."""

from __future__ import annotations

from typing import Any

import pytest

from amends.judgement.clocks.core import State
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, cited, clock, deciders, judged

MISSING: dict[str, Any] = {
    "platform": "ebay",
    "site": "US",
    "order.ship_country": "US",
    "order.placed_at": "2026-04-01T09:00:00-07:00",
    "order.shipped": "2026-04-02T09:00:00-07:00",
    "order.promised_by": "2026-04-15T23:59:59-07:00",
    "order.total_with_tax_and_postage": "60.00 USD",
    "case.kind": "not_received",
    "case.leaf": "in_transit_late",
    "parcels": [{"status": "in_transit"}],
}


def test_thirty_days_after_the_promise_the_way_over_ebay_is_closed() -> None:
    late = judged(MISSING, "2026-05-15T23:59:59-07:00")
    assert (late.decision, deciders(late)) == (Decision.FOR_BUYER, ["EB-INR-LATE"])
    over = judged(MISSING, "2026-05-16T00:00:00-07:00")
    assert clock(over, "EB-INR-OPEN")[0] is State.EXPIRED
    assert "EB-INR-LATE" not in cited(over)
    asked = {**MISSING, "dispute.submitted": "2026-05-15T12:00:00-07:00"}
    assert deciders(judged(asked, "2026-05-17T00:00:00-07:00")) == ["EB-INR-LATE"]


def test_delivery_by_a_carrier_ebay_does_not_read_needs_a_person() -> None:
    delivered = {**MISSING, "order.delivered": "2026-04-10T12:00:00-07:00", "case.leaf": "delivered_not_received"}
    parcel = {"status": "delivered", "delivered_to_address": True}
    delivered["parcels"] = [parcel]
    read = judged({**delivered, "shipment.carrier_integrated": True}, "2026-04-20T12:00:00-07:00")
    assert (read.decision, deciders(read)) == (Decision.FOR_SELLER, ["EB-INR-DELIVERED"])
    unread = judged({**delivered, "shipment.carrier_integrated": False}, "2026-04-20T12:00:00-07:00")
    assert (unread.decision, deciders(unread)) == (Decision.NEEDS_PERSON, ["EB-INR-CARRIER"])
    unsaid = judged(delivered, "2026-04-20T12:00:00-07:00")
    assert deciders(unsaid) == ["EB-INR-DELIVERED"]
    assert unsaid.unknowns == ()


RETURN: dict[str, Any] = {
    "platform": "ebay",
    "site": "US",
    "order.ship_country": "US",
    "order.placed_at": "2026-04-01T09:00:00-07:00",
    "order.delivered": "2026-04-08T12:00:00-07:00",
    "order.total_with_tax_and_postage": "800.00 USD",
    "case.kind": "return",
    "case.leaf": "change_of_mind",
    "return.requested": "2026-04-16T09:00:00-07:00",  # a Thursday: Friday, Monday, Tuesday
}


def test_a_return_request_left_alone_is_refunded_without_the_goods() -> None:
    open_ = judged(RETURN, "2026-04-21T23:59:59-07:00")
    assert clock(open_, "EB-RET-RESP") == (State.RUNNING, at("2026-04-21T23:59:59-07:00"))
    assert deciders(open_) == ["EB-RET-ACCEPT"]
    silent = judged(RETURN, "2026-04-22T00:00:00-07:00")
    assert (silent.decision, deciders(silent)) == (Decision.FOR_BUYER, ["EB-RET-UNANSWERED"])
    assert {k: silent.outcome[k] for k in ("refund", "return_required", "escalates", "metric_effects")} == {
        "refund": "full",
        "return_required": "false",
        "escalates": "platform",
        "metric_effects": ["defect"],
    }
    assert not silent.may_act  # a copy of the policy says so: a person confirms


def test_abroad_the_sites_own_clock_brings_the_same() -> None:
    london = {**RETURN, "site": "UK", "order.ship_country": "GB"}
    silent = judged(london, "2026-04-22T00:00:00+01:00")
    assert "EB-RET-RESP" not in {c.rule for c in silent.clocks}
    assert clock(silent, "EB-RESP-SITE") == (State.EXPIRED, at("2026-04-21T23:59:59+01:00"))
    assert "EB-RET-UNANSWERED" in cited(silent)


@pytest.mark.parametrize(("total", "signature", "person"), [("750.00 USD", False, True), ("749.99 USD", False, False)])
def test_an_unsigned_return_that_never_came(total: str, signature: bool, person: bool) -> None:
    facts = {
        **RETURN,
        "order.total_with_tax_and_postage": total,
        "return.answered": "2026-04-16T12:00:00-07:00",
        "return.delivered_at": "2026-04-25T12:00:00-07:00",
        "return.condition": "as_sent",
        "return.missing": True,
        "return.signature": signature,
    }
    result = judged(facts, "2026-04-26T12:00:00-07:00")
    assert (deciders(result) == ["EB-SIG-RETURN"]) is person


PAYMENT: dict[str, Any] = {
    **MISSING,
    "order.delivered": "2026-04-10T12:00:00-07:00",
    "parcels": [{"status": "delivered", "delivered_to_address": True, "signature": False}],
    "dispute.submitted": "2026-04-18T09:00:00-07:00",
    "cancellation.requested": "2026-04-17T09:00:00-07:00",
    "payment_dispute.opened": "2026-04-20T09:00:00-07:00",
    "payment_dispute.reason": "product_not_received",
}


@pytest.mark.parametrize(("total", "protected"), [("750.00 USD", False), ("749.99 USD", True)])
def test_l10_a_payment_dispute_goes_elsewhere_and_asks_for_a_signature(total: str, protected: bool) -> None:
    result = judged({**PAYMENT, "order.total_with_tax_and_postage": total}, "2026-04-21T09:00:00-07:00")
    assert (result.decision, deciders(result)) == (Decision.ELSEWHERE, ["EB-PAYDISP-EXCL"])
    assert ("EB-PAYDISP-SIG" in cited(result)) is not protected
    assert result.outcome["fee"] == "20.00 USD"
    assert clock(result, "EB-PAYDISP") == (State.RUNNING, at("2026-04-25T09:00:00-07:00"))


def test_on_an_eu_site_there_is_no_fee_and_a_cancellation_closes_too() -> None:
    german = {
        **PAYMENT,
        "site": "DE",
        "order.ship_country": "DE",
        "case.kind": "cancellation",
        "case.leaf": "cancellation",
    }
    result = judged(german, "2026-04-21T09:00:00-07:00")
    assert result.outcome["fee"] == "0.00 USD"
    assert dict(result.excluded)["EB-CANCEL"] == "EB-PAYDISP-EXCL"
    assert clock(result, "EB-CANCEL")[0] is State.EXCLUDED


def test_a_case_counts_for_three_months_in_a_busy_shop_and_for_twelve_in_a_quiet_one() -> None:
    lost = {
        **MISSING,
        "dispute.submitted": "2026-04-18T09:00:00-07:00",
        "dispute.escalated": "2026-04-24T09:00:00-07:00",
        "dispute.decided": "2026-04-28T09:00:00-07:00",
        "dispute.decision": "for_buyer",
    }
    busy = judged({**lost, "seller.transactions_3_months": 400}, "2026-04-29T09:00:00-07:00")
    assert clock(busy, "EB-STD") == (State.RUNNING, at("2026-07-28T09:00:00-07:00"))
    quiet = judged({**lost, "seller.transactions_3_months": 399}, "2026-04-29T09:00:00-07:00")
    assert clock(quiet, "EB-STD-YEAR") == (State.RUNNING, at("2027-04-28T09:00:00-07:00"))
    assert "EB-DEFECT" in cited(quiet)
    abused = judged({**lost, "buyer.abuse_found": True}, "2026-04-29T09:00:00-07:00")
    assert "EB-ABUSE" in cited(abused)
    assert "EB-DEFECT" not in cited(abused)
