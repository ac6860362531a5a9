"""Own rules of a house: read, refused by line, laid over the book, and bound where they promise more."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.judge import judge
from amends.judgement.policies.core import (
    House,
    Kind,
    admit,
    lay,
    overlay,
    own_rule,
)
from amends.judgement.rules.core import Decision, Layer, Rule
from amends.judgement.rules.facts import read_facts
from amends.judgement.rules.load import load_folder, rulebook_dir
from amends.judgement.rules.parse import parse_file
from amends.kernel.outcome import Problem

BOOK = load_folder(rulebook_dir())
DAY = date(2026, 11, 20)


def own(text: str, *, number: int = 1) -> House:
    return House(
        1, text.split("id: ")[1].split(maxsplit=1)[0], Kind.OWN, number, "https://shop.example/returns", DAY, body=text
    )


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
