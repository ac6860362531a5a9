"""What a text means, by the direction an encoder gives it: in every language, also those without a single anchor.

One multinomial regression tells the leaf, one small regression a signal tells demands, threats and tone. Both learn
from the anchor sentences, so the sentences nearest to a message are the reason shown to the agent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # no stubs published

from amends.kernel.taxonomy import LEAVES
from amends.language.encode import Encoder, encoder
from amends.language.encode.core import Vectors
from amends.language.understand.classifier import keeping
from amends.language.understand.core.reading import Anchor
from amends.language.understand.loading import (
    AnchorSet,
    anchor_languages,
    anchors,
    compounds,
    fingerprint,
    signal_rows,
)

VERSION: Final = "meaning-2"
_LEAF_C: Final = 30.0
_SIGNAL_C: Final = 60.0
_RARE: Final = 6.0  # weight of the sentences that have a signal, which few have
_JOINED: Final = 0.5  # weight of a sentence with a demand behind it, beside the sentence alone
_NEAREST: Final = 3
_RECENT: Final = 64
_HINT: Final = 0.35
_FOLDS: Final = 5
_TEMPERATURES: Final = np.geomspace(0.4, 2.5, 24)


Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Taught:
    """Sentences with their leaves that are not shipped: agents' corrections. Only what is learnt from them is kept."""

    texts: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    digest: str = ""


def known_leaves() -> list[str]:
    used = {leaf for language in anchor_languages() for leaf in anchors(language).leaves}
    return [leaf.code for leaf in LEAVES if leaf.code in used]


def _together(of: Callable[[str], AnchorSet]) -> AnchorSet:
    sets = [of(language) for language in anchor_languages()]
    return AnchorSet("mul", sum((s.texts for s in sets), ()), sum((s.leaves for s in sets), ()))


class Meaning:
    """Thread-safe once built. Building encodes some thousand sentences the first time (half a minute), then reads."""

    def __init__(self, taught: Taught | None = None, engine: Encoder | None = None, *, keep: bool = True) -> None:
        self.engine = engine or encoder()
        self.taught = taught or Taught()
        self.leaves = known_leaves()
        self.anchors, self.joined = _together(anchors), _together(compounds)
        self._file = keeping.cache_file(f"meaning-{self.engine.name}-{fingerprint()[:16]}")
        self.key = f"{VERSION}:{self.engine.name}:{fingerprint()}:{self.taught.digest}"
        self._keeps = keep
        self._recent = lru_cache(maxsize=_RECENT)(lambda text: self.engine.encode([text])[0])
        self.arrays = (
            keeping.load(keeping.shipped("meaning"), self.key)
            or keeping.load(self._file, self.key)
            or self._train_and_keep()
        )
        self.signals = [str(name) for name in self.arrays["signal_names"]]
        self._vectors = self.arrays["vectors"].astype(np.float32) / 127

    def leaf_arrays(self) -> keeping.Arrays:
        """What was learnt about leaves: coefficients, none of the words."""
        return {name: self.arrays[name] for name in ("leaf_coef", "leaf_bias", "temperature")}

    def taught_by(self, arrays: keeping.Arrays) -> Meaning:
        """The same, with leaves as another training learnt them."""
        other = copy(self)
        other.arrays = self.arrays | arrays
        return other

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Of the last few texts the vectors are remembered: one reading asks for the same clauses twice."""
        return np.array([self._recent(text) for text in texts], dtype=np.float32)

    def hints(self, vector: NDArray[Any]) -> bool:
        """False where the whole has so little of a demand, a threat or a feeling that no clause is asked for it."""
        return max(self.signals_of(vector[None, :])[0].values(), default=0.0) >= _HINT

    def log_probabilities(self, vectors: Vectors) -> Array:
        """Rows of texts, columns of `leaves`."""
        logits = vectors @ self.arrays["leaf_coef"].T + self.arrays["leaf_bias"]
        return log_softmax(logits / float(self.arrays["temperature"]))

    def signals_of(self, vectors: Vectors) -> list[dict[str, float]]:
        """Probability of each demand, threat and tone, for each text."""
        logits = vectors @ self.arrays["signal_coef"].T + self.arrays["signal_bias"]
        probabilities = 1 / (1 + np.exp(-logits))
        return [dict(zip(self.signals, (float(p) for p in row), strict=True)) for row in probabilities]

    def nearest(self, vector: NDArray[Any]) -> tuple[Anchor, ...]:
        """The anchors closest in meaning, of whatever language, one sentence a leaf and wording at most."""
        similar = self._vectors @ vector
        order = np.argsort(-similar)[:_NEAREST]
        return tuple(Anchor(self.anchors.texts[i], self.anchors.leaves[i], float(similar[i])) for i in order)

    def _train_and_keep(self) -> keeping.Arrays:
        # One thread: on a busy machine threads of the linear algebra wait for each other longer than they work.
        with threadpool_limits(1):
            arrays = self._train()
        if self._keeps:
            keeping.keep(self._file, self.key, arrays)
        return arrays

    def _train(self) -> keeping.Arrays:
        vectors, joined = self._anchor_vectors()
        targets = np.array([self.leaves.index(leaf) for leaf in (*self.anchors.leaves, *self.joined.leaves)])
        shipped = len(self.anchors.leaves)
        vectors = np.concatenate([vectors, joined])
        own = np.repeat([1.0, _JOINED], [shipped, len(joined)])
        if self.taught.texts:
            vectors = np.concatenate([vectors, self.engine.encode(self.taught.texts)])
            targets = np.concatenate([targets, [self.leaves.index(leaf) for leaf in self.taught.leaves]])
            own = np.concatenate([own, np.ones(len(self.taught.texts))])
        model = LogisticRegression(C=_LEAF_C, max_iter=400)
        model.fit(
            vectors, targets, sample_weight=own / np.bincount(targets, own)[targets] * own.sum() / len(self.leaves)
        )
        coefficients, bias = spread(model, len(self.leaves))
        return {
            "leaf_coef": coefficients,
            "leaf_bias": bias,
            "temperature": np.array(self._temperature(vectors[:shipped], targets[:shipped])),
            "vectors": np.clip(np.round(vectors[:shipped] * 127), -127, 127).astype(np.int8),
        } | self._train_signals(vectors[:shipped])

    def _anchor_vectors(self) -> tuple[Vectors, Vectors]:
        """Of the anchors, and of them with a demand behind. Encoding is slow and depends on the sentences only, so it
        is kept apart from what is learnt."""
        file = keeping.cache_file(f"anchors-{self.engine.name}-{fingerprint()[:16]}")
        key = f"{self.engine.name}:{fingerprint()}"
        kept = keeping.load(file, key)
        if kept is None:
            kept = {
                "vectors": self.engine.encode(self.anchors.texts),
                "joined": self.engine.encode(self.joined.texts),
            }
            keeping.keep(file, key, kept)
        return np.asarray(kept["vectors"], dtype=np.float32), np.asarray(kept["joined"], dtype=np.float32)

    def _temperature(self, vectors: Vectors, targets: NDArray[Any]) -> float:
        """What makes stated probabilities true for a language that was not learnt from: each anchor language is held
        out once. Folds of languages rather than of sentences, since most languages will be unseen."""
        languages = np.array([code for code in anchor_languages() for _ in anchors(code).texts])
        logits = np.zeros((len(targets), len(self.leaves)))
        groups = [list(anchor_languages())[i::_FOLDS] for i in range(_FOLDS)]
        for group in filter(None, groups):
            out = np.isin(languages, group)
            if out.all():
                return 1.0
            model = LogisticRegression(C=_LEAF_C, max_iter=300).fit(vectors[~out], targets[~out])
            coefficients, bias = spread(model, len(self.leaves))
            logits[out] = vectors[out] @ coefficients.T + bias
        losses = [-log_softmax(logits / t)[np.arange(len(targets)), targets].mean() for t in _TEMPERATURES]
        return float(_TEMPERATURES[int(np.argmin(losses))])

    def _train_signals(self, anchor_vectors: Vectors) -> keeping.Arrays:
        """From sentences written for the signals, and from the anchors as the word lists read them."""
        written, weak = signal_rows()
        names = sorted({name for labels in (*written.values(), *weak.values()) for name in labels})
        position = {text: i for i, text in enumerate(self.anchors.texts)}
        vectors = np.concatenate(
            [self.engine.encode(list(written)), anchor_vectors[[position[text] for text in weak]]] if written else
            [anchor_vectors[[position[text] for text in weak]]]
        )  # fmt: skip
        rows: list[frozenset[str]] = [*written.values(), *weak.values()]
        weights = np.array([1.0] * len(written) + [0.5] * len(weak))
        coefficients, biases = [], []
        for name in names:
            wanted = np.array([name in labels for labels in rows])
            own = weights * np.where(wanted, _RARE, 1.0)
            model = LogisticRegression(C=_SIGNAL_C, max_iter=400).fit(vectors, wanted, sample_weight=own)
            coefficients.append(model.coef_[0])
            biases.append(float(model.intercept_[0]))
        return {
            "signal_names": np.array(names, dtype=np.str_),
            "signal_coef": np.array(coefficients),
            "signal_bias": np.array(biases),
        }


def spread(model: LogisticRegression, classes: int) -> tuple[Array, Array]:
    """Coefficients with a row for every class, also those a fold did not see."""
    coefficients = np.zeros((classes, model.coef_.shape[1]))
    intercept = np.full(classes, -20.0)
    coefficients[model.classes_] = model.coef_
    intercept[model.classes_] = model.intercept_
    return coefficients, intercept


def log_softmax(logits: NDArray[Any]) -> Array:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


@cache
def default_meaning() -> Meaning:
    return Meaning()


def ranked(row: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(row.items(), key=lambda pair: -pair[1])
