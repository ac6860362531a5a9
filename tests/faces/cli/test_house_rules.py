"""`amends rules house` as an operator runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amends.faces.console.house import STARTER

pytestmark = pytest.mark.once
WHY = ("--reason", "Faster than asked", "--cite", "Team rule of May")


def test_house_rules_are_written_listed_and_withdrawn(empty_house, tmp_path: Path) -> None:
    numbers = json.loads(empty_house.try_("rules", "house", "numbers", "AE-RESP", "--json").stdout)["numbers"]
    assert [(n["path"], n["value"], n["unit"]) for n in numbers] == [("clock.runs.days", "5", "days")]
    done = empty_house.try_("rules", "house", "override", "AE-RESP", "clock.runs.days", "3", *WHY, "--json")
    made = json.loads(done.stdout)
    assert (made["old"], made["new"], made["number"]) == ("5", "3", 1)
    refused = empty_house.try_("rules", "house", "override", "EU-WD-14", "clock.runs.days", "7", *WHY)
    assert refused.returncode != 0
    assert "law_only_better_for_buyer" in refused.stderr
    file = tmp_path / "own.yaml"
    file.write_text(STARTER, "utf-8")
    assert empty_house.try_("rules", "house", "add", str(file), *WHY).returncode == 0
    file.write_text(STARTER.replace("case.kind", "case.knid"), "utf-8")
    wrong = empty_house.try_("rules", "house", "add", str(file), *WHY)
    assert wrong.returncode != 0
    assert "body:5" in wrong.stderr
    listed = json.loads(empty_house.try_("rules", "house", "list", "--json").stdout)["house_rules"]
    assert [row["rule"] for row in listed] == ["AE-RESP", "OWN-RETURNS"]
    gone = empty_house.try_("rules", "house", "withdraw", str(made["id"]), "--reason", "over")
    assert "withdrawn" in gone.stdout
    assert "AE-RESP" not in empty_house.try_("rules", "house", "list").stdout
    assert "AE-RESP" in empty_house.try_("rules", "house", "list", "--all").stdout
    back = json.loads(empty_house.try_("rules", "house", "restore", str(made["id"]), "--json").stdout)
    assert back["number"] == 2
