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

# After these marks a sentence ends; a full stop only before a blank, so that 3.5, v1.2 and shop.example stay whole.
_END: Final = re.compile(r"(?:[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”’）]*|[؟।॥۔፧።။៕]+)\s*|\n+\s*")
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(])(?:[A-Za-zÀ-ÿА-я]|[Mm]rs?|[Dd]r|[Ss]ra?|[Nn]r|[Nn]o|[Nn]úm|bzw|ca|etc|vs|St|Art|Tel|p\.?\s?ex)\.$"
)
_BREAK: Final = re.compile(r"[,;:，、；：]\s*|\s+")
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
    """Segments whose texts and gaps, joined in order, are `text` again."""
    pieces: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if "\n" not in match.group() and _ABBREVIATION.search(text[start : match.start() + 1]):
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
            found.append(Segment(body[lead:], part[len(body) :], speaks=speaks(body, language)))
    return tuple(one for one in found if one.text or one.gap)


def _bounded(piece: str, most: int) -> list[str]:
    parts: list[str] = []
    while len(piece) > most:
        breaks = [match.end() for match in _BREAK.finditer(piece, most // 2, most)]
        cut = breaks[-1] if breaks else most
        parts.append(piece[:cut])
        piece = piece[cut:]
    return [*parts, piece]


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
