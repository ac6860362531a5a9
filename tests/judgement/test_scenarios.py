"""Cases with a documented outcome, from facts to decision, liability, money, metric, deadlines and citations.

The facts of T3, T4, T6 and T9 are the files that the documentation shows (`docs/examples`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from amends.judgement.clocks.core import State
from amends.judgement.judge import Judgement
from amends.judgement.rules.core import Decision
from tests.judgement.judging import BOOK, at, clock, deciders, judged, shares

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def example(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    return read


def cited(judgement: Judgement) -> dict[str, str]:
    return {c.rule: c.version for c in judgement.citations}


# T1: protected label scanned on time, and Amazon debited the seller all the same

T1 = {
    "platform": "amazon",
    "site": "US",
    "order.fulfilment": "seller",
    "order.ship_country": "US",
    "order.placed_at": "2024-11-27T09:00:00-08:00",
    "order.ship_by": "2024-11-29T23:59:59-08:00",
    "order.shipped": "2024-11-29T12:00:00-08:00",
    "order.promised_by": "2024-12-06T23:59:59-08:00",
    "order.delivered": "2024-12-04T11:15:00-08:00",
    "order.total_with_tax_and_postage": "32.07 USD",
    "shipment.protected_label": True,
    "case.kind": "not_received",
    "case.leaf": "delivered_not_received",
    "parcels": [{"first_scan_at": "2024-11-29T17:40:00-08:00", "status": "delivered", "delivered_to_address": True}],
    "dispute.channel": "a_to_z",
    "dispute.submitted": "2024-12-10T10:00:00-08:00",
    "dispute.decided": "2024-12-14T10:00:00-08:00",
    "dispute.decision": "for_buyer",
    "dispute.funded_by": "seller",
    "dispute.refund_issued_by": "platform",
    "refund.issued": "2024-12-14T10:00:00-08:00",
}


def test_t1_amazon_funds_and_the_debit_is_appealed() -> None:
    result = judged(T1, "2024-12-15T09:00:00-08:00")
    assert result.decision is Decision.PLATFORM_PAYS
    assert deciders(result) == ["AMZ-BUYSHIP"]
    assert shares(result) == {"platform": 100}
    assert result.outcome["funded_by"] == "platform"
    assert result.outcome["metric_effects"] == ["none"]
    assert clock(result, "AMZ-A2Z-APPEAL") == (State.RUNNING, at("2025-01-13T10:00:00-08:00"))
    assert result.warnings == ("decision_contradicts_rules",)
    assert result.unknowns == ()


def test_t1_a_refund_by_the_sellers_own_hand_is_not_covered() -> None:
    own = {**T1, "dispute.refund_issued_by": "seller", "dispute.funded_by": "seller"}
    result = judged(own, "2024-12-15T09:00:00-08:00")
    assert result.decision is Decision.FOR_BUYER
    assert deciders(result) == ["AMZ-BUYSHIP-SELF"]
    assert result.outcome["funded_by"] == "seller"


def test_t1_never_answering_the_buyer_loses_the_protection() -> None:
    silent = {**T1, "buyer.contacted": "2024-12-06T10:00:00-08:00"}
    result = judged(silent, "2024-12-15T09:00:00-08:00")
    assert deciders(result) == ["AMZ-A2Z-NORESP"]
    assert (result.decision, result.outcome["metric_effects"]) == (Decision.FOR_BUYER, ["odr"])


def test_t1_without_the_label_fact_the_label_is_asked_for() -> None:
    result = judged({k: v for k, v in T1.items() if k != "shipment.protected_label"}, "2024-12-15T09:00:00-08:00")
    assert result.decision is Decision.UNDETERMINED
    assert [u.fact for u in result.unknowns] == ["shipment.protected_label"]
    assert [(m.value, m.decision) for m in result.unknowns[0].moves] == [
        (True, "platform_pays"),
        (False, "for_seller"),  # delivered to the address, so the claim fails on the scans alone
    ]


# T2: same label, redirected by the buyer and lost; the first scan still decides


def test_t2_a_lost_parcel_with_a_protected_label() -> None:
    undecided = ("order.delivered", "dispute.decided", "dispute.decision", "dispute.funded_by", "refund.issued")
    facts = {k: v for k, v in T1.items() if k not in (*undecided, "dispute.refund_issued_by")}
    lost = {**facts, "case.leaf": "in_transit_late", "parcels": [{**T1["parcels"][0], "status": "lost"}]}
    del lost["parcels"][0]["delivered_to_address"]
    result = judged(lost, "2024-12-15T09:00:00-08:00")
    assert result.decision is Decision.PLATFORM_PAYS
    assert shares(result) == {"platform": 100}
    assert "CARRIER-LOST" in cited(result)
    refused = {**lost, "parcels": [{**lost["parcels"][0], "status": "refused"}]}
    result = judged(refused, "2024-12-15T09:00:00-08:00")
    assert deciders(result) == ["AMZ-A2Z-AUTO-REFUSED"]
    assert (result.outcome["funded_by"], result.outcome["metric_effects"]) == ("seller", ["none"])


# T3: four natural days from 26 January 2026, two business days before


def test_t3_four_days_with_the_weekend() -> None:
    result = judged(example("t3"))
    assert clock(result, "AMZ-FBM-REFUND") == (State.RUNNING, at("2026-02-10T23:59:59-08:00"))
    assert at("2026-02-10T23:59:59-08:00").strftime("%A") == "Tuesday"
    assert (result.decision, result.outcome["refund"]) == (Decision.FOR_BUYER, "full")
    assert cited(result)["AMZ-FBM-REFUND"] == "2026-01-26"
    assert result.may_act


def test_t3_before_the_change_two_business_days() -> None:
    result = judged(example("t3-before-2026-01-26"))
    assert clock(result, "AMZ-FBM-REFUND") == (State.RUNNING, at("2026-01-27T23:59:59-08:00"))
    assert cited(result)["AMZ-FBM-REFUND"] == "open"
    newer = BOOK.find("AMZ-FBM-REFUND", "2026-01-26")
    older = BOOK.find("AMZ-FBM-REFUND", "open")
    assert newer is not None
    assert older is not None
    assert newer.hash != older.hash


def test_t3_graded_on_wednesday_amazon_refunds_and_safe_t_is_barred() -> None:
    result = judged(example("t3-graded-late"))
    assert clock(result, "AMZ-FBM-REFUND")[0] is State.EXPIRED
    assert result.decision is Decision.FOR_BUYER
    assert shares(result) == {"seller": 100}
    assert {k: result.outcome[k] for k in ("refund", "funded_by", "auto", "appeal")} == {
        "refund": "full",
        "funded_by": "seller",
        "auto": "refund",
        "appeal": "none",
    }
    rule = BOOK.find("AMZ-FBM-REFUND", "2026-01-26")
    assert rule is not None
    assert rule.silence is not None
    assert rule.silence.forbid == ("safe_t_claim",)


def test_t3_graded_in_time_a_part_may_be_kept() -> None:
    result = judged({**example("t3"), "return.condition": "used"})
    assert deciders(result) == ["AMZ-FBM-GRADE"]
    assert (result.decision, result.outcome["deduction"]) == (Decision.SPLIT, "restocking_fee")


def test_t3_first_scan_programme_replaces_the_clock() -> None:
    scanned = {**example("t3"), "return.first_scan": "2026-02-03T12:00:00-08:00", "return.first_scan_refund": True}
    result = judged(scanned)
    assert clock(result, "AMZ-FBM-REFUND")[0] is State.EXCLUDED
    assert result.excluded == (("AMZ-FBM-REFUND", "AMZ-RFS"),)
    assert result.outcome["auto"] == "refund_at_first_scan"


# T4: 720 dollars of goods, 755 in all, delivered, signature or not


def test_t4_unsigned_at_755_dollars() -> None:
    result = judged(example("t4"))
    assert result.decision is Decision.FOR_BUYER
    assert deciders(result) == ["EB-SIG"]
    assert cited(result)["EB-SIG"] == "2020-10-19"
    assert shares(result) == {"seller": 100}
    assert {k: result.outcome[k] for k in ("refund", "funded_by", "metric_effects", "appeal")} == {
        "refund": "full",
        "funded_by": "seller",
        "metric_effects": ["defect"],
        "appeal": "EB-APPEAL",
    }
    # Thursday 15 October, three business days: Friday, Monday, Tuesday
    assert clock(result, "EB-INR-RESP") == (State.RUNNING, at("2026-10-20T23:59:59-07:00"))


def test_t4_signed() -> None:
    result = judged(example("t4-signed"))
    assert result.decision is Decision.FOR_SELLER
    assert deciders(result) == ["EB-INR-DELIVERED"]
    assert shares(result) == {"buyer": 100}
    assert result.outcome["refund"] == "none"
    assert "metric_effects" not in result.outcome


def test_t4_before_october_2020_the_items_alone_count() -> None:
    result = judged(example("t4-before-2020-10-19"))
    assert result.decision is Decision.FOR_SELLER
    assert (deciders(result), cited(result)["EB-INR-DELIVERED"]) == (["EB-INR-DELIVERED"], "open")


def test_t4_signature_not_known_asks_for_it() -> None:
    result = judged(example("t4-signature-unknown"))
    assert result.decision is Decision.UNDETERMINED
    assert result.confidence is None
    assert not result.may_act
    (unknown,) = result.unknowns
    assert unknown.fact == "parcels.signature"
    assert unknown.ask == {"en": "proof of delivery with signature", "zh": "带签名的妥投证明"}
    assert {(m.value, m.rule, m.decision) for m in unknown.moves} == {
        (True, "EB-INR-DELIVERED", "for_seller"),
        (False, "EB-SIG", "for_buyer"),
    }


@pytest.mark.parametrize(
    ("total", "decision"),
    [
        ("749.99 USD", Decision.FOR_SELLER),
        ("750.00 USD", Decision.FOR_BUYER),
    ],
)
def test_t4_both_sides_of_the_threshold(total: str, decision: Decision) -> None:
    assert judged({**example("t4"), "order.total_with_tax_and_postage": total}).decision is decision


def test_t4_on_another_site_a_person_looks_the_threshold_up() -> None:
    result = judged({**example("t4"), "site": "DE", "order.ship_country": "DE"})
    assert (result.decision, deciders(result)) == (Decision.NEEDS_PERSON, ["EB-SIG-SITE"])
    assert not result.may_act


# T5: used goods come back; half may be kept until eBay is asked to step in

T5 = {
    "platform": "ebay",
    "site": "US",
    "order.placed_at": "2026-04-01T09:00:00-07:00",
    "order.ship_country": "US",
    "order.delivered": "2026-04-08T12:00:00-07:00",
    "order.total_with_tax_and_postage": "120.00 USD",
    "case.kind": "return",
    "case.leaf": "change_of_mind",
    "return.requested": "2026-04-15T09:00:00-07:00",
    "return.answered": "2026-04-15T15:00:00-07:00",
    "return.agreed": "2026-04-15T15:00:00-07:00",
    "return.sent": "2026-04-17T09:00:00-07:00",
    "return.delivered_at": "2026-04-22T09:00:00-07:00",
    "return.condition": "used",
}


def test_t5_half_may_be_kept_before_ebay_steps_in() -> None:
    result = judged(T5, "2026-04-22T12:00:00-07:00")
    assert (result.decision, deciders(result)) == (Decision.SPLIT, ["EB-DEDUCT"])
    assert shares(result) == {"buyer": 50, "seller": 50}
    assert (result.outcome["refund"], result.outcome["deduction"]) == ("partial", "up_to_50_percent")
    assert clock(result, "EB-RET-RESP") == (State.MET, at("2026-04-20T23:59:59-07:00"))


def test_t5_nothing_may_be_kept_after() -> None:
    escalated = {
        **T5,
        "dispute.submitted": "2026-04-22T13:00:00-07:00",
        "dispute.escalated": "2026-04-23T09:00:00-07:00",
    }
    result = judged(escalated, "2026-04-23T12:00:00-07:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["EB-DEDUCT-LOST"])
    assert shares(result) == {"seller": 100}
    assert (result.outcome["refund"], result.outcome["deduction"]) == ("full", "none")
    earlier = judged(escalated, "2026-04-22T14:00:00-07:00")
    assert earlier.decision is Decision.SPLIT


def test_t5_condition_not_known_is_asked_for() -> None:
    result = judged({k: v for k, v in T5.items() if k != "return.condition"}, "2026-04-22T12:00:00-07:00")
    assert result.decision is Decision.UNDETERMINED
    assert [u.fact for u in result.unknowns] == ["return.condition"]


# T6: a chargeback after an item-not-received request


def test_t6_the_bank_decides_and_nobody_refunds_twice() -> None:
    result = judged(example("t6"))
    assert (result.decision, deciders(result)) == (Decision.ELSEWHERE, ["EB-PAYDISP-EXCL"])
    assert shares(result) == {"unknown": 100}
    assert result.outcome["refund"] == "none"
    assert result.outcome["fee"] == "20.00 USD"
    assert clock(result, "EB-PAYDISP") == (State.RUNNING, at("2026-10-22T15:00:00-07:00"))
    assert clock(result, "EB-INR-RESP")[0] is State.EXCLUDED
    assert {rule for rule, by in result.excluded if by == "EB-PAYDISP-EXCL"} == {rule for rule, _ in result.excluded}
    assert "EB-INR-LATE" in dict(result.excluded)
    assert result.warnings == ("do_not_refund_twice",)
    assert [r.code for r in result.remedies] == ["contest", "accept_dispute"]


def test_t6_a_refund_beside_the_chargeback_is_double_recovery() -> None:
    result = judged({**example("t6"), "refund.issued": "2026-10-17T16:00:00-07:00"})
    assert result.warnings == ("double_recovery",)


def test_t6_the_day_before_ebay_itself_decided() -> None:
    result = judged(example("t6"), "2026-10-17T14:59:59-07:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["EB-INR-LATE"])
    assert shares(result) == {"carrier": 100}


# T9: a number delivered in another country, and five days of silence


def test_t9_buyers_amount_and_points() -> None:
    result = judged(example("t9"))
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["AE-RESP"])
    assert shares(result) == {"seller": 100}
    assert {k: result.outcome[k] for k in ("refund", "funded_by", "points", "correction", "metric_effects")} == {
        "refund": "buyer_demand",
        "funded_by": "seller",
        "points": "2-48",
        "correction": "in_order_only",
        "metric_effects": ["dispute_rate", "seller_liability_rate"],
    }
    assert clock(result, "AE-RESP") == (State.EXPIRED, at("2026-03-25T09:00:00-07:00"))
    assert clock(result, "AE-FAKESHIP") == (State.EXPIRED, at("2026-03-17T23:59:59+08:00"))
    assert {"AE-RESP": "2017-01-01", "AE-FAKESHIP": "2020-07-08"}.items() <= cited(result).items()
    assert "AE-INR-INVALID" not in cited(result)  # overridden by the silence
    assert not result.may_act  # C: a person confirms


def test_t9_before_the_five_days_are_over() -> None:
    result = judged(example("t9"), "2026-03-25T08:59:59-07:00")
    assert clock(result, "AE-RESP") == (State.RUNNING, at("2026-03-25T09:00:00-07:00"))
    assert (deciders(result)[0], result.outcome["refund"]) == ("AE-INR-INVALID", "full")
    changed = {**example("t9"), "dispute.modified": "2026-03-24T09:00:00-07:00"}
    assert clock(judged(changed), "AE-RESP") == (State.RUNNING, at("2026-03-29T09:00:00-07:00"))


def test_t9_in_the_flow_before_2017() -> None:
    result = judged(example("t9-before-2017"))
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["AE-OLD-TRACKING"])
    assert result.outcome["refund"] == "full"
    assert "points" not in result.outcome
    assert shares(result) == {"seller": 100}
    assert "AE-RESP" not in {c.rule for c in result.clocks}
    # applied on 20 March: day four is the 23rd, day fifteen 3 April; on day sixteen it goes to the platform by itself
    assert clock(result, "AE-ESC-OLD-FROM") == (State.EXPIRED, at("2015-03-23T09:00:00-07:00"))
    assert clock(result, "AE-ESC-OLD") == (State.RUNNING, at("2015-04-03T23:59:59-07:00"))
    later = judged(example("t9-before-2017") | {"known_at": "2015-04-04T00:00:00-07:00"})
    assert clock(later, "AE-ESC-OLD")[0] is State.EXPIRED
    assert later.outcome["escalates"] == "platform"


def test_t9_old_platform_clocks_skip_the_holiday() -> None:
    facts = example("t9-before-2017") | {
        "dispute.escalated": "2015-04-03T12:00:00+08:00",  # a Friday; Monday 6 April was the holiday of Qingming
        "dispute.information_requested": "2015-04-08T10:00:00+08:00",
        "known_at": "2015-04-08T11:00:00+08:00",
    }
    result = judged(facts)
    assert clock(result, "AE-OLD-INTERVENE") == (State.MET, at("2015-04-08T23:59:59+08:00"))
    assert clock(result, "AE-OLD-PROOF") == (State.RUNNING, at("2015-04-11T10:00:00+08:00"))
