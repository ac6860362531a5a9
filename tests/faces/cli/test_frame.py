"""The frame: names without imports, one way to say JSON, one way to fail."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import click
import pytest

from amends.faces.cli import cli, frame, main, reference, settings_cmd
from tests.conftest import ROOT


def leaves(command: click.Command, path: str = "amends"):
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from leaves(inner, f"{path} {name}")
    else:
        yield path, command


@pytest.mark.parametrize("module", [m for m in frame.MODULES if frame.exists(m)], ids=lambda m: m.name)
def test_the_list_names_what_the_module_has(module):
    assert {command.name for command in frame.load(module)} == set(module.helps)


@pytest.mark.parametrize("module", [m for m in frame.MODULES if frame.exists(m)], ids=lambda m: m.name)
def test_every_command_speaks_json_and_has_a_help(module):
    for command in frame.load(module):
        for path, leaf in leaves(command):
            assert "--json" in {o for p in leaf.params for o in p.opts}, path
            assert leaf.help, path


def test_every_module_of_the_folder_is_listed():
    listed = {m.name for m in frame.MODULES}
    without_commands = {"__init__", "__main__", "frame", "reference", "first_owner", "install_page"} | {
        "language_measure", "language_translate",
    }  # fmt: skip
    folder = ROOT / "src" / "amends" / "faces" / "cli"
    with_commands = {p.stem for p in folder.glob("*.py") if "commands: list" in p.read_text() and p.stem != "frame"}
    assert with_commands - without_commands <= listed


def test_help_imports_no_django():
    script = "import sys; from amends.faces.cli import cli\ntry:\n cli(['--help'])\nexcept SystemExit: pass\n"
    script += "print('django' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr == "False\n"
    assert "move-database" in done.stdout


def test_help_is_quick():
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "amends.faces.cli", "--help"], capture_output=True, check=True, cwd=ROOT)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.3


def say(*arguments: str, capsys) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code, capsys.readouterr().out


def test_an_unknown_command_is_a_document_too(capsys):
    code, out = say("nonsense", "--json", capsys=capsys)
    assert code == 2
    assert json.loads(out)["error"]["code"] == "usage"


def test_json_may_stand_before_or_after(capsys):
    before, after = say("--json", "settings", capsys=capsys), say("settings", "--json", capsys=capsys)
    assert before == after
    assert json.loads(after[1])["settings"][0]["name"] == "AMENDS_HOME"


def test_a_refusal_names_code_and_place(capsys, db):
    code, out = say("user", "list", "--organisation", "nobody", "--json", capsys=capsys)
    assert code == 1
    assert json.loads(out) == {
        "error": {
            "code": "unknown_organisation",
            "message": "there is no organisation 'nobody' (known: none)",
            "where": "",
            "params": {"slug": "nobody"},
        }
    }


def test_without_a_name_it_is_the_first_real_organisation(db):
    from tests import factories

    factories.make_organisation("demo", is_demo=True)
    real = factories.make_organisation("real")
    with click.Context(cli) as ctx:
        assert frame.scope_from(ctx).organisation_id == real.pk


def test_a_table_counts_chinese_as_two_columns():
    lines = frame.table(["name", "n"], [["深圳", 1], ["abcdef", None]]).split("\n")
    assert lines == ["name    n", "深圳    1", "abcdef"]


def test_passwords_are_not_printed():
    assert settings_cmd.shown("DATABASE_URL", "postgres://u:geheim@h/db") == "postgres://u:…@h/db"
    assert settings_cmd.shown("AMENDS_SMTP_URL", "smtp://a%40b.de:pa:ss@h:587") == "smtp://a%40b.de:…@h:587"
    assert settings_cmd.shown("AMENDS_SECRET_KEY", "x") == "(hidden)"


def test_the_settings_page_is_up_to_date():
    assert (ROOT / "docs/reference/settings.md").read_text() == settings_cmd.reference_page()


def test_the_command_page_is_up_to_date():
    assert (ROOT / "docs/reference/cli.md").read_text() == reference.page()
