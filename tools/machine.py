"""What the tests can use of this machine, and installing what Debian has when we are root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """`present` says whether the machine has it; `packages` bring it; `lost` is what is skipped without it."""

    name: str
    present: Callable[[], bool]
    packages: tuple[str, ...]
    lost: str


def postgres_folder() -> Path | None:
    """The newest installed server's folder of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).parent if on_path else None


def _has_cjk_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip())


WANTED = (
    Wanted("PostgreSQL", lambda: postgres_folder() is not None, ("postgresql",), "the run on PostgreSQL"),
    Wanted("Chromium", lambda: bool(shutil.which("chromium")), ("chromium",), "browser tests"),
    Wanted("Dovecot", lambda: Path("/usr/sbin/dovecot").exists(), ("dovecot-imapd",), "tests with a real IMAP server"),
    Wanted("a Chinese font", _has_cjk_font, ("fonts-noto-cjk", "fontconfig"), "the look of Chinese in browser tests"),
)


def is_root() -> bool:
    return os.geteuid() == 0


def install_missing() -> list[str]:
    """Install by apt what is missing. Returns one line for each thing that stays missing, and why."""
    missing = [wanted for wanted in WANTED if not wanted.present()]
    if not missing:
        return []
    reason = _install([package for wanted in missing for package in wanted.packages])
    return [f"{w.name} is missing ({reason}): {w.lost} are skipped" for w in missing if not w.present()]


def _install(packages: list[str]) -> str:
    if not shutil.which("apt-get"):
        return "no apt-get on this machine"
    if not is_root():
        return f"as root: apt-get install -y {' '.join(packages)}"
    if "postgresql" in packages:
        _no_system_cluster()
    print(f"installing {', '.join(packages)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    for command in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"{' '.join(command[:1])} failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}"
    return "not found after installing"


def _no_system_cluster() -> None:
    """Debian starts a server of its own when PostgreSQL is installed; the tests want only the programs."""
    folder = Path("/etc/postgresql-common/createcluster.d")
    if not folder.parent.exists():
        folder.mkdir(parents=True)
        (folder / "amends-tests.conf").write_text("create_main_cluster = false\n")
