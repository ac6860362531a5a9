"""Amounts and counts as files write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.intake.imports.core.numbers import currencies_of, is_blank, parse_count, parse_minor
from amends.intake.imports.core.problems import BadValue


@pytest.mark.parametrize(
    ("text", "currency", "decimal", "minor"),
    [
        ("₱1,234.50", "PHP", "point", 123450),
        ("£12.00", "GBP", "point", 1200),
        ("R$ 1.234,56", "BRL", "point", 123456),
        ("৳2,999", "BDT", "point", 299900),
        ("EGP 20", "EGP", "point", 2000),
        ("-4,99", "EUR", "point", -499),
        ("4.99-", "EUR", "point", -499),
        ("−4.99", "EUR", "point", -499),
        ("1.234,56", "EUR", "point", 123456),
        ("1,234.56", "EUR", "comma", 123456),
        ("(12.00)", "USD", "point", -1200),
        ("1,234", "USD", "point", 123400),
        ("1,234", "EUR", "comma", 123),
        ("1.234", "EUR", "comma", 123400),
        ("1.234.567", "EUR", "point", 123456700),
        ("US $12.34", "USD", "point", 1234),
        ("$ 12.34", "CAD", "point", 1234),
        ("1'234.50", "CHF", "point", 123450),
        ("1 234,50 €", "EUR", "comma", 123450),
        ("1,23,456.00", "INR", "point", 12345600),
        ("１２．５０", "USD", "point", 1250),
        ("12.005", "USD", "point", 1200),
        ("12.015", "USD", "point", 1202),
        ("12.0051", "USD", "point", 1201),
        ("1200", "JPY", "point", 1200),
        ("1.5", "KWD", "point", 1500),
        ("5 zł", "PLN", "comma", 500),
        (".5", "USD", "point", 50),
        ("+3", "USD", "point", 300),
    ],
)
def test_amounts(text, currency, decimal, minor):
    assert parse_minor(text, currency, decimal) == minor


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=1+1", "not_a_number"),
        ("=CMD|' /C calc'!A0", "not_a_number"),
        ("@SUM(1)", "not_a_number"),
        ("12.3.4", "not_a_number"),
        ("1,2,3", "not_a_number"),
        ("1e5", "not_a_number"),
        ("abc", "not_a_number"),
        ("5 pcs", "not_a_number"),
        ("--5", "not_a_number"),
        ("£5", "currency_sign_differs"),
        ("EUR 5", "currency_sign_differs"),
        ("81000000000000011", "amount_too_large"),
    ],
)
def test_refused_amounts(text, code):
    with pytest.raises(BadValue) as caught:
        parse_minor(text, "USD", "point")
    assert caught.value.code == code


def test_blank_marks_are_not_zero():
    assert [is_blank(text) for text in ("", "--", "n/a", "0", "0.00")] == [True, True, True, False, False]


def test_signs_that_several_currencies_share_stay_open():
    assert currencies_of("€") == {"EUR"}
    assert currencies_of("US $") == {"USD"}
    assert {"USD", "CAD", "AUD"} < currencies_of("$")
    assert currencies_of("¥") == {"CNY", "JPY"}
    assert currencies_of("?") == frozenset()


@pytest.mark.parametrize(("text", "count"), [("2", 2), ("2.0", 2), ("1,000", 1000), ("-1", -1)])
def test_counts(text, count):
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["2.5", "two", "", "99999999999"])
def test_refused_counts(text):
    with pytest.raises(BadValue):
        parse_count(text)


@given(st.integers(-(10**13), 10**13), st.sampled_from(["point", "comma"]))
def test_what_is_written_with_both_marks_reads_back(minor, decimal):
    """With two decimals behind the last mark nothing is left open, whatever the layout says."""
    english = f"{minor / 100:,.2f}" if abs(minor) < 10**11 else f"{minor // 100}.{minor % 100:02d}"
    if "," not in english:
        return
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse_minor(english, "EUR", decimal) == minor
    assert parse_minor(german, "EUR", decimal) == minor


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_named_refusal(text):
    try:
        code = type(parse_minor(text, "EUR", "point")).__name__
    except BadValue as bad:
        code = bad.code
    assert code in {"int", "not_a_number", "currency_sign_differs", "amount_too_large"}
