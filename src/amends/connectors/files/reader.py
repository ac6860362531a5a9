"""Opening a file: what it is, what is in it, whether it can be read at all."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from amends.connectors.files import bytes_in, catalogue, mailbox, tau, workbook
from amends.connectors.files.bytes_in import Meter, Source
from amends.connectors.files.jsonlines import JsonSheet, flat
from amends.connectors.files.text import TextSheet
from amends.intake.imports.core.layout import Kind, Layout
from amends.intake.imports.core.problems import FileRefused
from amends.intake.imports.core.rows import Sheet

_XLS = b"\xd0\xcf\x11\xe0"
_MEDIA = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".gz": "application/gzip",
    ".zip": "application/zip",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".eml": "message/rfc822",
    ".mbox": "application/mbox",
}
_MAX_DOCUMENT = 200 << 20  # a JSON document is held in memory


class OpenedFile:
    def __init__(self, meter: Meter, source: Source) -> None:
        self._meter = meter
        self._source = source
        self.is_mail = mailbox.is_mail(source)
        self.sheets: Sequence[Sheet] = () if self.is_mail else _sheets(source, meter)
        first = getattr(self.sheets[0], "charset", None) if self.sheets else None
        self.encoding: str = first.encoding if first else ""

    def mails(self) -> Iterator[bytes]:
        return mailbox.mails(self._source)

    def position(self) -> tuple[int, int]:
        return self._meter.position(), self._meter.size

    def close(self) -> None:
        """Nothing stays open between reads; here for ports whose sources do."""


class FilesReader:
    """The Reader port of importing, for files on disk."""

    def layouts(self) -> Mapping[str, Layout]:
        return catalogue.layouts()

    def open(self, path: Path, name: str, *, limit: int) -> OpenedFile:
        meter = Meter(path)
        return OpenedFile(meter, bytes_in.of_file(meter, name, limit))

    def media_type(self, path: Path) -> str:
        return _MEDIA.get(path.suffix.lower(), "application/octet-stream")

    def pack(self, folder: Path, into: Path) -> None:
        found = sorted(p for p in folder.iterdir() if p.is_file() and bytes_in.readable(p.name))
        if not found:
            raise FileRefused("empty_folder")
        with zipfile.ZipFile(into, "w") as archive:
            for path in found:
                info = zipfile.ZipInfo(path.name)  # dated 1980, whenever the file was written
                info.compress_type = zipfile.ZIP_STORED if path.suffix == ".gz" else zipfile.ZIP_DEFLATED
                with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                    while chunk := source.read(bytes_in.CHUNK):
                        target.write(chunk)

    def unpacked(self, path: Path, members: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        meter = Meter(path)
        source = bytes_in.of_file(meter, path.name, meter.size)
        if source.first(2) != b"PK":
            return
        for member in bytes_in.members(source, meter):
            if member.name in members:
                yield member.name.removesuffix(".gz"), member.whole()


READER = FilesReader()


def _sheets(source: Source, meter: Meter) -> Sequence[Sheet]:
    if source.first(2) == b"PK" and not _is_workbook(meter):
        inside = bytes_in.members(source, meter)
        if not inside:
            raise FileRefused("empty_archive")
        return [sheet for member in inside for sheet in _tables(member, member.name)]
    return _tables(source, "")


def _is_workbook(meter: Meter) -> bool:
    try:
        with zipfile.ZipFile(meter.path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except zipfile.BadZipFile:
        raise FileRefused("damaged_archive") from None


def _tables(source: Source, member: str) -> Sequence[Sheet]:
    start = source.first(4096)
    if start.startswith((b"PK", _XLS)):
        return workbook.sheets(source, member)
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain.startswith((b"{", b"[")):
        return _json(source, member, plain)
    return [TextSheet(source, member)]


def _json(source: Source, member: str, start: bytes) -> Sequence[Sheet]:
    if start.startswith(b"{") and _first_line_is_object(source):
        return _json_lines(source, member)
    try:
        data = json.loads(Source(source.name, source.open, source.size, min(source.limit, _MAX_DOCUMENT)).whole())
    except (ValueError, RecursionError):
        raise FileRefused("damaged_json") from None
    if isinstance(data, dict) and set(data) >= tau.KEYS:
        return tau.sheets(data)
    if isinstance(data, list) and data and all(isinstance(item, dict) for item in data):
        return _by_kind(member, [flat(item) for item in data])
    raise FileRefused("json_not_known")


def _by_kind(member: str, rows: list[dict[str, str]]) -> Sequence[Sheet]:
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault(row.get("kind", ""), []).append(row)
    prefix = f"{member}/" if member else ""
    return [tau.RowsSheet(f"{prefix}{kind}" if len(groups) > 1 else member, g) for kind, g in groups.items()]


def _first_line_is_object(source: Source) -> bool:
    with source.open() as stream:
        line = b""
        while not line.strip():
            line = stream.readline(1 << 20)
            if not line:
                return False
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and not set(found) >= tau.KEYS


def _json_lines(source: Source, member: str) -> Sequence[Sheet]:
    """One sheet, or one a kind when the objects say what they are (our own template does)."""
    kinds = JsonSheet(source, member).kinds()
    if len(kinds) < 2 or not any(k in set(Kind) for k in kinds):  # noqa: PLR2004 - nothing to tell apart
        return [JsonSheet(source, member)]
    prefix = f"{member}/" if member else ""
    return [JsonSheet(source, f"{prefix}{kind or 'lines'}", kind) for kind in kinds]
