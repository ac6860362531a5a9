"""Byte sources: a plain file, a gzip, a member of a zip, all opened again as often as needed."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from amends.intake.imports.core.problems import FileRefused

EXPANSION = 20  # how many times larger than the limit on the file its unpacked text may be
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """Something that can be read from the start again. `name` has no `.gz`; `size` is compressed."""

    name: str
    open: Callable[[], BinaryIO]
    size: int
    limit: int  # bytes after unpacking

    def first(self, count: int) -> bytes:
        with self.open() as stream:
            return read(stream, count)

    def whole(self) -> bytes:
        """Everything, for formats that cannot be streamed. Raises FileRefused `too_big`."""
        with self.open() as stream:
            data = read(stream, self.limit + 1)
        if len(data) > self.limit:
            raise FileRefused("too_big", limit_mb=self.limit >> 20)
        return data


def read(stream: BinaryIO, count: int) -> bytes:
    """Read up to `count` bytes, naming what is wrong with a damaged archive."""
    try:
        return stream.read(count)
    except EOFError:
        raise FileRefused("truncated_gzip") from None
    except (gzip.BadGzipFile, zlib.error, zipfile.BadZipFile):
        raise FileRefused("damaged_archive") from None


class Meter:
    """How far the file on disk has been read, for a progress bar."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self._stream: BinaryIO | None = None

    def open(self) -> BinaryIO:
        self._stream = self.path.open("rb")
        return self._stream

    def position(self) -> int:
        return self.size if self._stream is None or self._stream.closed else self._stream.tell()


def of_file(meter: Meter, name: str, limit: int) -> Source:
    """A source for a file on disk. Raises FileRefused `empty` or `too_big` before a byte is read."""
    size = meter.size
    if size == 0:
        raise FileRefused("empty")
    if size > limit:
        raise FileRefused("too_big", size_mb=size >> 20, limit_mb=limit >> 20)
    return unzipped(Source(name, meter.open, size, limit * EXPANSION))


def unzipped(source: Source) -> Source:
    """Look through gzip, which is known by its first two bytes whatever the file is called."""
    if source.first(2) != b"\x1f\x8b":
        return source
    name = source.name[:-3] if source.name.lower().endswith(".gz") else source.name
    return Source(name, lambda: cast("BinaryIO", _Gzip(source.open())), source.size, source.limit)


class _Gzip(gzip.GzipFile):
    """A gzip reader that closes the stream below it too."""

    def __init__(self, below: BinaryIO) -> None:
        super().__init__(fileobj=below)
        self._below = below

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._below.close()


def members(source: Source, meter: Meter) -> list[Source]:
    """The readable files of a zip archive, by name. Raises FileRefused."""
    try:
        with zipfile.ZipFile(meter.path) as archive:
            infos = [i for i in archive.infolist() if readable(i.filename) and not i.is_dir()]
    except zipfile.BadZipFile:
        raise FileRefused("damaged_archive") from None
    if any(i.flag_bits & 1 for i in infos):
        raise FileRefused("encrypted_archive")
    if sum(i.file_size for i in infos) > source.limit:
        raise FileRefused("too_big", limit_mb=source.limit >> 20)
    infos.sort(key=lambda i: i.filename)
    return [
        unzipped(Source(i.filename, _opener(meter, i.filename), i.compress_size, source.limit))
        for i in infos
        if i.file_size
    ]


def _opener(meter: Meter, member: str) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        below = meter.open()
        try:
            archive = zipfile.ZipFile(below)
            return cast("BinaryIO", _Member(archive, archive.open(member), below))
        except BaseException:
            below.close()
            raise

    return open_member


class _Member(io.BufferedReader):
    """A member's stream that closes its archive and the file too."""

    def __init__(self, archive: zipfile.ZipFile, stream: IO[bytes], below: BinaryIO) -> None:
        super().__init__(cast("io.RawIOBase", stream))
        self._archive = archive
        self._below = below

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._archive.close()
            self._below.close()


_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".xls")


def readable(name: str) -> bool:
    """Whether a name in an archive or a folder is worth opening."""
    plain = name.lower().removesuffix(".gz")
    base = plain.rpartition("/")[2]
    return plain.endswith(_SUFFIXES) and not base.startswith((".", "~$")) and "__macosx/" not in plain
