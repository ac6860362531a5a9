"""What `amends doctor` looks at. Each check says what it found and, when something is off, what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from amends.base.operations import certificates, database, home, prepare
from amends.base.operations.errors import OperationError
from amends.base.settings import env

LEAST_FREE_MB, LOW_FREE_MB = 200, 2000
LATE = timedelta(minutes=2)
BUILT = datetime(2026, 11, 1, tzinfo=UTC)  # a clock before this is wrong
OLDEST_POSTGRES = 15  # of those the tests run on
APART_SECONDS = 60  # machines that use NTP are within one
NEEDS_HTTPS = "passkeys, installing as an app, offline drafts, push notices, the camera scan, the clipboard button"


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    state: State
    found: str
    do: str = ""


def ok(name: str, found: str) -> Check:
    return Check(name, State.OK, found)


def warn(name: str, found: str, do: str) -> Check:
    return Check(name, State.WARN, found, do)


def fail(name: str, found: str, do: str) -> Check:
    return Check(name, State.FAIL, found, do)


def python() -> Check:
    return ok("python", platform.python_version())


def home_writable(folder: Path) -> Check:
    if folder.is_dir() and os.access(folder, os.W_OK):
        return ok("home", str(folder))
    return fail("home", f"{folder} cannot be written", "set AMENDS_HOME to a folder this user owns")


def disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free // 1_000_000
    found = f"{free} MB free at {folder}"
    if free < LEAST_FREE_MB:
        return fail("disk", found, "free some space: the database cannot grow")
    return ok("disk", found) if free >= LOW_FREE_MB else warn("disk", found, "free some space soon")


def secrets(folder: Path) -> Check:
    """Keys must be readable by their owner only."""
    open_ones = [
        str(path.relative_to(folder))
        for path in [*(folder / "keys").rglob("*"), *(folder / "tls").glob("*.key")]
        if path.is_file() and path.stat().st_mode & 0o077
    ]
    if open_ones:
        return fail("secrets", f"others can read {', '.join(open_ones)}", f"chmod 600 {folder / open_ones[0]}")
    return ok("secrets", "keys are readable by their owner only")


def sqlite_version() -> Check:
    if database.engine() != "sqlite":
        return ok("sqlite", "not in use")
    found = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < (3, 35):
        return fail("sqlite", found, "SQLite 3.35 or newer is needed; a newer Python brings one, or use PostgreSQL")
    return ok("sqlite", found)


def database_answers() -> Check:
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            if database.engine() == "sqlite":
                cursor.execute("PRAGMA journal_mode")
                mode = str(cursor.fetchone()[0])
                found = f"SQLite at {database.sqlite_path()}, journal {mode}"
                if mode != "wal":
                    return warn(
                        "database", found, "the file system does not allow WAL: keep AMENDS_HOME on a local disk"
                    )
                return ok("database", found)
            cursor.execute("SHOW server_version")
            version = str(cursor.fetchone()[0])
    except DatabaseError as error:
        return fail("database", str(error).strip().splitlines()[0], "check DATABASE_URL, and that the server runs")
    if int(version.partition(".")[0].partition(" ")[0]) < OLDEST_POSTGRES:
        return warn("database", f"PostgreSQL {version}", "version 15 or newer is tested")
    return ok("database", f"PostgreSQL {version}")


def migrations() -> Check:
    pending = prepare.pending_migrations()
    if pending:
        return warn("migrations", f"{len(pending)} are pending", "run `amends upgrade` (`amends up` does it too)")
    return ok("migrations", "the database is up to date")


def worker(folder: Path, now: datetime) -> Check:
    """Alive if somebody holds the house and no due job has been waiting for long."""
    from amends.base.jobs import presence
    from amends.base.jobs.core import JobState
    from amends.base.jobs.models import Job

    # A job with a key may rightly wait behind an older one of its key, so only the others tell.
    late = Job.objects.filter(state=JobState.WAITING, due__lt=now - LATE, key="").count()
    dead = Job.objects.filter(state=JobState.DEAD).count()
    if late:
        return fail("worker", f"{late} jobs are overdue by more than two minutes", "start `amends up`; look at its log")
    if not home.is_running(folder):
        return warn("worker", "amends is not running", "start `amends up`")
    if not presence.alive(now):
        if now - home.announced(folder) < presence.FRESH:
            return warn("worker", "the worker is starting", "ask again in a moment")
        return fail("worker", "no worker has signed for 45 seconds", "look at the log of `amends up`")
    if dead:
        return warn("worker", f"{dead} jobs gave up", "look at them with `amends jobs list --state dead`")
    return ok("worker", "no job is late")


def mail() -> Check:
    missing = [name for name in ("AMENDS_SMTP_URL", "AMENDS_IMAP_URL") if not env.read(name)]
    if missing:
        return warn(
            "mail", f"{' and '.join(missing)} not set", "see docs/how-to/mail.md; answers can be copied by hand"
        )
    return ok("mail", "outgoing and incoming are set")


def tls(folder: Path, now: datetime) -> Check:
    """Plain HTTP is fine on the machine itself; from any other device browsers switch things off."""
    facts = home.read_run(folder) if home.is_running(folder) else {}
    url = str(facts.get("url") or env.read("AMENDS_URL"))
    if not url.startswith("https://"):
        return warn(
            "https",
            f"plain HTTP: from other devices browsers switch off {NEEDS_HTTPS}",
            "start with `amends up --tls` to use telephones and tablets",
        )
    served = folder / "tls" / "server.crt"
    if served.exists():
        try:
            ends = certificates.facts_of(served).not_after
        except OperationError as error:
            return fail("https", str(error), "run `amends tls renew`")
        if ends < now + timedelta(days=7):
            return warn("https", f"the certificate ends on {ends.date()}", "restart `amends up --tls` to renew it")
    return ok("https", url)


def clock(now: datetime) -> Check:
    """Deadlines are only as right as the clock. Compared with the build, the ledger and the database server."""
    from django.db import connection

    from amends.base.ledger.models import Entry

    if now < BUILT:
        return fail(
            "clock", f"it is {now:%Y-%m-%d %H:%M} UTC here", "set the machine's clock (timedatectl set-ntp true)"
        )
    newest = Entry.objects.order_by("-at").values_list("at", flat=True).first()
    if newest is not None and newest > now + LATE:
        return fail(
            "clock", f"the ledger's newest entry is of {newest:%Y-%m-%d %H:%M} UTC, in the future", "set the clock"
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs((cursor.fetchone()[0] - now).total_seconds())
        if apart > APART_SECONDS:
            return warn("clock", f"the database server's clock is {apart:.0f} s apart", "let both machines use NTP")
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def run(folder: Path, now: datetime, further: tuple[Callable[[], Check], ...] = ()) -> list[Check]:
    """Every check in order. What needs the database is left out when it does not answer."""
    writable, answers = home_writable(folder), database_answers()
    found = [python(), writable, disk(folder), secrets(folder), sqlite_version(), answers]
    if answers.state is not State.FAIL:
        schema = migrations()
        found.append(schema)
        if schema.state is State.OK:
            found += [worker(folder, now), clock(now)]
    return [*found, mail(), tls(folder, now), *(check() for check in further)]
