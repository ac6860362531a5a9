"""Glossary terms as markup, for services that leave marked words alone.

The wanted word is put into the text inside a tag, the rest is escaped, and afterwards the tags are taken out again.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from amends.language.translate.core.engine import Term

UNSPACED: Final = frozenset({"ja", "km", "ko", "lo", "my", "th", "zh"})  # Korean glues its particles to the word
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Tag = Callable[[str, str], str]  # (word of the source, wanted word) → markup, both escaped already


def marked(text: str, terms: Iterable[Term], source: str, tag: Tag) -> tuple[str, int]:
    """The text as markup, and how many terms were found in it."""
    clean = _NOT_IN_XML.sub(" ", text)
    spans = _found(clean, terms, whole=source not in UNSPACED)
    out, end = [], 0
    for start, stop, wanted in spans:
        word = clean[start:stop]
        out += [html.escape(clean[end:start], quote=False), tag(html.escape(word), html.escape(wanted or word))]
        end = stop
    out.append(html.escape(clean[end:], quote=False))
    return "".join(out), len(spans)


def unmarked(text: str, name: str) -> str:
    """The plain text of an answer: tags of this name taken out, entities resolved once."""
    return html.unescape(re.sub(rf"</?\s*{re.escape(name)}(?:\s[^<>]*)?>", "", text))


def _found(text: str, terms: Iterable[Term], *, whole: bool) -> list[tuple[int, int, str]]:
    spellings = {spelling: term.target for term in terms for spelling in (term.source, *term.forms) if spelling.strip()}
    spans: list[tuple[int, int, str]] = []
    for spelling in sorted(spellings, key=lambda each: (-len(each), each)):
        for hit in re.finditer(re.escape(spelling), text, re.IGNORECASE):
            start, stop = hit.span()
            if whole and not _stands_alone(text, start, stop):
                continue
            if all(stop <= taken[0] or start >= taken[1] for taken in spans):
                spans.append((start, stop, spellings[spelling]))
    return sorted(spans)


def _stands_alone(text: str, start: int, stop: int) -> bool:
    before = start > 0 and _in_word(text[start - 1]) and _in_word(text[start])
    after = stop < len(text) and _in_word(text[stop]) and _in_word(text[stop - 1])
    return not before and not after


def _in_word(char: str) -> bool:
    """Vowel signs and accents count: they belong to the letter before them."""
    return char.isalnum() or unicodedata.category(char).startswith("M")
