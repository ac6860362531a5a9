"""The arrays of one shelf: closed cases of one kind, platform and leaf, and their distances from one looked for.

Everything here is whole numbers, and the sums are those of `core.distance`. What has few values is looked up in a
table: numbers by their level, and flags six at a time, packed into one number of twelve bits. Codes are compared one
by one, and only where the tables have left a case near enough.
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
FLAGS_A_COLUMN, FLAG_BITS = 6, 2


def _places(sort: Sort) -> tuple[int, ...]:
    return tuple(i for i, one in enumerate(FIELDS) if i >= SHELVED and one.sort is sort)


_CODES, _NUMBERS, _FLAGS = _places(Sort.CODE), _places(Sort.NUMBER), _places(Sort.FLAG)
_PACKED = tuple(_FLAGS[i : i + FLAGS_A_COLUMN] for i in range(0, len(_FLAGS), FLAGS_A_COLUMN))
TABLED = len(_PACKED) + len(_NUMBERS)


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
        # The last axis of each is the case; `_words` and `_embedding` are read a case at a time, so there it is first.
        self._tabled = np.zeros((TABLED, FIRST), np.uint16)
        self._codes = np.zeros((len(_CODES), FIRST), np.uint16)
        self._pk = np.zeros(FIRST, np.int64)
        self._order = np.zeros(FIRST, np.int64)
        self._words = np.zeros((FIRST, MOST_WORDS), np.uint16)
        self._embedding = np.zeros((FIRST, dimensions), np.int8)
        self._alive = np.zeros(FIRST, bool)

    def __len__(self) -> int:
        return self.count - self.dead

    def add(self, rows: Rows) -> None:
        start, end = self.count, self.count + len(rows)
        if end > len(self._pk):
            self._keep(np.arange(start), end + max(FIRST, end // 4))
        self._tabled[:, start:end] = _tabled(rows.codes)
        self._codes[:, start:end] = rows.codes.T[list(_CODES)]
        self._pk[start:end], self._order[start:end] = rows.pk, rows.order
        self._words[start:end], self._embedding[start:end] = rows.words, rows.embedding
        self._alive[start:end] = True
        self.count = end

    def _keep(self, at: NDArray[np.intp], size: int) -> None:
        """Only these cases, in new arrays with room for `size`."""
        for name in ("_tabled", "_codes"):
            old = getattr(self, name)
            new = np.zeros((len(old), size), old.dtype)
            new[:, : len(at)] = old[:, at]
            setattr(self, name, new)
        for name in ("_pk", "_order", "_words", "_embedding", "_alive"):
            old = getattr(self, name)
            new = np.zeros((size, *old.shape[1:]), old.dtype)
            new[: len(at)] = old[at]
            setattr(self, name, new)
        self.count = len(at)

    def remove(self, pks: Whole) -> Codes:
        """Leave tombstones; gives back the words of what went. A mostly dead shelf is swept."""
        at = np.flatnonzero(np.isin(self._pk[: self.count], pks) & self._alive[: self.count])
        words = self._words[at].copy()
        self._alive[at] = False
        self.dead += len(at)
        if self.dead > FIRST and self.dead * 2 > self.count:
            self._keep(np.flatnonzero(self._alive[: self.count]), len(self) + FIRST)
            self.dead = 0
        return words

    def nearest(self, search: Search, bound: int, most: int) -> tuple[Whole, NDArray[np.intp]]:
        """(distances, places) of at most `most` cases no further than `bound`: the nearest, and of those equally near
        the newest. In no order."""
        base = self.base(search)
        distances: list[Whole] = [np.zeros(0, np.int64)]
        places: list[NDArray[np.intp]] = [np.zeros(0, np.intp)]
        for start in range(0, self.count if bound >= base else 0, BLOCK):
            end = min(start + BLOCK, self.count)
            block = slice(start, end)
            near, sums = search.within(self._tabled[:, block], self._codes[:, block], self._alive[block], bound - base)
            found = sums.astype(np.int64) + base
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
        self._tables = [self._of_flags(places) for places in _PACKED]
        self._tables += [self._of_values(place, MOST_LEVEL + 1) for place in _NUMBERS]

    def _of_values(self, place: int, count: int) -> NDArray[np.uint16]:
        one, weight, value = FIELDS[place], self.weights[place], self.mine[place]
        return np.array([part(one, weight, value, other) for other in range(count)], np.uint16)

    def _of_flags(self, places: tuple[int, ...]) -> NDArray[np.uint16]:
        """What each pattern of flags adds; the first flag is in the lowest bits."""
        table = np.zeros(1, np.uint16)
        for place in places:
            table = np.add.outer(self._of_values(place, 1 << FLAG_BITS), table).reshape(-1)
        return table

    def within(
        self, tabled: Codes, codes: Codes, alive: NDArray[np.bool_], bound: int
    ) -> tuple[NDArray[np.intp], NDArray[np.uint16]]:
        """(places, distances without what is the same for the whole shelf) of those no further than `bound`."""
        sums = np.zeros(tabled.shape[1], np.uint16)
        added = np.empty_like(sums)
        for table, column in zip(self._tables, tabled, strict=True):
            np.take(table, column, out=added, mode="clip")
            sums += added
        near = np.flatnonzero((sums <= bound) & alive)
        if len(near) * 2 < len(sums):
            sums, columns = sums[near], [column[near] for column in codes]
        else:
            near, columns = np.flatnonzero(alive), list(codes if alive.all() else codes[:, alive])
            sums = sums[near]
        self._add_codes(sums, columns)
        kept = np.flatnonzero(sums <= bound)
        return near[kept], sums[kept]

    def _add_codes(self, sums: NDArray[np.uint16], columns: list[Codes]) -> None:
        hit = np.empty(len(sums), bool)
        added = np.empty_like(sums)
        for place, column in zip(_CODES, columns, strict=True):
            value, half = self.mine[place], np.uint16(self.weights[place] * UNIT // 2)
            np.not_equal(column, value, out=hit)
            np.multiply(hit, half, out=added)
            sums += added
            if value != UNKNOWN:  # a half for what differs, the other half where it is known as well
                np.logical_and(hit, column, out=hit)
                np.multiply(hit, half, out=added)
                sums += added


def _tabled(codes: Codes) -> Codes:
    """The columns that are looked up in tables, of rows with a column a field."""
    packed = []
    for places in _PACKED:
        column = np.zeros(len(codes), np.uint16)
        for shift, place in enumerate(places):
            column |= codes[:, place] << np.uint16(FLAG_BITS * shift)
        packed.append(column)
    return np.stack([*packed, *(codes[:, place] for place in _NUMBERS)])


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
