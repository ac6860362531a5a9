"""The arrays of one shelf: closed cases of one kind, platform and leaf, a column a feature, and their distances.

Everything here is whole numbers, and the sums are those of `core.distance`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amends.judgement.precedents.core import FIELDS, MOST_WORDS, Sort
from amends.judgement.precedents.core.distance import MOST_LEVEL, SHELVED, UNIT, UNKNOWN, Weighing, part

Codes = NDArray[np.uint16]
Whole = NDArray[np.int64]
BLOCK = 32_768  # rows looked at in one go, so that the sums stay in the processor's cache
FIRST = 64


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to be put on a shelf, in step. `embedding` has no columns where no encoder is in use."""

    codes: Codes  # one row a case
    pk: Whole
    order: Whole  # larger is newer; no two are the same
    words: Codes
    embedding: NDArray[np.int8]

    def take(self, at: NDArray[np.intp]) -> Rows:
        return Rows(self.codes[at], self.pk[at], self.order[at], self.words[at], self.embedding[at])

    def __len__(self) -> int:
        return len(self.pk)


class Shelf:
    def __init__(self, key: tuple[int, ...], dimensions: int) -> None:
        self.key = key
        self.count = 0  # places used, the dead ones among them
        self.dead = 0
        self._codes = np.zeros((len(FIELDS), FIRST), np.uint16)
        self._pk = np.zeros(FIRST, np.int64)
        self._order = np.zeros(FIRST, np.int64)
        self._words = np.zeros((FIRST, MOST_WORDS), np.uint16)
        self._embedding = np.zeros((FIRST, dimensions), np.int8)
        self._alive = np.zeros(FIRST, bool)

    def __len__(self) -> int:
        return self.count - self.dead

    @property
    def pk(self) -> Whole:
        return self._pk[: self.count]

    def add(self, rows: Rows) -> None:
        start, end = self.count, self.count + len(rows)
        self._make_room(end)
        self._codes[:, start:end] = rows.codes.T
        self._pk[start:end], self._order[start:end] = rows.pk, rows.order
        self._words[start:end], self._embedding[start:end] = rows.words, rows.embedding
        self._alive[start:end] = True
        self.count = end

    def _make_room(self, wanted: int) -> None:
        """A quarter more than needed, so that growing is rare and little is wasted."""
        have = len(self._pk)
        if wanted <= have:
            return
        size = wanted + max(FIRST, wanted // 4)
        for name in ("_pk", "_order", "_words", "_embedding", "_alive"):
            old = getattr(self, name)
            new = np.zeros((size, *old.shape[1:]), old.dtype)
            new[: self.count] = old[: self.count]
            setattr(self, name, new)
        codes = np.zeros((len(FIELDS), size), np.uint16)
        codes[:, : self.count] = self._codes[:, : self.count]
        self._codes = codes

    def remove(self, pks: Whole) -> Codes:
        """Leave tombstones; gives back the words of what went. Mostly dead shelves are swept."""
        at = np.flatnonzero(np.isin(self.pk, pks) & self._alive[: self.count])
        self._alive[at] = False
        self.dead += len(at)
        words = self._words[at].copy()
        if self.dead > FIRST and self.dead * 2 > self.count:
            self._sweep()
        return words

    def _sweep(self) -> None:
        at = np.flatnonzero(self._alive[: self.count])
        kept = self.rows(at)
        self.count = self.dead = 0
        self._alive[:] = False
        self.add(kept)

    def rows(self, at: NDArray[np.intp]) -> Rows:
        return Rows(self._codes[:, at].T, self._pk[at], self._order[at], self._words[at], self._embedding[at])

    def nearest(self, search: Search, bound: int, most: int) -> tuple[Whole, NDArray[np.intp]]:
        """(distances, places) of at most `most` cases no further than `bound`: the nearest, and of those equally near
        the newest. In no order."""
        base = self.base(search)
        distances: list[Whole] = [np.zeros(0, np.int64)]
        places: list[NDArray[np.intp]] = [np.zeros(0, np.intp)]
        for start in range(0, self.count if bound >= base else 0, BLOCK):
            end = min(start + BLOCK, self.count)
            sums = search.sums(self._codes[:, start:end])
            near = np.flatnonzero((sums <= bound - base) & self._alive[start:end])
            found = sums[near].astype(np.int64) + base
            kept = best(found, self._order[start + near], most)
            distances.append(found[kept])
            places.append(start + near[kept])
            if len(near) >= most:
                bound = int(distances[-1].max())
        all_distances, all_places = np.concatenate(distances), np.concatenate(places)
        kept = best(all_distances, self._order[all_places], most)
        return all_distances[kept], all_places[kept]

    def base(self, search: Search) -> int:
        """No case here lies nearer: the distance of what all of them share."""
        shelved = zip(FIELDS[1:SHELVED], search.weights[1:SHELVED], search.mine[1:SHELVED], self.key[1:], strict=True)
        return sum(part(one, weight, a, b) for one, weight, a, b in shelved)

    def identity(self, places: NDArray[np.intp]) -> tuple[Whole, Whole]:
        """(pk, order)"""
        return self._pk[places], self._order[places]

    def texts(self, places: NDArray[np.intp]) -> tuple[Codes, NDArray[np.int8]]:
        """(words, embedding)"""
        return self._words[places], self._embedding[places]


class Search:
    """One case as it is looked for: what each field adds, worked out once for all shelves."""

    def __init__(self, mine: tuple[int, ...], weighed: Weighing) -> None:
        self.mine = mine
        self.weights = weighed.weights
        self.total = weighed.total
        self._tables: dict[int, NDArray[np.uint16]] = {}
        for index in range(SHELVED, len(FIELDS)):
            one, weight = FIELDS[index], weighed.weights[index]
            if one.sort is Sort.NUMBER:
                levels = range(MOST_LEVEL + 1)
                self._tables[index] = np.array([part(one, weight, mine[index], level) for level in levels], np.uint16)

    def sums(self, codes: Codes) -> NDArray[np.uint16]:
        """Distances of one block, without what is the same for its whole shelf."""
        size = codes.shape[1]
        sums = np.zeros(size, np.uint16)
        hit = np.empty(size, bool)
        added = np.empty(size, np.uint16)
        for index in range(SHELVED, len(FIELDS)):
            column, value = codes[index], self.mine[index]
            half = np.uint16(self.weights[index] * UNIT // 2)
            if index in self._tables:
                np.take(self._tables[index], column, out=added, mode="clip")
            else:
                np.not_equal(column, value, out=hit)
                np.multiply(hit, half, out=added)
                if value != UNKNOWN:  # a half for what differs, the other half for what is also known
                    sums += added
                    np.logical_and(hit, column, out=hit)
                    np.multiply(hit, half, out=added)
            sums += added
        return sums


def best(distances: Whole, order: Whole, most: int) -> NDArray[np.intp]:
    """Where the `most` nearest stand; of those at the last distance, the newest."""
    if len(distances) <= most:
        return np.arange(len(distances))
    last = np.partition(distances, most - 1)[most - 1]
    nearer = np.flatnonzero(distances < last)
    level = np.flatnonzero(distances == last)
    left = most - len(nearer)
    if left < len(level):
        level = level[np.argpartition(-order[level], left - 1)[:left]]
    return np.concatenate([nearer, level])
