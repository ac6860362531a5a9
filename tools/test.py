"""Run the whole suite on SQLite and on PostgreSQL, with what the machine has or can install.

`make test` and `.ci/run` call this. It ends with one line that counts both runs, and the exit code says the rest.
Arguments after `--` go to pytest, and then only what they select is run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).resolve().parent))

import machine
import postgres

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--no-install", action="store_true", help="do not install anything on the machine")
    parser.add_argument("--note", default="", help="a line to repeat in the summary")
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    options = parser.parse_args()

    notes = [] if options.no_install else machine.install_missing()
    runs: list[tuple[str, Count, float]] = []
    runs.append(("SQLite", *run_suite(options.pytest, {})))
    if not options.sqlite_only:
        with postgres.server(may_install=not options.no_install) as found:
            if found.url:
                # What was marked as independent of the database has run already.
                extra = {"AMENDS_TEST_DATABASE_URL": found.url, "PATH": found.path}
                runs.append((found.version, *run_suite(["-m", "not once", *options.pytest], extra)))
            else:
                notes.append(f"PostgreSQL was left out: {found.reason}")

    print()
    for note in (options.note, *notes):
        if note:
            print(note)
    for name, count, seconds in runs:
        print(f"{name}, {seconds:.0f} s: {count}")
    total = sum((count for _, count, _ in runs), Count())
    print(total, flush=True)
    return 1 if total.failed or not total.passed else 0


def run_suite(arguments: list[str], extra: dict[str, str]) -> tuple[Count, float]:
    """One pytest process with its output shown; the counts come from its report file."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("AMENDS_") and k != "DATABASE_URL"}
    name = "PostgreSQL" if extra else "SQLite"
    print(f"\n== the suite on {name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="amends-report-") as folder:
        report = Path(folder) / "report.xml"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments],
            cwd=ROOT,
            env=clean | extra,
            check=False,
        )
        count = read_report(report)
    if done.returncode not in (0, 1) and not count.failed:
        count += Count(failed=1)  # pytest itself broke: that must not look like a pass
    return count, time.monotonic() - started


def read_report(path: Path) -> Count:
    """Counts of a JUnit file; an error in set-up or collection is a failure. Nothing readable: one failure."""
    try:
        root = ET.parse(path).getroot()  # noqa: S314 - written by our own pytest a moment ago
    except (OSError, ET.ParseError):
        return Count(failed=1)
    total = Count()
    for suite in root.iter("testsuite"):
        tests, failures, errors, skipped = (int(suite.get(k, 0)) for k in ("tests", "failures", "errors", "skipped"))
        total += Count(tests - failures - errors - skipped, failures + errors, skipped)
    return total


if __name__ == "__main__":
    sys.exit(main())
