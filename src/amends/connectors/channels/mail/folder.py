"""The watched folder: `.eml` and `.mbox` files put into AMENDS_HOME/in/mail become messages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from amends.intake.conversations.core import split_mbox

SETTLE_SECONDS = 2.0  # a file changed more recently may still be being written
_KINDS = frozenset({".eml", ".mbox"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One mail of a file. `raw` None: it is `size` bytes long and that is too much."""

    raw: bytes | None
    size: int


def waiting(folder: Path, settle_seconds: float = SETTLE_SECONDS) -> list[Path]:
    """Mail files lying in the folder itself, oldest first. Links are not followed."""
    if not folder.is_dir():
        return []
    latest = time.time() - settle_seconds  # the file system's clock, not the house's
    found = []
    for path in folder.iterdir():
        if path.suffix.lower() in _KINDS and path.is_file() and not path.is_symlink():
            changed = path.stat().st_mtime
            if changed <= latest or settle_seconds <= 0:
                found.append((changed, path.name, path))
    return [path for _, _, path in sorted(found)]


def pieces(path: Path, most_bytes: int) -> Iterator[Piece]:
    """The mails of one file, in order. Raises OSError."""
    if path.suffix.lower() == ".eml":
        size = path.stat().st_size
        yield Piece(path.read_bytes() if size <= most_bytes else None, size)
        return
    with path.open("rb") as lines:
        for one in split_mbox(lines, most_bytes):
            yield Piece(None, one) if isinstance(one, int) else Piece(one, len(one))


def put_away(path: Path, to: str, reason: str = "") -> Path:
    """Move a file into the subfolder `to` beside it (`done`, `failed`), never over another; a reason is written
    next to it."""
    target = path.parent / to
    target.mkdir(exist_ok=True)
    free, number = target / path.name, 1
    while free.exists():
        number += 1
        free = target / f"{path.stem}-{number}{path.suffix}"
    path.rename(free)
    if reason:
        free.with_suffix(free.suffix + ".txt").write_text(reason + "\n", encoding="utf-8")
    return free
