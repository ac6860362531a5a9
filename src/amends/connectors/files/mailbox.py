"""Raw mails from `.eml` and `.mbox` files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from amends.connectors.files.bytes_in import Source
from amends.intake.imports.core.problems import FileRefused

MAX_MAIL = 60 << 20  # larger than any mail server lets through
_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]*:[ \t]?[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2,}")
_NAMES = (b"from:", b"received:", b"return-path:", b"message-id:", b"subject:", b"mime-version:", b"delivered-to:")


def is_mail(source: Source) -> bool:
    """By the name, or by a block of headers at the start."""
    if source.name.lower().endswith((".eml", ".mbox")):
        return True
    start = source.first(4096)
    if start.startswith(b"From "):
        start = start.partition(b"\n")[2]
    match = _HEADER.match(start)
    lines = match.group().lower().splitlines() if match else []
    return sum(1 for line in lines if line.startswith(_NAMES)) >= 2  # noqa: PLR2004 - one could be a CSV heading


def mails(source: Source) -> Iterator[bytes]:
    """One after another. In an mbox a mail begins at a `From ` line after an empty one; `>From ` is unescaped.

    Raises FileRefused `mail_too_big`.
    """
    if not source.first(5).startswith(b"From "):
        yield source.whole()
        return
    held: list[bytes] = []
    size, empty_before = 0, True
    with source.open() as stream:
        for line in stream:
            if line.startswith(b"From ") and empty_before:
                if held:
                    yield b"".join(held)
                held, size = [], 0
            else:
                held.append(line[1:] if re.match(rb">+From ", line) else line)
                size += len(line)
                if size > MAX_MAIL:
                    raise FileRefused("mail_too_big", limit_mb=MAX_MAIL >> 20)
            empty_before = line in (b"\n", b"\r\n")
    if held:
        yield b"".join(held)
