"""Dated exchange rates: as they are within a week, with a margin beyond it, and never where a currency is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.kernel.clauses import RATES, Among, Compare, Constant, compile_clause
from amends.kernel.explain import unknown_facts
from amends.kernel.fx import Rates, RateSet
from amends.kernel.money import Money

OLD = RateSet(date(2025, 12, 31), {"USD": Decimal(1), "EUR": Decimal("0.80"), "SGD": Decimal("1.30")})
NEW = RateSet(date(2026, 6, 30), {"USD": Decimal(1), "EUR": Decimal("0.90"), "SGD": Decimal("1.30")})
RATE = Rates((OLD, NEW), Decimal("0.10"), 7)
NOW = datetime(2026, 7, 2, tzinfo=UTC)


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def test_the_nearest_day_is_used_and_within_a_week_taken_as_it_is() -> None:
    assert RATE.span(usd("100"), "EUR", date(2026, 7, 7)) == (Decimal(90), Decimal(90))
    assert RATE.span(usd("100"), "EUR", date(2026, 1, 3)) == (Decimal(80), Decimal(80))


def test_beyond_a_week_the_amount_becomes_a_span() -> None:
    assert RATE.span(usd("100"), "EUR", date(2026, 7, 8)) == (Decimal(81), Decimal(99))


@pytest.mark.parametrize("rates", [Rates(), RATE])
def test_without_a_rate_there_is_no_amount(rates: Rates) -> None:
    assert rates.span(usd("100"), "BRL", date(2026, 7, 1)) is None
    assert rates.turn(usd("100"), "BRL", date(2026, 7, 1)) is None


def test_an_estimate_is_rounded_to_the_minor_unit() -> None:
    assert RATE.turn(usd("1.01"), "EUR", date(2026, 7, 1)) == Money.of("0.91", "EUR")
    assert RATE.turn(usd("1.01"), "USD", date(2000, 1, 1)) == usd("1.01")


LIMIT = compile_clause(Compare("total", "at_most", Money.of("50", "SGD"), "placed"))


@pytest.mark.parametrize(
    ("total", "placed", "expected"),
    [
        (Money.of("50.00", "SGD"), None, True),  # the limit's own currency needs no rate
        (Money.of("50.01", "SGD"), None, False),
        (usd("38.46"), NOW, True),  # 49.998
        (usd("38.47"), NOW, False),  # 50.011
        (usd("38.46"), datetime(2026, 9, 1, tzinfo=UTC), None),  # too near for a rate of two months ago
        (usd("30.00"), datetime(2026, 9, 1, tzinfo=UTC), True),
        (usd("60.00"), datetime(2026, 9, 1, tzinfo=UTC), False),
        (usd("30.00"), None, None),
        (Money.of("30", "BRL"), NOW, None),
        (None, NOW, None),
    ],
)
def test_a_limit_in_another_currency(total: Money | None, placed: datetime | None, expected: bool | None) -> None:
    record: dict[str, Any] = {"total": total, "placed": placed, RATES: RATE}
    assert LIMIT({k: v for k, v in record.items() if v is not None}, NOW) is expected


def test_the_day_of_the_rate_is_asked_for_when_only_it_is_missing() -> None:
    clause = Compare("total", "at_most", Money.of("50", "SGD"), "placed")
    assert unknown_facts(clause, {"total": usd("30"), RATES: RATE}, NOW) == ("placed",)
    assert unknown_facts(clause, {RATES: RATE}, NOW) == ("total",)


@given(st.lists(st.sampled_from((True, False)), min_size=1, max_size=5), st.integers(1, 5))
def test_among_counts_what_is_true(values: list[bool], wanted: int) -> None:
    clause = compile_clause(Among(wanted, tuple(Constant(v) for v in values)))
    assert clause({}, NOW) is (sum(values) >= wanted)


def test_among_waits_only_while_the_unknown_could_decide() -> None:
    two = compile_clause(Among(2, (Compare("a", "is", True), Compare("b", "is", True), Compare("c", "is", True))))
    assert two({"a": True}, NOW) is None
    assert two({"a": True, "c": True}, NOW) is True
    assert two({"a": False, "b": False}, NOW) is False
