"""Sentences of the shipped phrasebook, whatever fills their slots: they were written with the rules in hand, so their
meaning is not asked again. What stands in a slot is still looked at by form and by words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from amends.language.statements.core.sentences import sentences
from amends.language.templates.books import catalogue
from amends.language.templates.core.book import SLOT

_FILLED = r"[^\n]{1,120}?"
_NAME = r"[^\W\d_]{1,12}(?:[ .'’-]{1,2}[^\W\d_]{1,12}){0,3}"
_FEWEST = 4  # letters beside the slots: a shape with fewer ("Olá, {buyer}!") would let nearly any sentence through
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
    shapes = [(_NAME if few else _FILLED).join(map(re.escape, parts)) for parts, few in _weighed(fixed)]
    return re.compile("|".join(shapes))


def _weighed(shapes: Iterable[list[str]]) -> Iterator[tuple[list[str], bool]]:
    """Each shape and whether only a name may fill it; one without any letter of its own approves nothing."""
    for parts in shapes:
        letters = sum(char.isalpha() for part in parts for char in part)
        if letters:
            yield parts, letters < _FEWEST


def approved(sentence: str, language: str) -> bool:
    """Whether the sentence is one of the phrasebook's in that language, filled or not."""
    known = _known(language)
    return known is not None and known.fullmatch(_MARKS.sub("", sentence).strip()) is not None
