"""What the regressions see of a sentence: where its meaning points, its letters, and the subjects its words name.

The meaning carries over from one language to the next; letters know wording; subjects say in every language alike what
a sentence is about ("receipt", "already", "not"), which a small encoder blurs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from amends.kernel.languages import fallbacks
from amends.language.encode.core import Vectors
from amends.language.statements.loading import SUBJECTS, folded, subjects

# How much each part weighs, chosen on the first half of the evaluation set.
_MEANING: Final = 2.0
_LETTERS: Final = 1.5
_NAMED: Final = 0.25
_LETTERS_WIDE: Final = 2**16


class Features:
    """`idf`: one weight a column of letters, as `learn` found it."""

    def __init__(self, idf: NDArray[np.float64]) -> None:
        self._weights = TfidfTransformer(sublinear_tf=True)
        self._weights.idf_ = idf

    @staticmethod
    def learn(texts: Sequence[str]) -> NDArray[np.float64]:
        return np.asarray(TfidfTransformer(sublinear_tf=True).fit(_letters(texts)).idf_)

    def rows(self, texts: Sequence[str], languages: Sequence[str], vectors: Vectors) -> csr_matrix:
        """One row a text: meaning, letters, subjects. A language without word lists names no subject."""
        letters = self._weights.transform(_letters(texts))
        return csr_matrix(
            hstack([csr_matrix(vectors * _MEANING), letters * _LETTERS, csr_matrix(named(texts, languages) * _NAMED)])
        )


def without_subjects(rows: csr_matrix) -> csr_matrix:
    """The same rows as if no word list had said anything: learning from both keeps an unlisted word from deciding."""
    kept = csr_matrix(rows[:, : -len(SUBJECTS)])
    return csr_matrix(hstack([kept, csr_matrix((rows.shape[0], len(SUBJECTS)))]))


def named(texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float64]:
    """1 where the words of a text (row) name a subject (column, as in `SUBJECTS`)."""
    out = np.zeros((len(texts), len(SUBJECTS)))
    lists = subjects()
    for i, (text, language) in enumerate(zip(texts, languages, strict=True)):
        code = next((code for code in fallbacks(language) if code in lists), "") if language else ""
        low = folded(text)
        for j, subject in enumerate(SUBJECTS):
            out[i, j] = bool(code and lists[code][subject].search(low))
    return out


def _letters(texts: Sequence[str]) -> csr_matrix:
    hashing = HashingVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), n_features=_LETTERS_WIDE, alternate_sign=False, norm=None
    )
    return csr_matrix(hashing.transform(texts))
