"""Two sides of the rulebook, two versions of a rule, two editions of the book."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from amends.judgement.rules.compare import changes_between, compare, diff, law_of, side, sides_of
from amends.judgement.rules.core import Layer
from amends.judgement.rules.load import current, load_folder, rulebook_dir

TODAY = date(2026, 11, 27)


def test_two_countries_differ_in_what_only_one_of_them_owes() -> None:
    lines = {(line.subject.about, line.subject.what): line for line in compare(current(), "DE", "FR", TODAY)}
    repair = lines["clock", "repair_or_replace"]
    assert repair.left == ()
    assert [said.rule.id for said in repair.right] == ["FR-GUAR-REPAIR"]
    withdrawal = next(line for (about, what), line in lines.items() if about == "clock" and "withdraw" in what)
    assert not withdrawal.differs


def test_two_platforms_are_matched_by_clock_and_by_trouble() -> None:
    lines = {line.subject: line for line in compare(current(), "ebay", "amazon", TODAY)}
    appeal = next(line for subject, line in lines.items() if subject.what == "appeal")
    assert {said.says for said in appeal.left} == {"30 days from dispute.decided"}
    assert any(subject.about == "decides" and line.left and line.right for subject, line in lines.items())


def test_only_rules_in_force_on_the_day_are_compared() -> None:
    before = [r.version for r in side(current(), "amazon", date(2026, 1, 25)) if r.id == "AMZ-FBM-REFUND"]
    after = [r.version for r in side(current(), "amazon", date(2026, 1, 26)) if r.id == "AMZ-FBM-REFUND"]
    assert (before, after) == (["open"], ["2026-01-26"])


def test_a_country_is_compared_by_its_law_alone() -> None:
    assert {rule.layer for rule in side(current(), "FR", TODAY)} == {Layer.LAW}
    platforms, countries = sides_of(current())
    assert {"ebay", "amazon", "aliexpress"} <= set(platforms)
    assert {"FR", "GB", "US", "CN"} <= set(countries)


def test_two_versions_show_the_changed_number_and_not_the_examples() -> None:
    old, new = current().versions("AMZ-FBM-REFUND")
    lines = diff(law_of(old), law_of(new))
    assert ("del", "    business_days: '2'") in lines
    assert ("add", "    days: '4'") in lines
    assert not any("examples" in line for _kind, line in lines)


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    return Path(shutil.copytree(rulebook_dir(), tmp_path / "book"))


def test_two_editions_of_the_book(edition: Path) -> None:
    path = next(p for p in (edition / "platforms").glob("ebay*.yaml") if "id: EB-CANCEL" in p.read_text("utf-8"))
    text = path.read_text("utf-8")
    path.write_text(text.replace("Seller accepts or declines a cancellation", "The seller answers a cancellation"))
    changes = changes_between(load_folder(edition), current())
    assert [(c.rule_id, c.kind) for c in changes] == [("EB-CANCEL", "changed")]
    assert changes_between(current(), current()) == []
