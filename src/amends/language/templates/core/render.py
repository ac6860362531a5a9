"""Filling an approved text: variables formatted for its language, plurals by CLDR.

A template is text with `{name}` slots. A value may be a Money, a date, a count or text; each is formatted by the
locale of the text. Names, numbers and codes inside right-to-left text are isolated so that they keep their direction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from amends.kernel.languages import LAST_RESORT, RIGHT_TO_LEFT, locale_of
from amends.kernel.money import Money
from amends.language.templates.core.book import SLOT, Phrasebook, resolve

_ISOLATE: Final = "\u2068"
_POP: Final = "\u2069"
COUNTED: Final = frozenset({"days"})  # slots whose unit has plural forms in the file's `units`


@dataclass(frozen=True, slots=True)
class Rendered:
    """`language` is the one really used; `missing` names slots that had no value and were left visible. `stale`: the
    text its translation follows has changed since. `own`: the organisation's own wording."""

    text: str
    language: str
    missing: tuple[str, ...]
    reviewed: bool
    stale: bool = False
    own: bool = False


def _format(book: Phrasebook, name: str, value: Any) -> str:
    locale = locale_of(book.language)
    if isinstance(value, Money):
        return format_currency(value.amount, value.currency, locale=locale)
    if isinstance(value, datetime | date):
        return format_date(value, format="long", locale=locale)
    if isinstance(value, int):
        number = format_decimal(value, locale=locale)
        if name in COUNTED and name in book.units:
            return book.units[name][locale.plural_form(value)].format(n=number)
        return number
    return str(value)


def fill(book: Phrasebook, text: str, variables: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """(the text in the book's language, names of slots without a value). Such a slot stays as `[name]`."""
    missing: list[str] = []

    def one(match: re.Match[str]) -> str:
        value = variables.get(match.group(1))
        if value is None or value == "":
            missing.append(match.group(1))
            return f"[{match.group(1)}]"
        written = _format(book, match.group(1), value)
        if written.endswith(".") and match.string.startswith(".", match.end()):
            written = written[:-1]  # a Russian date ends in "г.", and one full stop is enough
        return f"{_ISOLATE}{written}{_POP}" if book.language in RIGHT_TO_LEFT else written

    return SLOT.sub(one, text), tuple(dict.fromkeys(missing))


def letter(book: Phrasebook, text: str, variables: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The same with the opening above and the closing below; nobody's name is not asked for."""
    opening = "opening" if variables.get("buyer") else "opening_unnamed"
    return fill(book, f"{book.frame[opening]}\n{text}\n{book.frame['closing']}", variables)


def render(books: Mapping[str, Phrasebook], key: str, language: str, variables: Mapping[str, Any]) -> Rendered:
    """A whole answer from the shipped texts. KeyError when no language has the key."""
    book = books[resolve(books, language)]
    if key not in book.texts:
        book = books[LAST_RESORT]
    text, missing = letter(book, book.texts[key], variables)
    return Rendered(text, book.language, missing, book.reviewed is not None)
