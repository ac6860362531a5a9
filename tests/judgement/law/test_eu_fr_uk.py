"""European Union, France and the United Kingdom: withdrawal, guarantee, rejection, reviews."""

from __future__ import annotations

from amends.judgement.clocks.core import State
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, barred, cited, clock, deciders, judged, owed, shares

SHOP = {
    "platform": "own_shop",
    "order.placed_at": "2026-05-20T12:00:00+02:00",
    "order.shipped": "2026-05-22T12:00:00+02:00",
    "order.delivered": "2026-06-01T15:00:00+02:00",
    "order.total_with_tax_and_postage": "80.00 EUR",
    "buyer.is_consumer": True,
}
RETURN = {**SHOP, "case.kind": "return", "case.leaf": "change_of_mind"}
FAULT = {**SHOP, "case.kind": "not_as_described", "case.leaf": "quality"}


def test_german_buyer_withdraws_on_the_last_day() -> None:
    facts = {**RETURN, "order.ship_country": "DE", "withdrawal.declared": "2026-06-15T23:59:59+02:00"}
    result = judged(facts, "2026-06-20T09:00:00+02:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["EU-WD-14"])
    assert clock(result, "EU-WD-14") == (State.MET, at("2026-06-15T23:59:59+02:00"))
    assert clock(result, "EU-WD-SENDBACK") == (State.RUNNING, at("2026-06-29T23:59:59+02:00"))
    assert owed(result)["return_and_refund"] == "EU-WD-14"
    assert (result.outcome["refund"], result.outcome["funded_by"]) == ("after_return", "seller")
    late = judged({**facts, "withdrawal.declared": "2026-06-16T00:00:00+02:00"}, "2026-06-20T09:00:00+02:00")
    assert "EU-WD-14" not in deciders(late)
    assert owed(late) == {}


def test_goods_back_and_no_refund_in_fourteen_days() -> None:
    facts = {
        **RETURN,
        "order.ship_country": "ES",
        "withdrawal.declared": "2026-06-05T09:00:00+02:00",
        "return.sent": "2026-06-07T09:00:00+02:00",
    }
    result = judged(facts, "2026-06-20T00:00:00+02:00")
    assert clock(result, "EU-WD-REFUND") == (State.EXPIRED, at("2026-06-19T23:59:59+02:00"))
    assert shares(result) == {"seller": 100}
    assert owed(result)["refund_full"] == "EU-WD-REFUND"
    paid = judged({**facts, "refund.issued": "2026-06-25T09:00:00+02:00"}, "2026-06-26T00:00:00+02:00")
    assert "refund_full" not in owed(paid)


def test_the_withdrawal_button_is_missing_from_june_2026() -> None:
    facts = {**RETURN, "order.ship_country": "IT", "withdrawal.button": False}
    older = judged(facts, "2026-06-10T09:00:00+02:00")
    assert "EU-WD-BUTTON" not in cited(older)
    newer = {**facts, "order.placed_at": "2026-06-19T00:00:00+02:00", "order.shipped": "2026-06-20T00:00:00+02:00"}
    result = judged({**newer, "order.delivered": "2026-06-25T12:00:00+02:00"}, "2026-06-27T09:00:00+02:00")
    assert "EU-WD-BUTTON" in cited(result)
    assert result.decision is Decision.FOR_BUYER  # a missing button takes nothing from the buyer


def test_french_guarantee_rests_grows_and_begins_anew() -> None:
    facts = {**FAULT, "order.ship_country": "FR", "order.delivered": "2025-05-01T12:00:00+02:00"}
    facts |= {"order.placed_at": "2025-04-20T12:00:00+02:00", "order.shipped": "2025-04-22T12:00:00+02:00"}
    plain = judged(facts, "2026-05-01T12:00:00+02:00")
    assert clock(plain, "FR-GUAR-2Y") == (State.RUNNING, at("2027-05-01T23:59:59+02:00"))
    assert owed(plain) == {"repair": "FR-GUAR-2Y", "replacement": "FR-GUAR-2Y"}
    away = {"repair.in_progress": [{"from": "2025-06-01T00:00:00+02:00", "to": "2025-06-11T00:00:00+02:00"}]}
    rested = judged({**facts, **away}, "2026-05-01T12:00:00+02:00")
    assert clock(rested, "FR-GUAR-2Y")[1] == at("2027-05-11T23:59:59+02:00")
    cured = {**facts, **away, "repair.completed": "2025-06-11T00:00:00+02:00"}
    assert clock(judged(cured, "2026-05-01T12:00:00+02:00"), "FR-GUAR-2Y")[1] == at("2027-11-11T23:59:59+01:00")
    anew = {**facts, "replacement.forced": "2026-03-10T12:00:00+01:00"}
    assert clock(judged(anew, "2026-05-01T12:00:00+02:00"), "FR-GUAR-2Y")[1] == at("2028-03-10T23:59:59+01:00")
    assert "EU-GUAR-2Y" not in {c.rule for c in plain.clocks}


def test_french_repair_takes_too_long() -> None:
    facts = {**FAULT, "order.ship_country": "FR", "return.delivered_at": "2026-06-10T09:00:00+02:00"}
    running = judged(facts, "2026-07-10T23:59:59+02:00")
    assert clock(running, "FR-GUAR-REPAIR") == (State.RUNNING, at("2026-07-10T23:59:59+02:00"))
    over = judged(facts, "2026-07-11T00:00:00+02:00")
    assert owed(over)["return_and_refund"] == "FR-GUAR-REPAIR"
    minor = judged({**facts, "goods.defect": "minor"}, "2026-07-11T00:00:00+02:00")
    assert owed(minor)["partial_refund"] == "FR-GUAR-MINOR"
    assert "return_and_refund" not in owed(minor)


def test_german_guarantee_of_a_defect_told_in_time() -> None:
    facts = {**FAULT, "order.ship_country": "DE", "buyer.contacted": "2026-11-01T09:00:00+01:00"}
    result = judged(facts, "2028-09-01T09:00:00+02:00")
    assert clock(result, "EU-GUAR-2Y")[0] is State.MET
    assert owed(result) == {"repair": "EU-GUAR-2Y", "replacement": "EU-GUAR-2Y"}
    failed = judged({**facts, "repair.failed": "2026-12-01T09:00:00+01:00"}, "2026-12-05T09:00:00+01:00")
    assert owed(failed)["return_and_refund"] == "EU-GUAR-FAILED"


def test_british_buyer_rejects_and_time_rests_during_the_repair() -> None:
    facts = {**FAULT, "order.ship_country": "GB", "order.delivered": "2026-06-01T15:00:00+01:00"}
    away = {"repair.in_progress": [{"from": "2026-06-10T00:00:00+01:00", "to": "2026-06-15T00:00:00+01:00"}]}
    result = judged({**facts, **away}, "2026-07-06T23:59:59+01:00")
    assert clock(result, "UK-STRR") == (State.RUNNING, at("2026-07-06T23:59:59+01:00"))
    assert owed(result)["return_and_refund"] == "UK-STRR"
    assert owed(judged({**facts, **away}, "2026-07-07T00:00:00+01:00")) == {}
    agreed = {**facts, "return.requested": "2026-06-20T09:00:00+01:00", "return.agreed": "2026-06-21T09:00:00+01:00"}
    due = judged(agreed, "2026-07-06T00:00:00+01:00")
    assert clock(due, "UK-STRR-REFUND") == (State.EXPIRED, at("2026-07-05T23:59:59+01:00"))
    assert (due.decision, due.outcome["refund"]) == (Decision.FOR_BUYER, "full")


def test_british_repair_failed_and_nothing_is_kept_for_use() -> None:
    facts = {**FAULT, "order.ship_country": "GB", "repair.failed": "2026-08-01T09:00:00+01:00"}
    result = judged(facts, "2026-08-05T09:00:00+01:00")
    assert owed(result)["partial_refund"] == "UK-REPAIR-FAILED"
    assert result.outcome["deduction"] == "none"
    scooter = judged({**facts, "goods.motor_vehicle": True}, "2026-08-05T09:00:00+01:00")
    assert scooter.outcome["deduction"] == "value_loss"


def test_a_voucher_for_a_review_is_barred_and_what_is_owed_is_not() -> None:
    facts = {**FAULT, "order.ship_country": "DE", "review.reward_offered": "2026-06-10T09:00:00+02:00"}
    result = judged(facts, "2026-06-11T09:00:00+02:00")
    assert barred(result)["credit"] == "EU-REV"
    assert barred(result)["goodwill"] == "EU-REV"
    assert owed(result)["repair"] == "EU-GUAR-2Y"
    assert result.outcome["auto"] == "administrative_fine"
    plain = judged({**FAULT, "order.ship_country": "DE"}, "2026-06-11T09:00:00+02:00")
    assert "credit" not in barred(plain)


def test_british_review_rules_begin_in_april_2025_and_ask_whether_it_was_told() -> None:
    facts = {**FAULT, "order.ship_country": "GB", "review.reward_offered": "2026-06-10T09:00:00+01:00"}
    unknown = judged(facts, "2026-06-11T09:00:00+01:00")
    assert "review.reward_disclosed" in [u.fact for u in unknown.unknowns]
    hidden = judged({**facts, "review.reward_disclosed": False}, "2026-06-11T09:00:00+01:00")
    assert barred(hidden)["goodwill"] == "UK-DMCC"
    before = {**facts, "review.reward_offered": "2025-04-05T23:59:59+01:00", "review.reward_disclosed": False}
    assert "UK-DMCC" not in cited(judged(before, "2026-06-11T09:00:00+01:00"))
