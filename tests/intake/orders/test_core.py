"""Numbers people retype, lines two reports name differently, totals, money that is booked once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.intake.orders.core import (
    KnownLine,
    LineRecord,
    OrderRecord,
    PaymentRecord,
    add_up,
    adopt,
    basis,
    candidate_numbers,
    missing_amount,
    number_key,
    unnamed_event,
)


@pytest.mark.parametrize(
    ("text", "key"),
    [("#1001", "1001"), ("000123", "123"), (" ab-12 ", "AB-12"), ("0", ""), ("#W26", "W26"), ("ß0ä", "ß0ä")],
)
def test_keys(text, key):
    assert number_key(text) == key


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Where is my order 8100000000000001?", ["8100000000000001"]),
        ("order-111-0000001-0000001, please", ["ORDER-111-0000001-0000001", "1", "1"]),
        ("#12 costs 1999 in 2026", ["12"]),
        ("我的订单8100000000000001还没到", ["8100000000000001"]),
        ("no number here", []),
    ],
)
def test_candidates_in_a_text(text, found):
    keys = candidate_numbers(text)
    assert set(found) <= set(keys)
    assert (not found) == (not keys)


def test_candidates_are_few_however_long_the_text():
    assert len(candidate_numbers(" ".join(f"{n:06d}" for n in range(1, 5000)))) == 60


def test_lines_of_two_reports_are_one_when_only_one_numbers_them():
    invented, numbered = KnownLine("~MUG", "MUG", "B1"), KnownLine("77", "MUG", "B1")
    assert adopt([invented], LineRecord("77", sku="MUG")) == "~MUG"
    assert adopt([numbered], LineRecord("~MUG", sku="MUG")) == "77"
    assert adopt([numbered], LineRecord("78", sku="MUG")) is None  # two numbered lines of one article
    assert adopt([invented], LineRecord("~CUP", sku="CUP")) is None
    assert adopt([KnownLine("~x", "", "B1")], LineRecord("77", product_id="B1")) == "~x"


def test_totals_add_what_the_source_left_open():
    lines = [(20_00, 1_00, 4_00, 2_00), (10_00, 0, 2_00, 0)]
    zero = dict.fromkeys(("items_minor", "shipping_minor", "tax_minor", "discount_minor"), 0)
    added = add_up(zero, basis(OrderRecord("1", "USD")), lines)
    assert (added["items_minor"], added["total_minor"]) == (30_00, 30_00 + 1_00 + 6_00 - 2_00)
    inside = add_up(zero, basis(OrderRecord("1", "EUR", tax_added=False)), lines)
    assert (inside["tax_minor"], inside["total_minor"]) == (6_00, 29_00)
    stated = add_up(zero | {"shipping_minor": 5_00}, basis(OrderRecord("1", "USD", shipping_minor=5_00)), lines)
    assert (stated["shipping_minor"], stated["total_minor"]) == (5_00, 30_00 + 5_00 + 6_00 - 2_00)


def test_a_running_total_books_its_difference():
    record = PaymentRecord("refunded", "total", 12_00, "EUR", so_far="")
    assert missing_amount(record, []) == 12_00
    assert missing_amount(record, [("total@500", 5_00)]) == 7_00
    assert missing_amount(record, [("R-1", 20_00)]) == 0
    mine = PaymentRecord("refunded", "return:A", 12_00, "EUR", so_far="return:A")
    assert missing_amount(mine, [("return:B@500", 5_00), ("return:A@400", 4_00)]) == 8_00


def test_a_named_movement_is_the_money_already_booked():
    assert unnamed_event(5_00, [("total@500", 5_00)]) == ("total@500", 0)
    assert unnamed_event(5_00, [("total@1200", 12_00)]) == ("total@1200", 7_00)
    assert unnamed_event(5_00, [("total@1200", 12_00), ("return:A@500", 5_00)]) == ("return:A@500", 0)
    assert unnamed_event(5_00, [("PAY-1", 5_00)]) is None


@given(st.lists(st.integers(0, 10_000), max_size=6))
def test_growing_totals_book_exactly_the_highest(amounts):
    """However often a report comes and whatever it says on the way, the sum booked is the highest total seen."""
    known = []
    for amount in amounts:
        missing = missing_amount(PaymentRecord("paid", "total", amount, "EUR", so_far=""), known)
        if missing:
            known.append((f"total@{amount}", missing))
    assert sum(a for _, a in known) == max(amounts, default=0)
