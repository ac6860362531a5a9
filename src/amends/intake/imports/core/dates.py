"""Reading dates as sellers' files write them. The result is always in UTC.

Day and month of `03/04/2026` are never guessed cell by cell: the order is decided once a file (`OrderEvidence`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale

from amends.intake.imports.core.problems import BadValue

ORDERS = ("ymd", "mdy", "dmy")
FIRST_YEAR, LAST_YEAR = 1990, 2100

_NUMERIC = re.compile(r"(\d{1,4})([/.\-])(\d{1,2})\2(\d{1,4})(?!\d)")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?")
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?$")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EAST_ASIAN = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*(上午|下午|午前|午後)?")
_WORD = re.compile(r"[^\W\d_]+\.?|\d+")
_ISO_DAY = len("2026-11-05")
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial number has no zone; the layout's is added
_SERIAL_RANGE = (32874.0, 73415.0)  # 1990-01-01 to 2100-12-31
# Abbreviations that mean one offset everywhere they are used; CST, IST and BST do not.
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "EDT": -4, "CET": 1, "CEST": 2,
          "MEZ": 1, "MESZ": 2, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8}  # fmt: skip
_MONTH_LOCALES = (
    "en",
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "nl",
    "pl",
    "sv",
    "tr",
    "id",
    "ru",
)


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """What the cells of one file say about the order of day and month."""

    month_first: int = 0  # cells that can only be month/day
    day_first: int = 0
    open: int = 0  # cells that could be either

    def seen(self, text: str) -> OrderEvidence:
        """With one more cell counted."""
        match = _NUMERIC.match(text)
        if match is None or len(match.group(1)) == 4:  # noqa: PLR2004 - the year comes first
            return self
        first, second = int(match.group(1)), int(match.group(3))
        if first > 12 >= second:  # noqa: PLR2004 - months end at twelve
            return OrderEvidence(self.month_first, self.day_first + 1, self.open)
        if second > 12 >= first:  # noqa: PLR2004
            return OrderEvidence(self.month_first + 1, self.day_first, self.open)
        return OrderEvidence(self.month_first, self.day_first, self.open + 1)

    def decide(self, declared: str) -> tuple[str, str]:
        """(order, warning code). An empty order means: cells that could be either are rejected."""
        if self.month_first > self.day_first:
            return "mdy", "dates_contradict" if self.day_first else ""
        if self.day_first > self.month_first:
            return "dmy", "dates_contradict" if self.month_first else ""
        if self.open:
            return ("", "dates_ambiguous") if declared in ("", "ymd") else (declared, "dates_assumed")
        return declared, ""


def parse_moment(text: str, order: str, zone: str) -> datetime:
    """A moment from a cell. `zone` (IANA) is used when the text names none; a date alone is midnight there.

    Raises BadValue `not_a_date`, `date_ambiguous` (order unknown and both readings possible) or
    `date_out_of_range`.
    """
    if len(text) >= _ISO_DAY and text[4] == "-" and text[:4].isdigit() and text[5].isdigit():
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return _checked(moment if moment.tzinfo else moment.replace(tzinfo=_zone(zone)), text)
    return _parse_slowly(text, order, zone)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _checked(moment: datetime, text: str) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadValue("date_out_of_range", text=text[:40])
    # In UTC at once: two times of one zone are never equal to Python inside the hour the clock repeats.
    return moment.astimezone(UTC)


@lru_cache(maxsize=4096)
def _parse_slowly(text: str, order: str, zone: str) -> datetime:
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("\u2013", "-").split())
    if _SERIAL.fullmatch(plain):
        return _from_serial(float(plain), zone, text)
    date_part, hour12, rest = _cut_date(plain, order, text)
    clock, rest = _cut_time(rest, hour12, text)
    try:
        naive = datetime(*date_part, *clock)  # noqa: DTZ001 - its zone is added below
    except ValueError:
        raise BadValue("not_a_date", text=text[:40]) from None
    return _checked(_located(naive, rest, zone, text), text)


def _from_serial(serial: float, zone: str, text: str) -> datetime:
    """Days since the last day of 1899, as spreadsheets count; rounded to the second."""
    if not _SERIAL_RANGE[0] <= serial <= _SERIAL_RANGE[1]:
        raise BadValue("not_a_date", text=text[:40])
    return (_EXCEL_EPOCH + timedelta(seconds=round(serial * 86400))).replace(tzinfo=_zone(zone))


def _cut_date(plain: str, order: str, text: str) -> tuple[tuple[int, int, int], str, str]:
    """((year, month, day), before or after noon as a CJK word, what follows the date)."""
    match = _EAST_ASIAN.match(plain)
    if match:
        year, month, day = (int(match.group(n)) for n in (1, 2, 3))
        noon = {"下午": "pm", "午後": "pm", "上午": "am", "午前": "am"}.get(match.group(4) or "", "")
        return (year, month, day), noon, plain[match.end() :]
    match = _NUMERIC.match(plain)
    if match:
        first, second, third = match.group(1), match.group(3), match.group(4)
        return _numeric(first, second, third, order, text), "", plain[match.end() :]
    return _worded(plain, text)


def _numeric(first: str, second: str, third: str, order: str, text: str) -> tuple[int, int, int]:
    a, b, c = int(first), int(second), int(third)
    if len(first) == 4:  # noqa: PLR2004 - a year
        return a, b, c
    if len(first) > 2 or len(third) == 3:  # noqa: PLR2004 - neither a day nor a year
        raise BadValue("not_a_date", text=text[:40])
    year = c if len(third) == 4 else 2000 + c  # noqa: PLR2004
    if order == "mdy":
        return year, a, b
    if order == "dmy":
        return year, b, a
    if a > 12 >= b:  # noqa: PLR2004 - only one reading is possible
        return year, b, a
    if b > 12 >= a or a == b:  # noqa: PLR2004
        return year, a, b
    raise BadValue("date_ambiguous", text=text[:40])


def _worded(plain: str, text: str) -> tuple[tuple[int, int, int], str, str]:
    """`10-Jul-2025`, `Nov-02-26`, `05 Nov 2026`, `5 de novembro de 2026`: one month's name and two numbers."""
    month, numbers, end = 0, [], 0
    for match in _WORD.finditer(plain):
        word = match.group().rstrip(".").casefold()
        if word.isdigit():
            numbers.append(word)
        elif word in _months():
            month = _months()[word]
        elif word not in _FILLERS:
            raise BadValue("not_a_date", text=text[:40])
        end = match.end()
        if month and len(numbers) == 2:  # noqa: PLR2004 - a day and a year
            break
    if not month or len(numbers) != 2:  # noqa: PLR2004
        raise BadValue("not_a_date", text=text[:40])
    day, year = numbers
    if len(day) == 4:  # noqa: PLR2004 - the year came first
        day, year = year, day
    full = int(year) + (2000 if len(year) <= 2 else 0)  # noqa: PLR2004 - written with two digits
    return (full, month, int(day)), "", plain[end:]


_FILLERS = frozenset(
    {"de", "of", "del", "the", "st", "nd", "rd", "th", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}
)  # fmt: skip


@cache
def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for code in _MONTH_LOCALES:
        months = Locale(code).months
        for width in ("wide", "abbreviated"):
            for form in ("format", "stand-alone"):
                for number, name in months[form].get(width, {}).items():
                    names.setdefault(name.rstrip(".").casefold(), number)
    return names


def _cut_time(rest: str, noon: str, text: str) -> tuple[tuple[int, int, int, int], str]:
    rest = rest.lstrip(" ,T")
    if not rest:
        return (0, 0, 0, 0), ""
    match = _TIME.match(rest)
    if match is None:
        return (0, 0, 0, 0), rest
    hour, minute, second = (
        int(match.group(1)),
        int(match.group(2)),
        int(match.group(3) or 0),
    )
    micro = int((match.group(4) or "0").ljust(6, "0")[:6])
    half = (match.group(5) or noon).lower().replace(".", "")
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a twelve-hour clock
            raise BadValue("not_a_date", text=text[:40])
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, minute, second, micro), rest[match.end() :].strip()


def _located(naive: datetime, rest: str, zone: str, text: str) -> datetime:
    """Add the zone the text ends with, or the layout's."""
    if not rest or rest.rstrip(".").casefold() in ("hs", "h", "uhr"):
        return naive.replace(tzinfo=_zone(zone))
    if rest.upper() in _ZONES:
        return naive.replace(tzinfo=timezone(timedelta(hours=_ZONES[rest.upper()])) if _ZONES[rest.upper()] else UTC)
    match = _OFFSET.fullmatch(rest)
    if match is None:
        raise BadValue("not_a_date", text=text[:40])
    hours, minutes = int(match.group(2)), int(match.group(3) or 0)
    if hours > 15 or minutes > 59:  # noqa: PLR2004 - no clock on earth is further from Greenwich
        raise BadValue("not_a_date", text=text[:40])
    offset = timedelta(hours=hours, minutes=minutes)
    return naive.replace(tzinfo=timezone(-offset if match.group(1) == "-" else offset))
