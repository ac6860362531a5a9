"""How numbers, money, moments and sizes are written for a reader. Pure: locale, zone and `now` are arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils.translation import gettext as _

from amends.kernel.money import Money, exponent

SOON = timedelta(hours=24)
LOCALES = {"en": "en_GB", "zh-hans": "zh_Hans_CN"}


def locale_of(language: str) -> str:
    """CLDR locale of an interface language: British dates for English, mainland China for Chinese."""
    return LOCALES.get(language, "en_GB")


def money(minor: int | None, currency: str, locale: str) -> str:
    """`US$41.80`. Minor units in; an unknown currency code is printed as it is."""
    if minor is None:
        return "–"
    amount = Money.from_minor(minor, currency).amount
    digits = exponent(currency)
    pattern = "¤#,##0" + ("." + "0" * digits if digits else "")
    if Locale.parse(locale).currency_symbols.get(currency, currency) == currency:
        pattern = pattern.replace("¤", "¤ ")  # `SAR 189.00`: letters do not touch figures
    return format_currency(amount, currency, format=pattern, locale=locale, currency_digits=False)


def number(value: float | Decimal, locale: str) -> str:
    return format_decimal(value, locale=locale)


def percent(share: float | Decimal | str, locale: str) -> str:
    """0.72 -> `72%`. Whole percents: liability and chances are not known more exactly."""
    return format_percent(Decimal(str(share)), locale=locale)


def rate(share: float | Decimal | str, locale: str) -> str:
    """0.0123 -> `1.23%`. Lines of platforms are told to a hundredth of a percent."""
    return format_percent(Decimal(str(share)), format="#,##0.00%", locale=locale)


def moment(at: datetime, zone: tzinfo, now: datetime, locale: str, *, seconds: bool = False) -> str:
    """Date and time in `zone`; the year only when it is not this one."""
    local = at.astimezone(zone)
    skeleton = "MMMEd" if local.year == now.astimezone(zone).year else "yMMMd"
    day = str(format_skeleton(skeleton, local, locale=locale)).replace(",", "")
    return f"{day} {local:%H:%M:%S}" if seconds else f"{day} {local:%H:%M}"


def day(at: datetime, zone: tzinfo, now: datetime, locale: str) -> str:
    local = at.astimezone(zone)
    skeleton = "MMMEd" if local.year == now.astimezone(zone).year else "yMMMd"
    return str(format_skeleton(skeleton, local, locale=locale)).replace(",", "")


@dataclass(frozen=True, slots=True)
class Left:
    """Time left until something is due: how urgent, and in words."""

    state: str  # late, soon, ok
    words: str


def left(due: datetime, now: datetime) -> Left:
    """Past due is late; within 24 hours is soon. A moment exactly now is late: it has been reached."""
    gap = due - now
    if gap <= timedelta(0):
        return Left("late", _("%(time)s over") % {"time": duration(-gap)})
    return Left("soon" if gap < SOON else "ok", duration(gap))


def duration(gap: timedelta) -> str:
    """Two units at most: `3 h 12 m`, `1 d 6 h`, `11 d`. `clocks.js` counts down in the same words."""
    minutes = int(gap.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 2:  # noqa: PLR2004 - from two days on, hours no longer help
        return _("%(n)s d") % {"n": days}
    if days:
        return _two(_("%(n)s d") % {"n": days}, _("%(n)s h") % {"n": hours}, hours)
    if hours:
        return _two(_("%(n)s h") % {"n": hours}, _("%(n)s m") % {"n": minutes}, minutes)
    return _("%(n)s m") % {"n": minutes}


def _two(large: str, small: str, amount: int) -> str:
    return f"{large} {small}" if amount else large


def size(count: int) -> str:
    """Bytes in powers of 1000, as file managers show them."""
    for unit, power in (("GB", 9), ("MB", 6), ("kB", 3)):
        if count >= 10**power:
            return f"{count / 10**power:.1f} {unit}"
    return f"{count} B"


def language_name(code: str, locale: str) -> str:
    """`pt` -> `Portuguese`. An unknown code is printed as it is."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name(locale) or code
    except (UnknownLocaleError, ValueError):
        return code


def country_name(code: str, locale: str) -> str:
    return Locale.parse(locale).territories.get(code.upper(), code)
