"""Delimited text as a sheet: separator found by trial, rows streamed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from amends.connectors.files import charset
from amends.connectors.files.bytes_in import Source
from amends.intake.imports.core.layout import HEADING_ROWS
from amends.intake.imports.core.problems import FileRefused
from amends.intake.imports.core.rows import Row

_SEPARATORS = ",\t;|"
_HINT = re.compile(r"sep=(.)")  # a first line Excel writes and reads
_TRIAL_LINES = 60
_MAX_CELL = 1 << 20
_ESCAPED = re.compile("[\udc80-\udcff]")  # a byte that did not fit the encoding

csv.field_size_limit(_MAX_CELL)


class TextSheet:
    """A CSV, TSV or otherwise separated file."""

    def __init__(self, source: Source, member: str = "") -> None:
        self.member = member
        self.charset = charset.detect(source)
        self._source = source
        self._position = 0
        self.separator, self._hinted = _separator(self._trial())

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(
            self._source.open(), encoding=self.charset.encoding, errors="surrogateescape", newline=""
        )

    def _trial(self) -> str:
        with self._text() as stream:
            return "".join(islice(stream, _TRIAL_LINES))

    def head(self) -> list[list[str]]:
        return [row.cells for row in islice(self._all(), HEADING_ROWS)]

    def rows(self, after: int, /) -> Iterator[Row]:
        return islice(self._all(), after + 1, None)

    def _all(self) -> Iterator[Row]:
        with self._text() as stream:
            lines = csv.reader(stream, delimiter=self.separator)
            number = 0
            if self._hinted:
                next(lines)
                number = 1
            careful = self.charset.flawed or self.charset.nuls
            try:
                for cells in lines:
                    number += 1
                    stripped = [c.strip() for c in cells]
                    yield _checked(number, stripped) if careful else Row(number, stripped)
            except csv.Error:
                raise FileRefused("quote_never_closed", row=number + 1) from None
            except UnicodeError:
                raise FileRefused("not_this_encoding", encoding=self.charset.encoding, row=number + 1) from None


def _checked(number: int, cells: list[str]) -> Row:
    """A row of a file that is known to hold bytes that do not fit, or NULs."""
    if any(_ESCAPED.search(c) for c in cells):
        shown = [_ESCAPED.sub(lambda m: f"\\x{ord(m.group()) - 0xDC00:02x}", c) for c in cells]
        return Row(number, shown, "undecodable")
    if any("\0" in c for c in cells):
        return Row(number, [c.replace("\0", "\u2400") for c in cells], "nul_character")
    return Row(number, cells)


def _separator(trial: str) -> tuple[str, bool]:
    """(separator, whether the first line only names it): the one that cuts the most lines into equally many cells."""
    hint = _HINT.fullmatch(trial.split("\n", 1)[0].strip("\r\ufeff "))
    if hint:
        return hint.group(1), True
    best, score = ",", 0.0
    for separator in _SEPARATORS:
        try:
            widths = [len(cells) for cells in csv.reader(io.StringIO(trial, newline=""), delimiter=separator) if cells]
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        widest = max(widths)
        its_score = max((width - 1) * count / len(widths), (widest - 1) / len(widths))
        if its_score > score:
            best, score = separator, its_score
    return best, False
