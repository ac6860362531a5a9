"""A text cut into the sentences that are looked at one by one, with their places."""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 120  # sentences looked at one by one; the guard has a person read what is longer
# A stop after a number ends a sentence only before what opens one (a capital, ¿, a letter of a script without
# capitals): many languages write "1. prosinca 2026." so. A stop after one letter shortens a word: "2026 г.", "J. Doe".
_OPENS: Final = r"[A-ZÀ-ÞΑ-ΩА-Я¿¡\u0590-\u0eff\u10a0-\u137f]"
_END: Final = re.compile(
    rf"(?:(?<!\d)(?<!\s[^\W\d_])\.|[!?…])+(?=\s|$)|(?<=\d)\.(?=\s*$|\s+{_OPENS})|[。！？؟।۔፧။៕]+|\n+"
)
_SHORT: Final = 3  # letters: less says nothing


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence with something to read."""
    found: list[tuple[int, int]] = []
    start = 0
    for match in [*_END.finditer(text), None]:
        end = match.end() if match else len(text)
        piece = text[start:end]
        stripped = piece.strip()
        if sum(char.isalpha() for char in stripped) >= _SHORT:
            left = start + len(piece) - len(piece.lstrip())
            found.append((left, left + len(stripped)))
        start = end
    return found
