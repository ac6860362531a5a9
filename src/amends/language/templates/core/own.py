"""One template, many languages: which text is in force in each, and which no longer says what its source says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from amends.kernel.languages import BY_CODE, LAST_RESORT, base, fallbacks
from amends.kernel.outcome import Problem
from amends.language.templates.core.book import SLOT, SLOTS, Phrasebook, digest, slots

KEY: Final = re.compile(r"[a-z][a-z0-9_]{1,58}")
LONGEST: Final = 4000
_BRACE: Final = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the organisation's own, and the digest of the source text it says the same as."""

    text: str
    based_on: str


@dataclass(frozen=True, slots=True)
class Macro:
    """`own`: newest text of each language written here. `shipped`: the phrasebook's, empty for an own key."""

    key: str
    title: str
    source: str
    own: Mapping[str, Written]
    shipped: Mapping[str, str]

    @property
    def source_text(self) -> str:
        written = self.own.get(self.source)
        return written.text if written else self.shipped.get(self.source, "")

    @property
    def languages(self) -> tuple[str, ...]:
        """The source first, then by code."""
        return (self.source, *sorted({*self.own, *self.shipped} - {self.source}))

    def text(self, language: str) -> str:
        written = self.own.get(language)
        return written.text if written else self.shipped.get(language, "")

    def stale(self, language: str) -> bool:
        """The source has been changed since this text was written after it. A shipped text was written after the
        shipped source, so it is stale as soon as the source is an own one."""
        if language == self.source or not self.text(language):
            return False
        written = self.own.get(language)
        based_on = written.based_on if written else digest(self.shipped.get(self.source, ""))
        return based_on != digest(self.source_text)

    def serves(self, language: str) -> str:
        """The language whose text a reader of `language` is given: by the declared chain, else the source's."""
        return next((code for code in fallbacks(language) if self.text(code)), self.source)


def macro(key: str, books: Mapping[str, Phrasebook], own: Mapping[str, Written], source: str, title: str) -> Macro:
    shipped = {code: book.texts[key] for code, book in books.items() if key in book.texts}
    return Macro(key, title, source or LAST_RESORT, own, shipped)


def checked(key: str, language: str, text: str, source_text: str = "") -> tuple[Problem, ...]:
    """All that is wrong with a text before it is stored. `source_text`: what it is to say the same as, if anything."""
    problems: list[Problem] = []
    if not KEY.fullmatch(key):
        problems.append(Problem("bad_template_key", "key"))
    if base(language) not in BY_CODE:
        problems.append(Problem("unknown_language", "language", {"value": language}))
    if not text.strip():
        problems.append(Problem("required", "text"))
    if len(text) > LONGEST:
        problems.append(Problem("too_long", "text", {"most": LONGEST}))
    problems += [
        Problem("unknown_slot", "text", {"slot": name, "known": ", ".join(SLOTS)})
        for name in sorted(slots(text) - set(SLOTS))
    ]
    if _BRACE.search(SLOT.sub("", text)):
        problems.append(Problem("stray_brace", "text"))
    if source_text and slots(text) != slots(source_text):
        lost, more = slots(source_text) - slots(text), slots(text) - slots(source_text)
        problems.append(
            Problem("other_slots", "text", {"missing": ", ".join(sorted(lost)), "extra": ", ".join(sorted(more))})
        )
    return tuple(problems)
