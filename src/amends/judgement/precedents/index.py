"""Closed cases of one organisation in memory, shelved by kind, platform and leaf, so that a search looks at few.

The nearest by structure are found exactly: shelves are searched in the order of how near a case on them can be at all,
until none left can hold a nearer one. Words then rank what is about equally near. The same rows give the same answers,
in whatever order they came and whether one by one or all at once.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from amends.judgement.precedents.core import LIMIT, MOST_WORDS
from amends.judgement.precedents.core.distance import SHELVED, UNKNOWN, weighing
from amends.judgement.precedents.shelves import Codes, Rows, Search, Shelf, Whole, best

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
class _Shortlist:
    """Arrays in step, in no order; `shelf` is the place of the shelf in the list that was searched."""

    distances: Whole
    order: Whole
    pk: Whole
    shelf: NDArray[np.intp]
    place: NDArray[np.intp]

    def take(self, at: NDArray[np.intp]) -> _Shortlist:
        return _Shortlist(self.distances[at], self.order[at], self.pk[at], self.shelf[at], self.place[at])


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
        search = Search(asked.codes, weighing(asked.codes[0]))
        shelves = self._to_search(search)
        searched = sum(len(shelf) for shelf in shelves)
        near = _nearest(search, shelves, leave_out)
        if not len(near.pk):
            return Answer((), searched, "")
        method, likeness = self._likeness(asked, *self._texts(near, shelves))
        shares = near.distances / search.total
        known = np.where(np.isnan(likeness), NO_WORDS, likeness)
        rank = shares + (WORDS_WEIGHT * (1 - known) if method else 0.0)
        first = np.lexsort((-near.order, rank))[:k]
        told = [None if np.isnan(likeness[i]) else float(likeness[i]) for i in first]
        found = zip(near.pk[first].tolist(), shares[first].tolist(), told, strict=True)
        return Answer(tuple(Found(*one) for one in found), searched, method)

    def _to_search(self, search: Search) -> list[Shelf]:
        """Those that hold the kind of case, nearest first; an unknown kind may be any."""
        kind = search.mine[0]
        shelves = [shelf for shelf in self.shelves.values() if len(shelf) and kind in (UNKNOWN, shelf.key[0])]
        return sorted(shelves, key=lambda shelf: shelf.base(search))

    def _texts(self, near: _Shortlist, shelves: list[Shelf]) -> tuple[Codes, NDArray[np.int8]]:
        words = np.zeros((len(near.pk), MOST_WORDS), np.uint16)
        embedding = np.zeros((len(near.pk), self.dimensions), np.int8)
        for number in np.unique(near.shelf):
            at = np.flatnonzero(near.shelf == number)
            words[at], embedding[at] = shelves[number].texts(near.place[at])
        return words, embedding

    def _likeness(self, asked: Asked, words: Codes, embedding: NDArray[np.int8]) -> tuple[str, NDArray[np.float64]]:
        """How alike the words are, 0 to 1, NaN where a case has none."""
        if self.dimensions and len(asked.embedding) == self.dimensions and embedding.any():
            return "cosine", _cosine(np.frombuffer(asked.embedding, np.int8), embedding)
        mine = np.array([word for word in asked.words if word], np.int64)
        if len(mine) and words.any():
            return "bm25", self._bm25(mine, words)
        return "", np.full(len(words), np.nan)

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


def _nearest(search: Search, shelves: list[Shelf], leave_out: int) -> _Shortlist:
    """Exactly the SHORTLIST nearest, and among the last equals the newest; none beyond LIMIT."""
    none, nowhere = np.zeros(0, np.int64), np.zeros(0, np.intp)
    near = _Shortlist(none, none, none, nowhere, nowhere)
    bound = int(search.total * LIMIT)
    for number, shelf in enumerate(shelves):
        if len(near.pk) == SHORTLIST:
            bound = int(near.distances.max())
        if shelf.base(search) > bound:
            break
        distances, place = shelf.nearest(search, bound, SHORTLIST + 1)
        pk, order = shelf.identity(place)
        found = _Shortlist(distances, order, pk, np.full(len(pk), number, np.intp), place)
        found = found.take(np.flatnonzero(pk != leave_out))
        pairs = ((getattr(near, f.name), getattr(found, f.name)) for f in fields(_Shortlist))
        both = _Shortlist(*(np.concatenate(pair) for pair in pairs))
        near = both.take(best(both.distances, both.order, SHORTLIST))
    return near


def _cosine(mine: NDArray[np.int8], theirs: NDArray[np.int8]) -> NDArray[np.float64]:
    a, b = mine.astype(np.float64), theirs.astype(np.float64)
    lengths = np.linalg.norm(b, axis=1) * np.linalg.norm(a)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(lengths > 0, b @ a / lengths, np.nan)
    return np.clip(found, 0.0, 1.0)


def order_of(closed_at_seconds: int, number: int) -> int:
    """Newer is larger; of two closed in one second, the lower number. Numbers beyond 2^31 wrap."""
    return (closed_at_seconds << 31) | (0x7FFFFFFF - (number & 0x7FFFFFFF))
