"""What listed expressions find, except in a sentence that warns of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from amends.language.statements.core.statement import How, Statement
from amends.language.statements.loading import patterns, subjects

# These are wrong with a "no" in them, and mostly because of it.
_NEGATIVE: Final = frozenset({"flat_refusal", "blame_buyer", "stalling", "admit_fault", "threat_to_buyer"})
_TAKES_BACK: Final = ("not", "after")  # "do not close the case", "confirm receipt only after you have looked"


def by_words(low: str, spans: Sequence[tuple[int, int]], language: str) -> Iterator[Statement]:
    """`low` as `folded` gives it, `spans` its sentences in `language`. Without a list of it all lists are asked."""
    lists = patterns()
    for code, pattern in lists.get(language) or [row for rows in lists.values() for row in rows]:
        for match in pattern.finditer(low):
            sentence = next((low[start:end] for start, end in spans if start <= match.start() < end), "")
            if sentence and (code in _NEGATIVE or not _taken_back(sentence, language)):
                yield Statement(code, *match.span(), How.WORDS)
                break


def _taken_back(sentence: str, language: str) -> bool:
    """The sentence is left to its meaning, which reads a negation better than an expression does."""
    words = subjects().get(language)
    return words is not None and any(words[subject].search(sentence) for subject in _TAKES_BACK)
