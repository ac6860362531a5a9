"""A buyer's words as a bag of small numbers: enough to tell which texts share words, too little to read one.

Every word becomes one of 65,535 numbers under the organisation's own salt, order is lost, and what holds a digit or
belongs to an address (order numbers, telephones, mail) is left out before.
"""

from __future__ import annotations

import hashlib
import re
import struct
from functools import lru_cache

from amends.language.understand.core.text import fold, own_words

MOST_WORDS = 64
MOST_CHARACTERS = 4000
_ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")
_SPACELESS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # kana and Han: written without blanks, read by pairs
_RUN = re.compile(rf"[{_SPACELESS}]+|[^\W{_SPACELESS}]+")
_IS_SPACELESS = re.compile(rf"[{_SPACELESS}]")
_HAS_DIGIT = re.compile(r"\d")


def words_in(text: str, language: str = "") -> list[str]:
    """Folded words in order; Chinese and Japanese as pairs of characters."""
    found: list[str] = []
    clean = _ADDRESS.sub(" ", own_words(text[:MOST_CHARACTERS]))
    for run in _RUN.findall(fold(clean, language)):
        if _HAS_DIGIT.search(run):
            continue
        if _IS_SPACELESS.match(run):
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        elif len(run) > 1:
            found.append(run)
    return found


def hashed_words(text: str, language: str, salt: str) -> tuple[int, ...]:
    """The first MOST_WORDS words as numbers from 1 to 65535, sorted; a word said twice stands twice."""
    return tuple(sorted(_number(word, salt) for word in words_in(text, language)[:MOST_WORDS]))


@lru_cache(maxsize=8192)
def _number(word: str, salt: str) -> int:
    digest = hashlib.blake2b(word.encode(), digest_size=4, key=salt.encode()[:64]).digest()
    return 1 + int.from_bytes(digest, "little") % 65_535


def pack_words(numbers: tuple[int, ...]) -> bytes:
    """Always of one length; empty places are 0."""
    return struct.pack(f"<{MOST_WORDS}H", *numbers, *([0] * (MOST_WORDS - len(numbers))))
