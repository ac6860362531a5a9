"""A language's approved texts as its file says them, checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from amends.kernel.languages import LAST_RESORT, fallbacks, locale_of

SLOT: Final = re.compile(r"\{([a-z_]+)\}")
SLOTS: Final = ("buyer", "order", "item", "amount", "date", "days", "tracking", "carrier", "shop")
# What stands around every text. `opening_unnamed` greets a buyer whose name nobody knows.
FRAME: Final = ("opening", "opening_unnamed", "closing", "subject", "machine_translated", "automatic")


class BadPhrasebook(ValueError):
    """A phrasebook file says something templates do not have; the message names language and key."""


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """One language. `reviewed` is None until a native speaker has signed it (who, when)."""

    language: str
    frame: Mapping[str, str]
    texts: Mapping[str, str]
    units: Mapping[str, Mapping[str, str]]  # unit -> plural category -> text with {n}
    reviewed: str | None

    def placeholders(self, key: str) -> frozenset[str]:
        return slots(self.texts[key])


def slots(text: str) -> frozenset[str]:
    """Names of the slots a text has."""
    return frozenset(SLOT.findall(text))


def digest(text: str) -> str:
    """What a translation or a signature refers to: the text without the blanks around it."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:32]


def parse(language: str, raw: Any) -> Phrasebook:
    """Check one file's content. Raises BadPhrasebook."""
    if not isinstance(raw, dict) or not isinstance(raw.get("texts"), dict):
        raise BadPhrasebook(f"{language}: expected a mapping with `texts`")
    frame = raw.get("frame")
    if not isinstance(frame, dict) or set(frame) != set(FRAME):
        raise BadPhrasebook(f"{language}: `frame` needs exactly {', '.join(FRAME)}")
    units = raw.get("units", {})
    forms = locale_of(language).plural_form
    for unit, texts in units.items():
        missing = set(forms.tags | {"other"}) - set(texts)
        if missing:
            raise BadPhrasebook(f"{language}: unit {unit!r} lacks the plural forms {sorted(missing)}")
    for key, text in (*frame.items(), *raw["texts"].items()):
        if not isinstance(text, str) or not text.strip():
            raise BadPhrasebook(f"{language}: {key} is empty")
        if strange := slots(text) - set(SLOTS):
            raise BadPhrasebook(f"{language}: {key} has the unknown slots {sorted(strange)}")
    reviewed = raw.get("reviewed")
    texts = {key: str(text).strip() for key, text in raw["texts"].items()}
    return Phrasebook(language, frame, texts, units, str(reviewed) if reviewed else None)


def resolve(books: Mapping[str, Phrasebook], language: str) -> str:
    """The language whose texts are used: itself, its declared stand-in, then English."""
    return next((code for code in fallbacks(language) if code in books), LAST_RESORT)
