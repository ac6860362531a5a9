"""A text cut into what an engine can take, and put together again exactly.

Engines lose their way in long texts and invent words where there are none of the source language, so we cut
ourselves: paragraphs, then sentences, then, below the engine's limit, at commas and blanks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from amends.kernel.languages import BY_CODE, base
from amends.language.translate.core.masking import LINK, MARKUP

# After these marks a sentence ends; a full stop only before a blank, so that 3.5, v1.2 and shop.example stay whole.
_END: Final = re.compile(r"(?:[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”’）]*|[؟।॥۔։፧።။។៕]+)\s*|\n+\s*")
_ABBREVIATION: Final = re.compile(
    r"(?<!\w)(?:[A-Za-zÀ-ÿА-я]|[Mm]rs?|[Dd]r|[Ss]ra?|[Nn]r|[Nn]o|[Nn]úm|bzw|ca|etc|vs|St|Art|Tel|p\.?\s?ex)\.$"
)
_WINDOW: Final = 12  # characters that hold the longest abbreviation
_BREAK: Final = re.compile(r"[,;:]\s+|[，、；：،؛]\s*|\s+")
_LINK: Final = re.compile(LINK)
_WHOLE: Final = re.compile(f"{LINK}|{MARKUP}")  # no sentence ends inside
_SCRIPTS: Final = {
    "latin": "LATIN", "cyrillic": "CYRILLIC", "arabic": "ARABIC", "han": "CJK", "kana": "HIRAGANA KATAKANA CJK",
    "hangul": "HANGUL", "thai": "THAI", "greek": "GREEK", "hebrew": "HEBREW", "devanagari": "DEVANAGARI",
    "bengali": "BENGALI", "tamil": "TAMIL", "telugu": "TELUGU", "kannada": "KANNADA", "malayalam": "MALAYALAM",
    "gujarati": "GUJARATI", "sinhala": "SINHALA", "khmer": "KHMER", "lao": "LAO", "myanmar": "MYANMAR",
    "georgian": "GEORGIAN", "armenian": "ARMENIAN", "ethiopic": "ETHIOPIC",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segment:
    """`text` goes to an engine if `speaks`; `gap` is the white space after it, kept as it was."""

    text: str
    gap: str
    speaks: bool


def split(text: str, language: str, max_chars: int = 600) -> tuple[Segment, ...]:
    """Segments whose texts and gaps, joined in order, are `text` again. None that speaks is longer than
    `max_chars`."""
    whole = bytearray(len(text))
    for match in _WHOLE.finditer(text):
        whole[match.start() : match.end()] = b"\x01" * len(match.group())
    pieces: list[str] = []
    start = 0
    for match in _END.finditer(text):
        before = text[max(start, match.start() - _WINDOW) : match.start() + 1]
        if whole[match.start()] or ("\n" not in match.group() and _ABBREVIATION.search(before)):
            continue
        pieces.append(text[start : match.end()])
        start = match.end()
    pieces.append(text[start:])
    found: list[Segment] = []
    for piece in pieces:
        for part in _bounded(piece, max_chars):
            body = part.rstrip()
            lead = len(body) - len(body.lstrip())
            if lead:
                found.append(Segment("", body[:lead], speaks=False))
            told = speaks(body, language) and not _LINK.fullmatch(body[lead:])
            found.append(Segment(body[lead:], part[len(body) :], told))
    return tuple(one for one in found if one.text or one.gap)


def _bounded(piece: str, most: int) -> list[str]:
    """Parts no longer than `most`, but for a link: cut in two it would be none, so it stands alone."""
    parts: list[str] = []
    at = 0
    links = [match.span() for match in _LINK.finditer(piece)] if len(piece) > most else []
    while len(piece) - at > most:
        breaks = [match.end() for match in _BREAK.finditer(piece, at + most // 2, at + most)]
        cut = breaks[-1] if breaks else at + most
        inside = next(((a, b) for a, b in links if a < cut < b), None)
        if inside:
            cut = inside[0] if inside[0] > at else inside[1]
        else:
            while cut - at > 1 and _joins(piece[cut]):
                cut -= 1
        parts.append(piece[at:cut])
        at = cut
    return [*parts, piece[at:]]


def _joins(char: str) -> bool:
    """Whether the sign is part of the one before it."""
    return char == "\u200d" or unicodedata.category(char).startswith("M")


def join(segments: tuple[Segment, ...], texts: tuple[str, ...]) -> str:
    """The segments' places filled with other texts."""
    return "".join(text + segment.gap for segment, text in zip(segments, texts, strict=True))


def speaks(text: str, language: str) -> bool:
    """Whether there is a word of the language's own script: without one an engine babbles. A language outside the
    table counts as speaking in any letters."""
    row = BY_CODE.get(base(language))
    letters = [char for char in text if char.isalpha()]
    if row is None:
        return bool(letters)
    wanted = tuple(name for script in row.scripts for name in _SCRIPTS[script].split())
    return any(unicodedata.name(char, "").startswith(wanted) for char in letters)
