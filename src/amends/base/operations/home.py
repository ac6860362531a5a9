"""The folder that holds all state, and the locks that keep two processes from the same work."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from amends.base.operations.errors import OperationError

PRIVATE = 0o700
KEPT = ("files", "keys", "tls", "in")  # folders that a backup holds; the rest can be made again
DATABASE = "amends.sqlite3"


def make(home: Path) -> None:
    """Create the home and its private folders. Raises OperationError when it cannot be written."""
    try:
        home.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        for name, mode in (("keys", PRIVATE), ("tls", PRIVATE), ("locks", 0o755), ("files", 0o755), ("in", 0o755)):
            (home / name).mkdir(mode=mode, exist_ok=True)
    except OSError as error:
        message = f"the folder {home} cannot be made or written ({error.strerror}); set AMENDS_HOME to one that can"
        raise OperationError("home_not_writable", message, "AMENDS_HOME", folder=str(home)) from error


@contextmanager
def locked(home: Path, name: str) -> Iterator[None]:
    """Wait for the named lock and hold it. It is the kernel's: a killed process holds nothing."""
    with _lock_file(home, name).open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def running(home: Path) -> Iterator[None]:
    """Hold the house as the one `amends up` on it. Raises OperationError `already_running`."""
    with _lock_file(home, "up").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _is_running(home) from None
        try:
            yield
        finally:
            forget_run(home)


@contextmanager
def stopped(home: Path) -> Iterator[None]:
    """Hold the house so that `amends up` cannot start meanwhile. Raises OperationError if it runs now."""
    with running(home):
        yield


def is_running(home: Path) -> bool:
    path = home / "locks" / "up.lock"
    if not path.exists():
        return False
    with path.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def note_run(home: Path, facts: dict[str, Any]) -> None:
    """Leave a note of the running `amends up`: process id, address, TLS. `amends doctor` reads it."""
    write_private(home / "run.json", json.dumps(facts).encode())


def read_run(home: Path) -> dict[str, Any]:
    """The note, or an empty dict. Only meaningful while `is_running`."""
    try:
        facts: dict[str, Any] = json.loads((home / "run.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return facts


def announced(home: Path) -> datetime:
    """When the running `amends up` began to answer; long ago, where there is no note of it."""
    since = read_run(home).get("since")
    return datetime.fromisoformat(since) if isinstance(since, str) else datetime.min.replace(tzinfo=UTC)


def forget_run(home: Path) -> None:
    (home / "run.json").unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file in one step; only its owner may read it."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(path)


def _lock_file(home: Path, name: str) -> Path:
    folder = home / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.lock"


def _is_running(home: Path) -> OperationError:
    facts = read_run(home)
    who = f" (process {facts['pid']}, {facts['url']})" if facts else ""
    message = f"amends is already running on {home}{who}; stop it first"
    return OperationError("already_running", message, "AMENDS_HOME", folder=str(home), **facts)
