"""Where bytes lie and what a file may be called. No I/O."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

NAME_LENGTH = 255  # characters kept, the ending included
ENDING_LENGTH = 16
_HASH_DIGITS = 64
UNNAMED = "file"

# What Windows takes for a device whatever the ending; a download with such a name cannot be opened there.
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
_FORBIDDEN = set('<>:"|?*')


def address(sha256: str) -> PurePosixPath:
    """`ab/cd/abcd…`, below the files folder. ValueError for anything that is not a lower-case SHA-256."""
    if len(sha256) != _HASH_DIGITS or set(sha256) - set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return PurePosixPath(sha256[:2], sha256[2:4], sha256)


def safe_name(name: str) -> str:
    """The name a stranger gave, made harmless to show and to offer for download. Never a path, never empty.

    Folders are cut off, and so are characters that steer a terminal, turn the reading direction round or are
    invisible: `invoice_U+202Efdp.exe` must not read as `invoice_exe.pdf`.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(" " if c in "\t\n\r" else c for c in last if _is_plain(c))
    kept = "".join("_" if c in _FORBIDDEN else c for c in kept).strip(" .")
    if not kept:
        return UNNAMED
    if kept.split(".", 1)[0].strip().lower() in _DEVICES:
        kept = f"_{kept}"
    return _shorten(kept)


def _is_plain(character: str) -> bool:
    # Cc, Cf: control and format characters; Cs: halves of a pair; Co, Cn: private or unassigned.
    return character in "\t\n\r" or not unicodedata.category(character).startswith("C")


def _shorten(name: str) -> str:
    if len(name) <= NAME_LENGTH:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > ENDING_LENGTH:
        return name[:NAME_LENGTH].rstrip(" .")
    return f"{stem[: NAME_LENGTH - len(ending) - 1].rstrip(' .')}.{ending}"
