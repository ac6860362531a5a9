"""Numbers, money, dates and sizes that a message names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.language.understand.core.entities import entities, s10_valid


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("my order 112-7654321-1234567 is late", "en", [("112-7654321-1234567", "amazon")]),
        ("eBay order 12-34567-89012", "en", [("12-34567-89012", "ebay")]),
        ("заказ 8123456789012345 не пришел", "ru", [("8123456789012345", "aliexpress")]),
        ("order #1001 please", "en", [("#1001", "shopify")]),
        ("订单号：2411A7B9X", "zh", [("2411A7B9X", "")]),
        ("Bestellnummer: DE-20418", "de", [("DE-20418", "")]),
        ("注文番号はAB12345です", "ja", [("AB12345", "")]),
        ("رقم الطلب ١٢٣٤٥٦", "ar", [("123456", "")]),
        ("commande n° 20418", "fr", [("20418", "")]),
        ("0012-1234567-12345678901", "en", []),
        ("my order is late", "en", []),
    ],
)
def test_order_numbers(text, language, expected):
    assert [(o.number, o.platform) for o in entities(text, language).orders] == expected


def test_leading_zeros_survive():
    assert entities("pedido 000123456789012345", "es").orders[0].number == "000123456789012345"


@pytest.mark.parametrize(
    ("number", "form", "checked"),
    [
        ("RR473124829GB", "s10", True),
        ("RR473124828GB", "s10", False),
        ("1Z999AA10123456784", "ups", True),
        ("1Z999AA10123456785", "ups", False),
        ("LP00123456789012", "cainiao", None),
        ("YT2412345678901234", "yunexpress", None),
        ("SF1234567890123", "sf", None),
    ],
)
def test_tracking_numbers(number, form, checked):
    found = entities(f"tracking {number} shows nothing", "en")
    assert [(t.number, t.form, t.checked) for t in found.tracking] == [(number, form, checked)]
    assert found.orders == ()


def test_s10_written_with_spaces():
    assert entities("RR 473 124 829 GB".replace("829", "829"), "en").tracking[0].number == "RR473124829GB"


@given(st.integers(0, 99_999_999))
def test_exactly_one_s10_check_digit_fits(serial):
    assert sum(s10_valid(f"{serial:08}", check) for check in range(10)) == 1


@pytest.mark.parametrize(
    ("text", "language", "amount", "ambiguous"),
    [
        ("refund 25.90 EUR", "en", "25.90 EUR", False),
        ("quiero 1.234,56 €", "es", "1234.56 EUR", False),
        ("R$ 89,90 de volta", "pt", "89.90 BRL", False),
        ("US$12", "en", "12 USD", False),
        ("$12.5", "en", "12.5 USD", True),
        ("退我50元", "zh", "50 CNY", False),
        ("￥1,200", "zh", "1200 CNY", True),
        ("￥1,200", "ja", "1200 JPY", True),
        ("3000円返して", "ja", "3000 JPY", False),
        ("верните 1 500 руб", "ru", "1500 RUB", False),
        ("٢٥ ريال", "ar", "25 SAR", True),
        ("30 dollars", "en", "30 USD", True),
    ],
)
def test_money(text, language, amount, ambiguous):
    assert [(str(m.money), m.ambiguous) for m in entities(text, language).money] == [(amount, ambiguous)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("ordered 2026-10-03", "en", (2026, 10, 3, False)),
        ("am 3. Oktober bestellt", "de", (None, 10, 3, False)),
        ("10月3日下单", "zh", (None, 10, 3, False)),
        ("3 de octubre de 2026", "es", (2026, 10, 3, False)),
        ("le 3 octobre", "fr", (None, 10, 3, False)),
        ("03/04/2026", "en", (2026, 3, 4, True)),
        ("03/04/2026", "fr", (2026, 4, 3, True)),
        ("25/12/2026", "en", (2026, 12, 25, False)),
        ("3 октября", "ru", (None, 10, 3, False)),
    ],
)
def test_dates(text, language, expected):
    assert [(d.year, d.month, d.day, d.ambiguous) for d in entities(text, language).dates] == [expected]


def test_sizes_and_addresses():
    found = entities("I ordered size XL and got talla M, mail me@example.com", "en")
    assert found.sizes == ("XL", "M")
    assert (found.has_email, found.has_url) == (True, False)
    assert entities("see https://x.test/a", "en").has_url is True


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["en", "zh", "ja", "ar", "ru", "de"]))
def test_finding_entities_is_total(text, language):
    found = entities(text, language)
    assert all(money.money.amount >= 0 for money in found.money)
    assert all(1 <= d.month <= 12 and 1 <= d.day <= 31 for d in found.dates)
