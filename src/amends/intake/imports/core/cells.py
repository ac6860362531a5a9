"""Reading one cell as what its column holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from amends.intake.imports.core.dates import parse_moment
from amends.intake.imports.core.fields import Field, Read
from amends.intake.imports.core.layout import Layout, normal
from amends.intake.imports.core.numbers import currencies_of, parse_count, parse_minor
from amends.intake.imports.core.places import country_code
from amends.intake.imports.core.problems import BadValue
from amends.kernel.money import currency_codes

# Excel shows and saves a long number like this; the digits behind it are gone.
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_FLAGS = {
    **dict.fromkeys(("y", "yes", "true", "1", "t", "是", "sim", "ja", "si", "sí", "oui"), True),
    **dict.fromkeys(("n", "no", "false", "0", "f", "否", "não", "nein", "non"), False),
}
_CURRENCY_NAMES = {"RMB": "CNY", "NTD": "TWD", "人民币": "CNY", "美元": "USD"}
MAX_RATING = 5

Parse = Callable[[str], object]


class KeptRaw(BadValue):
    """A cell that cannot be read but is no reason to reject its row: it is kept as it came, beside the record."""


def parser(field: Field, layout: Layout, order: str, zone: str) -> Parse | None:
    """The function that reads cells of `field`. None for money, which needs the row's currency (see `money`)."""
    match field.read:
        case Read.MONEY | Read.AMOUNT:
            return None
        case Read.ID:
            return lambda text: identifier(text, field.limit)
        case Read.MOMENT:
            return lambda text: parse_moment(text, order, zone)
        case Read.WORD:
            words = {normal(k): v for k, v in layout.words.get(field.name, {}).items()}
            return lambda text: word(text, words, field)
        case Read.TEXT:
            return lambda text: plain_text(text)[: field.limit]
    return _SIMPLE[field.read]


def money(field: Field, text: str, currency: str, decimal: str) -> int:
    """Minor units; never negative where the sign says nothing."""
    value = parse_minor(text, currency, decimal)
    return abs(value) if field.read is Read.AMOUNT else value


def plain_text(text: str) -> str:
    """Text as it came, without the apostrophe that marks a formula-like cell as text. Raises BadValue for NULs."""
    if "\0" in text:
        raise BadValue("nul_character")
    if text[:1] == "'" and text[1:2] in _MARKED:
        return text[1:]
    return text


_MARKED = frozenset("=+-@0123456789")


def identifier(text: str, limit: int) -> str:
    """An id as text: leading zeros stay. Raises BadValue `id_digits_lost` or `too_long`."""
    value = plain_text(text)
    quoted = _QUOTED_FORMULA.fullmatch(value)
    if quoted:  # `="00123"`, written to keep a spreadsheet from turning an id into a number
        value = quoted.group(1).strip()
    if _ROUNDED.fullmatch(value):
        raise BadValue("id_digits_lost", text=text[:40])
    if len(value) > limit:
        raise BadValue("too_long", text=text[:40], limit=limit)
    return value


def currency_code(text: str) -> str:
    """An ISO 4217 code. Raises BadValue `unknown_currency`."""
    code = _CURRENCY_NAMES.get(text.strip().upper(), text.strip().upper())
    if code not in currency_codes():
        possible = currencies_of(text)
        code = next(iter(possible)) if len(possible) == 1 else ""
    if code not in currency_codes():
        raise BadValue("unknown_currency", currency=text[:20])
    return code


def word(text: str, words: Mapping[str, str], field: Field) -> str:
    """A word the layout translates to ours. Unknown ones are rejected where a guess would move money."""
    known = words.get(normal(text))
    if known is not None:
        return known
    if not words:
        return plain_text(text)[: field.limit].casefold()
    if field.name == "order.fulfilment":
        raise KeptRaw("unknown_word", text=text[:40])
    raise BadValue("unknown_word", text=text[:40], known=", ".join(sorted(set(words.values()))))


def _country(text: str) -> str:
    code = country_code(text)
    if not code:
        raise KeptRaw("unknown_country", text=text[:40])
    return code


def _email(text: str) -> str:
    value = plain_text(text)
    if not _MAIL.fullmatch(value) or len(value) > 254:  # noqa: PLR2004 - RFC 5321
        raise KeptRaw("not_an_address", text=text[:40])
    return value.lower()


def _flag(text: str) -> bool:
    value = _FLAGS.get(text.casefold())
    if value is None:
        raise KeptRaw("not_a_flag", text=text[:40])
    return value


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text) or len(text) > 12:  # noqa: PLR2004 - the column's width
        raise KeptRaw("not_a_language", text=text[:40])
    return text.replace("_", "-")


def _quantity(text: str) -> int:
    count = parse_count(text)
    if count < 0:
        raise BadValue("negative_count", text=text[:40])
    return count


def _rating(text: str) -> int:
    value = parse_count(text)
    if not 1 <= value <= MAX_RATING:
        raise BadValue("not_a_rating", text=text[:40])
    return value


_SIMPLE: dict[Read, Parse] = {
    Read.COUNT: _quantity,
    Read.COUNTRY: _country,
    Read.CURRENCY: currency_code,
    Read.EMAIL: _email,
    Read.FLAG: _flag,
    Read.RATING: _rating,
    Read.LANGUAGE: _language,
}
