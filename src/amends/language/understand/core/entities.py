"""Numbers, money, dates and sizes that a message names, exactly as written and as read.

Nothing here decides that a number *is* an order: it only says what it looks like. Where two readings are possible
(a dollar sign without a country, 03/04) the entity says so in `ambiguous`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale

from amends.kernel.money import Money, MoneyError

_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９", "0123456789" * 3)


@dataclass(frozen=True, slots=True)
class OrderNumber:
    """`platform` is empty when the number follows a word for "order" but has no platform's shape."""

    number: str
    platform: str


@dataclass(frozen=True, slots=True)
class TrackingNumber:
    """`checked` is whether the check digit agrees, None when the form has none."""

    number: str
    form: str
    checked: bool | None


@dataclass(frozen=True, slots=True)
class MoneyFound:
    money: Money
    text: str
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class DateFound:
    """`year` is None where the buyer left it out. Ambiguous: day and month could be swapped."""

    text: str
    year: int | None
    month: int
    day: int
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class Entities:
    orders: tuple[OrderNumber, ...] = ()
    tracking: tuple[TrackingNumber, ...] = ()
    money: tuple[MoneyFound, ...] = ()
    dates: tuple[DateFound, ...] = ()
    sizes: tuple[str, ...] = ()
    has_email: bool = False
    has_url: bool = False


# --- orders ---------------------------------------------------------------------------------------------------------
_ORDER_FORMS: Final = (
    ("amazon", re.compile(r"(?<![\w-])(\d{3}-\d{7}-\d{7})(?![\w-])")),
    ("ebay", re.compile(r"(?<![\w-])(\d{2}-\d{5}-\d{5})(?![\w-])")),
    ("shopee", re.compile(r"(?<![\w-])(2[0-9]{5}[A-Z0-9]{8})(?![\w-])")),
    ("shopify", re.compile(r"(?<![\w&])(#[A-Z]{0,4}-?\d{4,7})(?![\w-])")),
)
_LONG_NUMBER: Final = re.compile(r"(?<![\w-])(\d{15,18})(?![\w-])")
_ORDER_WORD: Final = re.compile(
    r"(?:order|purchase|pedido|orden|compra|encomenda|bestell(?:ung|nummer|-?nr)|auftrag|commande|заказ\w*|注文(?:番号)?"
    r"|订单(?:号|编号)?|訂單(?:號|編號)?|(?:رقم\s+)?الطلب|طلب(?:ي|ية)?)"
    r"\s*(?:id|no\.?|number|num\.?|nr\.?|n[º°o]\.?|número|numero|numéro|nummer|номер|№|رقم|は|を)?\s*[:：#№]?\s*"
    r"([A-Z0-9][A-Z0-9-]{4,24})",
    re.IGNORECASE,
)
_MIN_DIGITS: Final = 4

# --- parcels --------------------------------------------------------------------------------------------------------
_S10: Final = re.compile(r"(?<!\w)([A-Z]{2})\s?(\d{3})\s?(\d{3})\s?(\d{2})(\d)\s?([A-Z]{2})(?!\w)")
_S10_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_PARCEL_FORMS: Final = (
    ("ups", re.compile(r"(?<!\w)(1Z[0-9A-Z]{16})(?!\w)")),
    ("usps", re.compile(r"(?<![\w-])(9[1-5]\d{20})(?![\w-])")),
    ("cainiao", re.compile(r"(?<!\w)(LP\d{14,16})(?!\w)")),
    ("yunexpress", re.compile(r"(?<!\w)(YT\d{16})(?!\w)")),
    ("sf", re.compile(r"(?<!\w)(SF\d{12,13})(?!\w)")),
    ("dhl", re.compile(r"(?<!\w)(JJD\d{16,20}|00340\d{15})(?!\w)")),
)

# --- money ----------------------------------------------------------------------------------------------------------
# Longest sign first. True: the sign alone does not say which country's money it is.
_SIGNS: Final[tuple[tuple[str, str, bool], ...]] = (
    ("US$", "USD", False),
    ("R$", "BRL", False),
    ("C$", "CAD", False),
    ("CA$", "CAD", False),
    ("A$", "AUD", False),
    ("AU$", "AUD", False),
    ("MX$", "MXN", False),
    ("NT$", "TWD", False),
    ("HK$", "HKD", False),
    ("S$", "SGD", False),
    ("$", "USD", True),
    ("€", "EUR", False),
    ("£", "GBP", False),
    ("₽", "RUB", False),
    ("₩", "KRW", False),
    ("₹", "INR", False),
    ("₺", "TRY", False),
    ("zł", "PLN", False),
    ("¥", "CNY", True),
    ("￥", "CNY", True),
)
_WORDS: Final[tuple[tuple[str, str, bool], ...]] = (
    (r"euros?|евро|ユーロ|欧元|يورو", "EUR", False),
    (r"us dollars?|dollars?|dólares|dolares|dólar|доллар\w*|ドル|美元|美金|دولار\w*", "USD", True),
    (r"pounds?|quid|libras?|livres sterling|фунт\w*|ポンド|英镑|جنيه استرليني", "GBP", True),
    (r"reais|real", "BRL", False),
    (r"руб\w*|рубл\w*", "RUB", False),
    (r"円|日元|иен\w*|yen", "JPY", False),
    (r"元|块钱?|人民币|юан\w*|yuan|rmb", "CNY", False),
    (r"ريال\w*", "SAR", True),
    (r"درهم\w*", "AED", True),
)
_CODES: Final = r"USD|EUR|GBP|CNY|JPY|BRL|RUB|MXN|CAD|AUD|SAR|AED|PLN|TRY|INR|KRW|HKD|TWD|SGD|CHF|SEK|NOK|DKK"
_NUMBER: Final = r"\d{1,3}(?:[., '\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_SIGN_RE: Final = "|".join(re.escape(sign) for sign, _, _ in sorted(_SIGNS, key=lambda row: -len(row[0])))
_WORD_RE: Final = "|".join(pattern for pattern, _, _ in _WORDS)
_MONEY: Final = re.compile(
    rf"(?P<before>{_SIGN_RE}|\b(?:{_CODES}))\s?(?P<n1>{_NUMBER})(?!\d)"
    rf"|(?<![0-9A-Za-z.,])(?P<n2>{_NUMBER})\s?(?P<after>(?:{_CODES})\b|{_SIGN_RE}|(?:{_WORD_RE})(?![a-zа-я]))",
    re.IGNORECASE,
)

# --- dates and sizes ------------------------------------------------------------------------------------------------
_ISO: Final = re.compile(r"(?<!\d)(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMERIC: Final = re.compile(r"(?<![\d.,/-])(\d{1,2})([./-])(\d{1,2})(?:\2(20\d\d|\d\d))?(?![\d/-]|[.,]\d)")
_CJK_DATE: Final = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})[日号號]")
_SIZE: Final = re.compile(
    r"\b(?:size|talla|tamanho|größe|gr\.|taille|размер\w*|مقاس|サイズ|尺码|码)\s*:?\s*"
    r"(X{0,3}[SML]|[2-5]XL|\d{2}(?:[.,]5)?|[PMG])\b"
    r"|(?<![\w-])(X{1,3}[SL]|[2-5]XL)(?![\w-])|(?<![\w-])([SML])(?:码|サイズ|号)",
    re.IGNORECASE,
)
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]{2,}")
_URL: Final = re.compile(r"https?://|www\.[\w-]+\.", re.IGNORECASE)


def plain_digits(text: str) -> str:
    """Arabic-Indic, Persian and full-width digits as ASCII ones."""
    return text.translate(_DIGITS)


def s10_valid(serial: str, check: int) -> bool:
    """The UPU S10 check digit over the eight digits of the serial number."""
    rest = 11 - sum(int(d) * w for d, w in zip(serial, _S10_WEIGHTS, strict=True)) % 11
    return check == {10: 0, 11: 5}.get(rest, rest)


def _ups_valid(number: str) -> bool:
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in number[2:-1]]
    total = sum(values[::2]) + 2 * sum(values[1::2])
    return number[-1].isdigit() and (10 - total % 10) % 10 == int(number[-1])


def _mod10_valid(number: str) -> bool:
    digits = [int(c) for c in reversed(number[:-1])]
    total = 3 * sum(digits[::2]) + sum(digits[1::2])
    return (10 - total % 10) % 10 == int(number[-1])


def _tracking(text: str) -> Iterator[TrackingNumber]:
    for hit in _S10.finditer(text):
        service, a, b, c, check, country = hit.groups()
        yield TrackingNumber(f"{service}{a}{b}{c}{check}{country}", "s10", s10_valid(a + b + c, int(check)))
    for form, pattern in _PARCEL_FORMS:
        for hit in pattern.finditer(text):
            number = hit.group(1)
            checked = _ups_valid(number) if form == "ups" else _mod10_valid(number) if form == "usps" else None
            yield TrackingNumber(number, form, checked)


def _orders(text: str, parcels: frozenset[str]) -> Iterator[OrderNumber]:
    taken: set[str] = set()
    for platform, pattern in _ORDER_FORMS:
        for hit in pattern.finditer(text):
            if hit.group(1) not in parcels:
                taken.add(hit.group(1))
                yield OrderNumber(hit.group(1), platform)
    for hit in _LONG_NUMBER.finditer(text):
        taken.add(hit.group(1))
        yield OrderNumber(hit.group(1), "aliexpress")
    for hit in _ORDER_WORD.finditer(text):
        number = hit.group(1).rstrip("-").upper()
        seen = number in parcels or any(number in known or known.lstrip("#") in number for known in taken)
        if not seen and sum(char.isdigit() for char in number) >= _MIN_DIGITS:
            taken.add(number)
            yield OrderNumber(number, "")


def _amount(text: str) -> Decimal:
    """A number written by anyone: the last of `.` and `,` is the decimal sign when two digits or fewer follow it."""
    bare = re.sub(r"[ '\u00a0\u202f]", "", text)
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0 or len(bare) - last - 1 > 2:  # noqa: PLR2004 - three digits after the sign are thousands
        return Decimal(re.sub(r"[.,]", "", bare))
    return Decimal(re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :])


def _currency(mark: str, language: str) -> tuple[str, bool]:
    upper = mark.upper()
    if re.fullmatch(_CODES, upper):
        return upper, False
    for sign, code, ambiguous in _SIGNS:
        if upper == sign.upper():
            yen = code == "CNY" and language == "ja"
            return ("JPY", True) if yen else (code, ambiguous)
    for pattern, code, ambiguous in _WORDS:
        if re.fullmatch(pattern, mark, re.IGNORECASE):
            return code, ambiguous
    raise MoneyError("unknown_currency", currency=mark)


def _money(text: str, language: str) -> Iterator[MoneyFound]:
    for hit in _MONEY.finditer(text):
        mark, number = hit["before"] or hit["after"], hit["n1"] or hit["n2"]
        code, ambiguous = _currency(mark.strip(), language)
        yield MoneyFound(Money.of(_amount(number), code), hit.group().strip(), ambiguous)


@cache
def _months(language: str) -> tuple[re.Pattern[str], dict[str, int]]:
    """Month names and abbreviations of a language, lower case, with their numbers, from CLDR."""
    names: dict[str, int] = {}
    locale = Locale.parse(language if language in ("es", "pt", "de", "fr", "ru", "ar") else "en")
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in locale.months[context][width].items():
                names[str(name).lower().rstrip(".")] = int(number)
    options = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pattern = re.compile(
        rf"(?<!\w)(?:(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+)?({options})\.?"
        rf"|({options})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?)(?!\w)(?:,?\s+(?:de\s+)?(20\d\d))?",
        re.IGNORECASE,
    )
    return pattern, names


def _checked(text: str, year: int | None, month: int, day: int, ambiguous: bool = False) -> Iterator[DateFound]:  # noqa: FBT001, FBT002 - a field
    if 1 <= month <= 12 and 1 <= day <= 31:  # noqa: PLR2004 - months and days
        yield DateFound(text, year, month, day, ambiguous)


def _dates(text: str, language: str) -> Iterator[DateFound]:
    for hit in _ISO.finditer(text):
        yield from _checked(hit.group(), int(hit[1]), int(hit[2]), int(hit[3]))
    for hit in _CJK_DATE.finditer(text):
        yield from _checked(hit.group(), int(hit[1]) if hit[1] else None, int(hit[2]), int(hit[3]))
    pattern, names = _months(language)
    for hit in pattern.finditer(text):
        day, name = (hit[1], hit[2]) if hit[1] else (hit[4], hit[3])
        yield from _checked(hit.group(), int(hit[5]) if hit[5] else None, names[name.lower()], int(day))
    for hit in _NUMERIC.finditer(_ISO.sub(" ", text)):
        if not hit[4] and hit[2] != "/":
            continue  # 4.5 and 10-12 are more often numbers than days
        first, second = int(hit[1]), int(hit[3])
        month_first = language == "en" and first <= 12 and hit[2] == "/"  # noqa: PLR2004 - months
        month, day = (first, second) if month_first or second > 12 else (second, first)  # noqa: PLR2004 - months
        year = (2000 + int(hit[4]) if len(hit[4]) == 2 else int(hit[4])) if hit[4] else None  # noqa: PLR2004 - yy
        yield from _checked(hit.group(), year, month, day, first <= 12 and second <= 12 and first != second)  # noqa: PLR2004


def entities(text: str, language: str) -> Entities:
    """Everything found, in order of appearance inside each kind, doubles dropped."""
    plain = plain_digits(text)
    parcels = tuple(dict.fromkeys(_tracking(plain)))
    sizes = (next(group for group in hit.groups() if group).upper() for hit in _SIZE.finditer(plain))
    return Entities(
        orders=tuple(dict.fromkeys(_orders(plain, frozenset(p.number for p in parcels)))),
        tracking=parcels,
        money=tuple(dict.fromkeys(_money(plain, language))),
        dates=tuple(dict.fromkeys(_dates(plain, language))),
        sizes=tuple(dict.fromkeys(sizes)),
        has_email=bool(_EMAIL.search(plain)),
        has_url=bool(_URL.search(plain)),
    )
