"""JSON lines, and a JSON list of objects, as a sheet. Keys are headings."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from amends.connectors.files import charset
from amends.connectors.files.bytes_in import Source
from amends.intake.imports.core.problems import FileRefused
from amends.intake.imports.core.rows import Row

MAX_KEYS = 500


class JsonSheet:
    """Objects, one a line. A line that is no object is a row that cannot be read, not the end of the file."""

    def __init__(self, source: Source, member: str = "", kind: str | None = None) -> None:
        self.member = member
        self.charset = charset.detect(source)
        self._source = source
        self._kind = kind  # only objects whose `kind` is this
        self._keys: list[str] | None = None

    def _objects(self) -> Iterator[tuple[int, Any]]:
        with io.TextIOWrapper(self._source.open(), encoding=self.charset.encoding, errors="surrogateescape") as stream:
            for number, line in enumerate(stream, start=1):
                text = line.strip()
                if text:
                    yield number, _loaded(text)

    def _mine(self) -> Iterator[tuple[int, Any]]:
        for number, value in self._objects():
            its_kind = value.get("kind") if isinstance(value, dict) else None
            if self._kind is None or its_kind == self._kind or (its_kind is None and self._kind == ""):
                yield number, value

    def kinds(self) -> list[str]:
        """The values of `kind` in the file; an object without one counts as an empty text."""
        found: dict[str, None] = {}
        for _, value in self._objects():
            found[str(value.get("kind") or "") if isinstance(value, dict) else ""] = None
        return list(found)

    def _headings(self) -> list[str]:
        if self._keys is None:
            keys: dict[str, None] = {}
            for _, value in self._mine():
                if isinstance(value, dict):
                    keys.update(dict.fromkeys(flat(value)))
            if not keys:
                raise FileRefused("json_not_known")
            if len(keys) > MAX_KEYS:
                raise FileRefused("too_many_headings", count=len(keys), limit=MAX_KEYS)
            self._keys = list(keys)
        return self._keys

    def head(self) -> list[list[str]]:
        return [self._headings()]

    def rows(self, _after: int, /) -> Iterator[Row]:
        keys = self._headings()
        for number, value in self._mine():
            if not isinstance(value, dict):
                yield Row(number, [str(value)], "bad_json")
                continue
            cells = flat(value)
            found = [cells.get(key, "") for key in keys]
            if any("\0" in c for c in found):
                yield Row(number, [c.replace("\0", "\u2400") for c in found], "nul_character")
            elif any(_broken(c) for c in found):
                yield Row(number, [c.encode("utf-8", "backslashreplace").decode() for c in found], "undecodable")
            else:
                yield Row(number, found)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return text.encode("utf-8", "backslashreplace").decode()


def _broken(text: str) -> bool:
    """True for half a surrogate pair, which no database stores."""
    return not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)


def flat(value: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested objects as dotted keys; lists and the rest as text."""
    cells: dict[str, str] = {}
    for key, item in value.items():
        if isinstance(item, dict):
            cells |= flat(item, f"{prefix}{key}.")
        elif isinstance(item, bool):
            cells[prefix + key] = "true" if item else "false"
        elif item is not None:
            cells[prefix + key] = item.strip() if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
    return cells
