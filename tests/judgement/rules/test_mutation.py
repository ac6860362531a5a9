"""The mutation score: which slips are made, which are caught, and what a weak rule costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from amends.judgement.rules.core import Rule
from amends.judgement.rules.load import current
from amends.judgement.rules.mutation import LEAST_OF_A_RULE, LEAST_OVERALL, mutants, overall, score, weak
from amends.judgement.rules.parse import parse_file
from amends.judgement.rules.verify import problems_of

HEAD = """
layer: platform
tables:
  days: {US: "15", FR: "16", DE: "17"}
rules:
"""
RULE = """
  - id: T-1
    title: A rule for this test
    applies: {platform: ebay}
    confidence: B
    cite: {source: S20}
"""


def rule_of(rest: str) -> Rule:
    rules, problems = parse_file(HEAD + RULE + rest, "t.yaml")
    assert problems == []
    return rules[0]


def slips(rest: str) -> set[tuple[str, str, str]]:
    return {(m.path, m.was, m.now) for m, _other in mutants(rule_of(rest))}


OTHER_STATES = "['excluded', 'expired', 'not_started', 'paused']"
LATE = "{'fact': 'order.promised_by', 'plus': '3 days'}"
CLAUSES: list[tuple[str, set[tuple[str, str, str]]]] = [
    (
        "{fact: order.item_total, at_least: 750 USD}",
        {
            ("when", "at_least 750 USD", "more_than 750 USD"),
            ("when", "at_least 750 USD", "less_than 750 USD"),
            ("when.at_least", "750 USD", "751 USD"),
            ("when.at_least", "750 USD", "749 USD"),
        },
    ),
    ("{event: order.delivered}", {("when", "event order.delivered", "no_event order.delivered")}),
    ("{case.photos: true}", {("when.case.photos", "true", "false")}),
    ("{site: US}", {("when.site", "US", "is_not US")}),
    ("{clock: EB-X, is: [met, running]}", {("when.is", "['met', 'running']", OTHER_STATES)}),
    (
        "{fact: order.delivered, after: {fact: order.promised_by, plus: 3 days}}",
        {
            ("when", f"after {LATE}", f"not_before {LATE}"),
            ("when", f"after {LATE}", f"not_after {LATE}"),
            ("when.after.plus", "3 days", "4 days"),
            ("when.after.plus", "3 days", "2 days"),
        },
    ),
    (
        "{at_least: 2, of: prior_orders, where: {undisputed: true}}",
        {
            ("when.at_least", "2", "3"),
            ("when.at_least", "2", "1"),
            ("when.where.undisputed", "true", "false"),
        },
    ),
    (
        "{at_least: 2, among: [{case.photos: true}, {case.threat: true}]}",
        {
            ("when.at_least", "2", "1"),  # three of two is refused by the language, so it is no slip
            ("when.among.0.case.photos", "true", "false"),
            ("when.among.1.case.threat", "true", "false"),
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("clause", "expected"), CLAUSES)
def test_each_clause_has_its_slips(clause: str, expected: set[tuple[str, str, str]]) -> None:
    assert slips(f"    when: {clause}\n    then: {{decision: for_buyer}}\n") == expected


def test_dates_ids_and_words_are_left_alone() -> None:
    found = slips(
        "    valid: {by: order.placed_at, from: 2026-01-26}\n    then: {decision: for_buyer, note: Pay 5 USD}\n"
    )
    assert found == set()


def test_a_clock_is_slipped_in_its_length_its_start_and_its_silence() -> None:
    found = slips(
        "    clock: {name: c, owner: seller, starts: {event: order.shipped, plus: {days: 7}}, "
        "runs: {hours: 8, zone_assumed: true}, silence: {closes: true}}\n"
    )
    assert found == {
        ("clock.starts.plus.days", "7", "8"),
        ("clock.starts.plus.days", "7", "6"),
        ("clock.runs.hours", "8", "9"),
        ("clock.runs.hours", "8", "7"),
        ("clock.silence.closes", "true", "false"),
    }


def test_a_table_is_slipped_in_its_first_middle_and_last_row() -> None:
    found = slips(
        "    clock: {name: c, owner: seller, starts: {event: order.shipped}, "
        "runs: {days: {table: days, by: order.ship_country}}}\n"
    )
    assert {path for path, _was, _now in found} == {"tables.days.US", "tables.days.FR", "tables.days.DE"}


LOOSE = """
    when: {fact: order.item_total, at_least: 750 USD}
    then: {decision: for_buyer}
    examples:
      - given: {order.item_total: 900 USD}
        expect: {decision: for_buyer}
      - given: {order.item_total: 10 USD}
        expect: {fires: false}
"""
TIGHT = LOOSE.replace("900 USD", "750 USD").replace("10 USD", "749.99 USD")


def test_examples_away_from_the_limit_let_slips_pass() -> None:
    loose, tight = score(rule_of(LOOSE)), score(rule_of(TIGHT))
    assert (loose.killed, tight.killed, tight.mutants) == (1, 4, 4)
    where: Any = {("T-1", "open"): "t.yaml:7"}
    assert [(p.code, p.where) for p in weak([loose], where)] == [
        ("weak_examples", "t.yaml:7"),
        ("weak_rulebook", "rulebook"),
    ]
    assert weak([tight], where) == []


def test_taking_an_example_or_the_source_away_is_a_problem() -> None:
    bare = rule_of("    then: {decision: for_buyer}\n")
    assert [p.code for p in problems_of(bare)] == ["no_example"]
    _rules, refused = parse_file((HEAD + RULE + TIGHT).replace("    cite: {source: S20}\n", ""), "t.yaml")
    assert [(p.code, p.params["rule"]) for p in refused] == [("bad_rule", "T-1")]


def test_the_shipped_rulebook_is_held_by_its_examples() -> None:
    book = current()
    scores = [score(rule, book.rates) for rule in book.rules]
    assert [s.rule for s in scores if s.share < LEAST_OF_A_RULE] == []
    assert overall(scores) >= LEAST_OVERALL
    assert Decimal(0) <= overall(scores) <= 1
