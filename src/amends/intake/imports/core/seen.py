"""Which rows of a file were met already: a million keys in some forty megabytes."""

from __future__ import annotations

from array import array
from collections.abc import Hashable

_MASK64 = (1 << 64) - 1
_MASK32 = (1 << 32) - 1


class Seen:
    """An open-addressing table of (hash of key, hash of content, row number).

    A dict of the keys themselves would take several hundred bytes a row. Two keys share a 64-bit hash once in
    some thirty million files of a million rows.
    """

    def __init__(self) -> None:
        self._resize(1 << 12)
        self._count = 0

    def _resize(self, size: int) -> None:
        self._size = size
        self._keys = array("Q", bytes(8 * size))
        self._contents = array("L" if array("L").itemsize == 4 else "I", bytes(4 * size))  # noqa: PLR2004
        self._rows = array(self._contents.typecode, bytes(4 * size))

    def meet(self, key: Hashable, content: Hashable, row: int) -> tuple[int, bool]:
        """(0, True) for a new key, which is remembered; else (row it was first met in, same content)."""
        digest = (hash(key) & _MASK64) or 1  # 0 marks a free slot
        what = hash(content) & _MASK32
        slot = self._slot(digest)
        if self._keys[slot]:
            return self._rows[slot], self._contents[slot] == what
        self._keys[slot], self._contents[slot], self._rows[slot] = (
            digest,
            what,
            row & _MASK32,
        )
        self._count += 1
        if self._count * 3 > self._size * 2:
            self._grow()
        return 0, True

    def _slot(self, digest: int) -> int:
        mask = self._size - 1
        slot = (digest ^ (digest >> 32)) & mask
        while self._keys[slot] and self._keys[slot] != digest:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        keys, contents, rows = self._keys, self._contents, self._rows
        self._resize(self._size * 2)
        for position, digest in enumerate(keys):
            if digest:
                slot = self._slot(digest)
                self._keys[slot], self._contents[slot], self._rows[slot] = (
                    digest,
                    contents[position],
                    rows[position],
                )
