"""Installations of their own for drills: a home in a temporary folder, driven through the real command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class House:
    """One installation. Commands run as processes, as an operator runs them."""

    home: Path
    database_url: str = ""
    further: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AMENDS_", "DJANGO_", "DATABASE_"))}
        own = {"AMENDS_HOME": str(self.home), "DATABASE_URL": self.database_url, "PYTHONPATH": str(ROOT)}
        # Trained models are shared: each new home would otherwise train its own for most of a minute.
        own["AMENDS_CACHE"] = os.environ.get("AMENDS_CACHE", str(ROOT / "var" / "cache"))
        return kept | own | self.further

    def try_(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "amends.faces.cli", *arguments],
            env=self.environment(),
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def run(self, *arguments: str, stdin: str = "") -> dict[str, Any]:
        """The document of a command that succeeds."""
        done = self.try_(*arguments, "--json", stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def refuses(self, *arguments: str, code: int = 1, stdin: str = "") -> dict[str, Any]:
        """The error of a command that is refused; anything but a clear error fails the test."""
        done = self.try_(*arguments, "--json", stdin=stdin)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout)["error"]

    def fill(self) -> None:
        """Schema, two organisations with people and a ledger, two orders, a stored file."""
        self.python(
            "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
            "from datetime import UTC, datetime\n"
            "from tests import factories as f\n"
            "from amends.base.accounts.core import Role, system_scope\n"
            "from amends.base.team import actions\n"
            "for slug in ('acme', 'rival'):\n"
            "    o = actions.create_organisation(slug.title(), slug=slug, now=f.NOW, salt='s')\n"
            "    actions.add_member(system_scope(o.pk), f'o@{slug}.example', Role.OWNER, now=f.NOW)\n"
            "    f.make_order(o, f.make_shop(o), number=f'00{o.pk}', extra={'留言': 'größer €', 'n': 1.5})\n"
        )
        folder = self.home / "files" / "ab" / "cd"
        folder.mkdir(parents=True)
        (folder / ("abcd" + "0" * 60)).write_bytes(bytes(range(256)) * 1000)

    def python(self, script: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", f"from amends.faces.cli.frame import setup_django; setup_django()\n{script}"],
            env=self.environment() | {"AMENDS_HOME": str(self.home)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; drills work on copies."""
    home = tmp_path_factory.mktemp("filled") / "home"
    House(home).fill()
    return home


@pytest.fixture
def house(filled_home: Path, tmp_path: Path) -> House:
    """A filled SQLite installation of this test's own."""
    shutil.copytree(filled_home, tmp_path / "home")
    return House(tmp_path / "home")


@pytest.fixture
def empty_house(tmp_path: Path) -> House:
    return House(tmp_path / "home")
