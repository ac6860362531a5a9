"""Remedies: exact arithmetic on hand-worked cases, the law always on the list, nothing forbidden on top."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.liability.core import Share, Verdict
from amends.judgement.remedies.core import Remedy, Weighed, weigh
from amends.judgement.rules.core import Decision
from amends.judgement.rules.facts import read_facts
from amends.kernel import taxonomy
from amends.kernel.fx import Rates, RateSet
from amends.kernel.money import Money
from amends.kernel.parties import Party

PRIORS: dict[str, Any] = {
    "goods_cost_share": "0.5",
    "freight_share": "0.1",
    "handling": "2.00",
    "contest_work": "3.00",
    "return_freight": {"default": "10.00"},
    "return_domestic": {"default": "4.00"},
    "resale": {"default": "0.5"},
    "resale_grade": {"default": "0.5", "d": "0.1"},
    "resale_abroad_share": "0.8",
    "p_lose": {"default": "0.5", "for_buyer": "0.9"},
    "dispute_fee": {"default": "0", "ebay": "20.00"},
    "metric_cost": {"default": "4.00"},
    "p_escalate_if_refused": "0.5",
    "p_persist": "0.5",
    "asked_otherwise": "0.5",
    "p_accept": {"default": "0.6", "refund_full": "1"},
    "p_accept_partial": {"default": "0.5"},
    "missing_part_share": "0.2",
    "p_refund_after_wait": "0.5",
    "carrier_pays_share": "0.3",
    "insured_pays_share": "0.8",
    "fee_back_share": {"default": "0.5"},
    "duty_back_share": "0.5",
    "fx_share": "0.01",
    "prior_weight": "10",
    "days": {"default": "7"},
}
RATES = Rates((RateSet(date(2026, 11, 20), {"USD": Decimal(1), "EUR": Decimal("0.5")}),))


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


def weighed(given_verdict: Verdict, **facts: Any) -> Weighed:
    wire = {
        "platform": "ebay",
        "case.kind": "not_as_described",
        "case.leaf": "damaged",
        "order.total_with_tax_and_postage": "100.00 USD",
        "order.item_total": "90.00 USD",
    } | facts
    return weigh(read_facts(wire), given_verdict, PRIORS, RATES)


def ranked(given_verdict: Verdict, **facts: Any) -> dict[str, Remedy]:
    return {r.code: r for r in weighed(given_verdict, **facts).remedies}


def parts_of(remedy: Remedy) -> dict[str, str]:
    return {p.name: str(p.amount) for p in remedy.parts}


def test_contesting_costs_the_work_and_what_is_lost() -> None:
    # (100 + 20 fee) × 0.9 + 4 × 0.9 = 111.60, and 3 for the work
    option = ranked(verdict())["contest"]
    assert option.cost == Money.of("114.60", "USD")
    assert parts_of(option) == {"work": "3.00 USD", "escalation": "108.00 USD", "metric": "3.60 USD"}


def test_a_return_costs_freight_and_handling_less_what_can_be_sold_again() -> None:
    # accepted 0.6 × (100 + 10 + 2 − 45) = 40.20; refused 0.4 × (escalates 0.5 × 111.60 + stays 0.5 × 0.5 × 100) = 32.32
    option = ranked(verdict())["return_and_refund"]
    assert option.cost == Money.of("72.52", "USD")
    assert parts_of(option) == {
        "pay": "60.00 USD",
        "return_freight": "6.00 USD",
        "handling": "1.20 USD",
        "resale": "-27.00 USD",
        "later": "10.00 USD",
        "escalation": "21.60 USD",
        "metric": "0.72 USD",
    }


def test_a_warehouse_in_the_buyers_country_shortens_the_way_back() -> None:
    # accepted 0.6 × (100 + 4 + 2 − 36) and the same risk
    facts = {"warehouse.returns_country": "DE", "order.ship_country": "DE"}
    option = ranked(verdict(), **facts)["return_to_warehouse"]
    assert parts_of(option) | {"pay": ""} == {
        "pay": "",
        "return_freight": "2.40 USD",
        "handling": "1.20 USD",
        "resale": "-21.60 USD",
        "later": "10.00 USD",
        "escalation": "21.60 USD",
        "metric": "0.72 USD",
    }
    assert "return_to_warehouse" not in ranked(verdict(), **facts | {"order.ship_country": "FR"})


def test_the_grade_of_what_came_back_says_what_it_brings() -> None:
    assert parts_of(ranked(verdict(), **{"goods.grade": "d"})["return_and_refund"])["resale"] == "-5.40 USD"
    assert parts_of(ranked(verdict(), **{"goods.resale_share": "0.9"})["return_and_refund"])["resale"] == "-48.60 USD"


def test_fees_duty_and_exchange_rates_are_parts_of_their_own() -> None:
    facts = {
        "order.platform_fee": "8.00 USD",
        "order.duty_paid": "6.00 USD",
        "duty.drawback": True,
        "seller.settlement_currency": "CNY",
    }
    back = parts_of(ranked(verdict(), **facts)["return_and_refund"])
    # accepted 0.6 × half of the fee, half of the duty, a hundredth of what is paid
    assert (back["fees"], back["duty_back"], back["fx"]) == ("-2.40 USD", "-1.80 USD", "0.60 USD")
    again = parts_of(ranked(verdict(), **facts)["replacement"])
    assert again["duty"] == "3.60 USD"  # paid once more, if the new parcel is taken


def test_the_break_even_price_is_where_the_ranking_turns() -> None:
    found = weighed(verdict()).break_even
    assert found is not None
    assert (found.below, found.above) == ("refund_without_return", "return_and_refund")
    for cents, cheaper in ((-1, found.below), (1, found.above)):
        price = Money(found.price.amount + cents, "USD")
        item = price.times(Decimal("0.9"))
        codes = [
            r.code
            for r in weighed(
                verdict(), **{"order.total_with_tax_and_postage": str(price), "order.item_total": str(item)}
            ).remedies
            if r.code in (found.below, found.above)
        ]
        assert codes[0] == cheaper


def test_contesting_is_cheaper_below_the_stated_chance_of_losing() -> None:
    found = weighed(verdict(Decision.UNDETERMINED))
    best = next(r for r in found.remedies if r.code != "contest")
    # work 3 + p × 124 meets the best concession
    assert found.contest_below == ((best.cost.amount - 3) / 124).quantize(Decimal("0.01"))


def test_priors_in_dollars_are_turned_into_the_orders_currency() -> None:
    euro = ranked(verdict(), **{"order.total_with_tax_and_postage": "100.00 EUR", "order.item_total": "90.00 EUR"})
    assert parts_of(euro["return_and_refund"])["return_freight"] == "3.00 EUR"


def test_without_a_rate_the_option_says_so() -> None:
    pounds = ranked(verdict(), **{"order.total_with_tax_and_postage": "100.00 GBP", "order.item_total": "90.00 GBP"})
    assert {r.basis for r in pounds.values()} == {"no_rate"}


@pytest.mark.parametrize(("delivered", "offered"), [(None, True), ("2026-11-10T00:00:00Z", False)])
def test_waiting_is_offered_only_while_the_parcel_may_still_come(delivered: str | None, offered: bool) -> None:
    options = ranked(
        verdict(), **{"case.kind": "not_received", "case.leaf": "in_transit_late", "order.delivered": delivered}
    )
    assert ("wait_or_refund" in options) is offered


def test_a_liable_carrier_is_claimed_from_up_to_what_it_insured() -> None:
    liable = verdict(shares=(Share(Party.CARRIER, 100, "X"),))
    facts = {"case.kind": "not_received", "case.leaf": "in_transit_late"}
    assert parts_of(ranked(liable, **facts)["refund_and_claim_carrier"])["carrier_claim"] == "-30.00 USD"
    insured = facts | {"carrier.insured_amount": "50.00 USD"}
    assert parts_of(ranked(liable, **insured)["refund_and_claim_carrier"])["carrier_claim"] == "-40.00 USD"
    assert "refund_and_claim_carrier" not in ranked(verdict(), **facts)


def test_who_asked_for_money_takes_a_new_parcel_less_often() -> None:
    plain, asked = ranked(verdict()), ranked(verdict(), **{"case.demand": "refund"})
    assert asked["replacement"].p_accept == plain["replacement"].p_accept / 2
    assert asked["return_and_refund"].p_accept == plain["return_and_refund"].p_accept


def test_own_closed_cases_pull_the_prior_away_and_are_counted() -> None:
    rows = [
        {"remedy": "replacement", "width": "all", "offered": 10, "accepted": 10},
        {"remedy": "replacement", "width": "platform_kind", "offered": 30, "accepted": 15},
    ]
    option = ranked(verdict(), experience=rows)["replacement"]
    # all: (10 + 10 × 0.6) / 20 = 0.8; then (15 + 10 × 0.8) / 40 = 0.575, halves to even
    assert (option.p_accept, option.basis, option.n) == (Decimal("0.58"), "own", 30)
    assert ranked(verdict(), experience=rows)["return_and_refund"].basis == "prior"
    few = [{"remedy": "replacement", "width": "kind", "offered": 2, "accepted": 0}]
    assert (ranked(verdict(), experience=few)["replacement"].basis) == "mixed"


def test_lost_disputes_of_our_own_make_contesting_dearer() -> None:
    lost = [{"remedy": "contest", "width": "kind", "decided": 40, "lost": 40}]
    undetermined = verdict(Decision.UNDETERMINED)
    assert ranked(undetermined, experience=lost)["contest"].cost > ranked(undetermined)["contest"].cost


def test_a_metric_near_its_line_makes_losing_dearer_and_a_spared_one_costs_nothing() -> None:
    near = [{"metric": "order_defect_rate", "price": "300.00 USD", "budget": 1}]
    counted = verdict(outcome={"metric_effects": ["odr"]})
    option = ranked(counted, health=near)["contest"]
    assert (parts_of(option)["metric"], option.effects[0].budget) == ("270.00 USD", 1)
    other = verdict(outcome={"metric_effects": ["late"]})
    assert parts_of(ranked(other, health=near)["contest"])["metric"] == "3.60 USD"  # the prior: that one is not at hand
    spared = verdict(outcome={"metric_effects": ["none"]})
    assert "metric" not in parts_of(ranked(spared, health=near)["contest"])


def test_a_due_remedy_is_not_replaced_by_less() -> None:
    owed = ranked(verdict(statutory=(("return_and_refund", "EU-GUAR-2Y"),)))
    assert not owed["credit"].allowed
    assert owed["credit"].why_not == "EU-GUAR-2Y"
    assert not owed["contest"].allowed
    assert owed["return_and_refund"].statutory == "EU-GUAR-2Y"


def test_first_among_equals_is_what_the_law_asks_for() -> None:
    free = {"order.total_with_tax_and_postage": "0.00 USD", "order.item_total": "0.00 USD", "case.kind": "return"}
    costs = weighed(verdict(statutory=(("refund_without_return", "LAW"),)), **free).remedies
    equal = [r for r in costs if r.cost == costs[0].cost]
    assert equal[0].statutory == "LAW" or len(equal) == 1


def test_after_a_chargeback_nothing_is_paid_twice() -> None:
    assert set(ranked(verdict(Decision.ELSEWHERE))) == {"contest", "accept_dispute"}


def test_once_the_platform_has_decided_it_is_accepted_or_appealed() -> None:
    decided = {"dispute.decided": "2026-11-10T00:00:00Z", "dispute.decision": "for_buyer"}
    assert set(ranked(verdict(Decision.FOR_SELLER), **decided)) == {"accept_decision", "appeal"}


def test_without_an_amount_there_is_nothing_to_price() -> None:
    assert weigh({"case.kind": "not_received"}, verdict(), PRIORS, RATES).remedies == ()


KINDS = st.sampled_from(taxonomy.KINDS)
CODES = st.lists(
    st.sampled_from(["refund_full", "return_and_refund", "replacement", "repair", "partial_refund"]),
    max_size=3,
    unique=True,
)


@settings(max_examples=2_000, deadline=None)
@given(KINDS, st.sampled_from(list(Decision)), CODES, CODES, st.integers(1, 10**7))
def test_a_due_statutory_remedy_is_always_listed_and_the_forbidden_come_last(
    kind: str, decision: Decision, statutory: list[str], forbidden: list[str], minor: int
) -> None:
    facts = {"case.kind": kind, "order.total_with_tax_and_postage": Money.from_minor(minor, "USD")}
    given_verdict = verdict(
        decision, statutory=tuple((c, "LAW") for c in statutory), forbidden=tuple((c, "NO") for c in forbidden)
    )
    remedies = weigh(facts, given_verdict, PRIORS, RATES).remedies
    listed = {r.code: r for r in remedies}
    assert all(listed[c].statutory == "LAW" for c in statutory)
    allowed = [r.allowed for r in remedies]
    assert allowed == sorted(allowed, reverse=True)
    costs = [r.cost.amount for r in remedies if r.allowed]
    assert costs == sorted(costs)
    for remedy in remedies:
        assert Decimal(0) <= remedy.p_accept <= 1
        assert sum((p.amount.amount for p in remedy.parts), Decimal(0)) == remedy.cost.amount
