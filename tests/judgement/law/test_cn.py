"""China: returns without a reason, quality, promises that bind, and two model cases of the Supreme Court."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from amends.judgement.clocks.core import State
from amends.judgement.rules.core import Decision
from amends.resolution.cases.core.axes import CaseState
from amends.resolution.refunds.core import MoneyState, RefundState
from tests.judgement.judging import at, barred, cited, clock, deciders, judged, owed, shares

ORDER = {
    "platform": "own_shop",
    "seller.country": "CN",
    "order.ship_country": "CN",
    "order.placed_at": "2026-02-25T12:00:00+08:00",
    "order.shipped": "2026-02-26T12:00:00+08:00",
    "order.delivered": "2026-03-02T12:00:00+08:00",
    "order.item_total": "300.00 CNY",
    "order.total_with_tax_and_postage": "300.00 CNY",
}
RETURN = {
    **ORDER,
    "case.kind": "return",
    "case.leaf": "change_of_mind",
    "return.requested": "2026-03-09T23:59:59+08:00",
}
FAULT = {**ORDER, "case.kind": "not_as_described", "case.leaf": "quality"}
LATER = "2026-03-12T12:00:00+08:00"


def test_opened_for_a_look_and_intact_is_no_reason_to_refuse() -> None:
    result = judged({**RETURN, "goods.opened": True, "goods.intact": True}, LATER)
    assert result.decision is Decision.FOR_BUYER
    assert set(deciders(result)) == {"CN-7D", "CN-7D-OPENED"}
    assert "contest" in barred(result)
    worn = judged({**RETURN, "goods.opened": True, "goods.intact": False}, LATER)
    assert (worn.decision, deciders(worn)) == (Decision.FOR_SELLER, ["CN-7D-INTACT"])
    disc = judged({**RETURN, "goods.opened": True, "goods.intact": True, "order.digital": True}, LATER)
    assert (disc.decision, deciders(disc)) == (Decision.FOR_SELLER, ["CN-7D-EXEMPT-DIGITAL"])


def test_goods_are_exempt_only_where_confirmed_at_this_purchase() -> None:
    confirmed = judged({**RETURN, "order.no_return_confirmed": True}, LATER)
    assert deciders(confirmed) == ["CN-7D-EXEMPT-CONFIRMED"]
    assert deciders(judged({**RETURN, "order.no_return_confirmed": False}, LATER)) == ["CN-7D"]
    for flag, rule in (("order.perishable", "CN-7D-EXEMPT-FRESH"), ("order.press", "CN-7D-EXEMPT-PRESS")):
        assert deciders(judged({**RETURN, flag: True}, LATER)) == [rule]


def test_goods_came_back_and_no_refund() -> None:
    facts = {**RETURN, "return.delivered_at": "2026-03-12T12:00:00+08:00"}
    result = judged(facts, "2026-03-20T00:00:00+08:00")
    assert clock(result, "CN-7D-REFUND") == (State.EXPIRED, at("2026-03-19T23:59:59+08:00"))
    assert owed(result)["refund_full"] == "CN-7D-REFUND"
    fined = judged(facts, "2026-03-28T00:00:00+08:00")
    assert clock(fined, "CN-7D-DELAY-REFUND") == (State.EXPIRED, at("2026-03-27T23:59:59+08:00"))
    assert fined.outcome["auto"] == "administrative_fine"


def test_quality_in_seven_days_and_after() -> None:
    assert owed(judged(FAULT, "2026-03-09T23:59:59+08:00"))["return_and_refund"] == "CN-QUAL"
    after = owed(judged(FAULT, "2026-03-10T00:00:00+08:00"))
    assert after == {"replacement": "CN-QUAL-AFTER", "repair": "CN-QUAL-AFTER"}


# T10: "new goods for faults within half a year", and only the cells were changed

BATTERY = {**FAULT, "promise.quality_remedy": "replacement", "promise.quality_months": 6}
BATTERY |= {"buyer.contacted": "2026-06-02T12:00:00+08:00"}


def test_t10_a_promise_better_than_the_law_binds() -> None:
    result = judged(BATTERY, "2026-06-03T12:00:00+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["CN-PROMISE-NEW"])
    assert clock(result, "CN-PROMISE-NEW") == (State.MET, at("2026-09-02T23:59:59+08:00"))
    assert "replacement" in owed(result)
    assert result.outcome["postage"] == "seller"
    assert barred(result)["repair_contribution"] == "CN-PROMISE-NEW"
    assert result.may_act
    # without the promise the statutory minimum is all there is: three months on, no return of the money
    plain = {k: v for k, v in BATTERY.items() if not k.startswith("promise.")}
    assert owed(judged(plain, "2026-06-03T12:00:00+08:00")) == {
        "replacement": "CN-QUAL-AFTER",
        "repair": "CN-QUAL-AFTER",
    }


def test_t10_part_changed_and_fault_again_the_contract_ends() -> None:
    again = {**BATTERY, "repair.failed": "2026-06-20T12:00:00+08:00"}
    result = judged(again, "2026-06-25T12:00:00+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["CN-PROMISE-BROKEN"])
    assert shares(result) == {"seller": 100}
    assert (result.outcome["refund"], result.outcome["funded_by"]) == ("full", "seller")
    assert owed(result)["return_and_refund"] == "CN-PROMISE-BROKEN"
    pays = {r.code: str(r.pay) for r in result.remedies}
    assert pays["return_and_refund"] == "300.00 CNY"


def test_t10_told_a_day_after_the_half_year_the_promise_is_over() -> None:
    late = judged({**BATTERY, "buyer.contacted": "2026-09-03T00:00:00+08:00"}, "2026-09-04T12:00:00+08:00")
    assert clock(late, "CN-PROMISE-NEW")[0] is State.EXPIRED
    assert "CN-PROMISE-NEW" not in deciders(late)


def test_t10_a_platform_that_would_refuse_is_outranked() -> None:
    for platform in ("aliexpress", "ebay", "amazon"):
        result = judged(
            {**BATTERY, "platform": platform, "repair.failed": "2026-06-20T12:00:00+08:00"}, "2026-06-25T12:00:00+08:00"
        )
        assert result.decision is Decision.FOR_BUYER
        assert "CN-PROMISE-BROKEN" in deciders(result)


# T11: paid on the platform and to the shop's agent, the order made smaller, the platform's part sent back

PLATFORM, AGENT, PRICE_NOW, SENT_BACK = (Decimal(n) for n in (10_172, 12_000, 1_223, 10_172))
BOOKS = {
    **{k: v for k, v in ORDER.items() if k not in ("order.shipped", "order.delivered", "order.item_total")},
    "order.placed_at": "2019-08-24T12:00:00+08:00",
    "order.total_with_tax_and_postage": f"{PLATFORM + AGENT} CNY",
    "case.kind": "refund_not_processed",
    "case.leaf": "refund_missing",
    "refund.partly_issued": "2019-09-10T12:00:00+08:00",
    "refund.amount": f"{SENT_BACK} CNY",
    "payment.to_staff": True,
    "dispute.amount": f"{PLATFORM + AGENT - PRICE_NOW - SENT_BACK} CNY",
}


def test_t11_the_shop_owes_the_rest_of_what_its_agent_took() -> None:
    result = judged(BOOKS, "2019-10-01T12:00:00+08:00")
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["CN-AGENT-REFUND"])
    assert shares(result) == {"seller": 100}
    assert {"CN-AGENT", "CN-AGENT-REFUND"} <= cited(result)
    assert result.outcome["funded_by"] == "seller"
    assert owed(result) == {"refund_full": "CN-AGENT-REFUND"}
    assert {r.code: str(r.pay) for r in result.remedies}["refund_full"] == "10777.00 CNY"
    assert barred(result)["contest"] == "CN-AGENT-REFUND"


STATE = CaseState(
    id=1,
    number=1001,
    request="none",
    replacement="none",
    dispute="none",
    waiting_for="us",
    closed=False,
    snoozed_until=None,
    next_due_at=None,
    leaf="refund_missing",
    currency="CNY",
    paid_minor=int(PLATFORM + AGENT) * 100,
    refunded_outside_minor=int(SENT_BACK) * 100,
    charged_back=False,
    refunds=(),
    has_order=True,
    has_thread=True,
    can_send=True,
    refund_limit_minor=10_000_000,
    version=1,
)


def test_t11_the_ledger_lets_exactly_the_rest_go_and_no_cent_more() -> None:
    assert STATE.refundable_minor == int(AGENT) * 100
    done = RefundState(1, 10_777_00, "CNY", MoneyState.DONE, None)
    settled = replace(STATE, refunds=(done,))
    assert settled.committed_minor == int(PLATFORM + AGENT - PRICE_NOW) * 100
    assert settled.refundable_minor == int(PRICE_NOW) * 100  # what is left is the price of the books that he keeps


def test_t11_paid_on_the_platform_alone_the_rule_is_silent() -> None:
    result = judged({**BOOKS, "payment.to_staff": False}, "2019-10-01T12:00:00+08:00")
    assert "CN-AGENT-REFUND" not in deciders(result)


# who answers


def test_a_neighbours_signature_proves_no_delivery() -> None:
    facts = {**ORDER, "case.kind": "not_received", "case.leaf": "delivered_not_received"}
    result = judged({**facts, "shipment.signed_by_other": True}, LATER)
    assert (result.decision, deciders(result)) == (Decision.FOR_BUYER, ["CN-SIGNED-BY-OTHER"])
    assert shares(result) == {"carrier": 100}
    assert not result.may_act  # our reading of two articles: a person decides


def test_void_clauses_gifts_records_and_a_nameless_shop() -> None:
    assert "CN-VOID-CLAUSE" in cited(judged({**FAULT, "terms.clause": "signed_means_accepted"}, LATER))
    assert "CN-GIFT" in cited(judged({**FAULT, "goods.gift": True}, LATER))
    assert "CN-RECORDS" in cited(judged({**FAULT, "seller.records_missing": True}, LATER))
    nameless = judged({**RETURN, "seller.named_by_platform": False}, LATER)
    assert (nameless.decision, shares(nameless)) == (Decision.PLATFORM_PAYS, {"platform": 100})
    assert nameless.outcome["funded_by"] == "platform"


def test_deceit_costs_three_times_the_price_and_500_yuan_at_least() -> None:
    found = {**FAULT, "seller.fraud_found": True}
    assert judged(found, LATER).outcome["fee"] == "three_times_price"
    assert judged({**found, "order.item_total": "166.67 CNY"}, LATER).outcome["fee"] == "three_times_price"
    assert judged({**found, "order.item_total": "166.66 CNY"}, LATER).outcome["fee"] == "500.00 CNY"
    # in dollars, at the rate of that day: 12 dollars are far below 166.67 yuan
    assert judged({**found, "order.item_total": "12.00 USD"}, LATER).outcome["fee"] == "500.00 CNY"
