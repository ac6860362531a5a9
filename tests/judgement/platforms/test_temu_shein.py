"""Temu and SHEIN in the United States: the window, the postage of a second return, and what reduces a refund."""

from __future__ import annotations

from amends.judgement.clocks.core import State
from amends.judgement.judge import Judgement
from amends.judgement.rules.core import Decision
from amends.kernel.parties import Confidence
from tests.judgement.judging import at, clock, judged


def deciders(judgement: Judgement) -> list[str]:
    """Rules that decide; the shop's own rules, which may say the same, are left out."""
    return [c.rule for c in judgement.citations if c.role == "decides" and not c.rule.startswith("HOUSE-")]


TEMU = {
    "platform": "temu",
    "site": "US",
    "order.ship_country": "US",
    "order.placed_at": "2026-04-01T10:00:00-07:00",
    "order.item_total": "40.00 USD",
    "order.total_with_tax_and_postage": "44.00 USD",
    "order.delivered": "2026-04-12T10:00:00-07:00",
    "order.category": "clothing",
    "case.kind": "return",
    "case.leaf": "change_of_mind",
    "return.requested": "2026-06-30T10:00:00-07:00",  # the ninetieth day
    "return.number": 1,
}
NOW = "2026-07-02T10:00:00-07:00"


def test_temu_takes_a_return_on_the_ninetieth_day() -> None:
    result = judged(TEMU, NOW)
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["TM-US-RETURN"])
    assert (result.outcome["refund"], result.outcome["return_required"]) == ("after_return", "true")
    assert (result.outcome["postage"], result.confidence) == ("platform", Confidence.A)
    assert clock(result, "TM-US-POSTMARK") == (State.RUNNING, at("2026-07-14T10:00:00-07:00"))
    assert result.unknowns == ()


def test_temu_takes_none_a_second_later() -> None:
    result = judged({**TEMU, "return.requested": "2026-06-30T10:00:01-07:00"}, NOW)
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["TM-US-WINDOW"])
    assert result.outcome["refund"] == "none"


def test_a_parcel_that_is_not_posted_in_fourteen_days_ends_the_return() -> None:
    result = judged(TEMU, "2026-07-14T10:00:01-07:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["TM-US-POSTMARK"])
    sent = judged({**TEMU, "return.sent": "2026-07-14T10:00:00-07:00"}, "2026-07-14T10:00:01-07:00")
    assert deciders(sent) == ["TM-US-RETURN"]


def test_a_second_return_costs_the_buyer_and_wear_costs_more() -> None:
    second = judged({**TEMU, "return.number": 2}, NOW)
    assert (second.outcome["postage"], second.outcome["fee"]) == ("buyer", "7.99 USD")
    worn = {**TEMU, "return.sent": "2026-07-01T10:00:00-07:00", "return.condition": "used"}
    result = judged({**worn, "return.delivered_at": "2026-07-05T10:00:00-07:00"}, "2026-07-06T10:00:00-07:00")
    assert (result.decision, deciders(result)) == (Decision.SPLIT, ["TM-US-USED"])
    assert (result.outcome["refund"], result.outcome["deduction"]) == ("partial", "value_loss")


def test_electronics_have_their_own_window_and_it_is_asked_for() -> None:
    asked = judged({**TEMU, "order.category": "electronics"}, NOW)
    assert asked.decision is Decision.UNDETERMINED
    assert [u.fact for u in asked.unknowns] == ["promise.return_days"]
    known = judged({**TEMU, "order.category": "electronics", "promise.return_days": 60}, NOW)
    assert (known.decision, deciders(known)) == (Decision.FOR_SELLER, ["TM-US-WINDOW-ELECTRONICS"])
    assert clock(known, "TM-US-WINDOW-ELECTRONICS") == (State.EXPIRED, at("2026-05-31T10:00:00-07:00"))
    longest = judged({**TEMU, "order.category": "electronics", "promise.return_days": 90}, NOW)
    assert deciders(longest) == ["TM-US-RETURN"]


def test_another_phone_in_the_box_is_not_refunded() -> None:
    phone = {**TEMU, "order.category": "phones", "return.serial_matches": False, "return.condition": "different"}
    result = judged({**phone, "return.sent": "2026-07-01T10:00:00-07:00"}, NOW)
    assert (result.decision, deciders(result)) == (Decision.FOR_SELLER, ["TM-US-SERIAL"])
    assert [(s.party.value, s.share) for s in result.liability] == [("buyer", 100)]


def test_a_refund_that_has_not_arrived_is_waited_for() -> None:
    facts = {**TEMU, "case.kind": "refund_not_processed", "case.leaf": "refund_missing"}
    result = judged({**facts, "refund.issued": "2026-06-01T10:00:00-07:00"}, "2026-06-10T10:00:00-07:00")
    assert clock(result, "TM-US-CREDIT-FROM") == (State.EXPIRED, at("2026-06-08T10:00:00-07:00"))
    assert clock(result, "TM-US-CREDIT") == (State.RUNNING, at("2026-06-22T10:00:00-07:00"))  # 19 June is a holiday
    assert clock(result, "TM-US-CREDIT-LONGEST") == (State.RUNNING, at("2026-07-01T10:00:00-07:00"))


SHEIN = {
    **TEMU,
    "platform": "shein",
    "order.delivered": "2026-05-31T10:00:00-07:00",
    "return.requested": "2026-06-30T10:00:00-07:00",  # the thirtieth day
}


def test_shein_takes_a_return_on_the_thirtieth_day() -> None:
    result = judged(SHEIN, NOW)
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["SE-US-RETURN"])
    assert result.outcome["postage"] == "platform"
    late = judged({**SHEIN, "return.requested": "2026-06-30T10:00:01-07:00"}, NOW)
    assert (late.decision, deciders(late)) == (Decision.FOR_SELLER, ["SE-US-WINDOW"])


def test_beyond_fair_use_a_person_looks_before_shein_is_answered() -> None:
    result = judged({**SHEIN, "return.fair_use_exceeded": True}, NOW)
    assert (result.decision, result.may_act) == (Decision.NEEDS_PERSON, False)
    assert deciders(result) == ["SE-US-FAIR"]
