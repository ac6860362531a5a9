"""Reading amounts and counts as sellers' files write them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from amends.intake.imports.core.problems import BadValue
from amends.kernel.money import currency_codes, exponent

BLANKS = frozenset({"", "-", "--", "---", "n/a", "N/A", "null", "NULL", "None", "nan"})

# What a sign in front of or behind an amount can stand for. `$` and `¥` say too little to decide a currency.
_DOLLARS = frozenset(
    {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "BND", "BSD", "BBD", "BZD", "FJD"}
    | {"GYD", "JMD", "LRD", "NAD", "SBD", "SRD", "TTD", "XCD", "BRL", "UYU"}
)
SIGNS: dict[str, frozenset[str]] = {
    "$": _DOLLARS,
    "US$": frozenset({"USD"}),
    "AU$": frozenset({"AUD"}),
    "A$": frozenset({"AUD"}),
    "C$": frozenset({"CAD"}),
    "CA$": frozenset({"CAD"}),
    "NZ$": frozenset({"NZD"}),
    "S$": frozenset({"SGD"}),
    "HK$": frozenset({"HKD"}),
    "NT$": frozenset({"TWD"}),
    "MX$": frozenset({"MXN"}),
    "R$": frozenset({"BRL"}),
    "£": frozenset({"GBP", "EGP", "SYP", "LBP", "FKP", "GIP", "SHP"}),
    "€": frozenset({"EUR"}),
    "¥": frozenset({"CNY", "JPY"}),
    "CN¥": frozenset({"CNY"}),
    "JP¥": frozenset({"JPY"}),
    "元": frozenset({"CNY", "TWD"}),
    "円": frozenset({"JPY"}),
    "₱": frozenset({"PHP"}),
    "৳": frozenset({"BDT"}),
    "฿": frozenset({"THB"}),
    "₫": frozenset({"VND"}),
    "đ": frozenset({"VND"}),
    "₩": frozenset({"KRW"}),
    "₹": frozenset({"INR"}),
    "₽": frozenset({"RUB"}),
    "₺": frozenset({"TRY"}),
    "₴": frozenset({"UAH"}),
    "₪": frozenset({"ILS"}),
    "ZŁ": frozenset({"PLN"}),
    "KČ": frozenset({"CZK"}),
    "FT": frozenset({"HUF"}),
    "KR": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "RM": frozenset({"MYR"}),
    "RP": frozenset({"IDR"}),
}
LARGEST = 10**15  # minor units; more is a misread id, not money
_SHORT = 11  # digits that are read without a second look
_CODE = re.compile(r"[A-Z]{3}")
_NUMERAL = re.compile(r"[0-9][0-9.,]*|[.,][0-9]+")
_SPACES_AND_APOSTROPHES = str.maketrans("", "", "'’`_ \t\r\n\u202f\u2009\u200e\u200f")


def is_blank(text: str) -> bool:
    """True for an empty cell and the marks people put into one; never the same as zero."""
    return text in BLANKS


def parse_minor(text: str, currency: str, decimal: str) -> int:
    """Minor units of `currency`, negative for `-4,99`, `4.99-` and `(4.99)`.

    `decimal` is the layout's mark (`point` or `comma`); it decides only what the text leaves open, like `1,234`.
    More digits than the currency has are rounded half to even. Raises BadValue `not_a_number`,
    `currency_sign_differs` or `amount_too_large`.
    """
    whole, dot, fraction = text.partition(".")
    digits = exponent(currency)
    if decimal == "point" and whole.isascii() and whole.isdigit() and len(fraction) <= digits and len(whole) <= _SHORT:
        if not dot:
            return int(whole + "0" * digits)
        if fraction.isascii() and fraction.isdigit():
            return int(whole + fraction.ljust(digits, "0"))
    return _parse_minor_slowly(text, currency, decimal)


@lru_cache(maxsize=2048)
def _parse_minor_slowly(text: str, currency: str, decimal: str) -> int:
    sign, negative, numeral = _split(text)
    possible = currencies_of(sign)
    if possible and currency not in possible:
        raise BadValue("currency_sign_differs", text=text[:40], currency=currency)
    whole, fraction = _whole_and_fraction(numeral, decimal, text)
    digits = exponent(currency)
    scaled = int((whole or "0") + fraction[:digits].ljust(digits, "0"))
    rest = fraction[digits:].rstrip("0")
    if rest:
        scaled += _rounds_up(scaled, rest)
    if scaled > LARGEST:
        raise BadValue("amount_too_large", text=text[:40])
    return -scaled if negative else scaled


def _rounds_up(scaled: int, rest: str) -> int:
    """1 when the digits after the last minor unit round up, halves to even."""
    if rest == "5":
        return scaled % 2
    return int(rest[0] >= "5")


def parse_count(text: str) -> int:
    """A whole number of pieces: `2`, `2.0`, `1,000`, `2 pcs` is not one. Raises BadValue `not_a_count`."""
    if text.isascii() and text.isdigit() and len(text) <= _SHORT - 2:
        return int(text)
    try:
        value = parse_minor(text, "JPY", "point")
        exact = parse_minor(text, "EUR", "point")
    except BadValue:
        raise BadValue("not_a_count", text=text[:40]) from None
    if value * 100 != exact or abs(value) >= 10**9:
        raise BadValue("not_a_count", text=text[:40])
    return value


def currencies_of(sign: str) -> frozenset[str]:
    """The currencies a sign or a code (`US $`, `EUR`, `EUR €`) can mean; empty when there is none or nobody knows."""
    compact = sign.upper().replace(" ", "").replace(".", "")
    if compact in SIGNS:
        return SIGNS[compact]
    return frozenset(code for code in _CODE.findall(compact)[:1] if code in currency_codes())


def sign_of(text: str) -> str:
    """What stands beside the number in a money cell, or an empty text when there is no number at all."""
    try:
        return _split(text)[0]
    except BadValue:
        return ""


def _split(text: str) -> tuple[str, bool, str]:
    """(currency sign, negative, numeral without spaces). Raises BadValue."""
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    squeezed = plain.translate(_SPACES_AND_APOSTROPHES).replace("\u00a0", "")
    match = _NUMERAL.search(squeezed)
    if match is None or plain.startswith(("=", "@")):
        raise BadValue("not_a_number", text=text[:40])
    before, after = squeezed[: match.start()], squeezed[match.end() :]
    beside = before + after
    if any(c.isdigit() for c in beside):
        raise BadValue("not_a_number", text=text[:40])
    negative = "-" in beside or ("(" in before and ")" in after)
    sign = beside.strip("-+()") if beside.count("-") <= 1 and beside.count("+") <= 1 else "?"
    sign = sign.replace("-", "").replace("(", "").replace(")", "").replace("+", "")
    if sign and not currencies_of(sign):
        raise BadValue("not_a_number", text=text[:40])
    return sign, negative, _ascii_digits(match.group())


def _ascii_digits(numeral: str) -> str:
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in numeral)


def _whole_and_fraction(numeral: str, decimal: str, text: str) -> tuple[str, str]:
    """Split at the decimal mark: the last of `,` and `.` when both occur, else what the layout and the digits say."""
    comma, point = numeral.rfind(","), numeral.rfind(".")
    if comma >= 0 and point >= 0:
        mark = "," if comma > point else "."
        whole, _, fraction = numeral.rpartition(mark)
        return _ungrouped(whole, "." if mark == "," else ",", text), _digits(fraction, text)
    mark = "," if comma >= 0 else "." if point >= 0 else ""
    if not mark:
        return numeral, ""
    whole, _, fraction = numeral.rpartition(mark)
    if mark in whole:  # it occurs twice, so it groups
        return _ungrouped(numeral, mark, text), ""
    if mark == ("." if decimal == "point" else ",") or len(fraction) != 3 or not 1 <= len(whole) <= 3:  # noqa: PLR2004 - groups are of three
        return _digits(whole, text), _digits(fraction, text)
    return whole + fraction, ""


def _digits(part: str, text: str) -> str:
    if part and not part.isdigit():
        raise BadValue("not_a_number", text=text[:40])
    return part


def _ungrouped(part: str, mark: str, text: str) -> str:
    """Remove thousands marks; groups are of three, or of two before the last three as in India."""
    groups = part.split(mark)
    good = 1 <= len(groups[0]) <= 3 and all(g.isdigit() for g in groups)  # noqa: PLR2004
    if len(groups) > 1:
        good = good and len(groups[-1]) == 3 and all(len(g) in (2, 3) for g in groups[1:-1])  # noqa: PLR2004
    elif part.isdigit():
        return part
    if not good:
        raise BadValue("not_a_number", text=text[:40])
    return "".join(groups)
