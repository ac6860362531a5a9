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
_LETTER: Final = "A-Za-zÀ-ɏА-яЁё"
# Signs may touch a letter; words and codes may not: "ORDER 12" is no amount in "DER".
_SIGN: Final = r"(?:(?:US|R|C|CA|A|AU|MX|NT|HK|S)?\$|€|£|₽|₩|₹|₺|₫|₴|₪|¥|￥)"
_UNIT: Final = (
    r"(?:zł|kr\.?|Kč|Ft|lei|лв\.?|руб\.?|грн\.?|元|円|원"
    "|USD|EUR|GBP|JPY|CNY|RMB|HKD|TWD|KRW|SGD|MYR|THB|IDR|PHP|VND|INR|PKR|BDT|LKR|NPR|RUB|UAH|KZT|BYN|AMD|GEL|AZN|UZS"
    "|TRY|ILS|AED|SAR|QAR|KWD|BHD|OMR|JOD|EGP|MAD|TND|NGN|KES|ZAR|BRL|MXN|ARS|CLP|COP|PEN|UYU|CAD|AUD|NZD|CHF|SEK|NOK"
    "|DKK|ISK|PLN|CZK|HUF|RON|BGN|RSD|BAM|MKD)"
)
_NUMBER: Final = r"\d+(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?"
_FREE: Final = r"(?<![A-Za-z0-9-])"  # an ASCII word begins here; Chinese may touch it
_ENDS: Final = r"(?![A-Za-z0-9-])"
# ASCII only: Chinese is written right behind a link.
LINK: Final = (
    r"(?:https?://|www\.)[!-~]*[A-Za-z0-9/_=&#~+%-]"
    r"|(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]++@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
MARKUP: Final = r"\{\{?[^{}\n]{1,60}\}?\}|</?[a-zA-Z][^<>\n]{0,80}>"
# Longest and most telling first; what one pattern takes the next ones do not see. A group's name is the slot's kind.
_FIXED: Final = re.compile(
    "|".join((
        rf"(?P<url>{LINK})",
        MARKUP,
        (
            rf"(?P<money>(?:(?:{_SIGN}|(?<![{_LETTER}]){_UNIT})\s?{_NUMBER}|{_NUMBER}\s?(?:{_SIGN}|{_UNIT}))"
            rf"(?![{_LETTER}\d]))"
        ),
        (
            r"(?P<date>\d{4}年\d{1,2}月(?:\d{1,2}[日号])?|\d{1,2}月\d{1,2}[日号]"
            rf"|{_FREE}\d{{4}}[-/.]\d{{2}}[-/.]\d{{2}}(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}})?)?{_ENDS}"
            rf"|{_FREE}\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}{_ENDS})"
        ),
        rf"{_FREE}\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s?[AaPp][Mm])?{_ENDS}",
        # Order, tracking and return numbers; "5-star" is a number and a word.
        (
            rf"(?P<id>{_FREE}(?!\d{{1,3}}-[a-z]+{_ENDS})(?=[A-Za-z0-9-]*\d)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+{_ENDS}"
            rf"|{_FREE}#?(?=[0-9]*[A-Za-z])(?=[A-Za-z]*[0-9])[A-Za-z0-9]++{_ENDS}|#\d[A-Za-z0-9]*)"
        ),
        # Sizes: 10 × 20.5 cm, 1.5kg.
        rf"\d+(?:[.,]\d+)?(?:\s?[x×]\s?\d+(?:[.,]\d+)?)+(?:\s?(?:cm|mm|m|in)(?![{_LETTER}]))?",
        rf"\d+[.,]\d+[A-Za-z]{{1,4}}(?![{_LETTER}\d])",
        rf"{_NUMBER}\s?[%％٪]",
        _NUMBER,
    ))
)  # fmt: skip
# What engines make of a token when they do not keep it: XQZ 7, XQQ7, xqz7.
_TOKENLIKE: Final = re.compile(r"(?<![A-Za-z0-9])X[QZ]{1,4}\s?\d+", re.IGNORECASE)


class Style(StrEnum):
    WORD = "word"  # XQZ7
    BRACKET = "bracket"  # [7]


@dataclass(frozen=True, slots=True)
class Slot:
    """`value` is what stands there afterwards; `term` is set where the glossary put it there.

    `kind`: url, money, date, id, term, or number for anything else.
    """

    token: str
    value: str
    term: Term | None = None
    kind: str = "number"


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
    taken = bytearray(len(text))
    found: list[Hit] = []
    spelled = [(form, term) for term in terms for form in (term.source, *term.forms) if form.strip()]
    for form, term in sorted(spelled, key=lambda pair: -len(pair[0])):
        body = re.escape(form)
        pattern = body if _SPACELESS.search(form) else rf"(?<!\w){body}(?!\w)"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if _take(taken, *match.span()):
                found.append(Hit(term, *match.span()))
    return tuple(sorted(found, key=lambda hit: hit.start))


def _take(taken: bytearray, start: int, end: int) -> bool:
    """Whether the place was free; it no longer is."""
    if taken.find(1, start, end) >= 0:
        return False
    taken[start:end] = b"\x01" * (end - start)
    return True


def mask(text: str, terms: Sequence[Term] = (), style: Style = Style.WORD, first: int = 1) -> Masked:
    """`first`: number of the first token, so that the segments of one text do not share any."""
    taken = bytearray(len(text))
    spans: list[tuple[int, int, str, Term | None, str]] = []
    for hit in hits(text, terms):
        _take(taken, hit.start, hit.end)
        spans.append((hit.start, hit.end, hit.term.target or text[hit.start : hit.end], hit.term, "term"))
    for match in _FIXED.finditer(text):
        if _take(taken, *match.span()):
            spans.append((*match.span(), match.group(), None, match.lastgroup or "number"))
    spans.sort(key=lambda span: span[0])
    out: list[str] = []
    slots: list[Slot] = []
    at = 0
    for number, (start, end, value, term, kind) in enumerate(spans, start=first):
        token = f"XQZ{number}" if style is Style.WORD else f"[{number}]"
        before = " " if start and text[start - 1].isalnum() else ""
        after = " " if end < len(text) and text[end].isalnum() else ""
        out += [text[at:start], before, token, after]
        slots.append(Slot(token, value, term, kind))
        at = end
    return Masked("".join([*out, text[at:]]), tuple(slots))


def lost(output: str, slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Slots whose token does not stand in the output exactly once."""
    return tuple(slot for slot in slots if len(re.findall(_exactly(slot.token), output, re.IGNORECASE)) != 1)


def spoilt(output: str, slots: Sequence[Slot]) -> bool:
    """Whether a token was lost or doubled, or one stands there that is none of these: nothing could take its place."""
    known = {slot.token.casefold() for slot in slots}
    return bool(lost(output, slots)) or any(one.casefold() not in known for one in _TOKENLIKE.findall(output))


def wordless(masked: Masked) -> bool:
    """Whether nothing but tokens would reach an engine, which then invents words."""
    rest = masked.text
    for slot in masked.slots:
        rest = rest.replace(slot.token, " ", 1)
    return not any(char.isalpha() for char in rest)


def unmask(output: str, slots: Sequence[Slot]) -> str:
    """Every token replaced by what it stood for, in one pass: a value may look like a token. Call `lost` first."""
    if not slots:
        return output
    values = {slot.token.casefold(): slot.value for slot in slots}
    pattern = "|".join(_exactly(slot.token) for slot in slots)
    return re.sub(pattern, lambda match: values[match.group().casefold()], output, flags=re.IGNORECASE)


def _exactly(token: str) -> str:
    return re.escape(token) if token.startswith("[") else rf"(?<![A-Za-z0-9]){re.escape(token)}(?![0-9A-Za-z])"
