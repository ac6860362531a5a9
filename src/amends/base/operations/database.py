"""Copies of a whole database and a census of it, on both engines. Works on files and servers, not through models."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from django.conf import settings
from django.db import connection

from amends.base.operations.errors import OperationError

_NEEDS_CLIENT = "{tool} is missing; on Debian: apt-get install postgresql-client"


@dataclass(frozen=True, slots=True)
class Census:
    """Rows of each table, and the newest ledger entry of each organisation as `seq:hash`."""

    counts: dict[str, int]
    heads: dict[str, str]


class Cursor(Protocol):
    def execute(self, statement: Any, parameters: Any = ...) -> Any: ...
    def fetchall(self) -> list[Any]: ...


def engine() -> str:
    """`sqlite` or `postgresql`."""
    return connection.vendor


def sqlite_path() -> Path:
    return Path(str(settings.DATABASES["default"]["NAME"]))


def take(cursor: Cursor, tables: Sequence[str]) -> Census:
    """Count and look in the cursor's own transaction, so that the census is of one moment."""
    counts = {}
    for table in sorted(tables):
        cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names from the catalogue, quoted
        counts[table] = int(cursor.fetchall()[0][0])
    heads: dict[str, str] = {}
    if {"accounts_organisation", "ledger_head"} <= set(tables):
        cursor.execute(
            "SELECT o.slug, h.seq, h.hash FROM accounts_organisation o "
            "JOIN ledger_head h ON h.organisation_id = o.id ORDER BY o.slug"
        )
        heads = {slug: f"{seq}:{digest}" for slug, seq, digest in cursor.fetchall()}
    return Census(counts, heads)


# ---- SQLite


def sqlite_copy(source: Path, target: Path) -> None:
    """A consistent copy while others read and write (SQLite's online backup). The copy needs no `-wal` file."""
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def sqlite_census(path: Path) -> Census:
    """Raises OperationError when the file is damaged."""
    with closing(sqlite3.connect(path)) as copy:
        try:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            verdict = str(error)
        if verdict != "ok":
            raise OperationError("database_damaged", f"{path.name} is damaged: {verdict}", str(path))
        rows = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return take(copy.cursor(), [name for (name,) in rows.fetchall()])


# ---- PostgreSQL


def postgres_tables(cursor: Cursor) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
    return [name for (name,) in cursor.fetchall()]


def postgres_dump(target: Path) -> Census:
    """Dump to `target` (pg_dump's custom format) and count in the very snapshot that was dumped."""
    with _postgres() as session, session.transaction():
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        (snapshot,) = session.execute("SELECT pg_export_snapshot()").fetchone()
        cursor = session.cursor()
        census = take(cursor, postgres_tables(cursor))
        _client(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"
        )
    return census


def postgres_census() -> Census:
    with _postgres() as session, session.transaction():
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor = session.cursor()
        return take(cursor, postgres_tables(cursor))


def postgres_load(dump: Path, check: _Check) -> None:
    """Replace what is in the database by the dump; put everything back if loading or `check` fails.

    The old schema is set aside by renaming, which costs nothing, and dropped only when the new one is proven.
    """
    aside = "amends_set_aside"
    with _postgres() as session:
        session.execute(f"DROP SCHEMA IF EXISTS {aside} CASCADE")
        session.execute(f"ALTER SCHEMA public RENAME TO {aside}")
        session.execute("CREATE SCHEMA public")
        try:
            _client("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(dump))
            check(postgres_census())
        except BaseException:
            session.execute("DROP SCHEMA public CASCADE")
            session.execute(f"ALTER SCHEMA {aside} RENAME TO public")
            raise
        session.execute(f"DROP SCHEMA {aside} CASCADE")


class _Check(Protocol):
    def __call__(self, census: Census, /) -> None:
        """Raises OperationError when the census is not the expected one."""


@contextmanager
def _postgres() -> Iterator[_Session]:
    """A connection of its own, outside Django's: DDL and snapshots must not meet an open transaction there."""
    import psycopg

    parameters = {k: v for k, v in connection.get_connection_params().items() if k in _LIBPQ}
    try:
        with psycopg.connect(**parameters, autocommit=True) as session:
            yield session
    except psycopg.Error as error:
        raise OperationError("database", f"PostgreSQL: {error}".strip(), "DATABASE_URL") from error


class _Session(Protocol):
    """The part of psycopg's connection used here; psycopg itself is imported only where PostgreSQL is."""

    def execute(self, statement: Any) -> Any: ...
    def cursor(self) -> Any: ...
    def transaction(self) -> Any: ...
    def __enter__(self) -> Self: ...


_LIBPQ = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def _client(tool: str, *arguments: str) -> None:
    """Run a PostgreSQL client tool. The password goes through the environment, not the visible command line."""
    program = shutil.which(tool)
    if program is None:
        raise OperationError("client_missing", _NEEDS_CLIENT.format(tool=tool), tool)
    given = connection.get_connection_params()
    environment = os.environ | {_LIBPQ[k]: str(v) for k, v in given.items() if k in _LIBPQ and v}
    if tool == "pg_restore":
        arguments = (f"--dbname={given['dbname']}", *arguments)
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()
        raise OperationError("client_failed", f"{tool}: {reason[0] if reason else done.returncode}", tool)
