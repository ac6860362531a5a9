"""`amends language`, through the frame every command hangs in."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from amends.faces.cli import cli, main


def run(*arguments, text=None):
    return CliRunner().invoke(cli, ["--json", "language", *arguments], input=text)


def test_detect_says_language_and_why():
    found = json.loads(run("detect", "Wo bleibt mein Paket?").output)
    assert (found["language"], found["method"]) == ("de", "agreement")


def test_a_prior_is_passed_on():
    assert json.loads(run("detect", "ok", "--prior", "FR").output)["second"] == "fr"


def test_understand_reads_standard_input():
    reading = json.loads(run("understand", text="the vase arrived broken in pieces").output)
    assert (reading["leaf"], reading["kind"]) == ("damaged", "not_as_described")


def test_people_get_lines():
    shown = CliRunner().invoke(cli, ["language", "understand", "where", "is", "my", "order?"]).output
    assert shown.splitlines()[0].split()[:2] == ["language", "en"]
    assert "where_is_my_order" in shown


def test_figures(tmp_path):
    file = tmp_path / "two.jsonl"
    rows = [
        {"text": "where is my order?", "language": "en", "leaf": "where_is_my_order"},
        {"text": "the vase arrived broken in pieces", "language": "en", "leaf": "thanks"},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows))
    figures = json.loads(run("test", str(file), "--misses").output)
    assert (figures["count"], figures["leaf_accuracy"], figures["misses"][0]["got"]) == (2, 0.5, "damaged")


@pytest.mark.parametrize(("content", "code"), [("", "no_examples"), ("{}", "bad_examples"), ("x", "bad_examples")])
def test_bad_files_are_refused_with_a_code(tmp_path, capsys, content, code):
    file = tmp_path / "bad.jsonl"
    file.write_text(content)
    with pytest.raises(SystemExit) as stopped:
        main(["--json", "language", "test", str(file)])
    assert stopped.value.code == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code


def test_no_text_is_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", __import__("io").StringIO("  "))
    with pytest.raises(SystemExit):
        main(["--json", "language", "detect"])
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "no_text"
