"""Concepts found in a text by the word list of its language.

A pattern is a regular expression over folded text with two shorthands: `*` is any ending (or beginning) of a word,
`~` is a gap of up to four words (eight signs where words are not spaced). A pattern that ends in `$` must be the
whole message. The concepts mean the same in every language, so what is learnt over them holds in all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from .text import SPACELESS, fold

_SPLIT: Final = re.compile(r",\s+")
_GAP_WORDS: Final = r"(?:[^\w.!?؟،;\n]+[\w-]+){0,4}?[^\w.!?؟،;\n]+"
_GAP_SIGNS: Final = r"[^。.!?\n]{0,8}?"
_ARABIC_BEFORE: Final = r"(?<!\w)(?:[وفبلك]|ال|وال|بال|لل|فال)?"
_ARABIC_AFTER: Final = r"(?:ه|ها|هم|ي|ني|نا|كم|ك|ا|ات|ين|ون)?(?!\w)"
# Concepts that a plain "not" turns into their absence ("it was not damaged").
_TURNED_BY_NOT: Final = frozenset({"damaged", "praise", "insult", "late"})
# Demands are turned only by "I do not want": "you have not refunded me" is still about a refund.
_TURNED_BY_UNWANTED: Final = frozenset({"refund", "replacement", "repair", "return_wish", "partial", "full", "cancel"})
_REACH: Final = 24  # characters before a hit in which a negation still governs it
_REACH_SIGNS: Final = 5


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's compiled word list."""

    language: str
    concepts: Mapping[str, re.Pattern[str]]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    unwanted: re.Pattern[str] | None
    hypothetical: re.Pattern[str] | None

    def concepts_in(self, text: str) -> frozenset[str]:
        """Every concept that stands in the text unnegated."""
        folded = fold(text, self.language)
        return frozenset(name for name, pattern in self.concepts.items() if self._stands(name, pattern, folded))

    def phrases(self, text: str, names: Iterable[str]) -> dict[str, str]:
        """The words that made each concept of `names` stand, for showing why."""
        folded = fold(text, self.language)
        found: dict[str, str] = {}
        for name in names:
            hit = next((h for h in self.concepts[name].finditer(folded) if not self._turned(name, h, folded)), None)
            if hit:
                found[name] = hit.group().strip()
        return found

    def is_hypothetical(self, text: str) -> bool:
        return bool(self.hypothetical and self.hypothetical.search(fold(text, self.language)))

    def _stands(self, name: str, pattern: re.Pattern[str], folded: str) -> bool:
        return any(not self._turned(name, hit, folded) for hit in pattern.finditer(folded))

    def _turned(self, name: str, hit: re.Match[str], folded: str) -> bool:
        reach = _REACH_SIGNS if self.language in SPACELESS else _REACH
        head = re.split(r"[.!?。,،;\n]", folded[max(0, hit.start() - reach) : hit.start()])[-1]
        tail = folded[hit.end() : hit.end() + 14]
        if name in _TURNED_BY_UNWANTED:
            return bool(
                (self.unwanted and self.unwanted.search(head)) or (self.after and self.after.match(tail.lstrip()))
            )
        if name in _TURNED_BY_NOT and self.before:
            found = list(self.before.finditer(head))
            return bool(found) and len(head[found[-1].end() :].split()) <= 2  # noqa: PLR2004 - two words between
        return False


def compile_lexicon(language: str, data: Mapping[str, object]) -> Lexicon:
    """Compile one language file. ValueError names the pattern that is not one."""
    concepts = data["concepts"]
    negators = data.get("negators") or {}
    if not isinstance(concepts, Mapping) or not isinstance(negators, Mapping):
        raise ValueError(f"{language}: concepts and negators must be mappings")  # noqa: TRY004 - a data error
    return Lexicon(
        language=language,
        concepts={str(name): _compiled(language, str(body)) for name, body in concepts.items()},
        before=_optional(language, negators.get("before")),
        after=_optional(language, negators.get("after")),
        unwanted=_optional(language, negators.get("unwanted")),
        hypothetical=_optional(language, data.get("hypothetical")),
    )


def _optional(language: str, body: object) -> re.Pattern[str] | None:
    return _compiled(language, str(body)) if body else None


def _compiled(language: str, body: str) -> re.Pattern[str]:
    parts = [expand(language, part) for part in _SPLIT.split(body.strip().rstrip(",")) if part.strip()]
    try:
        return re.compile("|".join(parts))
    except re.error as error:
        raise ValueError(f"{language}: {error} in {body[:80]!r}") from error


def expand(language: str, pattern: str) -> str:
    """One shorthand pattern as a regular expression."""
    whole = pattern.endswith("$")
    text = pattern.strip().removesuffix("$").replace("？", r"\?")
    text = re.sub(r"(?:\s*~\??)+$", "", re.sub(r"^(?:~\s*)+", "", fold(text, language)))
    if language in SPACELESS:
        text = text.replace("~", _GAP_SIGNS)
    else:
        text = re.sub(r"\s+", " ", text).replace("*", r"\w*")
        text = re.sub(r"\s*~\s*", "~", text).replace(" ", r"\s+").replace("~", _GAP_WORDS)
        text = f"(?:{text})"
        text = f"{_ARABIC_BEFORE}{text}{_ARABIC_AFTER}" if language == "ar" else rf"(?<!\w){text}(?!\w)"
    return rf"\A\W*(?:{text})\W*\Z" if whole else f"(?:{text})"
