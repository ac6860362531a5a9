"""Sentences of the shipped phrasebook, whatever fills their slots: they were written with the rules in hand, so their
meaning is not asked again. What stands in a slot is still looked at by form and by words."""

from __future__ import annotations

import re
from functools import cache

from amends.language.statements.core.sentences import sentences
from amends.language.templates.books import catalogue
from amends.language.templates.core.book import SLOT

_FILLED = r"[^\n]{1,120}?"
_FEWEST = 4  # letters beside the slots: a shape with fewer ("{shop}") would let any sentence through
_MARKS = re.compile("[\u2066-\u2069\u200e\u200f]")


@cache
def _known(language: str) -> re.Pattern[str] | None:
    book = catalogue().get(language)
    if book is None:
        return None
    found = {
        text[start:end]
        for text in (*book.texts.values(), *book.frame.values())
        for start, end in sentences(text)
    }  # fmt: skip
    found |= {line for text in book.frame.values() for line in [text.strip()]}
    fixed = (SLOT.split(one)[::2] for one in sorted(found))
    shapes = (_FILLED.join(map(re.escape, parts)) for parts in fixed if len(parts) == 1 or _tells(parts))
    return re.compile("|".join(shapes))


def _tells(parts: list[str]) -> bool:
    return sum(char.isalpha() for part in parts for char in part) >= _FEWEST


def approved(sentence: str, language: str) -> bool:
    """Whether the sentence is one of the phrasebook's in that language, filled or not."""
    known = _known(language)
    return known is not None and known.fullmatch(_MARKS.sub("", sentence).strip()) is not None
