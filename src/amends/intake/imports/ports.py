"""What importing asks of the outside: something that opens files, and something that takes in mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from amends.base.accounts.core import Scope
from amends.intake.imports.core.layout import Layout
from amends.intake.imports.core.rows import Sheet

PORT = "imports.reader"  # the name under which a connector offers its Reader


class Opened(Protocol):
    """A file that is open for reading. `mails` yields raw messages when it is a mailbox; then there are no sheets."""

    encoding: str
    sheets: Sequence[Sheet]
    is_mail: bool

    def mails(self) -> Iterator[bytes]: ...

    def position(self) -> tuple[int, int]:
        """Bytes read of bytes in all, for a progress bar."""
        ...

    def close(self) -> None: ...


class Reader(Protocol):
    def layouts(self) -> Mapping[str, Layout]:
        """Every built-in layout by id."""
        ...

    def open(self, path: Path, name: str, *, limit: int) -> Opened:
        """Raises FileRefused: empty, too big, damaged, of an unknown kind. `name` is what the file was called."""
        ...

    def pack(self, folder: Path, into: Path) -> None:
        """One archive of a folder's readable files, the same bytes for the same files, so that its hash names it."""
        ...

    def media_type(self, path: Path) -> str: ...

    def unpacked(self, path: Path, members: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Some members of an archive, whole, for the archive of rejected rows."""
        ...


class MailSink(Protocol):
    """Takes one raw mail. `intake.conversations` has the real one."""

    def __call__(self, scope: Scope, raw: bytes, now: datetime, source: str) -> object: ...
