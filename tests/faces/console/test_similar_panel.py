"""The panel of similar closed cases on the page of a case."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from amends.faces.console import words_similar
from amends.flows.precedents import keep
from amends.judgement.precedents.core import FIELDS, Features, Offered, Outcome, Sort, compare
from amends.judgement.precedents.queries import Match
from amends.resolution.cases import actions

LOCALE = "en_GB"


def words_of(
    mine: Features, theirs: Features, outcome: Outcome | None = None, locale: str = LOCALE
) -> words_similar.Card:
    match = Match(7, datetime(2026, 11, 20, tzinfo=UTC), 0.9, None, compare(mine, theirs), outcome or Outcome(), theirs)
    return words_similar.card(match, locale)


def test_yours_has_no_signature_three_times_the_value() -> None:
    mine = Features(kind="not_received", signature=False, value=Decimal(300), photos=None, late=True)
    card = words_of(mine, Features(kind="not_received", signature=True, value=Decimal(100), delivered=False, late=True))
    assert card.differs == ["3 times the value", "yours has no signature"]
    assert card.alike == ["late"]
    assert card.open == ["yours unknown: delivery"]


def test_in_chinese() -> None:
    with translation.override("zh-hans"):
        card = words_of(
            Features(kind="not_received", signature=False, value=Decimal(300), days=3, ship_country="DE"),
            Features(kind="not_received", signature=True, value=Decimal(100), days=30, ship_country="US"),
            locale="zh_Hans_CN",
        )
    assert card.differs == [
        "金额是它的 3 倍", "本单无签收", "本单下单 3 天后投诉，那一单 30 天后", "国家：本单德国，那一单美国",
    ]  # fmt: skip


def test_what_is_alike_is_told_in_words_that_stand_alone() -> None:
    mine = Features(platform="ebay", fulfilment="seller", site="us", ship_country="DE", channel="none", photos=False)
    assert set(words_of(mine, mine).alike) == {
        "eBay", "shipped by the seller", "site US", "Germany", "no dispute",
    }  # fmt: skip


def test_the_dearer_one_is_named_the_right_way_round() -> None:
    assert words_of(Features(value=Decimal(10)), Features(value=Decimal(25))).differs == [
        "that one was 2.5 times the value"
    ]
    assert words_of(Features(value=Decimal(0)), Features(value=Decimal(25))).differs == ["yours has no value"]


@pytest.mark.parametrize("one", FIELDS, ids=lambda one: one.name)
def test_every_feature_has_words(one: Any) -> None:
    assert one.name in words_similar.FEATURES
    assert (one.sort is Sort.FLAG) == (one.name in words_similar.BOTH) == (one.name in words_similar.YOURS)


OUTCOMES = (
    (Outcome(ruled="won", escalated=True), ("dispute won", "ok")),
    (Outcome(ruled="lost", escalated=True), ("dispute lost", "late")),
    (Outcome(escalated=True), ("escalated", "late")),
    (Outcome(remedy="goodwill"), ("agreed", "ok")),
    (Outcome(offers=(Offered("goodwill", "expired"),)), ("not agreed", "soon")),
    (Outcome(refused=True), ("not agreed", "soon")),
    (Outcome(), ("closed without an offer", "")),
)


@pytest.mark.parametrize(("outcome", "expected"), OUTCOMES)
def test_how_it_ended_in_one_word(outcome: Outcome, expected: tuple[str, str]) -> None:
    card = words_of(Features(), Features(), outcome)
    assert (card.ended, card.state) == expected


@pytest.mark.django_db
def test_the_page_asks_for_the_panel_later(signed_in: Any, make_case: Any) -> None:
    case = make_case()
    page = signed_in().get(f"/cases/C-{case.number}").content.decode()
    assert f'hx-get="/cases/C-{case.number}/similar" hx-trigger="intersect once"' in page


@pytest.mark.django_db
def test_the_panel_shows_cards_or_says_that_there_is_none(signed_in: Any, make_case: Any, scope: Any) -> None:
    mine, then = make_case("It came broken"), make_case("It came broken, I want my money back")
    client = signed_in()
    empty = client.get(f"/cases/C-{mine.number}/similar").content.decode()
    assert "No closed case like this yet." in empty
    settled = ("settle", {"remedy": "partial_refund", "amount": "10.45"})
    for verb, args in (settled, ("refund_done", {}), ("close", {"root_cause": "packaging"})):
        assert isinstance(actions.perform(scope, then.pk, verb, args, then.opened_at), actions.Performed)
    keep(scope, then.pk)
    panel = client.get(f"/cases/C-{mine.number}/similar").content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", panel))
    assert f"C-{then.number}" in text
    assert "Partial refund · refunded US$10.45 (25%)" in text
    assert "agreed" in text
    assert "about the same value" in text
    assert client.get("/cases/C-4242/similar").status_code == 404
