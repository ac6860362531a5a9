"""Bytes to disk and back: streamed, durable before they are spoken of, and never twice."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from amends.base.files import core
from amends.kernel.outcome import InputError, Problem

_BLOCK = 1 << 20

Source = BinaryIO | Path | bytes


@dataclass(frozen=True, slots=True)
class Written:
    sha256: str
    size: int


def root() -> Path:
    return Path(settings.HOME) / "files"


def path_of(sha256: str) -> Path:
    """Where the bytes of that hash lie, or would lie."""
    return root() / core.address(sha256)


def write(source: Source, max_bytes: int | None) -> Written:
    """Copy `source` into its place and flush it to the disk. The same bytes twice are one file.

    Raises InputError `file_too_large` as soon as `max_bytes` is passed; nothing is left behind then.
    """
    with _opened(source) as stream, _temporary() as (temporary, handle):
        digest, size = hashlib.sha256(), 0
        while block := stream.read(_BLOCK):
            size += len(block)
            if max_bytes is not None and size > max_bytes:
                raise InputError([Problem("file_too_large", "file", {"max_bytes": max_bytes})])
            digest.update(block)
            handle.write(block)
        handle.flush()
        os.fsync(handle.fileno())
        written = Written(digest.hexdigest(), size)
        _move(temporary, path_of(written.sha256), size)
    return written


@contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield BytesIO(source)
    elif isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    else:
        yield source  # the caller's, to close as well


@contextmanager
def _temporary() -> Iterator[tuple[Path, BinaryIO]]:
    """A new file on the same disk as its later place, so that moving it is one step. Gone afterwards."""
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder / secrets.token_hex(16)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            yield temporary, handle
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _move(temporary: Path, place: Path, size: int) -> None:
    """A place that is taken is left alone, unless a broken disk or a meddler changed its length."""
    with suppress(FileNotFoundError):
        if place.stat().st_size == size:
            return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary.replace(place)
    for folder in (place.parent, place.parent.parent, place.parent.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """A new name is only durable when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_whole(sha256: str) -> bool:
    """Read the bytes again and compare. False also when they are not there."""
    digest = hashlib.sha256()
    try:
        with path_of(sha256).open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return False
    return digest.hexdigest() == sha256


def drop_abandoned(before: datetime) -> int:
    """Remove what a killed process left half written, by its last change. Returns how many."""
    gone = 0
    for leftover in (root() / "incoming").glob("*"):
        with suppress(FileNotFoundError):
            if leftover.stat().st_mtime < before.timestamp():
                leftover.unlink()
                gone += 1
    return gone
