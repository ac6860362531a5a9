"""Cells that are not numbers or dates: ids, countries, words, formula-like text."""

from __future__ import annotations

import pytest

from amends.intake.imports.core.cells import KeptRaw, currency_code, identifier, plain_text, word
from amends.intake.imports.core.fields import FIELDS
from amends.intake.imports.core.places import country_code
from amends.intake.imports.core.problems import BadValue


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("000123", "000123"),
        ("810000000000000017", "810000000000000017"),
        ('="000123"', "000123"),
        ("'000123", "000123"),
        ("=CMD|' /C calc'!A0", "=CMD|' /C calc'!A0"),
        ("111-0000001-0000001", "111-0000001-0000001"),
    ],
)
def test_ids_are_text(text, value):
    assert identifier(text, 64) == value


@pytest.mark.parametrize("text", ["8.1E+17", "8,1e17", "5.76E+17"])
def test_an_id_a_spreadsheet_rounded_is_refused(text):
    with pytest.raises(BadValue) as caught:
        identifier(text, 64)
    assert caught.value.code == "id_digits_lost"


def test_an_id_is_never_shortened():
    with pytest.raises(BadValue) as caught:
        identifier("x" * 65, 64)
    assert caught.value.code == "too_long"


def test_the_apostrophe_of_an_export_is_taken_off_again():
    assert plain_text("'=SUM(A1)") == "=SUM(A1)"
    assert plain_text("'tis the season") == "'tis the season"


def test_nul_is_refused():
    with pytest.raises(BadValue) as caught:
        plain_text("a\0b")
    assert caught.value.code == "nul_character"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Brazil", "BR"),
        ("巴西", "BR"),
        ("俄罗斯联邦", "RU"),
        ("Deutschland", "DE"),
        ("France", "FR"),
        ("USA", "US"),
        ("GBR", "GB"),
        ("UK", "GB"),
        ("us", "US"),
        ("Russian Federation", "RU"),
        ("Россия", "RU"),
        ("대한민국", "KR"),
        ("Korea, Republic of", "KR"),
        ("Viet Nam", "VN"),
        ("ประเทศไทย", "TH"),
        ("Narnia", ""),
    ],
)
def test_countries(name, code):
    assert country_code(name) == code


@pytest.mark.parametrize(("text", "code"), [("usd", "USD"), ("RMB", "CNY"), ("人民币", "CNY"), ("€", "EUR")])
def test_currencies(text, code):
    assert currency_code(text) == code


@pytest.mark.parametrize("text", ["XYZ", "$", "dollars"])
def test_a_currency_nobody_knows_is_refused(text):
    with pytest.raises(BadValue) as caught:
        currency_code(text)
    assert caught.value.code == "unknown_currency"


def test_an_unknown_word_is_kept_raw_or_refused_where_money_depends_on_it():
    with pytest.raises(KeptRaw):
        word("drone", {"merchant": "seller"}, FIELDS["order.fulfilment"])
    with pytest.raises(BadValue) as caught:
        word("bribe", {"paid": "paid"}, FIELDS["payment.kind"])
    assert not isinstance(caught.value, KeptRaw)
