"""The shipped rulebook holds what it promises, and notices when a rule loses its source, its example or a number."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from amends.judgement.guard import current as guard_rules
from amends.judgement.rules.core import Layer, Rule
from amends.judgement.rules.load import load_folder, rulebook_dir
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
    assert problems_of(rule, BOOK.rates) == []
    assert set(rule.title) == {"en", "zh"}
    for then in (rule.then, rule.silence):
        assert then is None or not then.note or set(then.note) == {"en", "zh"}
    assert all(set(texts) == {"en", "zh"} for texts in rule.ask.values())
    if rule.active:
        assert rule.cite is not None
        assert rule.cite.retrieved is not None
        assert rule.cite.retrieved >= date(2026, 11, 22)
        assert len(rule.examples) >= 2, "one example on each side"


@pytest.mark.parametrize("rule", [r for r in BOOK.rules if r.active], ids=name_of)
def test_examples_stand_on_both_sides(rule: Rule) -> None:
    """A rule that only ever fires, or a clock that never runs out, has not been tried on its other side."""
    seen = {str(example.expect) for example in rule.examples}
    assert len(seen) >= 2
    if rule.then is not None and rule.clock is None:
        misses = [
            e
            for e in rule.examples
            if e.expect.get("fires") in ("false", "unknown") or e.expect.get("applies") == "false"
        ]
        assert misses
        assert len(misses) < len(rule.examples)


def test_unverified_rules_are_loaded_and_never_active() -> None:
    sleeping = {rule.id for rule in BOOK.rules if not rule.active}
    drafts_of_law = {"EU-GUAR-PRESUMED", "UK-STRR-7D", "KR-MISDESCRIBED", "KR-MISDESCRIBED-30D", "US-DEMIN-AFTER"}
    assert sleeping == {"AMZ-SAFET", "AMZ-CB", "EB-CCWSR"} | drafts_of_law
    for platform in ("amazon", None):
        assert sleeping.isdisjoint(found.rule.id for found in BOOK.candidates(platform, "US"))


def test_every_source_is_cited_and_described() -> None:
    cited = {key for rule in BOOK.rules if rule.cite for key in (rule.cite.source, *rule.cite.also)}
    cited |= {cite.source for rule in guard_rules() for cite in rule.cites}
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
        "metric_effects": {"odr", "defect", "late", "dispute_rate", "seller_liability_rate", "none"}
        | {"reputation", "seller_fault_return_rate"},
        "return_required": {"true", "false"},
        "postage": {"seller", "buyer", "platform"},
    }
    for rule in BOOK.rules:
        for then in (rule.then, rule.silence):
            for key, codes in allowed.items():
                value = then.outcome.get(key, []) if then else []
                assert set(value if isinstance(value, list) else [value]) <= codes, (rule.id, key)


def test_conflicting_sources_are_two_rules_of_confidence_c() -> None:
    pair = [r for r in BOOK.rules if r.conflicts and r.active]
    duties = {"EU-3EUR-ALL", "EU-3EUR-IOSS", "US-DEMIN-POST-122", "US-DEMIN-POST-122-15"}
    assert {r.id for r in pair} == {"AMZ-A2Z-INFO", "AMZ-A2Z-INFO-48", "CN-REP", "CN-REP-VISA-US"} | duties
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
    (
        "EU-WD-REFUND",
        {"order.ship_country": "ES", "withdrawal.declared": "2026-07-01T12:00:00+02:00"},
        "2026-07-15T23:59:59+02:00",
    ),
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
    whole = rule_text(copy, "platforms/ebay_cases.yaml", "EB-CANCEL")
    edit(copy, "platforms/ebay_cases.yaml", whole, re.sub(r"    cite: .*\n", "", whole))
    (problem,) = refused(copy)
    assert problem.code == "bad_rule"
    assert problem.params == {"rule": "EB-CANCEL", "expected": "a rule needs `cite`"}


def test_a_source_that_nobody_describes_is_refused(copy: Path) -> None:
    path = copy / "sources.yaml"
    kept = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("S31:")]
    path.write_text("\n".join(kept), "utf-8")
    (problem,) = refused(copy)
    assert (problem.code, problem.params) == ("unknown_source", {"rule": "EB-CANCEL", "source": "S31"})


def test_without_examples_verification_fails(copy: Path) -> None:
    whole = rule_text(copy, "platforms/ebay_cases.yaml", "EB-CANCEL")
    edit(copy, "platforms/ebay_cases.yaml", whole, whole[: whole.index("    examples:")])
    assert [(p.code, p.params["rule"]) for p in verify(load_folder(copy))] == [
        ("no_example", "EB-CANCEL"),
        ("example_missing", ""),
    ]


def test_a_changed_number_fails_its_example(copy: Path) -> None:
    whole = rule_text(copy, "platforms/ebay_cases.yaml", "EB-CANCEL")
    edit(copy, "platforms/ebay_cases.yaml", whole, whole.replace("runs: {days: 3,", "runs: {days: 4,"))
    problems = verify(load_folder(copy))
    assert {(p.code, p.params["rule"], p.params["example"]) for p in problems} == {
        ("example_failed", "EB-CANCEL", "three natural days"),
        ("example_failed", "EB-CANCEL", "over"),
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
    assert len(old) == sum(1 for r in BOOK.rules if r.cite and r.cite.retrieved == date(2026, 11, 22))
