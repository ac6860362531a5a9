"""Headings to layouts."""

from __future__ import annotations

import pytest

from amends.intake.imports.core.layout import (
    detect,
    find_heading,
    fingerprint,
    from_data,
    missing_headings,
    normal,
    place,
    unique_headings,
)
from amends.intake.imports.core.problems import FileRefused
from amends.kernel.outcome import InputError

GOOD = {
    "id": "test",
    "platform": "other",
    "kind": "orders",
    "title": "Test",
    "proof": "C",
    "source": "nowhere",
    "tell_tale": ["No", "Bought*"],
    "required": ["order.number"],
    "columns": {"order.number": ["No"], "order.placed_at": ["Bought*"], "drop": ["Tax id"]},
    "zone": "UTC",
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("退貨 / 退款狀態", "退貨/退款狀態"),
        ("Tracking Number*", "tracking number"),
        ('"""ID"""', "id"),
        ("\ufeffOrder ID", "order id"),
        ("Ｏｒｄｅｒ　ＩＤ", "Order ID"),
        ("产品信息\n（双击单元格展开所有产品信息！）", "产品信息(双击单元格展开所有产品信息!)"),
    ],
)
def test_headings_compare_without_width_space_quotes_and_case(one, other):
    assert normal(one) == normal(other)


def test_repeated_headings_are_numbered_and_empty_ones_named():
    assert unique_headings(["Estado", "", "Estado"]) == ["Estado", "column 2", "Estado__2"]


def test_the_fingerprint_forgets_order_and_the_columns_of_a_reject_file():
    assert fingerprint(["A", "B"]) == fingerprint(["b", "a", "amends_row", "amends_reason"])
    assert fingerprint(["A"]) != fingerprint(["A", "B"])


def test_detection_by_tell_tale_headings_and_prefix():
    layout = from_data(GOOD)
    assert detect([layout], ["No", "Bought on (local time)", "x"]) is layout
    assert detect([layout], ["No", "x"]) is None


def test_the_heading_line_is_searched():
    layout = from_data(GOOD)
    rows = [[""], ["Report of yesterday"], ["No", "Bought on"], ["1", "2026-11-01"]]
    assert find_heading(rows, [layout]) == (2, layout)
    assert find_heading([["", ""], ["a", "b"], ["1", "2"]], [layout]) == (1, None)
    with pytest.raises(FileRefused):
        find_heading([[""], ["", ""]], [layout])


def test_a_required_heading_that_is_missing_is_named():
    assert missing_headings(from_data(GOOD), ["Bought on"]) == ["No"]
    assert missing_headings(from_data(GOOD), ["no", "Bought on"]) == []


def test_every_column_has_a_place():
    placed = place(from_data(GOOD), ["No", "Colour", "Tax ID", "amends_reason"])
    assert placed.targets == {0: "order.number", 1: "unmapped", 2: "drop", 3: "ignore"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"zone": "Mars/Olympus"}, "unknown_zone"),
        ({"kind": "secrets"}, "unknown_kind"),
        ({"proof": "Z"}, "unknown_proof"),
        ({"currency": "XXQ"}, "unknown_currency"),
        ({"columns": {"order.colour": ["x"]}}, "unknown_field"),
        ({"surprise": 1}, "unknown_key"),
        ({"source": ""}, "missing"),
    ],
)
def test_a_wrong_layout_says_what_is_wrong(change, code):
    with pytest.raises(InputError) as caught:
        from_data(GOOD | change)
    assert caught.value.problems[0].code == code


def test_unproven_is_what_third_parties_or_memory_say():
    assert [from_data(GOOD | {"proof": p}).unproven for p in "ABCMO"] == [False, False, True, True, False]
