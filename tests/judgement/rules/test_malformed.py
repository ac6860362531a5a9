"""A broken rule file says where, which rule and what was expected, and nothing of it is loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.rules.core import Rulebook
from amends.judgement.rules.load import load_folder, rulebook_dir
from amends.judgement.rules.parse import parse_file
from amends.judgement.rules.verify import problems_of
from amends.kernel.outcome import InputError, Problem

BOOK = load_folder(rulebook_dir())
RULE = """\
layer: platform
rules:
  - id: X-1
    title: A rule
    applies: {platform: ebay}
    confidence: B
    cite: {source: S20, retrieved: 2026-11-22}
    when: {fact: order.total_with_tax_and_postage, at_least: 750 USD}
    then: {decision: for_buyer}
    examples: [{given: {}, expect: {fires: unknown}}]
"""
CLOCK = "    clock: {name: a, owner: seller, starts: {event: dispute.submitted}, runs: {days: 5}}\n"
MALFORMED = [
    ("key twice", RULE + "    confidence: C\n", "duplicate_key", 11, "line 11: the key 'confidence' stands twice"),
    (
        "unknown fact",
        RULE.replace("order.total_with_tax_and_postage", "order.total_with_tax"),
        "bad_rule",
        8,
        "no fact is called 'order.total_with_tax'; did you mean 'order.total_with_tax_and_postage'?",
    ),
    (
        "unknown operator",
        RULE.replace("at_least:", "atleast:"),
        "bad_rule",
        8,
        "no operator is called 'atleast'; did you mean 'at_least'?",
    ),
    (
        "operator without order",
        RULE.replace("fact: order.total_with_tax_and_postage, at_least: 750 USD", "fact: platform, at_least: ebay"),
        "bad_rule",
        8,
        "platform (code) has no order, so 'at_least' does not fit",
    ),
    (
        "value of another type",
        RULE.replace("750 USD", "much"),
        "bad_rule",
        8,
        "order.total_with_tax_and_postage expects money, found 'much' (not_money)",
    ),
    (
        "unknown code",
        RULE.replace("{platform: ebay}", "{platform: ebey}"),
        "bad_rule",
        5,
        "platform expects code, found 'ebey' (unknown_code)",
    ),
    ("unknown key", RULE + "    colour: red\n", "bad_rule", 3, "a rule has no key 'colour'"),
    (
        "nothing follows",
        RULE.replace("    then: {decision: for_buyer}\n", ""),
        "bad_rule",
        3,
        "a rule needs `then`, `clock`, `metric` or `penalty`",
    ),
    (
        "shares do not add up",
        RULE.replace("{decision: for_buyer}", "{liability: [{party: seller, share: 0.4}]}"),
        "bad_rule",
        9,
        "liability shares must add up to 1",
    ),
    ("no such decision", RULE.replace("for_buyer", "maybe"), "bad_rule", 9, "expected one of"),
    (
        "clock of two lengths",
        RULE + CLOCK.replace("days: 5", "days: 5, hours: 3"),
        "bad_rule",
        11,
        "runs needs exactly one of",
    ),
    (
        "clock of a length and a given date",
        RULE + CLOCK.replace("days: 5", "days: 5, given: dispute.respond_by"),
        "bad_rule",
        11,
        "runs is either `given` or a length, not both",
    ),
    (
        "clock as long as no count",
        RULE + CLOCK.replace("days: 5", "days: {fact: order.item_total}"),
        "bad_rule",
        11,
        "a clock's length is a count, and order.item_total is money",
    ),
    (
        "clock from no event",
        RULE + CLOCK.replace("dispute.submitted", "platform"),
        "bad_rule",
        11,
        "'platform' is not an event or a time",
    ),
    (
        "business days of nowhere",
        RULE + CLOCK.replace("days: 5", "business_days: 5"),
        "bad_rule",
        11,
        "business days need a country or a weekend",
    ),
    ("not YAML", RULE.replace("rules:", "rules: ["), "not_yaml", 3, "while parsing"),
    ("no rules", "layer: law\n", "bad_rule_file", 1, "a rule file needs a list `rules`"),
    ("no such layer", "layer: heaven\nrules: []\n", "bad_rule_file", 1, "expected one of"),
]


@pytest.mark.parametrize(
    ("text", "code", "line", "expected"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED]
)
def test_malformed(text: str, code: str, line: int, expected: str) -> None:
    rules, problems = parse_file(text, "platforms/x.yaml")
    assert rules == []
    (problem,) = problems
    assert (problem.code, problem.where) == (code, f"platforms/x.yaml:{line}")
    assert problem.params["expected"].startswith(expected)
    if code == "bad_rule":
        assert problem.params["rule"] == "X-1"


def test_the_sample_itself_is_sound() -> None:
    rules, problems = parse_file(RULE, "platforms/x.yaml")
    assert problems == []
    assert [problems_of(rule) for rule in rules] == [[]]


def spots(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a rule, as a path of keys and positions."""
    yield path
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield from spots(value, (*path, key))


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_any_slip_in_a_rule_is_a_problem_with_a_line_and_never_a_crash(data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(BOOK.rules))
    body: Any = json.loads(json.dumps(rule.body))
    path = data.draw(st.sampled_from([p for p in spots(body) if p]))
    holder = body
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = data.draw(
        st.sampled_from(["x", "", [], {}, ["x"], {"x": "y"}, [["x"]], "-1", "99999999999 days"])
    )
    top = {"tables": {"longest_promise": {"RU": "90"}}, "rules": [body]}
    rules, problems = parse_file(yaml.safe_dump(top, sort_keys=False, allow_unicode=True), "platforms/x.yaml")
    assert len(rules) + len(problems) == 1
    for problem in problems:
        assert int(problem.where.removeprefix("platforms/x.yaml:")) > 0


def test_one_bad_rule_does_not_hide_the_next() -> None:
    second = RULE.split("rules:\n")[1].replace("X-1", "X-2").replace("for_buyer", "maybe")
    _, problems = parse_file(RULE.replace("at_least:", "atleast:") + second, "platforms/x.yaml")
    assert [(p.params["rule"], p.where) for p in problems] == [
        ("X-1", "platforms/x.yaml:8"),
        ("X-2", "platforms/x.yaml:17"),
    ]


def book_of(folder: Path, *rules: str) -> Rulebook:
    (folder / "platforms").mkdir()
    (folder / "sources.yaml").write_text("S20: {title: A page, url: example.org}\n", "utf-8")
    (folder / "platforms" / "x.yaml").write_text("rules:\n" + "".join(r.split("rules:\n")[1] for r in rules), "utf-8")
    return load_folder(folder)


def versioned(valid: str) -> str:
    return RULE.replace("    confidence", f"    valid: {{by: order.placed_at, {valid}}}\n    confidence")


def test_overlapping_versions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        book_of(tmp_path, versioned("to: 2026-01-25"), versioned("from: 2026-01-25"))
    assert caught.value.problems == [Problem("overlapping_versions", "platforms/x.yaml:11", {"rule": "X-1"})]


def test_versions_that_meet_are_accepted(tmp_path: Path) -> None:
    book = book_of(tmp_path, versioned("to: 2026-01-25"), versioned("from: 2026-01-26"))
    assert [r.version for r in book.versions("X-1")] == ["open", "2026-01-26"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("    overrides: [X-2]\n", "    overrides: [X-1]\n"),
        ("    overrides: [X-2]\n", "    excludes: [X-1]\n"),
        ("    excludes: [b]\n    tags: [a]\n", "    excludes: [a]\n    tags: [b]\n"),
    ],
)
def test_a_circle_of_precedence_is_refused(tmp_path: Path, first: str, second: str) -> None:
    with pytest.raises(InputError) as caught:
        book_of(tmp_path, RULE + first, RULE.replace("X-1", "X-2") + second)
    expected = {"rule": "X-1", "ring": "X-1 → X-2 → X-1"}
    assert caught.value.problems == [Problem("precedence_cycle", "X-1", expected)]


def test_overriding_no_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        book_of(tmp_path, RULE + "    overrides: [X-9]\n")
    assert caught.value.problems == [Problem("unknown_rule", "platforms/x.yaml:2", {"rule": "X-1", "other": "X-9"})]
