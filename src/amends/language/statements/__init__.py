"""What an outgoing text says: the signals on which the guard decides."""

from __future__ import annotations

from amends.language.statements.approved import approved
from amends.language.statements.core.forms import by_form
from amends.language.statements.core.sentences import MOST, sentences
from amends.language.statements.core.statement import CODES, How, Statement, strongest
from amends.language.statements.loading import folded, mentions, patterns

__all__ = ["CODES", "How", "Statement", "statements"]

CLEAR = 0.5  # a class below it is not claimed
NAMED = 0.25  # enough where the sentence names what the class is about
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
    """What `text` says, each class once, where it is clearest. `language` chooses the word lists; empty: all of them.

    Never raises on a text. The first call in a process loads or trains the model.
    """
    from amends.language.statements.meaning import default_meaning

    clean = text.encode("utf-8", "replace").decode("utf-8")
    found = list(by_form(clean))
    low = folded(clean)
    base = language.split("-", maxsplit=1)[0]
    lists = patterns()
    for rows in [lists[base]] if base in lists else lists.values():
        for code, pattern in rows:
            found += [Statement(code, *match.span(), How.WORDS) for match in [pattern.search(low)] if match]
    spans = [(a, b) for a, b in sentences(clean)[:MOST] if not approved(clean[a:b], base)]
    rows_of = default_meaning().probabilities([clean[start:end] for start, end in spans])
    for (start, end), row in zip(spans, rows_of, strict=True):
        found += [
            Statement(code, start, end, How.MEANING, strength)
            for code, strength in row.items()
            if strength >= _needed(code, low[start:end], base)
        ]
    return strongest(found)


def _needed(code: str, sentence: str, language: str) -> float:
    """How strong a meaning must be. A word of the subject makes less enough; its absence, where words are known, means
    that the sentence is about something else."""
    words = mentions().get(ABOUT.get(code, ""), {}).get(language)
    if words is None:
        return CLEAR
    return NAMED if words.search(sentence) else 1.1
