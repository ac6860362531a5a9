"""Chargebacks: the date in the notice, what the networks allow, and earlier orders that disprove fraud (T12)."""

from __future__ import annotations

from typing import Any

import pytest

from amends.judgement.clocks.core import State
from amends.judgement.judge import Judgement
from amends.judgement.rules.core import Decision
from tests.judgement.judging import at, cited, clock, deciders, judged, shares


def forbidden(judgement: Judgement) -> set[str]:
    return {remedy.code for remedy in judgement.remedies if not remedy.allowed}


# T12: a Visa dispute without a card present, over a payment of 1 June 2026, with three earlier orders on the same card


def prior(placed: str, **matches: bool) -> dict[str, Any]:
    same = {"same_ip": False, "same_device": False, "same_login": False, "same_address": False}
    return {"placed_at": placed, "undisputed": True, "same_credential": True, **same, **matches}


TOO_YOUNG = prior("2026-03-20T10:00:00Z", same_ip=True, same_device=True)  # 73 days before
DECEMBER = prior("2025-12-15T10:00:00Z", same_ip=True, same_device=True)  # 168 days before
JULY = prior("2025-07-02T10:00:00Z", same_ip=True, same_device=True)  # 334 days before
T12 = {
    "platform": "own_shop",
    "case.kind": "chargeback",
    "case.leaf": "chargeback",
    "order.placed_at": "2026-06-01T09:58:00Z",
    "order.paid_at": "2026-06-01T10:00:00Z",
    "order.total_with_tax_and_postage": "120.00 USD",
    "payment.network": "visa",
    "payment.reason_code": "10.4",
    "payment_dispute.opened": "2026-06-20T00:00:00Z",
    "payment_dispute.reason": "fraudulent",
    "payment_dispute.respond_by": "2026-07-05T23:59:59Z",
    "dispute.channel": "chargeback",
    "prior_orders": [TOO_YOUNG, DECEMBER, JULY],
}
NOW = "2026-06-21T00:00:00Z"


def test_t12_two_of_three_earlier_orders_qualify_and_the_issuer_is_liable() -> None:
    result = judged(T12, NOW)
    assert (result.decision, deciders(result)) == (Decision.ELSEWHERE, ["CARD-ELSEWHERE"])
    assert shares(result) == {"issuer": 100}
    assert next(s.rule for s in result.liability) == "VISA-CE3"
    assert result.outcome["refund"] == "none"
    assert clock(result, "STR-DUE") == (State.RUNNING, at("2026-07-05T23:59:59Z"))
    assert "VISA-CE3" in cited(result)


@pytest.mark.parametrize("rest", [[TOO_YOUNG, DECEMBER], [TOO_YOUNG, JULY], [DECEMBER], [TOO_YOUNG], []])
def test_t12_with_one_of_them_gone_nothing_is_shifted(rest: list[dict[str, Any]]) -> None:
    result = judged({**T12, "prior_orders": rest}, NOW)
    assert (result.decision, shares(result)) == (Decision.ELSEWHERE, {"unknown": 100})
    assert "VISA-CE3" not in cited(result)
    assert "prior_orders" not in [u.fact for u in result.unknowns]


@pytest.mark.parametrize(
    "july",
    [
        JULY | {"undisputed": False},
        JULY | {"same_credential": False},
        JULY | {"same_device": False},
        JULY | {"same_ip": False, "same_device": False, "same_login": True, "same_address": True},
    ],
)
def test_t12_an_order_that_falls_short_of_one_condition_does_not_count(july: dict[str, Any]) -> None:
    assert shares(judged({**T12, "prior_orders": [DECEMBER, july]}, NOW)) == {"unknown": 100}


def test_t12_is_visas_own_and_for_one_reason_only() -> None:
    assert shares(judged({**T12, "payment.network": "mastercard"}, NOW)) == {"unknown": 100}
    assert shares(judged({**T12, "payment.reason_code": "10.5"}, NOW)) == {"unknown": 100}


def test_t12_asks_for_the_earlier_orders() -> None:
    result = judged({k: v for k, v in T12.items() if k != "prior_orders"}, NOW)
    assert "prior_orders" in [u.fact for u in result.unknowns]


# The answer in time


def test_the_providers_date_beats_the_networks_maximum() -> None:
    facts = {k: v for k, v in T12.items() if k != "payment_dispute.respond_by"} | {"payment.network": "mastercard"}
    computed = judged(facts, NOW)
    assert clock(computed, "STR-DUE")[0] is State.UNKNOWN
    assert clock(computed, "CN-REP") == (State.RUNNING, at("2026-08-04T00:00:00Z"))
    given = judged(facts | {"payment_dispute.respond_by": "2026-06-29T23:59:59Z"}, NOW)
    assert clock(given, "CN-REP") == clock(given, "STR-DUE") == (State.RUNNING, at("2026-06-29T23:59:59Z"))


def test_silence_loses_the_dispute_whatever_could_have_been_shown() -> None:
    result = judged(T12, "2026-07-06T00:00:00Z")
    assert clock(result, "STR-DUE")[0] is State.EXPIRED
    assert (result.decision, result.outcome["auto"], shares(result)) == (Decision.ELSEWHERE, "lost", {"seller": 100})
    late = judged(
        {**T12, "prior_orders": [], "payment_dispute.responded": "2026-07-06T00:00:00Z"}, "2026-07-06T01:00:00Z"
    )
    assert "STR-LATE" in cited(late)
    assert late.outcome.get("auto") is None


def test_a_dispute_that_takes_no_answer_has_no_deadline_and_cannot_be_contested() -> None:
    result = judged({**T12, "payment_dispute.answerable": False, "prior_orders": []}, NOW)
    assert clock(result, "STR-DUE")[0] is State.EXCLUDED
    assert clock(result, "CN-REP")[0] is State.EXCLUDED
    assert (result.outcome["auto"], shares(result)) == ("lost", {"seller": 100})
    assert "contest" in forbidden(result)
    assert "contest" not in forbidden(judged(T12, NOW))


def test_mastercard_leaves_seventy_two_hours_to_settle_first() -> None:
    facts = {
        "platform": "own_shop",
        "case.kind": "unauthorised",
        "payment.network": "mastercard",
        "order.paid_at": "2026-06-01T10:00:00Z",
        "payment_dispute.collaboration_opened": "2026-06-12T10:00:00Z",
    }
    assert clock(judged(facts, "2026-06-15T10:00:00Z"), "CN-COLLAB") == (State.RUNNING, at("2026-06-15T10:00:00Z"))
    over = judged(facts, "2026-06-15T10:00:01Z")
    assert (clock(over, "CN-COLLAB")[0], over.outcome["escalates"]) == (State.EXPIRED, "chargeback")
    settled = judged(facts | {"refund.issued": "2026-06-15T10:00:00Z"}, "2026-06-15T10:00:01Z")
    assert clock(settled, "CN-COLLAB")[0] is State.MET


def test_a_dispute_filed_out_of_time_is_the_issuers() -> None:
    facts = {**T12, "payment.network": "amex", "prior_orders": [], "order.placed_at": "2026-01-10T00:00:00Z"}
    late = judged({**facts, "order.paid_at": "2026-02-19T23:59:59Z"}, NOW)
    assert (shares(late), clock(late, "CN-FILE")) == ({"issuer": 100}, (State.EXPIRED, at("2026-06-19T23:59:59Z")))
    in_time = judged({**facts, "order.paid_at": "2026-02-20T00:00:00Z"}, NOW)
    assert (shares(in_time), clock(in_time, "CN-FILE")[0]) == ({"unknown": 100}, State.MET)


# A shop on Shopify

SHOPIFY = {**T12, "platform": "shopify", "payment_dispute.withdrawal_promised": True, "prior_orders": []}


def test_a_promise_to_withdraw_does_not_stop_the_clock_on_shopify() -> None:
    promised = judged(SHOPIFY | {"payment_dispute.withdrawal_letter": False}, NOW)
    assert clock(promised, "SHP-DUE") == (State.RUNNING, at("2026-07-05T23:59:59Z"))
    assert "SHP-WITHDRAW-PROMISE" in cited(promised)
    assert "accept_dispute" in forbidden(promised)
    with_letter = judged(SHOPIFY | {"payment_dispute.withdrawal_letter": True}, NOW)
    assert "SHP-WITHDRAW" in cited(with_letter)


def test_a_won_dispute_is_over_and_a_lost_one_is_not_paid_twice() -> None:
    won = judged(SHOPIFY | {"payment_dispute.status": "won"}, NOW)
    assert (won.decision, deciders(won)) == (Decision.FOR_SELLER, ["SHP-DUE-WON"])
    lost = judged(SHOPIFY | {"payment_dispute.status": "lost"}, NOW)
    assert (lost.decision, deciders(lost)) == (Decision.FOR_BUYER, ["SHP-DUE-LOST"])
    assert (lost.outcome["refund"], shares(lost)) == ("none", {"seller": 100})
    assert {"refund_full", "contest"} <= forbidden(lost)


def test_final_sale_holds_against_the_shop_and_not_against_the_law() -> None:
    facts = {
        "platform": "shopify",
        "case.kind": "return",
        "case.leaf": "change_of_mind",
        "order.placed_at": "2026-05-01T10:00:00Z",
        "order.delivered": "2026-05-06T10:00:00Z",
        "order.ship_country": "US",
        "buyer.is_consumer": True,
        "withdrawal.declared": "2026-05-08T10:00:00Z",
        "return.requested": "2026-05-08T10:00:00Z",
        "return.not_returnable": "final_sale",
    }
    home = judged(facts, "2026-05-09T10:00:00Z")
    assert (home.decision, deciders(home)) == (Decision.FOR_SELLER, ["SHP-RET-FINAL"])
    europe = judged(facts | {"order.ship_country": "ES"}, "2026-05-09T10:00:00Z")
    assert europe.decision is Decision.FOR_BUYER
    assert "SHP-RET-FINAL" not in deciders(europe)
