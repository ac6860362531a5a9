"""The languages Amends knows: one row each, with what other parts must agree on.

What can be done in a language (detect, understand, answer, translate) is measured, not listed here: see
`docs/reference/languages.md`. Codes are ISO 639; names come from CLDR.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale

UNDETERMINED: Final = "und"
LAST_RESORT: Final = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """`family`: languages whose short texts cannot be told apart. `stand_in`: whose approved texts a reader of this
    language is given where there are none, or empty for English."""

    code: str
    scripts: tuple[str, ...] = ("latin",)
    family: str = ""
    stand_in: str = ""
    locale: str = ""  # of CLDR, where it is not the code


TABLE: Final[tuple[Language, ...]] = (
    Language("af", stand_in="nl"),
    Language("am", ("ethiopic",)),
    Language("ar", ("arabic",)),
    Language("az", stand_in="tr", locale="az_Latn"),
    Language("be", ("cyrillic",), stand_in="ru"),
    Language("bg", ("cyrillic",)),
    Language("bn", ("bengali",)),
    Language("bs", family="hbs", stand_in="hr", locale="bs_Latn"),
    Language("ca"),
    Language("cs"),
    Language("da"),
    Language("de"),
    Language("el", ("greek",)),
    Language("en"),
    Language("es"),
    Language("et"),
    Language("eu", stand_in="es"),
    Language("fa", ("arabic",)),
    Language("fi"),
    Language("fr"),
    Language("gl", stand_in="es"),
    Language("gu", ("gujarati",)),
    Language("he", ("hebrew",)),
    Language("hi", ("devanagari",)),
    Language("hr", family="hbs"),
    Language("hu"),
    Language("hy", ("armenian",), stand_in="ru"),
    Language("id", family="id-ms"),
    Language("is"),
    Language("it"),
    Language("ja", ("kana", "han")),
    Language("ka", ("georgian",)),
    Language("kk", ("cyrillic",), stand_in="ru"),
    Language("km", ("khmer",)),
    Language("kn", ("kannada",)),
    Language("ko", ("hangul",)),
    Language("lo", ("lao",), stand_in="th"),
    Language("lt"),
    Language("lv"),
    Language("mk", ("cyrillic",)),
    Language("ml", ("malayalam",)),
    Language("mn", ("cyrillic",), stand_in="ru"),
    Language("mr", ("devanagari",)),
    Language("ms", family="id-ms"),
    Language("my", ("myanmar",)),
    Language("nb"),
    Language("ne", ("devanagari",), stand_in="hi"),
    Language("nl"),
    Language("pl"),
    Language("pt", locale="pt_BR"),
    Language("ro"),
    Language("ru", ("cyrillic",)),
    Language("si", ("sinhala",)),
    Language("sk"),
    Language("sl"),
    Language("sq"),
    Language("sr", ("latin", "cyrillic"), family="hbs", locale="sr_Latn"),
    Language("sv"),
    Language("sw"),
    Language("ta", ("tamil",)),
    Language("te", ("telugu",)),
    Language("th", ("thai",)),
    Language("tl", locale="fil"),
    Language("tr"),
    Language("uk", ("cyrillic",)),
    Language("ur", ("arabic",)),
    Language("uz", ("latin", "cyrillic"), stand_in="ru", locale="uz_Latn"),
    Language("vi"),
    Language("zh", ("han",), locale="zh_Hans"),
)
BY_CODE: Final[dict[str, Language]] = {row.code: row for row in TABLE}
CODES: Final[tuple[str, ...]] = tuple(BY_CODE)
RIGHT_TO_LEFT: Final = frozenset(row.code for row in TABLE if set(row.scripts) & {"arabic", "hebrew"})
# Names that others use for rows of the table.
_ALIASES: Final = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "fil": "tl", "sh": "sr", "cmn": "zh", "yue": "zh"}


def base(tag: str) -> str:
    """The row a language tag belongs to (`pt-BR` → `pt`, `no` → `nb`), or the tag's first part as it is."""
    first = tag.replace("_", "-").split("-", maxsplit=1)[0].lower()
    return _ALIASES.get(first, first)


def same(one: str, other: str) -> bool:
    """Whether two tags name one language, counting families as one."""
    left, right = base(one), base(other)
    family = BY_CODE[left].family if left in BY_CODE else ""
    return left == right or (family != "" and right in BY_CODE and BY_CODE[right].family == family)


@cache
def locale_of(tag: str) -> Locale:
    """The CLDR locale that dates, money and plurals are written by. `babel.UnknownLocaleError` for no language."""
    row = BY_CODE.get(base(tag))
    wanted = tag.replace("-", "_")
    if row is not None and wanted.lower() == row.code:
        wanted = row.locale or row.code
    return Locale.parse(wanted)


@cache
def name(tag: str, reader: str = "en") -> str:
    """The language's name in the reader's language; the tag itself where CLDR has none."""
    row = BY_CODE.get(base(tag))
    looked_up = (row.locale or row.code) if row else tag
    told = locale_of(reader).languages.get(Locale.parse(looked_up).language) if row else None
    return str(told) if told else tag


@cache
def own_name(tag: str) -> str:
    """The language's name in itself: what a buyer picks from a list."""
    return name(tag, tag) if base(tag) in BY_CODE else tag


def direction(tag: str) -> str:
    """`rtl` or `ltr`, as HTML wants it."""
    return "rtl" if base(tag) in RIGHT_TO_LEFT else "ltr"


def fallbacks(tag: str) -> tuple[str, ...]:
    """Whose approved texts may serve a reader of `tag`, best first: itself, its base, its stand-in, English."""
    row = BY_CODE.get(base(tag))
    chain = (tag, base(tag), row.stand_in if row else "", LAST_RESORT)
    return tuple(dict.fromkeys(code for code in chain if code))
