"""Money: exact, in one currency, with the minor units ISO 4217 gives it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.kernel.money import Money, MoneyError, parse_money


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("41.80", "USD", 4180), ("6480", "JPY", 6480), ("1.234", "KWD", 1234), ("0.005", "USD", 0), ("0.015", "USD", 2)],
)
def test_minor_units(amount: str, currency: str, minor: int) -> None:
    assert Money.of(amount, currency).minor == minor


@given(st.integers(-(10**15), 10**15), st.sampled_from(["USD", "JPY", "KWD"]))
def test_minor_units_round_trip(minor: int, currency: str) -> None:
    assert Money.from_minor(minor, currency).minor == minor


@pytest.mark.parametrize("text", ["41.80 USD", "USD 41.80", "1,041.80 USD"])
def test_the_wire_form(text: str) -> None:
    assert parse_money(text).amount in (Decimal("41.80"), Decimal("1041.80"))


@pytest.mark.parametrize(
    ("text", "code"),
    [("41.80", "not_money"), ("abc USD", "not_a_number"), ("1 XYZ", "unknown_currency"), ("NaN USD", "not_a_number")],
)
def test_what_is_not_money_is_named(text: str, code: str) -> None:
    with pytest.raises(MoneyError) as raised:
        parse_money(text)
    assert raised.value.code == code


def test_two_currencies_never_meet() -> None:
    euro, dollar = Money.of("1", "EUR"), Money.of("1", "USD")
    assert euro != dollar
    for operation in (lambda: euro + dollar, lambda: euro - dollar, lambda: euro < dollar, lambda: euro <= dollar):
        with pytest.raises(MoneyError):
            operation()
