"""Remedies: exact arithmetic on hand-worked cases, the law always on the list, nothing forbidden on top."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.liability.core import Verdict
from amends.judgement.remedies.core import Remedy, plan_for, rank
from amends.judgement.rules.core import Decision
from amends.judgement.rules.facts import read_facts
from amends.kernel import taxonomy
from amends.kernel.money import Money

PRIORS: dict[str, Any] = {
    "goods_cost_share": "0.5",
    "freight_share": "0.1",
    "handling": "2.00",
    "contest_work": "3.00",
    "return_freight": {"default": "10.00"},
    "resale": {"default": "0.5"},
    "p_lose": {"default": "0.5", "for_buyer": "0.9"},
    "dispute_fee": {"default": "0", "ebay": "20.00"},
    "metric_cost": {"default": "4.00"},
    "p_escalate_if_refused": "0.5",
    "p_accept": {"default": "0.6", "refund_full": "1"},
    "p_accept_partial": {"default": "0.5"},
    "missing_part_share": "0.2",
    "p_refund_after_wait": "0.5",
    "carrier_pays_share": "0.3",
    "fx_per_usd": {"USD": "1", "EUR": "0.5"},
}


def verdict(decision: Decision = Decision.FOR_BUYER, **changes: Any) -> Verdict:
    base: dict[str, Any] = {
        "shares": (),
        "outcome": {},
        "outcome_rules": {},
        "statutory": (),
        "forbidden": (),
        "deciding": (),
        "confidence": None,
        "conflicts": (),
    }
    return Verdict(decision, **(base | changes))


def ranked(given_verdict: Verdict, **facts: Any) -> dict[str, Remedy]:
    wire = {
        "platform": "ebay",
        "case.kind": "not_as_described",
        "case.leaf": "damaged",
        "order.total_with_tax_and_postage": "100.00 USD",
        "order.item_total": "90.00 USD",
    } | facts
    return {r.code: r for r in rank(read_facts(wire), given_verdict, PRIORS)}


def test_contesting_costs_the_work_and_what_is_lost() -> None:
    # (100 + 20 fee) × 0.9 + 4 × 0.9 = 111.60, and 3 for the work
    assert ranked(verdict())["contest"].cost == Money.of("114.60", "USD")


def test_a_return_costs_freight_and_handling_less_what_can_be_sold_again() -> None:
    # accepted 0.6 × (100 + 10 + 2 − 45) = 40.20; refused 0.4 × escalates 0.5 × 111.60 = 22.32
    option = ranked(verdict())["return_and_refund"]
    assert option.cost == Money.of("62.52", "USD")
    assert {p.name: str(p.amount) for p in option.parts} == {
        "pay": "60.00 USD",
        "return_freight": "6.00 USD",
        "handling": "1.20 USD",
        "resale": "-27.00 USD",
        "escalation": "22.32 USD",
    }


def test_the_break_even_price() -> None:
    remedies = rank(
        read_facts(
            {
                "case.kind": "not_as_described",
                "order.total_with_tax_and_postage": "100.00 USD",
                "order.item_total": "90.00 USD",
            }
        ),
        verdict(),
        PRIORS,
    )
    plan = plan_for(verdict(), [], remedies)
    # freight 10 + handling 2 against half of the item price: below 24 of item price, 26.67 of what was paid
    assert plan.break_even == Money.of("26.67", "USD")


def test_priors_in_dollars_are_turned_into_the_orders_currency() -> None:
    euro = ranked(verdict(), **{"order.total_with_tax_and_postage": "100.00 EUR", "order.item_total": "90.00 EUR"})
    assert {p.name: str(p.amount) for p in euro["return_and_refund"].parts}["return_freight"] == "3.00 EUR"


@pytest.mark.parametrize(("delivered", "offered"), [(None, True), ("2026-11-10T00:00:00Z", False)])
def test_waiting_is_offered_only_while_the_parcel_may_still_come(delivered: str | None, offered: bool) -> None:
    options = ranked(
        verdict(), **{"case.kind": "not_received", "case.leaf": "in_transit_late", "order.delivered": delivered}
    )
    assert ("wait_or_refund" in options) is offered


def test_after_a_chargeback_nothing_is_paid_twice() -> None:
    assert set(ranked(verdict(Decision.ELSEWHERE))) == {"contest", "accept_dispute"}


def test_without_an_amount_there_is_nothing_to_price() -> None:
    assert rank({"case.kind": "not_received"}, verdict(), PRIORS) == ()


KINDS = st.sampled_from(taxonomy.KINDS)
CODES = st.lists(
    st.sampled_from(["refund_full", "return_and_refund", "replacement", "repair", "partial_refund"]),
    max_size=3,
    unique=True,
)


@given(KINDS, st.sampled_from(list(Decision)), CODES, CODES, st.integers(1, 10**7))
def test_a_due_statutory_remedy_is_always_listed_and_the_forbidden_come_last(
    kind: str, decision: Decision, statutory: list[str], forbidden: list[str], minor: int
) -> None:
    facts = {"case.kind": kind, "order.total_with_tax_and_postage": Money.from_minor(minor, "USD")}
    given_verdict = verdict(
        decision, statutory=tuple((c, "LAW") for c in statutory), forbidden=tuple((c, "NO") for c in forbidden)
    )
    remedies = rank(facts, given_verdict, PRIORS)
    listed = {r.code: r for r in remedies}
    assert all(listed[c].statutory == "LAW" for c in statutory)
    allowed = [r.allowed for r in remedies]
    assert allowed == sorted(allowed, reverse=True)
    costs = [r.cost.amount for r in remedies if r.allowed]
    assert costs == sorted(costs)
    for remedy in remedies:
        assert Decimal(0) <= remedy.p_accept <= 1
        assert (
            sum((p.amount.amount for p in remedy.parts), Decimal(0)) == remedy.cost.amount or remedy.code == "contest"
        )
