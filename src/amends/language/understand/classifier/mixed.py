"""Wording and meaning together where there are word lists, meaning alone everywhere else."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from amends.language.encode import WORDS
from amends.language.understand.classifier.meaning import Meaning, default_meaning, log_softmax
from amends.language.understand.classifier.wording import TfidfClassifier, default_wording
from amends.language.understand.core.reading import Scores
from amends.language.understand.core.text import clauses
from amends.language.understand.loading import LANGUAGES

# Log-linear weights: the best likelihood of anchors held out in five folds (0.158 nats; wording alone 0.560, meaning
# alone 0.260).
WORDING_WEIGHT = 0.6
MEANING_WEIGHT = 0.8
_CLAUSES = 8  # of a message are looked at one by one
_ASIDE = 0.5  # a signal as clear as this makes a clause a demand, a threat or a feeling
_MATTERS = frozenset({"return_wish", "cancel", "repair"})  # these may be what the message is about
Vector = NDArray[np.float32]


class MixedClassifier:
    """The classifier that ships. `engine` in its scores says which parts had a say."""

    def __init__(self, wording: TfidfClassifier, meaning: Meaning) -> None:
        self.wording = wording
        self.meaning = meaning

    def score(self, text: str, language: str, concepts: frozenset[str]) -> Scores:
        """`language` may be any; only those with word lists are read by their wording as well."""
        vector = self._matter(text)
        meant = self.meaning.log_probabilities(vector[None, :])[0]
        leaves = self.meaning.leaves
        if language not in LANGUAGES:
            told = np.exp(meant)
            return Scores(
                dict(zip(leaves, map(float, told), strict=True)), self.meaning.nearest(vector), self.meaning.engine.name
            )
        worded = self.wording.score(text, language, concepts)
        if self.meaning.engine.name == WORDS:  # letters compare spellings, which the wording does better
            return worded
        said = np.log(np.array([worded.probabilities.get(leaf, 1e-9) for leaf in leaves]) + 1e-9)
        joined = np.exp(log_softmax((WORDING_WEIGHT * said + MEANING_WEIGHT * meant)[None, :]))[0]
        return Scores(
            dict(zip(leaves, map(float, joined), strict=True)),
            self.meaning.nearest(vector),
            f"{self.meaning.engine.name}+{worded.engine}",
        )

    def _matter(self, text: str) -> Vector:
        """The direction of what happened, without the clauses that only ask or threaten: "it came broken, I want my
        money back" is about the break. Nothing else being said, the whole text."""
        whole = self.meaning.encode([text])
        parts = clauses(text)[:_CLAUSES]
        if len(parts) < 2 or not self.meaning.hints(whole[0]):  # noqa: PLR2004 - one clause is the matter
            return whole[0]
        vectors = self.meaning.encode(parts)
        kept = [
            i
            for i, row in enumerate(self.meaning.signals_of(vectors))
            if max((p for name, p in row.items() if name not in _MATTERS), default=0.0) < _ASIDE
        ]
        if len(kept) in (0, len(parts)):
            return whole[0]
        return self.meaning.encode([" ".join(parts[i] for i in kept)])[0]


@cache
def default_classifier() -> MixedClassifier:
    return MixedClassifier(default_wording(), default_meaning())
