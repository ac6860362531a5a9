"""`amends taxonomy` as an operator types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amends.faces.cli import main, taxonomy, taxonomy_page
from amends.judgement.rules.vocabulary import PLATFORMS
from amends.kernel import reason_codes as codes
from amends.kernel.taxonomy import LEAVES

ROOT = Path(__file__).resolve().parents[3]
Call = Callable[..., tuple[int, str]]


@pytest.fixture
def amends(capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(["taxonomy", *words])
        said = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, said.out + said.err

    return call


def _json(answer: tuple[int, str], code: int = 0) -> Any:
    assert answer[0] == code, answer[1]
    return json.loads(answer[1])


def test_check_proves_the_tables(amends: Call) -> None:
    said = _json(amends("check", "--json"))
    assert said["problems"] == []
    assert said["leaves"] == len(LEAVES)
    assert said["codes"] == sum(len(entry.codes) for entry in codes.LISTS)
    assert {"temu", "wish"} <= set(said["without_list"])
    text = amends("check")[1]
    assert "0 problems" in text
    assert "no sourced list: own_shop" in text


def test_check_names_what_does_not_hold_and_fails(amends: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = next(e for e in codes.LISTS if e.version == "2013")
    bad = replace(entry, codes=(replace(entry.codes[0], leaves=("lost_at_sea",)), *entry.codes[1:]))
    monkeypatch.setattr(codes, "LISTS", tuple(bad if e is entry else e for e in codes.LISTS))
    status, text = amends("check")
    assert status == 1
    assert "aliexpress disputes 2013 abnormal tracking number: unknown_leaf {'leaf': 'lost_at_sea'}" in text
    found = _json(amends("check", "--json"), 1)["problems"]
    assert (found[0]["code"], found[0]["params"]) == ("unknown_leaf", {"leaf": "lost_at_sea"})


def test_list_shows_every_leaf_and_platform(amends: Call) -> None:
    said = _json(amends("list", "--at", "2026-11-20", "--json"))
    assert [leaf["code"] for leaf in said["leaves"]] == [leaf.code for leaf in LEAVES]
    rows = {row["platform"]: row for row in said["platforms"]}
    assert set(PLATFORMS) <= set(rows)
    assert rows["temu"] == {"platform": "temu", "status": "no sourced list", "lists": [], "codes": 0, "see": []}
    assert rows["card"]["see"] == ["amex", "discover", "mastercard", "visa"]
    assert rows["aliexpress"]["codes"] == 10
    then = _json(amends("list", "--at", "2015-01-01", "--json"))["platforms"]
    assert next(row["codes"] for row in then if row["platform"] == "aliexpress") == 15
    text = amends("list")[1]
    assert "delivered_not_received" in text
    assert "see amex, discover, mastercard, visa" in text


def test_show_a_leaf(amends: Call) -> None:
    said = _json(amends("show", "wrong_item", "--platform", "amazon", "--json"))
    assert [row["code"] for row in said["codes"]] == ["SWITCHEROO", "EXTRA_ITEM"]
    assert said["codes"][0]["proof"] == "A"
    every = _json(amends("show", "unauthorised", "--json"))["codes"]
    keys = [(row["platform"], row["list"], row["code"]) for row in every]
    assert len(keys) == len(set(keys))
    assert "no platform has a code for it alone" in amends("show", "thanks")[1]
    assert "SWITCHEROO" in amends("show", "wrong_item")[1]


def test_map_a_code(amends: Call) -> None:
    said = _json(amends("map", "amazon", "cr-switcheroo", "--json"))
    assert (said["leaves"], said["decided"]) == (["wrong_item"], False)
    assert said["found"][0]["source"].startswith("amzn/selling-partner-api-models")
    assert _json(amends("map", "aliexpress", "fake", "--at", "2014-01-01", "--json"))["leaves"] == ["counterfeit"]
    one = _json(amends("map", "ebay", "OTHER", "--list", "cancellations", "--json"))
    assert one["leaves"] == ["cancellation"]
    text = amends("map", "ebay", "ITEM_NOT_RECEIVED")[1]
    assert "ebay payment disputes" in text
    assert "the return did not reach the seller" in text


def test_why_paypal_decided_is_not_a_reason_for_a_case(amends: Call) -> None:
    said = _json(amends("map", "paypal", "INVALID_TRACKING", "--json"))
    assert (said["leaves"], said["decided"]) == ([], True)
    assert "why a case was decided" in amends("map", "paypal", "INVALID_TRACKING")[1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["map", "temu", "DAMAGED"], "no_sourced_list"),
        (["map", "amazon", "NO_SUCH_CODE"], "unknown_reason_code"),
        (["map", "amazon", "SWITCHEROO", "--list", "wishes"], "unknown_list"),
        (["map", "atlantis", "X"], "unknown_platform"),
        (["map", "amazon", "SWITCHEROO", "--at", "yesterday"], "not_a_date"),
        (["show", "lost_at_sea"], "unknown_leaf"),
        (["show", "damaged", "--platform", "atlantis"], "unknown_platform"),
    ],
)
def test_what_is_not_known_is_refused_by_name(amends: Call, words: list[str], code: str) -> None:
    assert _json(amends(*words, "--json"), 1)["error"]["code"] == code


def test_the_page_names_every_leaf_code_and_bare_platform() -> None:
    page = taxonomy_page.page()
    assert (ROOT / "docs/reference/taxonomy.md").read_text("utf-8") == page
    for leaf in LEAVES:
        assert f"| `{leaf.code}` |" in page
    for entry in codes.LISTS:
        for code in entry.codes:
            assert code.code.replace("|", "\\|") in page
        if entry.status is codes.Status.NONE:
            assert f"- **{entry.platform}**: {entry.note}" in page


def test_the_module_offers_one_command() -> None:
    assert [command.name for command in taxonomy.commands] == ["taxonomy"]
