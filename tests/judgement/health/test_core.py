"""The price of one more loss, and what a case's facts say a platform counts."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.health.core import bars, events_of, poisson, price
from amends.judgement.metrics.core import HAPPENS, Addend, Limit, Metric, Standing, Window, evaluate
from amends.judgement.remedies.core.priors import Priors
from amends.judgement.rules.facts import read_facts
from amends.kernel.clauses import Happened
from amends.kernel.fx import Rates

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PRIORS = Priors(
    {"pace_prior": "0", "breach_cost": {"default": "1000"}, "metric_cost": {"default": "5", "amazon": "18"}},
    "USD", Rates(),
)  # fmt: skip
METRIC = Metric(
    "m", (Addend("placed_at", Happened("chargeback_at")),), (Addend("placed_at"),), "placed_at", Window(days=60),
    limit=Limit(Fraction(1, 100)), loss=(("chargeback_at", HAPPENS),),
)  # fmt: skip


def standing(good: int, bad: int, age: int = 15) -> Standing:
    placed = NOW - age * DAY
    lost = {"placed_at": placed, "chargeback_at": NOW - DAY, "times": bad}
    return evaluate(METRIC, [{"placed_at": placed, "times": good}, *([lost] if bad else [])], NOW)


@settings(max_examples=100)
@given(st.integers(0, 40), st.decimals(min_value="0.01", max_value=30, places=2))
def test_poisson_is_poisson(count: int, expected: Decimal) -> None:
    rate = float(expected)
    assert float(poisson(count, expected)) == pytest.approx(math.exp(-rate) * rate**count / math.factorial(count))


def test_where_nothing_is_expected_only_the_last_one_matters() -> None:
    assert (poisson(0, Decimal(0)), poisson(1, Decimal(0))) == (1, 0)


def test_the_price_is_the_chance_to_cross_times_its_cost_and_the_loss_itself() -> None:
    found = price(standing(396, 4), PRIORS, "amazon", NOW)  # 4 of 400 are the line: the next one crosses it
    assert found.expected == 3  # 4 in sixty days, for the forty-five until the first leaves
    assert float(found.crossing) == pytest.approx(math.exp(-3))
    assert str(found.amount) == "67.79 USD"  # 1000 × e^-3 + 18


def test_beyond_the_line_only_the_loss_itself_costs() -> None:
    found = price(standing(95, 5), PRIORS, "ebay", NOW)
    assert (found.crossing, str(found.amount)) == (0, "5.00 USD")


def test_far_from_the_line_one_loss_is_cheap_and_the_last_one_is_dear() -> None:
    far, near = (price(standing(n, 1, age=59), PRIORS, "x", NOW).amount for n in (9_999, 100))
    assert far < near


def test_bars_put_each_loss_into_its_part_of_the_window() -> None:
    rows = [{"placed_at": NOW - 60 * DAY, "chargeback_at": NOW - DAY}, {"placed_at": NOW - DAY, "chargeback_at": NOW}]
    assert bars(evaluate(METRIC, rows, NOW), 12) == (1, *(0,) * 10, 1)


def facts(**given_facts: Any) -> dict[str, Any]:
    return read_facts({k.replace("__", "."): v for k, v in given_facts.items()})


def kinds(**given_facts: Any) -> dict[str, tuple[str, bool | None]]:
    return {e.kind: (e.detail, e.seller_liable) for e in events_of(facts(**given_facts), NOW)}


A_TO_Z = {"dispute__channel": "a_to_z", "dispute__submitted": "2026-05-01T00:00:00Z"}
DECIDED = {"dispute__decided": "2026-05-09T00:00:00Z"}


def test_a_claim_is_open_until_it_is_denied() -> None:
    assert kinds(**A_TO_Z).keys() == {"dispute_opened_at", "claim_opened_at"}
    denied = kinds(**A_TO_Z, **DECIDED, dispute__decision="for_seller")
    assert denied["decided_at"] == ("for_seller", False)
    assert "claim_denied" in denied
    granted = kinds(**A_TO_Z, **DECIDED, dispute__decision="for_buyer", dispute__funded_by="seller")
    assert granted["decided_at"] == ("for_buyer", True)
    assert "claim_denied" not in granted


def test_who_is_liable_is_not_guessed() -> None:
    assert kinds(**A_TO_Z, **DECIDED, dispute__decision="for_buyer")["decided_at"] == ("for_buyer", None)
    paid_by_platform = kinds(**A_TO_Z, **DECIDED, dispute__decision="for_buyer", dispute__funded_by="platform")
    assert paid_by_platform["decided_at"] == ("for_buyer", False)


def test_a_proceeding_at_the_bank_is_no_dispute_of_the_platform() -> None:
    assert kinds(dispute__channel="chargeback", dispute__submitted="2026-05-01T00:00:00Z").keys() == {"chargeback_at"}
    assert kinds(payment_dispute__opened="2026-05-01T00:00:00Z").keys() == {"chargeback_at"}


def test_opened_by_mistake_and_closed_is_withdrawn() -> None:
    found = kinds(**A_TO_Z, dispute__by_mistake=True, dispute__closed="2026-05-03T00:00:00Z")
    assert "dispute_withdrawn" in found
    assert "dispute_withdrawn" not in kinds(**A_TO_Z, dispute__by_mistake=True)
    assert "dispute_withdrawn" in kinds(**A_TO_Z, dispute__withdrawn="2026-05-03T00:00:00Z")


def test_who_cancelled_and_whose_fault() -> None:
    cancelled = {"order__cancelled": "2026-05-01T00:00:00Z"}
    assert kinds(**cancelled)["cancelled_at"] == ("", None)
    assert kinds(**cancelled, order__out_of_stock=True)["cancelled_at"] == ("seller", None)
    assert kinds(**cancelled, cancellation__requested="2026-04-30T00:00:00Z")["cancelled_at"] == ("buyer", None)
    asked = kinds(return__requested="2026-05-01T00:00:00Z", return__reason_fault="seller")
    assert asked["return_requested_at"] == ("seller", None)


def test_what_lies_ahead_has_not_happened() -> None:
    assert kinds(dispute__submitted="2026-07-01T00:00:00Z") == {}
