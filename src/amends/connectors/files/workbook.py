"""Excel workbooks as sheets. Formulas are never evaluated: a cell is the value the file carries, or nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import python_calamine

from amends.connectors.files.bytes_in import Source
from amends.intake.imports.core.layout import HEADING_ROWS
from amends.intake.imports.core.problems import FileRefused
from amends.intake.imports.core.rows import Row

MAX_BYTES = 100 << 20  # a workbook is held in memory, so it is refused earlier than text
MAX_UNPACKED = 600 << 20
_FIFTEEN_DIGITS = 10**15  # Excel keeps fifteen digits of a number
_EXACT = 2**53  # beyond it a float skips whole numbers


class BookSheet:
    def __init__(self, sheet: python_calamine.CalamineSheet, member: str) -> None:
        self.member = member
        self._sheet = sheet

    def _all(self) -> Iterator[Row]:
        start = self._sheet.start
        first = (start[0] if start else 0) + 1  # calamine leaves out empty lines at the top
        for number, cells in enumerate(self._sheet.iter_rows(), start=first):
            yield _row(number, cells)

    def head(self) -> list[list[str]]:
        return [row.cells for _, row in zip(range(HEADING_ROWS), self._all(), strict=False)]

    def rows(self, after: int, /) -> Iterator[Row]:
        for index, row in enumerate(self._all()):
            if index > after:
                yield row


def _row(number: int, cells: list[Any]) -> Row:
    texts = [cell_text(c) for c in cells]
    if any("\0" in t for t in texts):
        return Row(number, [t.replace("\0", "\u2400") for t in texts], "nul_character")
    return Row(number, texts)


def cell_text(cell: Any) -> str:
    """A cell as the text a CSV would carry. A number whose last digits Excel has dropped stays recognisable as such."""
    match cell:
        case str():
            return cell.strip()
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return _number(cell)
        case datetime():
            return cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
    return str(cell)


def _number(value: float) -> str:
    if value != int(value) if abs(value) < _EXACT else False:
        return repr(value)
    whole = int(value)
    lost = abs(whole) > _EXACT or (abs(whole) >= _FIFTEEN_DIGITS and whole % 10 == 0)
    return f"{value:.14E}" if lost else str(whole)


def sheets(source: Source, member: str = "") -> list[BookSheet]:
    """The sheets that hold anything. Raises FileRefused."""
    data = _checked(source)
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        names = [m.name for m in book.sheets_metadata if m.typ == python_calamine.SheetTypeEnum.WorkSheet]
        found = [(name, book.get_sheet_by_name(name)) for name in names]
    except python_calamine.PasswordError:
        raise FileRefused("encrypted_workbook") from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise FileRefused("damaged_workbook") from None
    filled = [(name, sheet) for name, sheet in found if sheet.total_height]
    if not filled:
        raise FileRefused("empty")
    prefix = f"{member}/" if member else ""
    return [BookSheet(sheet, prefix + name if len(filled) > 1 or member else "") for name, sheet in filled]


def _checked(source: Source) -> bytes:
    limited = Source(source.name, source.open, source.size, min(source.limit, MAX_BYTES))
    data = limited.whole()
    if data[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                unpacked = sum(p.file_size for p in parts.infolist())
        except zipfile.BadZipFile:
            raise FileRefused("damaged_workbook") from None
        if unpacked > MAX_UNPACKED:
            raise FileRefused("too_big", limit_mb=MAX_UNPACKED >> 20)
    return data
