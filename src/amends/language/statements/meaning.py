"""What a sentence says, by the direction an encoder gives it: one regression a class, in every language at once.

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
import sklearn
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # no stubs published

from amends.language.encode import WORDS, encoder
from amends.language.encode.core import Vectors
from amends.language.statements.core.sentences import sentences
from amends.language.statements.core.statement import CODES
from amends.language.statements.loading import fingerprint, taught
from amends.language.templates.books import catalogue
from amends.language.templates.core.book import SLOT
from amends.language.understand.classifier import keeping

VERSION: Final = "statements-1"
_C: Final = 50.0
_RARE: Final = 6.0  # weight of the sentences that say something, which few of all do
# Texts of the phrasebook that do say something on purpose; they are no counter-examples for it.
_SAYING: Final = {"review_request"}
_EVERY: Final = 8  # of the phrasebook's sentences one in so many is learnt from; the others are left to tests
_REMEMBERED: Final = 4096


def _phrasebook() -> list[str]:
    texts = [
        (text[start:end], key)
        for book in catalogue().values()
        for key, text in book.texts.items()
        for start, end in sentences(SLOT.sub("0", text))
        if key not in _SAYING
    ]
    return [text for i, (text, _) in enumerate(texts) if i % _EVERY == 0]


class Meaning:
    """Thread-safe once built. Remembers the vectors of sentences it has seen: while an answer is written, only the
    sentence that changed is encoded again."""

    def __init__(self) -> None:
        self.engine = encoder()
        lawful = _phrasebook()
        key = hashlib.sha256("\n".join(lawful).encode()).hexdigest()
        self._key = f"{VERSION}:{self.engine.name}:{fingerprint()}:{key}:{sklearn.__version__}:{np.__version__}"
        self._name = hashlib.sha256(self._key.encode()).hexdigest()[:16]
        file = keeping.cache_file(f"statements-{self._name}")
        arrays = keeping.load(file, self._key)
        if arrays is None:
            with threadpool_limits(1):
                arrays = self._train(lawful)
            keeping.keep(file, self._key, arrays)
        self.codes = [str(code) for code in arrays["codes"]]
        self._coef, self._bias = arrays["coef"], arrays["bias"]
        self._lock = Lock()
        self._seen = lru_cache(maxsize=_REMEMBERED)(self._encode_one)

    @property
    def knows_languages(self) -> bool:
        """False on a machine whose only encoder compares letters: then only forms and words are found."""
        return self.engine.name != WORDS

    def probabilities(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Of each class, for each sentence."""
        if not texts or not self.knows_languages:
            return [{} for _ in texts]
        vectors = np.array([np.frombuffer(self._seen(text), dtype=np.float32) for text in texts])
        rows = 1 / (1 + np.exp(-(vectors @ self._coef.T + self._bias)))
        return [dict(zip(self.codes, map(float, row), strict=True)) for row in rows]

    def _encode_one(self, text: str) -> bytes:
        with self._lock:
            return self.engine.encode([text])[0].tobytes()

    def _train(self, lawful: Sequence[str]) -> keeping.Arrays:
        rows = taught()
        vectors = self._vectors([text for _, text, _ in rows] + list(lawful))
        says: list[frozenset[str]] = [classes for *_, classes in rows] + [frozenset()] * len(lawful)
        codes = [code for code in CODES if any(code in classes for classes in says)]
        coefficients, biases = [], []
        for code in codes:
            wanted = np.array([code in classes for classes in says])
            weights = np.where(wanted, _RARE, 1.0)
            model = LogisticRegression(C=_C, max_iter=400).fit(vectors, wanted, sample_weight=weights)
            coefficients.append(model.coef_[0])
            biases.append(float(model.intercept_[0]))
        return {
            "codes": np.array(codes, dtype=np.str_),
            "coef": np.array(coefficients, dtype=np.float32),
            "bias": np.array(biases, dtype=np.float32),
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
