"""Golden dates: every shipped clock file against dates counted by hand on a calendar (golden.yaml)."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import yaml

from amends.judgement.rules.facts import parse_instant
from amends.judgement.rules.load import load_folder, rulebook_dir
from amends.judgement.rules.verify import example_record, run_alone
from amends.kernel.clauses import RATES

BOOK = load_folder(rulebook_dir())
# As the rulebook reads its own files: plain texts, so that no time or flag is guessed at.
ROWS: list[dict[str, Any]] = yaml.load(Path(__file__).with_name("golden.yaml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}-{row['rule']}" for number, row in enumerate(ROWS)])
def test_due(row: dict[str, Any]) -> None:
    rule = BOOK.find(row["rule"], row.get("version", ""))
    assert rule is not None, "no such rule or version"
    record, now = example_record(rule, row["given"])
    record[RATES] = BOOK.rates
    clock = run_alone(rule, record, now).clock
    assert clock is not None, "its clock does not run on these facts"
    assert clock.zone == row["zone"]
    assert clock.due is not None
    due = parse_instant(row["due"])
    # Through UTC: a local time that exists twice never equals one in another zone.
    assert clock.due.astimezone(UTC) == due.astimezone(UTC), f"says {clock.due.isoformat()}"


def test_there_are_enough_and_none_is_there_twice() -> None:
    assert len(ROWS) >= 80
    assert len({repr((row["rule"], row.get("version"), row["given"])) for row in ROWS}) == len(ROWS)


def test_every_platform_and_every_law_with_a_clock_has_one() -> None:
    with_clocks = {rule.file for rule in BOOK.rules if rule.clock and rule.file.split("/")[0] in ("platforms", "law")}
    golden = {rule.file for row in ROWS for rule in BOOK.versions(row["rule"])}
    assert with_clocks - golden == set()
