"""Bringing a backup back: verified as a whole before anything that exists is touched."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from amends.base.operations import archive, database, home
from amends.base.operations.backup import MEMBER_OF
from amends.base.operations.database import Census
from amends.base.operations.errors import OperationError


@dataclass(frozen=True, slots=True)
class Restored:
    folder: Path
    made_at: str
    version: str
    rows: int
    heads: dict[str, str]
    set_aside: Path | None  # where what was there before lies now


def restore(source: Path, folder: Path, now: datetime, *, force: bool) -> Restored:
    """Unpack beside the target, check hashes, row counts and ledger heads, and only then change places.

    Refuses a home or a PostgreSQL database that holds something, unless forced; then the old home's content is kept
    in a folder of its own, and the old PostgreSQL schema is dropped only after the new one was checked.
    """
    home.make(folder)
    with home.stopped(folder), tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as scratch:
        staging = Path(scratch)
        manifest = archive.extract(source, staging)
        engine = database.engine()
        if manifest["engine"] != engine:
            raise OperationError("other_engine", _OTHER_ENGINE[engine].format(source=source), "DATABASE_URL")
        _refuse_full(folder, engine, force=force)
        _restore_database(staging, manifest, engine)
        set_aside = _change_places(staging, folder, now)
    return Restored(
        folder,
        manifest["made_at"],
        manifest["version"],
        sum(manifest["counts"].values()),
        manifest["heads"],
        set_aside,
    )


_OTHER_ENGINE = {
    "postgresql": "{source} is of SQLite: unset DATABASE_URL, restore it, then run `amends move-database URL`",
    "sqlite": "{source} is of PostgreSQL: set DATABASE_URL to an empty database first",
}


def expect(manifest: dict[str, Any]) -> Callable[[Census], None]:
    """A check that a database is the one the manifest describes."""

    def check(census: Census) -> None:
        for what, wanted, found in (
            ("rows", manifest["counts"], census.counts),
            ("ledger head", manifest["heads"], census.heads),
        ):
            differing = sorted(k for k in wanted.keys() | found.keys() if wanted.get(k) != found.get(k))
            if differing:
                name = differing[0]
                message = f"{what} of {name}: the backup says {wanted.get(name)}, restored were {found.get(name)}"
                raise OperationError("restore_differs", message, name)

    return check


def _refuse_full(folder: Path, engine: str, *, force: bool) -> None:
    if force:
        return
    if engine == "sqlite" and (folder / home.DATABASE).exists():
        message = f"{folder} holds a database already; --force sets it aside, --into DIR restores elsewhere"
        raise OperationError("not_empty", message, str(folder))
    if engine == "postgresql" and database.postgres_census().counts:
        message = "the database of DATABASE_URL is not empty; --force replaces what is in it"
        raise OperationError("not_empty", message, "DATABASE_URL")


def _restore_database(staging: Path, manifest: dict[str, Any], engine: str) -> None:
    check, member = expect(manifest), staging / MEMBER_OF[engine]
    if engine == "sqlite":
        check(database.sqlite_census(member))
        member.rename(staging / home.DATABASE)
    else:
        database.postgres_load(member, check)
        member.unlink()


def _change_places(staging: Path, folder: Path, now: datetime) -> Path | None:
    """Move what is there aside and the restored in: renames on one file system, so a crash loses nothing."""
    ours = [home.DATABASE, f"{home.DATABASE}-wal", f"{home.DATABASE}-shm", *home.KEPT]
    aside = folder / f"before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    present = [folder / name for name in ours if _holds_something(folder / name)]
    if present:
        aside.mkdir()
        for path in present:
            path.rename(aside / path.name)
    for path in sorted(staging.iterdir()):
        target = folder / path.name
        if target.is_dir():  # empty, or it would have been set aside
            shutil.rmtree(target)
        path.rename(target)
    home.make(folder)
    for name in ("keys", "tls"):
        (folder / name).chmod(home.PRIVATE)
    return aside if present else None


def _holds_something(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and any(path.iterdir()))
