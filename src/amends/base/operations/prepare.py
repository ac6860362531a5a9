"""Making an installation ready to start: schema, translations, static files. Safe to run twice, or twice at once."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from amends.base.operations import home

# Any number will do as long as nothing else on the database server uses it for an advisory lock.
_ADVISORY_LOCK = 0x616D656E6473


def is_empty_database() -> bool:
    return not connection.introspection.table_names()


def pending_migrations() -> list[str]:
    """`app.name` of each migration not applied yet, in the order they would run."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One preparation at a time: a file lock on this machine, an advisory lock on a shared PostgreSQL."""
    with home.locked(folder, "prepare"):
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])


def compile_catalogues(folders: list[Path] | None = None) -> list[Path]:
    """Make each `.mo` that is missing or older than its `.po`. Returns those made.

    A folder that cannot be written is left alone: an installed package brings its compiled files along.
    """
    made = []
    for folder in folders if folders is not None else [Path(p) for p in settings.LOCALE_PATHS]:
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            stale = not target.exists() or target.stat().st_mtime < source.stat().st_mtime
            if stale and os.access(source.parent, os.W_OK):
                _compile(source, target)
                made.append(target)
    return made


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as handle:
        catalogue = read_po(handle)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    fresh.write_bytes(compiled.getvalue())
    fresh.replace(target)


def collect_static() -> bool:
    """Copy and fingerprint the static files when any of them changed since the last time. True if it did.

    No web server may be running on them meanwhile.
    """
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    current = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == current:
        return False
    stamp.parent.mkdir(parents=True, exist_ok=True)
    # From scratch: copying only newer files, to the second, would keep an old one that looks as new.
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(current)
    return True


def _static_fingerprint() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
