"""What a sentence says, by the features of it: one regression a class, in every language at once.

Counter-examples are the sentences written as such and the shipped phrasebook: what we offer agents to send is lawful,
so a text like it must pass.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # no stubs published

from amends.language.encode import WORDS, encoder
from amends.language.encode.core import Vectors
from amends.language.statements.core.sentences import sentences
from amends.language.statements.core.statement import CODES
from amends.language.statements.features import Features, without_subjects
from amends.language.statements.loading import fingerprint, taught
from amends.language.templates.books import catalogue
from amends.language.templates.core.book import SLOT
from amends.language.understand.classifier import keeping

VERSION: Final = "statements-2"
_C: Final = 20.0
_RARE: Final = 6.0  # weight of the sentences that say something, which few of all do
# Texts of the phrasebook that do say something on purpose; they are no counter-examples for it.
_SAYING: Final = {"review_request"}
_UNNAMED: Final = 0.5  # weight of each sentence once more, as if no word list knew its words
_EVERY: Final = 8  # of the phrasebook's sentences one in so many is learnt from; the others are left to tests
_REMEMBERED: Final = 4096


def _phrasebook() -> list[tuple[str, str]]:
    """(language, sentence)."""
    texts = [
        (language, text[start:end])
        for language, book in catalogue().items()
        for key, text in book.texts.items()
        for start, end in sentences(SLOT.sub("0", text))
        if key not in _SAYING
    ]
    return texts[::_EVERY]


def packed_of(coefficients: NDArray[np.float32]) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """Sixteen bits each, and the unit of each column: half the size, and no verdict that changes."""
    scale = np.abs(coefficients).max(axis=0) / np.iinfo(np.int16).max
    return np.round(coefficients / scale).astype(np.int16), scale.astype(np.float32)


def unpacked(packed: NDArray[Any], scale: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(packed * scale, dtype=np.float32)


class Meaning:
    """Thread-safe once built. Remembers the vectors of sentences it has seen: while an answer is written, only the
    sentence that changed is encoded again."""

    def __init__(self) -> None:
        self.engine = encoder()
        # The phrasebook is not part of the key: a text of it that changes is one counter-example less, no other model.
        self.key = f"{VERSION}:{self.engine.name}:{fingerprint()}"
        file = keeping.cache_file(f"statements-{hashlib.sha256(self.key.encode()).hexdigest()[:16]}")
        self.arrays = keeping.load(keeping.shipped("statements"), self.key) or keeping.load(file, self.key) or {}
        if not self.arrays:
            with threadpool_limits(1):
                self.arrays = self._train()
            keeping.keep(file, self.key, self.arrays)
        self.codes = [str(code) for code in self.arrays["codes"]]
        self._coef = unpacked(self.arrays["coef"], self.arrays["scale"])
        self._bias, self._features = self.arrays["bias"], Features(self.arrays["idf"])
        self._lock = Lock()
        self._seen = lru_cache(maxsize=_REMEMBERED)(self._encode_one)

    @property
    def knows_languages(self) -> bool:
        """False on a machine whose only encoder compares letters: then only forms and words are found."""
        return self.engine.name != WORDS

    def probabilities(self, texts: Sequence[str], language: str) -> list[dict[str, float]]:
        """Of each class, for each sentence. `language`: of all of them; it chooses the word lists."""
        if not texts or not self.knows_languages:
            return [{} for _ in texts]
        vectors = np.array([np.frombuffer(self._seen(text), dtype=np.float32) for text in texts])
        logits = self._features.rows(texts, [language] * len(texts), vectors) @ self._coef + self._bias
        return [dict(zip(self.codes, map(float, row), strict=True)) for row in 1 / (1 + np.exp(-logits))]

    def _encode_one(self, text: str) -> bytes:
        with self._lock:
            return self.engine.encode([text])[0].tobytes()

    def _train(self) -> keeping.Arrays:
        written, lawful = taught(), _phrasebook()
        texts = [text for _, text, _ in written] + [text for _, text in lawful]
        languages = [language for language, *_ in written] + [language for language, _ in lawful]
        says: list[frozenset[str]] = [classes for *_, classes in written] + [frozenset()] * len(lawful)
        codes = [code for code in CODES if any(code in classes for classes in says)]
        idf = Features.learn(texts)
        rows = Features(idf).rows(texts, languages, self._vectors(texts))
        twice = csr_matrix(vstack([rows, without_subjects(rows)]))
        shares = np.repeat([1.0, _UNNAMED], len(texts))
        coefficients, biases = [], []
        for code in codes:
            wanted = np.tile([code in classes for classes in says], 2)
            model = LogisticRegression(C=_C, max_iter=400)
            model.fit(twice, wanted, sample_weight=shares * np.where(wanted, _RARE, 1.0))
            coefficients.append(model.coef_[0])
            biases.append(float(model.intercept_[0]))
        packed, scale = packed_of(np.array(coefficients, dtype=np.float32).T)
        return {
            "codes": np.array(codes, dtype=np.str_),
            "coef": packed,
            "scale": scale,
            "bias": np.array(biases, dtype=np.float32),
            "idf": idf.astype(np.float32),
        }

    def _vectors(self, texts: list[str]) -> Vectors:
        """The slow part, kept sentence by sentence: a new language or a changed line encodes only what is new."""
        file = keeping.cache_file(f"sentences-{self.engine.name}")
        kept = keeping.load(file, self.engine.name) or {}
        known: dict[str, NDArray[Any]] = dict(
            zip(map(str, kept.get("digests", [])), kept.get("vectors", []), strict=False)
        )
        digests = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]
        new = [(d, t) for d, t in zip(digests, texts, strict=True) if d not in known]
        if new:
            known |= dict(zip([d for d, _ in new], self.engine.encode([t for _, t in new]), strict=True))
            wanted = sorted(set(digests))
            keeping.keep(
                file,
                self.engine.name,
                {"digests": np.array(wanted, dtype=np.str_), "vectors": np.array([known[d] for d in wanted])},
            )
        return np.array([known[digest] for digest in digests], dtype=np.float32)


@cache
def default_meaning() -> Meaning:
    return Meaning()
