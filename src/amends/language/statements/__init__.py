"""What an outgoing text says: the signals on which the guard decides."""

from __future__ import annotations

from collections.abc import Mapping

from amends.language.detect import detect
from amends.language.statements.approved import approved
from amends.language.statements.core.forms import by_form
from amends.language.statements.core.sentences import MOST, sentences
from amends.language.statements.core.statement import CODES, How, Statement, strongest
from amends.language.statements.listed import by_words
from amends.language.statements.loading import folded, subjects

__all__ = ["CODES", "How", "Statement", "statements"]

CLEAR = 0.6  # a class below it is not claimed
SURE = 0.9  # of a language other than the expected one
NAMED = 0.3  # enough where the sentence names what the class is about
# Of these a sentence says one, the clearest: asked apart, "leave an honest review" is near to every one of them.
ONE_OF = frozenset({"review_positive", "review_selected", "review_change", "review_request"})
# What a class must name to be claimed of a sentence, in languages with a word list for it.
ABOUT = {
    "review_reward": "review",
    "review_positive": "review",
    "review_selected": "review",
    "review_change": "review",
    "review_request": "review",
    "close_dispute": "dispute",
    "confirm_receipt": "receipt",
}


def statements(text: str, language: str = "") -> tuple[Statement, ...]:
    """What `text` says, each class once, where it is clearest.

    `language` is the expected one; each sentence is read in its own. Never raises on a text. The first call in
    a process loads the model.
    """
    from amends.language.statements.meaning import default_meaning

    clean = text.encode("utf-8", "replace").decode("utf-8")
    found = list(by_form(clean))
    low = folded(clean)
    base = language.split("-", maxsplit=1)[0]
    by_language: dict[str, list[tuple[int, int]]] = {}
    for start, end in sentences(clean)[:MOST]:
        by_language.setdefault(_written_in(clean[start:end], base), []).append((start, end))
    for code, whole in by_language.items():
        found += by_words(low, whole, code)
        spans = [(start, end) for start, end in whole if not approved(clean[start:end], code)]
        rows = default_meaning().probabilities([clean[start:end] for start, end in spans], code)
        for (start, end), row in zip(spans, rows, strict=True):
            found += [
                Statement(said, start, end, How.MEANING, strength)
                for said, strength in _apart(row).items()
                if strength >= _needed(said, low[start:end], code)
            ]
    return strongest(found)


def _written_in(sentence: str, expected: str) -> str:
    """The language of one sentence. An agent may write another than the buyer's; a short sentence is not taken for one
    unless it is sure."""
    seen = detect(sentence, (expected,) if expected else ())
    if expected and (seen.language == "und" or seen.probability < SURE):
        return expected
    return seen.language


def _apart(row: Mapping[str, float]) -> dict[str, float]:
    clearest = max(ONE_OF & row.keys(), key=row.__getitem__, default="")
    return {code: strength for code, strength in row.items() if code not in ONE_OF or code == clearest}


def _needed(code: str, sentence: str, language: str) -> float:
    """How strong a meaning must be. A word of the subject makes less enough; its absence, where words are known, means
    that the sentence is about something else."""
    about = ABOUT.get(code)
    if about is None or language not in subjects():
        return CLEAR
    return NAMED if subjects()[language][about].search(sentence) else 1.1
