"""What can go wrong in a translation and be seen without reading it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from amends.kernel.languages import BY_CODE, base, same
from amends.language.translate.core.engine import Term
from amends.language.translate.core.masking import hits, mask

_DIGITS: Final = re.compile(r"\d+")
_RUN: Final = re.compile(r"(\S{1,6}?)(?:\s*\1){7,}")  # eight times the same, spaced or not
_WORD: Final = re.compile(r"[^\W\d_]+")
_LONG: Final = 24  # characters from which lengths say something
_RATIO: Final = 3.0
_SAME_WORDS: Final = 4  # in a row, again and again
DENSE: Final = frozenset({"zh", "ja", "ko"})  # one sign says what several letters say
_DENSITY: Final = 2.2
_CERTAIN: Final = 12  # letters from which a wrong language is believed
# Words that deny, for languages where they are clear. A language without a row is not judged.
_NOT: Final[dict[str, str]] = {
    "en": r"\b(?:not|never|no|nothing|nobody|none|without|cannot)\b|n['’]t\b",
    "pt": r"\b(?:não|nao|nunca|nada|ninguém|nenhum\w*|sem|nem|jamais)\b",
    "es": r"\b(?:no|nunca|nada|nadie|ningun\w*|ningún|sin|jamás|tampoco)\b",
    "fr": r"\b(?:ne|n['’]|pas|jamais|rien|personne|aucun\w*|sans|non)\b|n['’]",
    "de": r"\b(?:nicht|kein\w*|nie|niemals|nichts|niemand|ohne|nein)\b",
    "it": r"\b(?:non|mai|niente|nulla|nessun\w*|senza|no)\b",
    "nl": r"\b(?:niet|geen|nooit|niets|niemand|zonder|nee)\b",
    "ru": r"\b(?:не|нет|никогда|ничего|никто|без|ни)\b",
    "zh": r"不|没|無|无|未|别|勿",
    "ja": r"ない|なかった|ません|ず|ぬ|無",
    "ar": r"(?:^|\s)(?:لا|لم|لن|ليس\w*|ما|غير|بدون)(?:\s|$)",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """`code` as the interface words it; `detail` names what was lost, as it stands in the source."""

    code: str
    detail: str = ""


def violations(
    source: str,
    output: str,
    languages: tuple[str, str],
    terms: Sequence[Term] = (),
    detect: Callable[[str], str] | None = None,
) -> tuple[Violation, ...]:
    """`languages`: from and to. `detect` gives the language of a text, or `und`."""
    if not output.strip():
        return (Violation("empty"),) if source.strip() else ()
    found = [*_figures(source, output, terms), *_terms(source, output, terms), *_shape(source, output, languages)]
    if detect is not None:
        told = detect(output)
        letters = sum(char.isalpha() for char in output)
        if letters >= _CERTAIN and told != "und" and not same(told, languages[1]):
            found.append(Violation("language", told))
    return tuple(found)


def _figures(source: str, output: str, terms: Sequence[Term]) -> list[Violation]:
    """Numbers and links, counted on both sides. Glossary words may carry numbers of their own."""
    for term in terms:
        for text in (term.source, *term.forms, term.target):
            if _DIGITS.search(text):
                source, output = source.replace(text, " "), output.replace(text, " ")
    lost = Counter(_DIGITS.findall(source)) - Counter(_DIGITS.findall(output))
    gained = Counter(_DIGITS.findall(output)) - Counter(_DIGITS.findall(source))
    found: list[Violation] = []
    for slot in mask(source).slots:
        digits = _DIGITS.findall(slot.value)
        exact = slot.kind == "url"
        if output.count(slot.value) < source.count(slot.value) if exact else any(lost[one] > 0 for one in digits):
            found.append(Violation(slot.kind, slot.value))
            lost.subtract(digits)
    left = sorted(+lost)
    if left or (gained and not found):
        found.append(Violation("number", ", ".join([*left, *(f"+{one}" for one in gained)])))
    return found


def _terms(source: str, output: str, terms: Sequence[Term]) -> list[Violation]:
    low = output.casefold()
    missing = {
        hit.term.source
        for hit in hits(source, terms)
        if (hit.term.target or source[hit.start : hit.end]).casefold() not in low
    }
    return [Violation("term", one) for one in sorted(missing)]


def _shape(source: str, output: str, languages: tuple[str, str]) -> list[Violation]:
    found: list[Violation] = []
    weight = [_DENSITY if base(code) in DENSE else 1.0 for code in languages]
    left, right = len(source.strip()) * weight[0], len(output.strip()) * weight[1]
    if max(left, right) >= _LONG and not left / _RATIO <= right <= left * _RATIO:
        found.append(Violation("length", f"{len(source)} → {len(output)}"))
    if _babbles(output) and not _babbles(source):
        found.append(Violation("repetition"))
    patterns = [_NOT.get(base(code)) for code in languages]
    if patterns[0] and patterns[1] and _denies(patterns[0], source) and not _denies(patterns[1], output):
        found.append(Violation("negation"))
    if source.strip() == output.strip() and len(_WORD.findall(source)) >= _SAME_WORDS and languages[0] != languages[1]:
        found.append(Violation("untranslated"))
    return found


def _denies(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def _babbles(text: str) -> bool:
    """One word four times in a row, or a run of signs that says nothing."""
    if _RUN.search(text):
        return True
    words = [word.casefold() for word in _WORD.findall(text)]
    if any(len(set(words[i : i + _SAME_WORDS])) == 1 for i in range(len(words) - _SAME_WORDS + 1)):
        return True
    pairs = Counter(pairwise(words))
    return bool(pairs) and pairs.most_common(1)[0][1] > max(_SAME_WORDS, len(words) // 4)


def known(language: str) -> bool:
    """Whether the table has it."""
    return base(language) in BY_CODE
