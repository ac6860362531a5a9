"""What the wording says: TF-IDF with logistic regression, and the same over concepts, for languages with word lists.

Two classifiers vote by adding weighted log-probabilities:

- per language, character and word n-grams. It knows wording, and its dual form keeps the similarity to each
  anchor, which is the explanation shown to the agent;
- one over all languages on the concepts and strong phrases of the word lists. It has nine times the examples,
  so it knows what belongs together even where one language's anchors do not show it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # no stubs published

from amends.kernel.taxonomy import LEAVES
from amends.language.understand.classifier import keeping
from amends.language.understand.classifier.meaning import log_softmax, spread
from amends.language.understand.core.reading import Anchor, Scores
from amends.language.understand.core.rules import features
from amends.language.understand.core.text import SPACELESS, fold
from amends.language.understand.loading import LANGUAGES, anchors, compounds, fingerprint, lexicon

Array = NDArray[np.float64]

ENGINE = "tfidf-2"
# Weights of the two log-probabilities: where the likelihood of 216 messages written apart from the anchors was best
# (they have since become anchors themselves). The evaluation set was not looked at for this.
WORDING_WEIGHT = 1.5
CONCEPT_WEIGHT = 0.5
_WORDING_C = 30.0
_CONCEPT_C = 3.0
_NEAREST = 3
_WORD = re.compile(r"\w+")  # one-letter words count: "y", "à", "и"
_RECOGNISED = 0.12  # a cosine below this, and no concept: nothing in the text was ever seen before


def _known_leaves() -> list[str]:
    used = {leaf for language in LANGUAGES for leaf in anchors(language).leaves}
    return [leaf.code for leaf in LEAVES if leaf.code in used]


class Wording:
    """N-grams of one language. Logistic regression solved in the space of the anchors, where it is 288 wide."""

    def __init__(self, language: str, texts: Sequence[str]) -> None:
        self.language = language
        self._vectorizers = _vectorizers(language)
        folded = [fold(text, language) for text in texts]
        parts = [vectorizer.fit_transform(folded) for vectorizer in self._vectorizers]
        self.matrix = csr_matrix(hstack(parts)) / np.sqrt(len(parts))

    def similarities(self, texts: Sequence[str]) -> Array:
        """Cosine of each text to each anchor."""
        folded = [fold(text, self.language) for text in texts]
        parts = [vectorizer.transform(folded) for vectorizer in self._vectorizers]
        rows = csr_matrix(hstack(parts)) / np.sqrt(len(parts))
        return np.asarray((rows @ self.matrix.T).todense())

    def fit(self, targets: NDArray[np.int64], classes: int) -> tuple[Array, Array]:
        """Dual coefficients and intercepts: `similarities @ dual + intercept` are the logits."""
        kernel = np.asarray((self.matrix @ self.matrix.T).todense())
        values, vectors = np.linalg.eigh(kernel)
        keep = values > 1e-9  # noqa: PLR2004 - numerically zero directions carry nothing
        roots = np.sqrt(values[keep])
        model = _regression(_WORDING_C).fit(vectors[:, keep] * roots, targets)
        coefficients, intercept = spread(model, classes)
        return (vectors[:, keep] / roots) @ coefficients.T, intercept


def _vectorizers(language: str) -> list[TfidfVectorizer]:
    if language in SPACELESS:
        return [TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)]
    return [
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        TfidfVectorizer(
            analyzer="word", ngram_range=(1, 2), sublinear_tf=True, tokenizer=_WORD.findall, token_pattern=None
        ),
    ]


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=300, tol=5e-3, class_weight="balanced")


def concept_rows(language: str) -> list[tuple[dict[str, float], str, float]]:
    """Feature row, leaf and weight of each anchor, and of each anchor with one concept left out.

    The word lists know the anchors better than they will know a buyer: learning with gaps keeps the classifier from
    reading a missing word as a denial.
    """
    words, known = lexicon(language), anchors(language)
    rows: list[tuple[dict[str, float], str, float]] = []
    for text, leaf in zip(known.texts, known.leaves, strict=True):
        concepts = words.concepts_in(text)
        if concepts:
            rows.append((features(concepts), leaf, 1.0))
        if len(concepts) > 1:
            rows += [(features(concepts - {gap}), leaf, 1.0 / len(concepts)) for gap in sorted(concepts)]
    return rows


class TfidfClassifier:
    """The shipped classifier. Thread-safe once built; building takes seconds the first time, then a read."""

    def __init__(self) -> None:
        self.leaves = _known_leaves()
        self._index = {leaf: i for i, leaf in enumerate(self.leaves)}
        self._arrays = keeping.load(keeping.cache_file(_name()), _key()) or self._train_and_keep()
        self._concept_column = {str(name): i for i, name in enumerate(self._arrays["concept_names"])}

    def score(self, text: str, language: str, concepts: frozenset[str]) -> Scores:
        """KeyError for a language without anchors."""
        similar = self._wording(language).similarities([text])
        if not concepts and similar.max() < _RECOGNISED:
            even = 1.0 / len(self.leaves)
            return Scores(dict.fromkeys(self.leaves, even), self._nearest(similar[0], language), ENGINE)
        wording = log_softmax(similar @ self._arrays[f"dual_{language}"] + self._arrays[f"bias_{language}"])
        joined = WORDING_WEIGHT * wording + CONCEPT_WEIGHT * self._concepts(concepts)
        probabilities = np.exp(log_softmax(joined))[0]
        return Scores(
            {leaf: float(probabilities[i]) for i, leaf in enumerate(self.leaves)},
            self._nearest(similar[0], language),
            ENGINE,
        )

    def _concepts(self, concepts: frozenset[str]) -> Array:
        if not concepts:
            return np.zeros((1, len(self.leaves)))  # no strong word, no say
        row = np.zeros((1, len(self._concept_column)))
        for name, value in features(concepts).items():
            if name in self._concept_column:
                row[0, self._concept_column[name]] = value
        return log_softmax(row @ self._arrays["concept_coef"].T + self._arrays["concept_bias"])

    def _nearest(self, similar: Array, language: str) -> tuple[Anchor, ...]:
        known = anchors(language)
        order = np.argsort(-similar[: len(known.texts)])[:_NEAREST]
        return tuple(Anchor(known.texts[i], known.leaves[i], float(similar[i])) for i in order if similar[i] > 0)

    @staticmethod
    @cache
    def _wording(language: str) -> Wording:
        return Wording(language, (*anchors(language).texts, *compounds(language).texts))

    def _train(self) -> dict[str, NDArray[Any]]:
        arrays: dict[str, NDArray[Any]] = {}
        rows: list[tuple[dict[str, float], str, float]] = []
        for language in LANGUAGES:
            labels = np.array([self._index[leaf] for leaf in (*anchors(language).leaves, *compounds(language).leaves)])
            arrays[f"dual_{language}"], arrays[f"bias_{language}"] = self._wording(language).fit(
                labels, len(self.leaves)
            )
            rows += concept_rows(language)
        vectorizer = DictVectorizer()
        model = _regression(_CONCEPT_C).fit(
            vectorizer.fit_transform([row for row, _, _ in rows]),
            [self._index[leaf] for _, leaf, _ in rows],
            sample_weight=[weight for _, _, weight in rows],
        )
        arrays["concept_coef"], arrays["concept_bias"] = spread(model, len(self.leaves))
        arrays["concept_names"] = np.array(vectorizer.get_feature_names_out(), dtype=np.str_)
        return arrays

    def _train_and_keep(self) -> dict[str, NDArray[Any]]:
        # One thread: on a busy machine threads of the linear algebra wait for each other longer than they work.
        with threadpool_limits(1):
            arrays = self._train()
        keeping.keep(keeping.cache_file(_name()), _key(), arrays)
        return arrays


def _key() -> str:
    return f"{ENGINE}:{fingerprint()}:{sklearn.__version__}:{np.__version__}"


def _name() -> str:
    return f"wording-{fingerprint()[:16]}"


@cache
def default_wording() -> TfidfClassifier:
    return TfidfClassifier()
