"""What must come through a translation unchanged travels as a token that engines were measured to keep.

Token styles `XQZ7` and `[7]` came back 18 times of 18; braces, angle brackets and signs came back as money or not at
all (`{{amount}}` as "Amount", `⟦2⟧` as "2 euros").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from amends.language.translate.core.engine import Term

_SPACELESS: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CURRENCY: Final = (
    r"(?:US\$|R\$|C\$|CA\$|A\$|AU\$|MX\$|NT\$|HK\$|S\$|\$|€|£|₽|₩|₹|₺|¥|￥|zł|kr\.?|Kč|Ft|lei|лв\.?|руб\.?|грн\.?|元|円|원"
    r"|[A-Z]{3})"
)
_NUMBER: Final = r"\d+(?:[.,'’\u00a0\u202f ]\d{3})*(?:[.,]\d+)?"
# Longest and most telling first; what one pattern takes the next ones do not see.
_FIXED: Final = re.compile(
    "|".join((
        r"https?://\S+[\w/]|www\.\S+[\w/]",
        r"[\w.+-]+@[\w-]+\.[\w.]+\w",
        r"\{\{?[^{}\n]{1,60}\}?\}",
        r"</?[a-zA-Z][^<>\n]{0,80}>",
        rf"(?:{_CURRENCY}\s?{_NUMBER}|{_NUMBER}\s?{_CURRENCY})(?![\w])",
        r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}:\d{2}(?::\d{2})?",
        r"(?<![\w-])(?=[A-Za-z0-9-]*\d)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+(?![\w-])",
        r"(?<!\w)#?(?=[A-Za-z]*\d)[A-Za-z]{0,6}\d[A-Za-z0-9]{3,}(?!\w)",
        rf"{_NUMBER}\s?%",
        _NUMBER,
    ))
)  # fmt: skip


class Style(StrEnum):
    WORD = "word"  # XQZ7
    BRACKET = "bracket"  # [7]


@dataclass(frozen=True, slots=True)
class Slot:
    """`value` is what stands there afterwards; `term` is set where the glossary put it there."""

    token: str
    value: str
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A glossary term in the source text, by place."""

    term: Term
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Masked:
    text: str
    slots: tuple[Slot, ...]


def hits(text: str, terms: Sequence[Term]) -> tuple[Hit, ...]:
    """Where terms stand, the longest first, none over another. Whole words where words are spaced."""
    taken: list[tuple[int, int]] = []
    found: list[Hit] = []
    spelled = [(form, term) for term in terms for form in (term.source, *term.forms) if form.strip()]
    for form, term in sorted(spelled, key=lambda pair: -len(pair[0])):
        body = re.escape(form)
        pattern = body if _SPACELESS.search(form) else rf"(?<!\w){body}(?!\w)"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if all(match.end() <= a or match.start() >= b for a, b in taken):
                taken.append(match.span())
                found.append(Hit(term, *match.span()))
    return tuple(sorted(found, key=lambda hit: hit.start))


def mask(text: str, terms: Sequence[Term] = (), style: Style = Style.WORD, first: int = 1) -> Masked:
    """`first`: number of the first token, so that the segments of one text do not share any."""
    spans: list[tuple[int, int, str, Term | None]] = [
        (hit.start, hit.end, hit.term.target or text[hit.start : hit.end], hit.term) for hit in hits(text, terms)
    ]
    for match in _FIXED.finditer(text):
        if all(match.end() <= a or match.start() >= b for a, b, *_ in spans):
            spans.append((match.start(), match.end(), match.group(), None))
    spans.sort(key=lambda span: span[0])
    out: list[str] = []
    slots: list[Slot] = []
    at = 0
    for number, (start, end, value, term) in enumerate(spans, start=first):
        token = f"XQZ{number}" if style is Style.WORD else f"[{number}]"
        before = " " if start and text[start - 1].isalnum() else ""
        after = " " if end < len(text) and text[end].isalnum() else ""
        out += [text[at:start], before, token, after]
        slots.append(Slot(token, value, term))
        at = end
    return Masked("".join([*out, text[at:]]), tuple(slots))


def lost(output: str, slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Slots whose token does not stand in the output exactly once."""
    return tuple(slot for slot in slots if len(re.findall(_exactly(slot.token), output, re.IGNORECASE)) != 1)


def unmask(output: str, slots: Sequence[Slot]) -> str:
    """Every token replaced by what it stood for. Call `lost` first."""
    for slot in slots:
        output = _value_in(output, slot)
    return output


def _value_in(output: str, slot: Slot) -> str:
    """As a function, since a value may hold what a replacement pattern would read as its own."""
    return re.sub(_exactly(slot.token), lambda _match: slot.value, output, flags=re.IGNORECASE)


def _exactly(token: str) -> str:
    return re.escape(token) if token.startswith("[") else rf"(?<![A-Za-z0-9]){re.escape(token)}(?![0-9A-Za-z])"
