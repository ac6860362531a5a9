"""Bringing the database up to the code: a backup first, and back to it when a migration fails."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, connections

from amends.base.operations import archive, backup, database, home, prepare
from amends.base.operations.errors import OperationError
from amends.base.operations.restore import expect


@dataclass(frozen=True, slots=True)
class Upgraded:
    applied: tuple[str, ...]
    backup: Path | None


def upgrade(folder: Path, now: datetime) -> Upgraded:
    """Nothing to do, nothing done. The caller makes sure that nothing else runs on the database.

    Raises OperationError `upgrade_failed` after the database is as it was before.
    """
    pending = prepare.pending_migrations()
    if not pending:
        return Upgraded((), None)
    kept = backup.backup(folder, backup.default_path(folder, now, "before-upgrade"), now).path
    try:
        prepare.migrate()
    except Exception as error:  # whatever a migration raises, the way back is the same
        roll_back(kept)
        message = f"the upgrade failed and was undone: {error} (the backup is {kept})"
        raise OperationError("upgrade_failed", message, pending[0], backup=str(kept)) from error
    return Upgraded(tuple(pending), kept)


def roll_back(kept: Path) -> None:
    """Put the database of the backup in place of the present one; files and keys were not touched by a migration."""
    with tempfile.TemporaryDirectory(prefix=".rollback-", dir=kept.parent) as scratch:
        manifest = archive.extract(kept, Path(scratch))
        member = Path(scratch) / backup.MEMBER_OF[manifest["engine"]]
        connections.close_all()
        if connection.vendor == "sqlite":
            expect(manifest)(database.sqlite_census(member))
            path = database.sqlite_path()
            for tail in ("-wal", "-shm"):
                path.with_name(path.name + tail).unlink(missing_ok=True)
            member.replace(path)
        else:
            database.postgres_load(member, expect(manifest))


def run(folder: Path, now: datetime) -> Upgraded:
    """`amends upgrade`: alone on the house, and only while it is stopped."""
    home.make(folder)
    with home.stopped(folder), prepare.alone(folder):
        return upgrade(folder, now)
