"""The shipped rulebook holds what it promises, and a broken one says where, which rule and what was expected."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from amends.judgement.rules.core import Layer, Rule, Rulebook
from amends.judgement.rules.load import load_folder, rulebook_dir
from amends.judgement.rules.parse import parse_file
from amends.judgement.rules.verify import check_example, problems_of, stale, verify
from amends.kernel.outcome import InputError, Problem
from amends.kernel.parties import Confidence

BOOK = load_folder(rulebook_dir())


def name_of(rule: Rule) -> str:
    return f"{rule.id}@{rule.version}"


def test_the_book_loads_and_every_example_holds() -> None:
    assert verify(BOOK) == []
    assert len({rule.id for rule in BOOK.rules}) >= 50
    assert {rule.layer for rule in BOOK.rules} == set(Layer)


@pytest.mark.parametrize("rule", BOOK.rules, ids=name_of)
def test_what_every_rule_owes(rule: Rule) -> None:
    assert problems_of(rule) == []
    assert set(rule.title) == {"en", "zh"}
    for then in (rule.then, rule.silence):
        assert then is None or not then.note or set(then.note) == {"en", "zh"}
    assert all(set(texts) == {"en", "zh"} for texts in rule.ask.values())
    if rule.active:
        assert rule.cite is not None
        assert rule.cite.retrieved == date(2026, 11, 22)
        assert len(rule.examples) >= 2, "one example on each side"


@pytest.mark.parametrize("rule", [r for r in BOOK.rules if r.active], ids=name_of)
def test_examples_stand_on_both_sides(rule: Rule) -> None:
    """A rule that only ever fires, or a clock that never runs out, has not been tried on its other side."""
    seen = {str(example.expect) for example in rule.examples}
    assert len(seen) >= 2
    if rule.then is not None and rule.clock is None:
        misses = [e for e in rule.examples if e.expect.get("fires") in ("false", "unknown") or e.expect.get("applies") == "false"]
        assert misses
        assert len(misses) < len(rule.examples)


def test_unverified_rules_are_loaded_and_never_active() -> None:
    sleeping = {rule.id for rule in BOOK.rules if not rule.active}
    assert sleeping == {"AMZ-SAFET", "AMZ-CB"}
    for platform in ("amazon", None):
        assert sleeping.isdisjoint(rule.id for rule in BOOK.candidates(platform, "US"))


def test_every_source_is_cited_and_described() -> None:
    cited = {key for rule in BOOK.rules if rule.cite for key in (rule.cite.source, *rule.cite.also)}
    assert cited == set(BOOK.sources)
    assert all(s.title and (s.url or s.key == "HOUSE") for s in BOOK.sources.values())


def test_an_appeal_names_a_rule_of_the_book() -> None:
    ids = {rule.id for rule in BOOK.rules} | {"none"}
    appeals = {then.outcome.get("appeal", "none") for r in BOOK.rules for then in (r.then, r.silence) if then}
    assert appeals <= ids


def test_outcomes_use_one_vocabulary() -> None:
    allowed = {
        "refund": {"full", "partial", "buyer_demand", "none", "after_return"},
        "funded_by": {"seller", "platform", "issuer", "buyer"},
        "metric_effects": {"odr", "defect", "late", "dispute_rate", "seller_liability_rate", "none"},
        "return_required": {"true", "false"}, "postage": {"seller", "buyer", "platform"},
    }
    for rule in BOOK.rules:
        for then in (rule.then, rule.silence):
            for key, codes in allowed.items():
                value = then.outcome.get(key, []) if then else []
                assert set(value if isinstance(value, list) else [value]) <= codes, (rule.id, key)


def test_conflicting_sources_are_two_rules_of_confidence_c() -> None:
    pair = [r for r in BOOK.rules if r.conflicts and r.active]
    assert {r.id for r in pair} == {"AMZ-A2Z-INFO", "AMZ-A2Z-INFO-48"}
    assert {r.confidence for r in pair} == {Confidence.C}


# Numbers typed from the sources once more, so that a slip in a rule and its example together is caught.
SPOT = [
    ("AE-RESP", {"dispute.submitted": "2026-07-01T00:00:00-07:00"}, "2026-07-06T00:00:00-07:00"),
    ("AE-PROT", {"order.receipt_confirmed": "2026-07-01T00:00:00-07:00"}, "2026-07-16T00:00:00-07:00"),
    ("AE-CANCEL", {"cancellation.requested": "2026-07-01T00:00:00+00:00"}, "2026-07-04T00:00:00+00:00"),
    ("AE-RETSHIP", {"return.agreed": "2026-07-01T00:00:00-07:00"}, "2026-07-11T00:00:00-07:00"),
    ("AMZ-A2Z-NORESP", {"buyer.contacted": "2026-07-01T00:00:00+00:00"}, "2026-07-04T00:00:00+00:00"),
    ("AMZ-A2Z-CONTACT", {"buyer.contacted": "2026-07-01T00:00:00+00:00"}, "2026-07-03T00:00:00+00:00"),
    ("AMZ-A2Z-WINDOW", {"order.promised_by": "2026-07-01T00:00:00-07:00"}, "2026-09-29T00:00:00-07:00"),
    ("AMZ-A2Z-APPEAL", {"dispute.decided": "2026-07-01T00:00:00-07:00"}, "2026-07-31T00:00:00-07:00"),
    ("EB-INR-RESP", {"dispute.submitted": "2026-07-01T12:00:00-07:00"}, "2026-07-07T23:59:59-07:00"),  # 3 July observed
    ("EB-PAYDISP", {"payment_dispute.opened": "2026-07-01T00:00:00-07:00"}, "2026-07-06T00:00:00-07:00"),
    ("EB-CANCEL", {"cancellation.requested": "2026-07-01T00:00:00-07:00"}, "2026-07-04T00:00:00-07:00"),
    ("PP-OPEN", {"order.paid_at": "2026-01-01T00:00:00-08:00"}, "2026-06-30T00:00:00-07:00"),
    ("PP-ESC", {"dispute.submitted": "2026-07-01T00:00:00-07:00"}, "2026-07-21T00:00:00-07:00"),
    ("EU-WD-REFUND", {"order.ship_country": "ES", "withdrawal.declared": "2026-07-01T12:00:00+02:00"}, "2026-07-15T23:59:59+02:00"),
    ("CN-7D-REFUND", {"return.delivered_at": "2026-07-01T12:00:00+08:00"}, "2026-07-08T23:59:59+08:00"),
]


@pytest.mark.parametrize(("rule_id", "given", "due"), SPOT, ids=[row[0] for row in SPOT])
def test_a_deadline_to_the_second_and_one_second_on(rule_id: str, given: dict[str, str], due: str) -> None:
    rule = BOOK.find(rule_id)
    assert rule is not None
    assert check_example(rule, {**given, "at": due}, {"due": due, "state": "running"}) == []
    after = (datetime.fromisoformat(due).timestamp()) + 1
    later = datetime.fromtimestamp(after, datetime.fromisoformat(due).tzinfo).isoformat()
    assert check_example(rule, {**given, "at": later}, {"due": due, "state": "expired"}) == []


# A rulebook that lost something


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(rulebook_dir(), tmp_path / "rulebook"))


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def rule_text(folder: Path, name: str, rule_id: str) -> str:
    text = (folder / name).read_text("utf-8")
    found = re.search(rf"  - id: {rule_id}\n(?:    .*\n)*", text)
    assert found is not None
    return found.group()


def refused(folder: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        load_folder(folder)
    return caught.value.problems


def test_without_its_source_a_rule_is_refused(copy: Path) -> None:
    whole = rule_text(copy, "platforms/ebay.yaml", "EB-CANCEL")
    edit(copy, "platforms/ebay.yaml", whole, re.sub(r"    cite: .*\n", "", whole))
    (problem,) = refused(copy)
    assert (problem.code, problem.params["rule"], problem.params["expected"]) == ("bad_rule", "EB-CANCEL", "a rule needs `cite`")


def test_a_source_that_nobody_describes_is_refused(copy: Path) -> None:
    path = copy / "sources.yaml"
    path.write_text("".join(line for line in path.read_text("utf-8").splitlines(True) if not line.startswith("S31:")), "utf-8")
    (problem,) = refused(copy)
    assert (problem.code, problem.params) == ("unknown_source", {"rule": "EB-CANCEL", "source": "S31"})


def test_without_examples_verification_fails(copy: Path) -> None:
    whole = rule_text(copy, "platforms/ebay.yaml", "EB-CANCEL")
    edit(copy, "platforms/ebay.yaml", whole, whole[: whole.index("    examples:")])
    assert [(p.code, p.params["rule"]) for p in verify(load_folder(copy))] == [("no_example", "EB-CANCEL")]


def test_a_changed_number_fails_its_example(copy: Path) -> None:
    whole = rule_text(copy, "platforms/ebay.yaml", "EB-CANCEL")
    edit(copy, "platforms/ebay.yaml", whole, whole.replace("runs: {days: 3,", "runs: {days: 4,"))
    problems = verify(load_folder(copy))
    assert {(p.code, p.params["rule"], p.params["example"]) for p in problems} == {
        ("example_failed", "EB-CANCEL", "three natural days"), ("example_failed", "EB-CANCEL", "over"),
    }
    assert "got '2026-04-07T10:00:00-07:00'" in problems[0].params["why"]


def test_any_changed_byte_changes_the_books_hash(copy: Path) -> None:
    assert load_folder(copy).hash == BOOK.hash
    edit(copy, "priors.yaml", 'handling: "2.50"', 'handling: "2.51"')
    assert load_folder(copy).hash != BOOK.hash


def test_freshness_is_a_warning_with_an_age() -> None:
    assert stale(BOOK, date(2027, 5, 21)) == []
    old = stale(BOOK, date(2027, 5, 22))
    assert {days for _, days in old} == {181}
    assert len(old) == sum(1 for r in BOOK.rules if r.cite)


# Malformed files

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
    ("unknown fact", RULE.replace("order.total_with_tax_and_postage", "order.total_with_tax"), "bad_rule", 8,
     "no fact is called 'order.total_with_tax'; did you mean 'order.total_with_tax_and_postage'?"),
    ("unknown operator", RULE.replace("at_least:", "atleast:"), "bad_rule", 8,
     "no operator is called 'atleast'; did you mean 'at_least'?"),
    ("operator without order", RULE.replace("fact: order.total_with_tax_and_postage, at_least: 750 USD", "fact: platform, at_least: ebay"),
     "bad_rule", 8, "platform (code) has no order, so 'at_least' does not fit"),
    ("value of another type", RULE.replace("750 USD", "much"), "bad_rule", 8,
     "order.total_with_tax_and_postage expects money, found 'much' (not_money)"),
    ("unknown code", RULE.replace("{platform: ebay}", "{platform: ebey}"), "bad_rule", 5,
     "platform expects code, found 'ebey' (unknown_code)"),
    ("unknown key", RULE + "    colour: red\n", "bad_rule", 3, "a rule has no key 'colour'"),
    ("nothing follows", RULE.replace("    then: {decision: for_buyer}\n", ""), "bad_rule", 3, "a rule needs `then` or `clock`"),
    ("shares do not add up", RULE.replace("{decision: for_buyer}", "{liability: [{party: seller, share: 0.4}]}"), "bad_rule", 9,
     "liability shares must add up to 1"),
    ("no such decision", RULE.replace("for_buyer", "maybe"), "bad_rule", 9, "expected one of"),
    ("clock of two lengths", RULE + CLOCK.replace("days: 5", "days: 5, hours: 3"), "bad_rule", 11, "runs needs exactly one of"),
    ("clock of a length and a given date", RULE + CLOCK.replace("days: 5", "days: 5, given: dispute.respond_by"), "bad_rule", 11,
     "runs is either `given` or a length, not both"),
    ("clock as long as no count", RULE + CLOCK.replace("days: 5", "days: {fact: order.item_total}"), "bad_rule", 11,
     "a clock's length is a count, and order.item_total is money"),
    ("clock from no event", RULE + CLOCK.replace("dispute.submitted", "platform"), "bad_rule", 11,
     "'platform' is not an event or a time"),
    ("business days of nowhere", RULE + CLOCK.replace("days: 5", "business_days: 5"), "bad_rule", 11,
     "business days need a country or a weekend"),
    ("not YAML", RULE.replace("rules:", "rules: ["), "not_yaml", 3, "while parsing"),
    ("no rules", "layer: law\n", "bad_rule_file", 1, "a rule file needs a list `rules`"),
    ("no such layer", "layer: heaven\nrules: []\n", "bad_rule_file", 1, "expected one of"),
]


@pytest.mark.parametrize(("text", "code", "line", "expected"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
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


def test_one_bad_rule_does_not_hide_the_next() -> None:
    second = RULE.split("rules:\n")[1].replace("X-1", "X-2").replace("for_buyer", "maybe")
    _, problems = parse_file(RULE.replace("at_least:", "atleast:") + second, "platforms/x.yaml")
    assert [(p.params["rule"], p.where) for p in problems] == [("X-1", "platforms/x.yaml:8"), ("X-2", "platforms/x.yaml:17")]


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


def test_a_circle_of_precedence_is_refused(tmp_path: Path) -> None:
    first = RULE + "    overrides: [X-2]\n"
    second = RULE.replace("X-1", "X-2") + "    overrides: [X-1]\n"
    with pytest.raises(InputError) as caught:
        book_of(tmp_path, first, second)
    assert caught.value.problems == [Problem("precedence_cycle", "X-1", {"rule": "X-1"})]


def test_overriding_no_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        book_of(tmp_path, RULE + "    overrides: [X-9]\n")
    assert caught.value.problems == [Problem("unknown_rule", "platforms/x.yaml:2", {"rule": "X-1", "other": "X-9"})]
