"""Policy texts in a git history: which changed, and which rules cite them. A real history, made here."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from amends.judgement.rules.freshness import Change, changes_since, touched
from amends.judgement.rules.load import current
from amends.kernel.outcome import InputError

EBAY, ALIEXPRESS = "eBay/Terms of Service.md", "AliExpress/Marketplace Sellers Conditions.md"


def commit(folder: Path, day: str, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / {"ebay": EBAY, "aliexpress": ALIEXPRESS, "other": "Nobody/Impressum.md"}[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    clock = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    for command in (["add", "-A"], ["commit", "-q", "-m", f"Update of {day}"]):
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(folder), *command],
            check=True,
            env=os.environ | clock,
        )


@pytest.fixture
def history(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    commit(tmp_path, "2026-05-01", ebay="one", aliexpress="one", other="one")
    commit(tmp_path, "2026-08-12", ebay="two")
    commit(tmp_path, "2026-11-25", aliexpress="two", other="two")
    return tmp_path


def test_changed_documents_name_the_rules_that_rest_on_them(history: Path) -> None:
    found = {t.document: t for t in touched(current(), changes_since(history, date(2026, 6, 1)))}
    assert set(found) == {EBAY, ALIEXPRESS, "Nobody/Impressum.md"}
    assert "AE-COMMIT" in {rule.id for rule in found[ALIEXPRESS].rules}
    assert found[ALIEXPRESS].sources == ("S64",)
    assert [c.at.date() for c in found[ALIEXPRESS].changes] == [date(2026, 11, 25)]


def test_rules_read_after_the_change_are_told_apart(history: Path) -> None:
    found = {t.document: t for t in touched(current(), changes_since(history, date(2026, 6, 1)))}
    assert found[EBAY].rules == ()  # retrieved on 2026-11-22, after the change of August
    assert "EB-CANCEL" in {rule.id for rule in found[EBAY].checked}
    assert found["Nobody/Impressum.md"].sources == ()


def test_nothing_is_told_of_what_changed_before(history: Path) -> None:
    assert changes_since(history, date(2026, 11, 26)) == []
    assert {c.document for c in changes_since(history, date(2026, 9, 1))} == {ALIEXPRESS, "Nobody/Impressum.md"}


def test_a_change_on_the_day_of_reading_counts_as_read() -> None:
    at = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    (found,) = touched(current(), [Change(EBAY, at, "abc")])
    assert found.rules == ()


def test_a_folder_without_a_history_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        changes_since(tmp_path, date(2026, 1, 1))
    assert (refused.value.problems[0].code, refused.value.problems[0].where) == ("not_a_history", str(tmp_path))
