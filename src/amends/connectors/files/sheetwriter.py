"""A small writer of Excel workbooks: text cells only, so that no id becomes a number and nothing becomes a formula."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>{sheets}</Types>'
)
_SHEET_TYPE = (
    '<Override PartName="/xl/worksheets/sheet{n}.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{ns}">{body}</Relationships>'
_RELS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
# One style: text format (49), so that what a person types stays as typed.
_STYLES = (
    f'<?xml version="1.0" encoding="UTF-8"?><styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def workbook(sheets: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """A workbook with one sheet a name, every cell a text."""
    target = BytesIO()
    names = list(sheets)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        numbers = range(1, len(names) + 1)
        _add(parts, "[Content_Types].xml", _TYPES.format(sheets="".join(_SHEET_TYPE.format(n=n) for n in numbers)))
        main = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        _add(parts, "_rels/.rels", _RELS.format(ns=_RELS_NS, body=main))
        listed = "".join(
            f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="r{n}"/>'
            for n, name in enumerate(names, start=1)
        )
        _add(
            parts,
            "xl/workbook.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
            f"<sheets>{listed}</sheets></workbook>",
        )
        related = "".join(
            f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        related += f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        _add(parts, "xl/_rels/workbook.xml.rels", _RELS.format(ns=_RELS_NS, body=related))
        _add(parts, "xl/styles.xml", _STYLES)
        for number, name in enumerate(names, start=1):
            _add(parts, f"xl/worksheets/sheet{number}.xml", _sheet(list(sheets[name])))
    return target.getvalue()


def _add(parts: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name)  # dated 1980, so the same sheets are the same bytes
    info.compress_type = zipfile.ZIP_DEFLATED
    parts.writestr(info, text)


def _sheet(rows: list[Sequence[str]]) -> str:
    width = max((len(row) for row in rows), default=1)
    columns = f'<cols><col min="1" max="{width}" width="18" style="1" customWidth="1"/></cols>'
    body = "".join(f'<row r="{n}">{"".join(_cell(n, i, c) for i, c in enumerate(row))}</row>'
                   for n, row in enumerate(rows, start=1))  # fmt: skip
    data = f"{columns}<sheetData>{body}</sheetData>"
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_MAIN}">{data}</worksheet>'


def _cell(row: int, column: int, text: str) -> str:
    plain = "".join(c for c in text if c >= " " or c in "\t\n\r")
    return (
        f'<c r="{_letters(column)}{row}" s="1" t="inlineStr"><is><t xml:space="preserve">{escape(plain)}</t></is></c>'
    )


def _letters(column: int) -> str:
    """0 → A, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
