"""Closed cases of one organisation in memory, shelved by kind, platform and leaf, so that a search looks at few.

The nearest by structure are found exactly: shelves are searched in the order of how near a case on them can be at all,
until none left can hold a nearer one. Words then rank what is about equally near. The same rows give the same answers,
in whatever order they came and whether one by one or all at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amends.judgement.precedents.core import LIMIT, MOST_WORDS
from amends.judgement.precedents.core.distance import SHELVED, UNKNOWN, weighing
from amends.judgement.precedents.shelves import Codes, Rows, Shelf, Whole, best

SHORTLIST = 400  # so many of the nearest by structure have their words looked at
# What words may move: a case whose words say the same passes one that is this share of the whole nearer.
WORDS_WEIGHT = 0.15
NO_WORDS = 0.5  # likeness of words where one of the two has none
K1, B = 1.2, 0.75  # the usual numbers of BM25
NUMBERS = 65_536


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for. `words` sorted numbers, 0 for none; `embedding` empty where no encoder is in use."""

    codes: tuple[int, ...]
    words: tuple[int, ...] = ()
    embedding: bytes = b""


@dataclass(frozen=True, slots=True)
class Found:
    """`share` is the structured distance as a share of the whole. `words` is None where words said nothing."""

    pk: int
    share: float
    words: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """`searched` counts the cases of this kind. `method`: what ranked the words: cosine, bm25, or empty."""

    found: tuple[Found, ...]
    searched: int
    method: str


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The shortlist, in step, in no order."""

    distances: Whole
    order: Whole
    pk: Whole
    words: Codes
    embedding: NDArray[np.int8]


class Index:
    def __init__(self, dimensions: int = 0) -> None:
        self.dimensions = dimensions
        self.shelves: dict[tuple[int, ...], Shelf] = {}
        self._frequency = np.zeros(NUMBERS, np.int64)  # in how many cases a word stands
        self._with_words = 0
        self._length = 0

    def __len__(self) -> int:
        return sum(len(shelf) for shelf in self.shelves.values())

    def add(self, rows: Rows) -> None:
        """Cases that are not there yet: take away first what changes."""
        if not len(rows):
            return
        keys = rows.codes[:, :SHELVED]
        kinds, places = np.unique(keys, axis=0, return_inverse=True)
        sorted_places = np.argsort(places.reshape(-1), kind="stable")
        ends = np.cumsum(np.bincount(places.reshape(-1), minlength=len(kinds)))
        for key, at in zip(kinds, np.split(sorted_places, ends[:-1]), strict=True):
            name = tuple(int(code) for code in key)
            shelf = self.shelves.get(name)
            if shelf is None:
                shelf = self.shelves[name] = Shelf(name, self.dimensions)
            shelf.add(rows.take(at))
        self._count(rows.words, 1)

    def remove(self, pks: Whole) -> None:
        """Those that are not there are passed over."""
        for shelf in self.shelves.values():
            self._count(shelf.remove(pks), -1)

    def _count(self, words: Codes, sign: int) -> None:
        """Rows are sorted, so a word's first place in a row is where it differs from the one before."""
        first = np.ones(words.shape, bool)
        first[:, 1:] = words[:, 1:] != words[:, :-1]
        self._frequency += sign * np.bincount(words[first & (words > 0)], minlength=NUMBERS)
        lengths = np.count_nonzero(words, axis=1)
        self._with_words += sign * int(np.count_nonzero(lengths))
        self._length += sign * int(lengths.sum())

    def search(self, asked: Asked, k: int, *, leave_out: int = 0) -> Answer:
        """The `k` most similar, most similar first; `leave_out` is the row of the case itself."""
        shelves = self._to_search(asked.codes)
        searched = sum(len(shelf) for shelf in shelves)
        near = self._nearest(asked.codes, shelves, leave_out)
        if not len(near.pk):
            return Answer((), searched, "")
        method, likeness = self._likeness(asked, near)
        total = weighing(asked.codes[0]).total
        shares = near.distances / total
        known = np.where(np.isnan(likeness), NO_WORDS, likeness)
        rank = shares + (WORDS_WEIGHT * (1 - known) if method else 0.0)
        first = np.lexsort((-near.order, rank))[:k]
        found = tuple(
            Found(
                int(near.pk[i]),
                float(shares[i]),
                float(likeness[i]) if method and not np.isnan(likeness[i]) else None,
            )
            for i in first
        )
        return Answer(found, searched, method)

    def _to_search(self, mine: tuple[int, ...]) -> list[Shelf]:
        kind = mine[0]
        return [s for s in self.shelves.values() if len(s) and (kind == UNKNOWN or s.key[0] in (kind, UNKNOWN))]

    def _nearest(self, mine: tuple[int, ...], shelves: list[Shelf], leave_out: int) -> _Candidates:
        """Exactly the SHORTLIST nearest, and among the last equals the newest; none beyond LIMIT."""
        candidates = self._nothing()
        for shelf in sorted(shelves, key=lambda s: (self._base(s, mine), s.key)):
            weighed = weighing(mine[0] if shelf.key[0] == mine[0] else UNKNOWN)
            bound = int(weighed.total * LIMIT)
            if len(candidates.pk) == SHORTLIST:
                bound = min(bound, int(candidates.distances.max()))
            if self._base(shelf, mine) > bound:
                continue
            distances, places = shelf.nearest(mine, weighed, bound, SHORTLIST + 1)
            found = shelf.rows(places)
            kept = np.flatnonzero(found.pk != leave_out)
            candidates = _joined(candidates, distances[kept], found.take(kept))
        return candidates

    @staticmethod
    def _base(shelf: Shelf, mine: tuple[int, ...]) -> int:
        return shelf.base(mine, weighing(mine[0] if shelf.key[0] == mine[0] else UNKNOWN))

    def _nothing(self) -> _Candidates:
        none = np.zeros(0, np.int64)
        return _Candidates(
            none, none, none, np.zeros((0, MOST_WORDS), np.uint16), np.zeros((0, self.dimensions), np.int8)
        )

    def _likeness(self, asked: Asked, near: _Candidates) -> tuple[str, NDArray[np.float64]]:
        """How alike the words are, 0 to 1, NaN where a case has none."""
        if self.dimensions and len(asked.embedding) == self.dimensions and near.embedding.any():
            return "cosine", _cosine(np.frombuffer(asked.embedding, np.int8), near.embedding)
        words = np.array([w for w in asked.words if w], np.int64)
        if len(words) and near.words.any():
            return "bm25", self._bm25(words, near.words)
        return "", np.full(len(near.pk), np.nan)

    def _bm25(self, mine: Whole, theirs: Codes) -> NDArray[np.float64]:
        """BM25 over its own best: what the searched text would score against itself."""
        number, times = np.unique(mine, return_counts=True)
        frequency = self._frequency[number]
        rarity = np.log1p((self._with_words - frequency + 0.5) / (frequency + 0.5))
        usual = self._length / max(1, self._with_words)
        counts = np.stack([np.count_nonzero(theirs == n, axis=1) for n in number], axis=1)
        lengths = np.count_nonzero(theirs, axis=1)
        damped = K1 * (1 - B + B * lengths / usual)
        scores = (rarity * counts * (K1 + 1) / (counts + damped[:, None])).sum(axis=1)
        own = float((rarity * times * (K1 + 1) / (times + K1 * (1 - B + B * len(mine) / usual))).sum())
        likeness = np.minimum(1.0, scores / own) if own > 0 else np.zeros(len(theirs))
        return np.where(lengths > 0, likeness, np.nan)


def _joined(old: _Candidates, distances: Whole, rows: Rows) -> _Candidates:
    every = np.concatenate([old.distances, distances])
    order = np.concatenate([old.order, rows.order])
    kept = best(every, order, SHORTLIST)
    return _Candidates(
        every[kept],
        order[kept],
        np.concatenate([old.pk, rows.pk])[kept],
        np.concatenate([old.words, rows.words])[kept],
        np.concatenate([old.embedding, rows.embedding])[kept],
    )


def _cosine(mine: NDArray[np.int8], theirs: NDArray[np.int8]) -> NDArray[np.float64]:
    a, b = mine.astype(np.float64), theirs.astype(np.float64)
    lengths = np.linalg.norm(b, axis=1) * np.linalg.norm(a)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(lengths > 0, b @ a / lengths, np.nan)
    return np.clip(found, 0.0, 1.0)


def order_of(closed_at_seconds: int, number: int) -> int:
    """Newer is larger; of two closed in one second, the lower number. Numbers beyond 2^31 wrap."""
    return (closed_at_seconds << 31) | (0x7FFFFFFF - (number & 0x7FFFFFFF))
