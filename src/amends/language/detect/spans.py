"""A message in more than one language, cut where the language changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from amends.kernel.languages import UNDETERMINED, same
from amends.language.detect.core import Detected

_PIECE: Final = re.compile(r".+?(?:[.!?。！？؟।]+\s*|\n+|\Z)", re.DOTALL)
_FEW: Final = 12  # letters of a spaced script below which a piece says nothing of its own
_SURE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int
    language: str
    probability: float


def spans_by(text: str, detect: Callable[[str], Detected], whole: Detected) -> tuple[Span, ...]:
    """Pieces that are short or unsure go with the one before them, the first with the one after."""
    found: list[Span] = []
    for match in _PIECE.finditer(text):
        one = detect(match.group())
        letters = sum(2 if ord(char) > 0x2E7F else 1 for char in match.group() if char.isalpha())  # noqa: PLR2004 - CJK
        told = one.language != UNDETERMINED and letters >= _FEW and one.probability >= _SURE
        found.append(Span(match.start(), match.end(), one.language if told else "", one.probability if told else 0.0))
    told_first = next((span for span in found if span.language), None)
    if told_first is None:
        return (Span(0, len(text), whole.language, whole.probability),) if text else ()
    merged: list[Span] = []
    language = told_first
    for span in found:
        language = span if span.language else language
        last = merged[-1] if merged else None
        if last is not None and same(last.language, language.language):
            surer = max(last.probability, span.probability)
            merged[-1] = Span(last.start, span.end, last.language, surer)
        else:
            merged.append(Span(span.start, span.end, language.language, language.probability))
    return tuple(merged)
