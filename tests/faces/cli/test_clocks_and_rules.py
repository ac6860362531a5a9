"""`amends clocks`, `amends judge` and `amends rules diff|compare|freshness|verify` as an operator types them."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from amends.faces.cli import main
from amends.judgement.rules.load import rulebook_dir

Call = Callable[..., tuple[int, Any]]
EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"


@pytest.fixture
def amends(capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs a command with `--json`; returns the exit code and the document."""

    def call(*words: str) -> tuple[int, Any]:
        with pytest.raises(SystemExit) as left:
            main([*words, "--json"])
        return int(left.value.code or 0), json.loads(capsys.readouterr().out)

    return call


def test_clocks_at_a_moment_and_under_a_what_if(amends: Call) -> None:
    code, body = amends("clocks", str(EXAMPLES / "t4.json"), "--at", "2026-10-21T00:00:00-07:00")
    states = {c["rule"]: c["state"] for c in body["clocks"]}
    assert (code, states["EB-INR-RESP"]) == (0, "expired")
    code, body = amends("clocks", str(EXAMPLES / "t4.json"), "--what-if", "buyer_charges_back")
    assert body["decision"] == "elsewhere"
    assert {c["rule"] for c in body["clocks"] if c["new"]} >= {"EB-PAYDISP"}


def test_a_day_alone_is_its_midnight_in_utc(amends: Call) -> None:
    _code, day = amends("clocks", str(EXAMPLES / "t4.json"), "--at", "2026-10-17")
    _code, moment = amends("clocks", str(EXAMPLES / "t4.json"), "--at", "2026-10-17T00:00:00+00:00")
    assert day == moment


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--what-if", "nonsense"), ("unknown_code", "--what-if")),
        (("--at", "2026-10-21T00:00:00"), ("zone_missing", "--at")),
    ],
)
def test_a_slip_on_the_command_line_is_named(amends: Call, words: tuple[str, ...], error: tuple[str, str]) -> None:
    code, body = amends("clocks", str(EXAMPLES / "t4.json"), *words)
    assert (code, (body["error"]["code"], body["error"]["where"])) == (1, error)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"order.delivered": "2999-01-01T00:00:00Z"}, ("not_a_time", "order.delivered")),
        ({"order.delivered": "2199-01-01T00:00:00Z"}, ("event_in_future", "order.delivered")),
        (
            {"known_at": "2026-10-01T00:00:00Z", "dispute.submitted": "2026-10-02T00:00:00Z"},
            ("event_in_future", "dispute.submitted"),
        ),
        ({"order.delivered": "2026-10-02T00:00:00"}, ("zone_missing", "order.delivered")),
        ({"order.item_total": "-1 USD"}, ("negative_money", "order.item_total")),
        ({"order.item_total": "1 XXQ"}, ("unknown_currency", "order.item_total")),
        ({"order.ship_country": "XQ"}, ("unknown_country", "order.ship_country")),
        ({"order.totl": "1 USD"}, ("unknown_fact", "order.totl")),
        (
            {"order.shipped": "2026-10-02T00:00:00Z", "order.delivered": "2026-10-01T00:00:00Z"},
            ("contradiction", "order.delivered"),
        ),
    ],
)
def test_facts_that_cannot_be_are_refused_by_name(
    amends: Call, monkeypatch: pytest.MonkeyPatch, facts: dict[str, Any], error: tuple[str, str]
) -> None:
    text = io.TextIOWrapper(io.BytesIO(json.dumps(facts).encode()))
    monkeypatch.setattr("sys.stdin", text)
    code, body = amends("judge", "-")
    assert (code, (body["error"]["code"], body["error"]["where"])) == (1, error)


def test_an_event_after_the_asked_moment_has_not_happened(amends: Call) -> None:
    code, body = amends("judge", str(EXAMPLES / "t4.json"), "--at", "2026-10-11T00:00:00-07:00")
    assert code == 0
    assert "EB-INR-RESP" not in {c["rule"] for c in body["clocks"]}  # the dispute of the fifteenth is not there yet


def test_ten_megabytes_are_refused(amends: Call, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text('{"case.kind": "' + "x" * (10 * 1024 * 1024) + '"}')
    code, body = amends("judge", str(path))
    assert (code, body["error"]["code"]) == (1, "too_large")


def test_versions_countries_and_editions_are_told_apart(amends: Call, tmp_path: Path) -> None:
    _code, body = amends("rules", "diff", "AMZ-FBM-REFUND")
    assert ["add", "    days: '4'"] in body["lines"]
    _code, body = amends("rules", "compare", "DE", "FR", "--at", "2026-11-27")
    assert any(said["rule"] == "FR-GUAR-REPAIR" for row in body["rows"] for said in row["FR"])
    copy = Path(shutil.copytree(rulebook_dir(), tmp_path / "book"))
    _code, body = amends("rules", "diff", str(copy))
    assert body["changes"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("diff", "NO-SUCH"), "unknown_rule"),
        (("diff", "AMZ-FBM-REFUND", "open", "1999-01-01"), "unknown_version"),
        (("compare", "ebay", "nowhere"), "unknown_code"),
        (("compare", "ebay", "amazon", "--at", "yesterday"), "not_a_date"),
    ],
)
def test_what_the_rulebook_does_not_have_is_named(amends: Call, words: tuple[str, ...], code: str) -> None:
    left, body = amends("rules", *words)
    assert (left, body["error"]["code"]) == (1, code)


def _without(folder: Path, line: str) -> None:
    """Takes one line out of the first rule file that has it."""
    path = next(p for p in sorted(folder.rglob("*.yaml")) if line in p.read_text("utf-8"))
    path.write_text(path.read_text("utf-8").replace(line, "", 1), "utf-8")


def test_the_shipped_rulebook_verifies(amends: Call) -> None:
    code, body = amends("rules", "verify")
    assert (code, body["problems"]) == (0, [])
    assert body["rules"] >= 120
    assert body["mutation_score"] >= 0.95


SOURCE = "    cite: {source: S31, retrieved: 2026-11-22}\n"
EXAMPLES_OF_ONE = """\
    examples:
      - name: three natural days
        given: {cancellation.requested: "2026-04-03T10:00:00-07:00"}
        expect: {due: "2026-04-06T10:00:00-07:00", state: running}
      - name: over
        given: {cancellation.requested: "2026-04-03T10:00:00-07:00", at: "2026-04-06T10:00:01-07:00"}
        expect: {state: expired}
"""


ONE_EXAMPLE = """\
      - name: Thanksgiving does not count
        given: {dispute.submitted: "2026-11-24T10:00:00-08:00"}
        expect: {due: "2026-11-30T23:59:59-08:00"}
"""


@pytest.mark.parametrize(
    ("taken", "problem"),
    [(SOURCE, "bad_rule"), (EXAMPLES_OF_ONE, "no_example"), (ONE_EXAMPLE, "example_missing")],
)
def test_taking_away_a_source_or_the_examples_fails(
    amends: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: str, problem: str
) -> None:
    copy = Path(shutil.copytree(rulebook_dir(), tmp_path / "book"))
    _without(copy, taken)
    monkeypatch.setenv("AMENDS_RULEBOOK", str(copy))
    code, body = amends("rules", "verify")
    assert code == 1
    codes = [p["code"] for p in body["problems"]] if "problems" in body else [body["error"]["code"]]
    assert problem in codes
