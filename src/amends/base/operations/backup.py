"""Writing a backup: the database of one moment, the files, the keys."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import amends
from amends.base.operations import archive, database, home
from amends.base.operations.archive import Member
from amends.base.settings import env

MEMBER_OF = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


@dataclass(frozen=True, slots=True)
class Done:
    path: Path
    size: int
    rows: int
    files: int
    heads: dict[str, str]


def default_path(folder: Path, now: datetime, word: str = "amends") -> Path:
    """AMENDS_HOME/backups/amends-20261120T020000Z.tar.gz"""
    return folder / "backups" / f"{word}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar.gz"


def backup(folder: Path, target: Path, now: datetime) -> Done:
    """Safe while the house runs: the database is copied first, and files are written before the rows that name them.

    The file holds the signing key and buyers' data: whoever can read it can read everything.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    engine = database.engine()
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as scratch:
        copy = Path(scratch) / MEMBER_OF[engine]
        if engine == "sqlite":
            database.sqlite_copy(database.sqlite_path(), copy)
            census = database.sqlite_census(copy)
        else:
            census = database.postgres_dump(copy)
        facts = {
            "version": amends.__version__,
            "made_at": now.astimezone(UTC).isoformat(),
            "engine": engine,
            "secret_key": "environment" if env.read("AMENDS_SECRET_KEY") else "keys/secret",
            **asdict(census),
        }
        members = [Member(copy.name, copy), *_kept_files(folder)]
        archive.write(target, members, facts)
    return Done(target, target.stat().st_size, sum(census.counts.values()), len(members) - 1, census.heads)


def _kept_files(folder: Path) -> Iterator[Member]:
    for name in home.KEPT:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield Member(path.relative_to(folder).as_posix(), path, may_vanish=name == "in")
