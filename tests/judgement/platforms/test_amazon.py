"""Amazon: claims, Claims Protection, returns and what may be claimed back. Facts in, the whole judgement out."""

from __future__ import annotations

from typing import Any

import pytest

from amends.judgement.clocks.core import State
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, cited, clock, deciders, judged, shares

ORDER: dict[str, Any] = {
    "platform": "amazon",
    "site": "US",
    "order.fulfilment": "seller",
    "order.ship_country": "US",
    "order.placed_at": "2026-03-01T09:00:00-08:00",
    "order.ship_by": "2026-03-03T23:59:59-08:00",
    "order.promised_by": "2026-03-12T23:59:59-07:00",
    "order.total_with_tax_and_postage": "48.00 USD",
    "case.kind": "not_received",
    "case.leaf": "in_transit_late",
    "buyer.contacted": "2026-03-13T10:00:00-07:00",
    "seller.answered": "2026-03-13T15:00:00-07:00",
}
SENT = {
    **ORDER,
    "order.shipped": "2026-03-03T12:00:00-08:00",
    "parcels": [{"status": "in_transit", "first_scan_at": "2026-03-03T18:00:00-08:00"}],
}


def test_three_days_after_the_promise_a_claim_would_be_granted() -> None:
    early = judged(SENT, "2026-03-15T23:59:59-07:00")
    assert (early.decision, deciders(early)) == (Decision.FOR_SELLER, ["AMZ-INR-EARLY"])
    late = judged(SENT, "2026-03-16T00:00:00-07:00")
    assert (late.decision, deciders(late)) == (Decision.FOR_BUYER, ["AMZ-INR-LATE"])
    assert late.outcome["metric_effects"] == ["odr"]
    assert clock(late, "AMZ-A2Z-WINDOW") == (State.RUNNING, at("2026-06-10T23:59:59-07:00"))


def test_after_ninety_days_no_claim_is_open_and_none_is_said_to_be_granted() -> None:
    assert "AMZ-INR-LATE" in cited(judged(SENT, "2026-06-10T23:59:59-07:00"))
    over = judged(SENT, "2026-06-11T00:00:00-07:00")
    assert clock(over, "AMZ-A2Z-WINDOW")[0] is State.EXPIRED
    assert "AMZ-INR-LATE" not in cited(over)
    assert "odr" not in over.outcome.get("metric_effects", [])


def test_an_order_never_dispatched_is_refunded_by_itself_though_its_delivery_date_lies_ahead() -> None:
    unsent = {**ORDER, "parcels": []}
    in_time = judged(unsent, "2026-03-03T23:59:59-08:00")
    assert clock(in_time, "AMZ-A2Z-AUTO-NOSHIP")[0] is State.RUNNING
    over = judged(unsent, "2026-03-04T00:00:00-08:00")
    assert (over.decision, deciders(over)) == (Decision.FOR_BUYER, ["US-MITOR-SHIP", "AMZ-A2Z-AUTO-NOSHIP"])
    assert {k: over.outcome[k] for k in ("refund", "auto", "metric_effects", "funded_by")} == {
        "refund": "full",
        "auto": "refund",
        "metric_effects": ["odr"],
        "funded_by": "seller",
    }
    assert shares(over) == {"seller": 100}
    assert over.conflicts == ()


def test_t2_a_redirected_parcel_still_goes_by_its_first_scan() -> None:
    lost = {
        **SENT,
        "shipment.protected_label": True,
        "shipment.redirected_by_buyer": True,
        "dispute.channel": "a_to_z",
        "dispute.submitted": "2026-03-17T10:00:00-07:00",
        "buyer.last_message": "2026-03-16T10:00:00-07:00",
        "parcels": [{"status": "lost", "first_scan_at": "2026-03-03T18:00:00-08:00"}],
    }
    result = judged(lost, "2026-03-18T09:00:00-07:00")
    assert (result.decision, deciders(result)) == (Decision.PLATFORM_PAYS, ["AMZ-BUYSHIP"])
    assert (result.outcome["funded_by"], result.outcome["appeal"]) == ("platform", "AMZ-A2Z-APPEAL")
    assert "AMZ-BUYSHIP-REDIRECT" in cited(result)
    assert clock(result, "AMZ-BUYSHIP-ANSWER") == (State.RUNNING, at("2026-03-18T10:00:00-07:00"))
    late = {**lost, "parcels": [{"status": "lost", "first_scan_at": "2026-03-04T00:00:00-08:00"}]}
    result = judged(late, "2026-03-18T09:00:00-07:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["AMZ-INR-LATE", "HOUSE-LOST"])
    assert "AMZ-BUYSHIP-REDIRECT" not in cited(result)


RETURN: dict[str, Any] = {
    "platform": "amazon",
    "site": "US",
    "order.ship_country": "US",
    "order.placed_at": "2026-02-01T09:00:00-08:00",
    "order.delivered": "2026-02-10T09:00:00-08:00",
    "seller.country": "CN",
    "warehouse.country": "CN",
    "case.kind": "return",
    "case.leaf": "change_of_mind",
    "return.requested": "2026-02-20T09:00:00-08:00",
    "order.item_total": "25.00 USD",
    "return.reason_fault": "buyer",
}


@pytest.mark.parametrize(
    ("total", "address", "decision"),
    [
        ("25.00 USD", False, "AMZ-RET-INTL-25"),
        ("25.01 USD", False, None),
        ("25.00 USD", True, None),
    ],
)
def test_up_to_25_dollars_from_abroad_nothing_comes_back(total: str, address: bool, decision: str | None) -> None:
    facts = {**RETURN, "order.item_total": total, "seller.local_return_address": address}
    result = judged(facts, "2026-02-21T09:00:00-08:00")
    assert (deciders(result) == [decision]) is (decision is not None)
    assert clock(result, "AMZ-RET-INTL") == (State.RUNNING, at("2026-02-25T09:00:00-08:00"))
    # L6: the way back is the seller's though the buyer only changed their mind; the way there is not given back
    assert (result.outcome["postage"], result.outcome["deduction"]) == ("seller", "outbound_postage")
    if decision:
        assert (result.outcome["refund"], result.outcome["return_required"]) == ("full", "false")


BACK = {
    **{k: v for k, v in RETURN.items() if k not in ("warehouse.country", "seller.country")},
    "seller.country": "US",
    "return.delivered_at": "2026-03-06T11:00:00-08:00",
}


def test_l5_after_four_days_amazon_refunds_and_the_claim_is_barred_unless_the_scan_was_false() -> None:
    barred = judged(BACK, "2026-03-11T00:00:00-07:00")
    assert deciders(barred) == ["AMZ-FBM-REFUND"]
    assert (barred.outcome["auto"], barred.outcome["appeal"]) == ("refund", "none")
    never_came = judged({**BACK, "return.missing": True}, "2026-03-11T00:00:00-07:00")
    assert deciders(never_came) == ["AMZ-FBM-SCAN-FALSE"]
    assert (never_came.outcome["refund"], never_came.outcome["appeal"]) == ("full", "AMZ-SAFET")
    assert shares(never_came) == {"seller": 100}


def test_a_chargeback_silences_the_refund_of_a_return() -> None:
    charged_back = {**BACK, "payment_dispute.opened": "2026-03-08T10:00:00-07:00"}
    result = judged(charged_back, "2026-03-11T09:00:00-07:00")
    assert (result.decision, deciders(result)) == (Decision.ELSEWHERE, ["AMZ-A2Z-EXCL"])
    assert result.conflicts == ()
    assert dict(result.excluded)["AMZ-FBM-REFUND"] == "AMZ-A2Z-EXCL"
