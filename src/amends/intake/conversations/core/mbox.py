"""Splitting an mbox file into mails without reading it into memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_FROM = re.compile(rb"From \S+.*\d{4}\s*$|From -\s|From MAILER-DAEMON|From \S+@\S+")
_ESCAPED = re.compile(rb"^>(>*From )")


def split(lines: Iterable[bytes], most_bytes: int) -> Iterator[bytes | int]:
    """Each mail's bytes, in order; for one larger than `most_bytes` its size instead, so that it can be reported.

    A mail begins at a `From ` line at the start or after an empty line. `>From ` is unescaped by one level (mboxrd).
    """
    current: list[bytes] = []
    size = 0
    started = False
    after_blank = True
    for line in lines:
        if after_blank and _FROM.match(line):
            if started:
                yield size if size > most_bytes else _joined(current)
            current, size, started = [], 0, True
        elif started:
            size += len(line)
            if size <= most_bytes:
                current.append(_ESCAPED.sub(rb"\1", line))
        after_blank = not line.strip()
    if started:
        yield size if size > most_bytes else _joined(current)


def _joined(lines: list[bytes]) -> bytes:
    """Without the empty line that mbox puts between mails."""
    if lines and not lines[-1].strip():
        lines = lines[:-1]
    return b"".join(lines)
