"""House rules as values: numbers set otherwise, own rules, and the book with both in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.policies.core import (
    House,
    Kind,
    Number,
    find_number,
    lay,
    overlay,
    overridable,
    override,
)
from amends.judgement.rules.core import Layer, Rule
from amends.judgement.rules.load import load_folder, rulebook_dir
from amends.judgement.rules.mutation import reread
from amends.judgement.rules.verify import check_example
from amends.kernel.outcome import Refusal

BOOK = load_folder(rulebook_dir())
DAY = date(2026, 11, 20)
NUMBERS = [(rule, number) for rule in BOOK.rules for number in overridable(rule)]
PLATFORM_NUMBERS = [(rule, number) for rule, number in NUMBERS if rule.layer is not Layer.LAW]


def overridden(rule_id: str, path: str, new: str, *, number: int = 1, organisation: int = 1) -> House:
    base = BOOK.find(rule_id)
    assert base is not None
    found = find_number(base, path)
    assert found is not None
    return House(
        organisation, base.id, Kind.OVERRIDE, number, "our terms of sale", DAY, base_version=base.version,
        base_hash=base.hash, path=path, old=found.text, new=new,
    )  # fmt: skip


def shipped(rule_id: str) -> Rule:
    rule = BOOK.find(rule_id)
    assert rule is not None
    return rule


# ---- numbers


def test_the_numbers_of_a_rule_are_those_of_its_clock_condition_and_consequence() -> None:
    answer, signature = shipped("AE-RESP"), shipped("EB-SIG")
    assert [(n.path, n.amount, n.unit) for n in overridable(answer)] == [("clock.runs.days", "5", "days")]
    assert [(n.amount, n.unit, n.text) for n in overridable(signature)] == [("750", "USD", "750 USD")]


def test_shares_of_blame_are_not_among_them() -> None:
    paths = [number.path for rule, number in NUMBERS if "liability" in number.path]
    assert paths == []


def test_the_rows_of_a_table_are_among_them() -> None:
    rule = shipped("AE-PROMISE-LONG")
    number = find_number(rule, "tables.longest_promise.RU")
    assert number is not None
    assert (number.amount, number.unit) == ("90", "days")
    changed = override(rule, number.path, "75", organisation_id=1, number=1)
    assert isinstance(changed, Rule)
    assert changed.clock is not None
    assert dict(changed.clock.amount.table)["RU"] == 75  # type: ignore[union-attr]
    assert changed.hash != rule.hash


@given(st.sampled_from(PLATFORM_NUMBERS), st.integers(min_value=0, max_value=400))
def test_an_override_is_a_rule_like_any_other(found: tuple[Rule, Number], value: int) -> None:
    """It reads back to itself, keeps id and layer, says whose it is, and has only that number changed."""
    rule, number = found
    made = override(rule, number.path, str(value), organisation_id=7, number=3, on=DAY)
    if isinstance(made, Refusal):
        assert made.code in ("same_number", "not_in_the_language")
        return
    again = reread(made, made.body)
    assert (again.clock, again.when, again.then, again.silence) == (made.clock, made.when, made.then, made.silence)
    assert (made.id, made.layer, made.house_of) == (rule.id, rule.layer, 7)
    assert made.version == f"{rule.version}+house.3"
    assert made.hash != rule.hash
    seen = find_number(made, number.path)
    assert seen is not None
    assert (Decimal(seen.amount), seen.unit) == (value, number.unit)
    assert [(n.path, n.text) for n in overridable(made) if n.path != number.path] == [
        (n.path, n.text) for n in overridable(rule) if n.path != number.path
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "not_such_a_number"),
        ("-3", "not_such_a_number"),
        ("many", "not_such_a_number"),
        ("700 EUR", "not_such_a_number"),
        ("750", "same_number"),
        ("750.00 usd", "same_number"),
    ],
)
def test_only_another_number_in_the_same_unit(value: str, code: str) -> None:
    rule = shipped("EB-SIG")
    path = overridable(rule)[0].path
    refused = override(rule, path, value, organisation_id=1)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.rule_ids) == (code, ("EB-SIG",))


def test_a_number_may_be_written_with_or_without_its_unit() -> None:
    rule = shipped("EB-SIG")
    path = overridable(rule)[0].path
    for value in ("500", "500 USD", " 500 usd "):
        made = override(rule, path, value, organisation_id=1)
        assert isinstance(made, Rule)
        assert find_number(made, path).text == "500 USD"  # type: ignore[union-attr]


def test_a_part_of_a_day_is_not_in_the_language() -> None:
    refused = override(shipped("AE-RESP"), "clock.runs.days", "2.5", organisation_id=1)
    assert isinstance(refused, Refusal)
    assert refused.code == "not_in_the_language"


def test_a_path_that_is_not_there_is_refused() -> None:
    refused = override(shipped("AE-RESP"), "clock.runs.weeks", "2", organisation_id=1)
    assert isinstance(refused, Refusal)
    assert refused.code == "no_such_number"


def test_what_counts_backwards_may_stay_below_zero() -> None:
    rule, number = next((r, n) for r, n in PLATFORM_NUMBERS if n.amount.startswith("-"))
    made = override(rule, number.path, "-130", organisation_id=1)
    assert isinstance(made, Rule)
    assert find_number(made, number.path).text == f"-130 {number.unit}"  # type: ignore[union-attr]


# ---- law


def test_a_law_gives_the_buyer_at_least_what_it_says() -> None:
    law = shipped("EU-WD-14")
    assert law.clock is not None
    assert (law.layer, law.clock.owner) == (Layer.LAW, "buyer")
    assert isinstance(override(law, "clock.runs.days", "30", organisation_id=1), Rule)
    refused = override(law, "clock.runs.days", "13", organisation_id=1)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.rule_ids) == ("law_only_better_for_buyer", ("EU-WD-14",))


@given(st.sampled_from([(r, n) for r, n in NUMBERS if r.layer is Layer.LAW]), st.integers(0, 4000))
def test_no_override_of_a_law_is_worse_for_the_buyer(found: tuple[Rule, Number], value: int) -> None:
    rule, number = found
    made = override(rule, number.path, str(value), organisation_id=1)
    if not isinstance(made, Rule):
        assert made.rule_ids == (rule.id,)
        return
    assert rule.clock is not None
    assert rule.clock.owner in ("buyer", "seller")
    assert number.path.startswith(("clock.runs.", "clock.extends.", "tables."))
    assert (value > Decimal(number.amount)) == (rule.clock.owner == "buyer")


def test_a_sellers_time_under_a_law_may_only_become_shorter() -> None:
    law = next(
        r for r, n in NUMBERS if r.layer is Layer.LAW and r.clock and r.clock.owner == "seller" and ".runs." in n.path
    )
    number = next(n for n in overridable(law) if ".runs." in n.path)
    days = int(number.amount)
    assert isinstance(override(law, number.path, str(days - 1), organisation_id=1), Rule)
    refused = override(law, number.path, str(days + 1), organisation_id=1)
    assert isinstance(refused, Refusal)
    assert refused.code == "law_only_better_for_buyer"


def test_where_the_direction_cannot_be_told_a_law_stays_as_it_is() -> None:
    threshold = replace(shipped("EB-SIG"), layer=Layer.LAW)
    for value in ("1", "9999"):
        refused = override(threshold, overridable(threshold)[0].path, value, organisation_id=1)
        assert isinstance(refused, Refusal)
        assert (refused.code, refused.rule_ids) == ("law_direction_unknown", ("EB-SIG",))


# ---- the book


def test_the_overlay_changes_the_named_rule_and_no_other() -> None:
    made = overlay(BOOK, [overridden("AE-RESP", "clock.runs.days", "3")])
    assert made.hash != BOOK.hash
    assert [r.id for r in made.rules] == [r.id for r in BOOK.rules]
    different = [(a, b) for a, b in zip(BOOK.rules, made.rules, strict=True) if a is not b]
    assert [(a.id, b.version) for a, b in different] == [("AE-RESP", f"{shipped('AE-RESP').version}+house.1")]
    assert different[0][1].clock.amount == 3  # type: ignore[union-attr]


def test_nothing_in_force_is_the_shipped_book_itself() -> None:
    assert overlay(BOOK, []) is BOOK


def test_what_is_behind_a_house_rule_is_a_source() -> None:
    house = replace(overridden("AE-RESP", "clock.runs.days", "3"), citation="https://shop.example/promise")
    made = overlay(BOOK, [house])
    rule = made.find("AE-RESP")
    assert rule is not None
    assert rule.cite is not None
    assert made.sources[rule.cite.source].url == "https://shop.example/promise"
    assert rule.cite.source.startswith("HOUSE")
    assert shipped("AE-RESP").cite.source in rule.cite.also  # type: ignore[union-attr]


def test_the_hash_is_of_the_words_the_version_and_the_organisation() -> None:
    three = overridden("AE-RESP", "clock.runs.days", "3")
    hashes = [
        overlay(BOOK, [house]).hash
        for house in (three, replace(three, new="4"), replace(three, number=2), replace(three, organisation_id=2))
    ]
    assert len({BOOK.hash, *hashes}) == 5
    assert overlay(BOOK, [three]).hash == hashes[0]


def test_two_numbers_of_one_rule_stand_together() -> None:
    rule = next(r for r in BOOK.rules if r.layer is not Layer.LAW and len(overridable(r)) > 1)
    first, second = overridable(rule)[:2]
    houses = [
        House(1, rule.id, Kind.OVERRIDE, n, "c", DAY, base_version=rule.version, base_hash=rule.hash, path=x.path,
              old=x.text, new=x.text.replace(x.amount, str(int(Decimal(x.amount)) + 1), 1))
        for n, x in ((1, first), (4, second))
    ]  # fmt: skip
    made = overlay(BOOK, houses)
    found = next(r for r in made.versions(rule.id) if r.version == f"{rule.version}+house.1.4")
    assert [find_number(found, h.path).text for h in houses] == [h.new for h in houses]  # type: ignore[union-attr]


def test_a_release_that_changes_the_number_ends_the_override() -> None:
    house = replace(overridden("AE-RESP", "clock.runs.days", "3"), old="6")
    made = lay(BOOK, [house])
    assert made.book is BOOK
    assert [(x.house.rule_id, x.code) for x in made.lapsed] == [("AE-RESP", "base_changed")]
    gone = lay(BOOK, [replace(house, base_version="1999-01-01")])
    assert [x.code for x in gone.lapsed] == ["no_such_version"]


def test_examples_of_an_overridden_rule_may_differ() -> None:
    """They are typed from the source; that they differ is what the page shows."""
    made = override(shipped("AE-RESP"), "clock.runs.days", "3", organisation_id=1)
    assert isinstance(made, Rule)
    assert any(check_example(made, e.given, e.expect) for e in made.examples)
