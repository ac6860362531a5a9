"""Which text answers what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.kernel.taxonomy import BY_CODE
from amends.language.templates import BY_REMEDY, Situation, catalogue, suggest
from amends.language.templates.core.suggest import BY_LEAF, PROMISES_ANSWER

KEYS = sorted(catalogue()["en"].texts)


def test_texts_that_promise_an_answer_have_a_date():
    assert all("date" in catalogue()["en"].placeholders(key) for key in PROMISES_ANSWER)


def test_what_is_suggested_exists():
    assert {*BY_LEAF.values(), *BY_REMEDY.values()} <= set(KEYS)
    assert set(BY_LEAF) == set(BY_CODE)


@given(
    leaf=st.sampled_from(sorted(BY_CODE)),
    remedy=st.sampled_from([None, *BY_REMEDY]),
    flags=st.tuples(*[st.booleans()] * 6),
    asked=st.booleans(),
)
def test_every_situation_has_a_text(leaf, remedy, flags, asked):
    key = suggest(leaf, remedy, Situation(*flags), {"case.photos"} if asked else set())
    assert key in KEYS
    assert not key.startswith("offer_")  # what is offered, a person decides


@pytest.mark.parametrize(
    ("leaf", "situation", "asked", "key"),
    [
        ("damaged", Situation(has_order=False), True, "ask_order_number"),
        ("thanks", Situation(has_order=False), False, "thanks"),
        ("question", Situation(has_order=False), False, "general_answer"),
        ("damaged", Situation(has_order=True), True, "ask_photos"),
        ("damaged", Situation(has_order=True), False, "ask_photos"),
        ("damaged", Situation(has_order=True, photos=True), False, "damaged_received"),
        ("quality", Situation(has_order=True), True, "quality_issue"),
        ("wrong_item", Situation(has_order=True), True, "wrong_item"),
        ("wrong_item", Situation(has_order=True, photos=True), False, "first_answer"),
        ("description", Situation(has_order=True), True, "ask_photos"),
        ("description", Situation(has_order=True), False, "size_issue"),
        ("cancellation", Situation(has_order=True), False, "cancellation_done"),
        ("cancellation", Situation(has_order=True, sent=True), False, "cancellation_too_late"),
        ("address_change", Situation(has_order=True), False, "ask_address_check"),
        ("address_change", Situation(has_order=True, sent=True), False, "address_change_too_late"),
        ("where_is_my_order", Situation(has_order=True), False, "first_answer"),
        ("where_is_my_order", Situation(has_order=True, sent=True), False, "where_is_my_order"),
        ("in_transit_late", Situation(has_order=True), False, "first_answer"),
        ("in_transit_late", Situation(has_order=True, sent=True), False, "where_is_my_order"),
        ("in_transit_late", Situation(has_order=True, sent=True, late=True), False, "delay_choice"),
        ("in_transit_late", Situation(has_order=True, sent=True, at_the_bank=True), False, "unauthorised_help"),
        ("customs_detained", Situation(has_order=True, sent=True), False, "customs_hold"),
        ("customs_detained", Situation(has_order=True, sent=True, ours_to_clear=True), False, "first_answer"),
        ("duplicate_charge", Situation(has_order=True), False, "payment_help"),
    ],
)  # fmt: skip
def test_what_answers_what(leaf, situation, asked, key):
    assert suggest(leaf, None, situation, {"case.photos"} if asked else set()) == key
