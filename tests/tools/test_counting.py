"""The closing line of `make test`: what it counts, and that a broken run never looks like a pass."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("amends_tools_test", ROOT / "tools" / "test.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_errors_count_as_failures(tool, tmp_path):
    report = tmp_path / "r.xml"
    report.write_text('<testsuites><testsuite tests="10" failures="1" errors="2" skipped="3"/></testsuites>')
    assert tool.read_report(report) == tool.Count(passed=4, failed=3, skipped=3)
    assert str(tool.read_report(report) + tool.Count(1, 0, 0)) == "5 passed, 3 failed, 3 skipped"


@pytest.mark.parametrize("content", [None, "", "<testsuites>"])
def test_no_report_is_a_failure(tool, tmp_path, content):
    if content is not None:
        (tmp_path / "r.xml").write_text(content)
    assert tool.read_report(tmp_path / "r.xml") == tool.Count(failed=1)


@pytest.mark.parametrize(("argument", "ends"), [("tests/test_fixtures.py", "2 passed, 0 failed, 0 skipped")])
def test_the_last_line_counts(argument, ends):
    done = subprocess.run(
        [sys.executable, "tools/test.py", "--no-install", "--sqlite-only", "--", argument],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == ends


def test_nothing_selected_is_not_a_pass():
    done = subprocess.run(
        [
            sys.executable,
            "tools/test.py",
            "--no-install",
            "--sqlite-only",
            "--",
            "tests/test_fixtures.py",
            "-k",
            "nothing",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1


def test_what_make_needs_is_named_in_one_line(tmp_path):
    done = subprocess.run(
        ["tools/need.sh", str(tmp_path / "no-python")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "sudo apt-get install -y python3 python3-venv" in done.stderr
    assert subprocess.run(["tools/need.sh", sys.executable], cwd=ROOT, check=False).returncode == 0
