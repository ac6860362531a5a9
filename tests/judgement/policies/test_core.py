"""House rules as values: numbers set otherwise, own rules, and the book with both in it."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.judge import judge
from amends.judgement.policies.core import (
    House,
    Kind,
    Number,
    admit,
    find_number,
    lay,
    overlay,
    overridable,
    override,
    own_rule,
)
from amends.judgement.rules.core import Decision, Layer, Rule
from amends.judgement.rules.facts import read_facts
from amends.judgement.rules.load import load_folder, rulebook_dir
from amends.judgement.rules.mutation import reread
from amends.judgement.rules.parse import parse_file
from amends.judgement.rules.verify import check_example
from amends.kernel.outcome import Problem, Refusal

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


def own(text: str, *, number: int = 1) -> House:
    return House(
        1, text.split("id: ")[1].split(maxsplit=1)[0], Kind.OWN, number, "https://shop.example/returns", DAY, body=text
    )


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


# ---- own rules

PROMISE = """\
id: OWN-RETURNS
title: {en: Our shop takes goods back for DAYS days, zh: 本店DAYS天内可退货}
layer: law
applies: {case.kind: return}
confidence: A
better_for_buyer: binds
when: {all: [{event: order.delivered}, {clock: OWN-RETURNS, is: [running, met]}]}
clock:
  name: promised_return_window
  owner: buyer
  starts: {event: order.delivered}
  stops: [return.requested]
  runs: {days: DAYS}
then:
  decision: for_buyer
  outcome: {refund: after_return, return_required: true}
examples:
  - name: asked in time
    given: {order.delivered: "2026-03-01T00:00:00Z", return.requested: "2026-03-02T00:00:00Z"}
    expect: {decision: for_buyer, state: met}
"""
PLATFORM = """\
layer: platform
rules:
  - id: TEST-RETURNS
    title: The platform takes goods back for thirty days
    applies: {case.kind: return}
    confidence: A
    cite: {source: S1}
    when: {event: order.delivered}
    clock:
      name: return_window
      owner: buyer
      starts: {event: order.delivered}
      stops: [return.requested]
      runs: {days: 30}
      silence: {decision: for_seller, refund: none}
    examples:
      - name: over
        given: {order.delivered: "2026-03-01T00:00:00Z", at: "2026-04-01T00:00:00Z"}
        expect: {decision: for_seller}
  - id: TEST-RETURNS-OPEN
    title: While they last the buyer may send it back
    applies: {case.kind: return}
    confidence: A
    cite: {source: S1}
    when: {clock: TEST-RETURNS, is: [running, met]}
    then: {decision: for_buyer, outcome: {refund: after_return}}
    examples:
      - name: running
        given: {"clock:TEST-RETURNS": running}
        expect: {decision: for_buyer}
"""


def read(text: str, **more: Any) -> Rule:
    rule = own_rule(text, 1, **more)
    assert isinstance(rule, Rule), rule
    return rule


def wrong(text: str) -> list[tuple[str, str]]:
    found = own_rule(text, 1)
    assert not isinstance(found, Rule)
    return [(p.code, p.where) for p in found]


def test_an_own_rule_is_the_shops_whatever_it_says() -> None:
    rule = read(PROMISE.replace("DAYS", "60"), number=2, on=DAY)
    assert (rule.layer, rule.house_of, rule.version) == (Layer.SHOP, 1, "open+house.2")
    assert rule.cite is not None
    assert (rule.cite.source, rule.cite.retrieved) == ("HOUSE:OWN-RETURNS", DAY)


def test_a_rule_file_with_one_rule_is_a_rule_too() -> None:
    inner = "".join(f"    {line}\n" for line in PROMISE.replace("DAYS", "60").splitlines())
    file = "layer: platform\nrules:\n  - " + inner.lstrip()
    assert read(file).layer is Layer.SHOP
    assert wrong(file + file.partition("rules:\n")[2])[0][0] == "bad_rule"


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("OWN-RETURNS", "EB-RETURNS", "bad_house_id", 1),
        ("OWN-RETURNS\n", "OWN-returns\n", "bad_house_id", 1),
        ("case.kind: return", "case.knid: return", "bad_rule", 4),
        ("runs: {days: 60}", "runs: {days: sixty}", "bad_rule", 9),
        ("confidence: A", "confidence: A\nconfidence: B", "duplicate_key", 6),
        ("confidence: A", "confidence: [A", "not_yaml", 6),
        ("confidence: A", "confidence: &a A\ntags: [*a]", "no_aliases", 6),
        ("decision: for_buyer", "decision: for_seller", "binds_only_for_buyer", 15),
        ("refund: after_return", "refund: none", "binds_only_for_buyer", 15),
        ("refund: after_return", "postage: buyer", "binds_only_for_buyer", 15),
        ("outcome:", "statutory: [replacement]\n  outcome:", "house_is_no_law", 15),
        ("expect: {decision: for_buyer, state: met}", "expect: {state: expired}", "example_failed", 18),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(old: str, new: str, code: str, line: int) -> None:
    text = PROMISE.replace("DAYS", "60")
    assert old in text
    assert (code, f"body:{line}") in wrong(text.replace(old, new, 1))


def test_a_rule_without_an_example_is_no_rule() -> None:
    assert wrong(PROMISE.replace("DAYS", "60").partition("examples:")[0])[0][0] == "no_example"


@pytest.mark.parametrize("text", ["", "[]", "- 1", "just words", "[" * 3000, "{a: " * 100, "x" * 50_000, "\x00"])
def test_any_text_gives_an_answer(text: str) -> None:
    assert all(isinstance(p, Problem) for p in own_rule(text, 1))  # type: ignore[union-attr]


@given(st.text(max_size=200))
def test_whatever_is_typed_gives_an_answer(text: str) -> None:
    found = own_rule(PROMISE.replace("DAYS", "60") + text, 1)
    assert isinstance(found, Rule | tuple)


SHAPES: list[Any] = ["", "x", [], {}, ["x"], {"a": "b"}, [["x"]], {"en": []}, "-1", "9" * 40]


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [p for key, value in inner for p in ((*path, key), *_places(value, (*path, key)))]


WHOLE = yaml.safe_load(PROMISE.replace("DAYS", "60"))
WHOLE |= {
    "valid": {"by": "order.placed_at", "from": "2026-01-01"},
    "ask": {"order.item_total": "How much?"},
    "overrides": ["HOUSE-RETURN-OVER"],
    "tags": ["a"],
    "cite": {"source": "S1", "also": ["S2"]},
}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_any_shape_in_any_place_gives_an_answer(shape: Any) -> None:
    """A rule comes from a text field: what is wrong with it is said, and never breaks."""
    for path in _places(WHOLE):
        text = copy.deepcopy(WHOLE)
        node = text
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = shape
        found = own_rule(yaml.safe_dump(text, sort_keys=False, default_style='"'), 1)
        assert isinstance(found, Rule | tuple), path
        if isinstance(found, Rule):
            lay(BOOK, [House(1, found.id, Kind.OWN, 1, "c", DAY, body=yaml.safe_dump(text, default_style='"'))])


@given(st.data())
def test_any_shape_in_a_shipped_rule_gives_an_answer(data: st.DataObject) -> None:
    body = copy.deepcopy(dict(data.draw(st.sampled_from(BOOK.rules)).body)) | {"id": "OWN-TEST"}
    path = data.draw(st.sampled_from(_places(body)))
    node: Any = body
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = data.draw(st.sampled_from(SHAPES))
    assert isinstance(own_rule(yaml.safe_dump(body, default_style='"'), 1), Rule | tuple)


def test_the_book_admits_what_is_free_and_silences_nothing_stronger() -> None:
    rule = read(PROMISE.replace("DAYS", "60"))
    assert admit(BOOK, rule) == ()
    taken = read(PROMISE.replace("DAYS", "60").replace("OWN-RETURNS", "HOUSE-RETURN"))
    assert [p.code for p in admit(BOOK, taken)] == ["rule_id_taken"]
    for line, code in (
        ("overrides: [EU-WD-14]", "house_beats_only_shop"),
        ("excludes: [EU-WD-14]", "house_beats_only_shop"),
        ("overrides: [NO-SUCH-RULE]", "unknown_rule"),
        ("overrides: [OWN-RETURNS]", "unknown_rule"),
    ):
        other = read(PROMISE.replace("DAYS", "60") + line + "\n")
        assert code in [p.code for p in admit(BOOK, other)], line
    assert admit(BOOK, read(PROMISE.replace("DAYS", "60") + "overrides: [HOUSE-RETURN-OVER]\n")) == ()


def test_own_rules_may_not_go_before_each_other_in_a_ring() -> None:
    one = PROMISE.replace("DAYS", "60").replace("OWN-RETURNS", "OWN-ONE") + "overrides: [OWN-TWO]\n"
    two = PROMISE.replace("DAYS", "60").replace("OWN-RETURNS", "OWN-TWO") + "overrides: [OWN-ONE]\n"
    made = lay(BOOK, [own(one), own(two)])
    assert made.book is BOOK
    assert {x.code for x in made.lapsed} == {"precedence_cycle"}


def test_what_a_law_owes_cannot_be_forbidden() -> None:
    due = sorted({c for r in BOOK.rules if r.layer is Layer.LAW and r.then for c in r.then.statutory})
    assert due
    text = PROMISE.replace("DAYS", "60").replace("better_for_buyer: binds\n", "")
    rule = read(text.replace("then:\n", f"then:\n  forbid: [{due[0]}]\n"))
    assert [p.code for p in admit(BOOK, rule)] == ["forbids_what_law_owes"]


# ---- a promise that is better for the buyer binds


@pytest.mark.parametrize(
    ("promised", "day", "decision", "decider"),
    [
        (60, 45, Decision.FOR_BUYER, "OWN-RETURNS"),  # the platform's thirty days are over, the house's are not
        (60, 61, Decision.FOR_SELLER, "TEST-RETURNS"),
        (10, 20, Decision.FOR_BUYER, "TEST-RETURNS-OPEN"),  # a worse promise takes nothing away
        (10, 45, Decision.FOR_SELLER, "TEST-RETURNS"),
        (10, 5, Decision.FOR_BUYER, "OWN-RETURNS"),
    ],
)
def test_a_house_promise_binds_where_it_is_better(promised: int, day: int, decision: Decision, decider: str) -> None:
    rules, problems = parse_file(PLATFORM, "platforms/test.yaml")
    assert problems == []
    platform = replace(BOOK, rules=tuple(rules), hash="test", memo={})
    book = overlay(platform, [own(PROMISE.replace("DAYS", str(promised)))])
    delivered = datetime(2026, 3, 1, 12, tzinfo=UTC)
    asked = delivered + timedelta(days=day)
    wire = {"case.kind": "return", "order.delivered": delivered.isoformat(), "return.requested": asked.isoformat()}
    judgement = judge(read_facts(wire), book, asked + timedelta(hours=1))
    assert judgement.decision is decision
    deciders = [c.rule for c in judgement.citations if c.role == "decides"]
    assert decider in deciders
    if promised == 10 and day > 10:
        assert "OWN-RETURNS" not in deciders
