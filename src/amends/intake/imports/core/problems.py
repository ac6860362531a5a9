"""What can be wrong with a cell, a row, a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class BadValue(ValueError):
    """A cell that cannot be read as what its column holds. `code` is a message key, `params` fill the message."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class FileRefused(Exception):
    """A file that cannot be imported at all. `code` is a message key, `params` fill the message."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code}: {params}")
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that was not taken in, and why. `raw` are its cells as read; `row` is 1-based, headings counted."""

    row: int
    column: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    raw: tuple[str, ...] = ()
    member: str = ""


@dataclass(frozen=True, slots=True)
class Warn:
    """Something a person should know although nothing was refused."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
