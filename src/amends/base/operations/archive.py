"""The backup file: a `.tar.gz` whose last member, `manifest.json`, holds the hash of every other one.

Written and read as a stream, so its size is bounded by the disk and not by memory.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from amends.base.operations.errors import OperationError

FORMAT = 1
MANIFEST = "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    name: str  # POSIX path inside the archive
    path: Path
    may_vanish: bool = False  # a file of the watched folder, which an import may be moving right now


class _Hashing:
    """A reader that hashes what passes through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.digest.update(chunk)
        return chunk


def write(target: Path, members: Iterable[Member], facts: dict[str, Any]) -> dict[str, Any]:
    """Write the archive beside `target` and move it there when complete. Readable by its owner only.

    Returns the manifest. A member that shrinks while it is read fails the whole backup.
    """
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    listed: dict[str, dict[str, Any]] = {}
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=5) as tar:
                for member in members:
                    try:
                        listed[member.name] = _add(tar, member)
                    except FileNotFoundError:
                        if not member.may_vanish:
                            raise
                manifest = {"format": FORMAT, **facts, "members": listed}
                body = json.dumps(manifest, indent=1, sort_keys=True).encode()
                head = tarfile.TarInfo(MANIFEST)
                head.size, head.mode = len(body), 0o600
                tar.addfile(head, io.BytesIO(body))
            raw.flush()
            os.fsync(raw.fileno())
        fresh.replace(target)
    except OSError as error:
        raise OperationError("backup_not_written", f"{target}: {error.strerror or error}", str(target)) from error
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


def _add(tar: tarfile.TarFile, member: Member) -> dict[str, Any]:
    head = tarfile.TarInfo(member.name)
    with member.path.open("rb") as handle:
        facts = os.fstat(handle.fileno())
        head.size, head.mode, head.mtime = facts.st_size, facts.st_mode & 0o777, int(facts.st_mtime)
        reader = _Hashing(handle)
        tar.addfile(head, reader)
    return {"sha256": reader.digest.hexdigest(), "size": head.size}


def extract(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack into the empty `folder`, checking every hash. Returns the manifest; raises OperationError.

    Only plain files inside `folder` are ever made, whatever the archive says.
    """
    seen: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(source, "r|gz") as tar:
            for head in tar:
                if head.name == MANIFEST:
                    manifest = json.loads(_stream(tar, head).read())
                else:
                    seen[head.name] = _unpack(tar, head, folder)
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise OperationError("backup_damaged", f"{source} is not a whole backup: {error}", str(source)) from error
    except OSError as error:
        raise OperationError("backup_unreadable", f"{source}: {error.strerror or error}", str(source)) from error
    _compare(source, manifest, seen)
    return manifest


def _unpack(tar: tarfile.TarFile, head: tarfile.TarInfo, folder: Path) -> str:
    pure = PurePosixPath(head.name)
    if not head.isreg() or pure.is_absolute() or ".." in pure.parts:
        raise OperationError(
            "backup_hostile", f"the backup holds {head.name!r}, which no backup of ours does", head.name
        )
    target = folder / pure
    target.parent.mkdir(parents=True, exist_ok=True)
    reader = _Hashing(_stream(tar, head))
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, head.mode & 0o777)
    with os.fdopen(descriptor, "wb") as handle:
        while chunk := reader.read(_CHUNK):
            handle.write(chunk)
    return reader.digest.hexdigest()


def _stream(tar: tarfile.TarFile, head: tarfile.TarInfo) -> IO[bytes]:
    stream = tar.extractfile(head)
    if stream is None:
        raise ValueError(f"{head.name} is not a file")
    return stream


def _compare(source: Path, manifest: dict[str, Any], seen: dict[str, str]) -> None:
    if not manifest:
        raise OperationError("backup_damaged", f"{source} has no manifest: it is cut off, or not a backup", str(source))
    if manifest.get("format") != FORMAT:
        message = f"{source} has backup format {manifest.get('format')}; this version reads {FORMAT}"
        raise OperationError("backup_format", message, str(source))
    listed = {name: facts["sha256"] for name, facts in manifest["members"].items()}
    wrong = sorted(name for name in listed.keys() | seen.keys() if listed.get(name) != seen.get(name))
    if wrong:
        message = f"{source}: {len(wrong)} members differ from the manifest, the first is {wrong[0]}"
        raise OperationError("backup_damaged", message, wrong[0], members=wrong[:20])
