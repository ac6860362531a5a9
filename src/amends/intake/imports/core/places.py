"""Country names in the languages sellers' files use, to ISO 3166 alpha-2."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale
from babel.core import get_global

from amends.kernel.countries import codes

_LOCALES = (
    "en", "zh_Hans", "zh_Hant", "es", "pt", "de", "fr", "ru", "ja",
    "ko", "ar", "it", "nl", "pl", "tr", "th", "id", "vi",
)  # fmt: skip
# Names platforms use that CLDR does not list.
_ALIASES = {
    "UK": "GB", "EL": "GR", "ENGLAND": "GB", "GREATBRITAIN": "GB", "SCOTLAND": "GB", "WALES": "GB",
    "UNITEDSTATESOFAMERICA": "US", "USOFAMERICA": "US", "AMERICA": "US", "RUSSIANFEDERATION": "RU",
    "REPUBLICOFKOREA": "KR", "KOREA,REPUBLICOF": "KR", "KOREA": "KR", "VIETNAM": "VN", "CZECHREPUBLIC": "CZ",
    "HOLLAND": "NL", "THENETHERLANDS": "NL", "TURKEY": "TR", "UAE": "AE", "IVORYCOAST": "CI", "MACEDONIA": "MK",
    "MOLDOVA,REPUBLICOF": "MD", "HONGKONG": "HK", "MACAU": "MO", "MACAO": "MO", "TAIWAN,CHINA": "TW",
    "中国大陆": "CN", "香港": "HK", "澳门": "MO", "台灣": "TW", "臺灣": "TW", "俄罗斯联邦": "RU", "ประเทศไทย": "TH",
}  # fmt: skip


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).replace(".", "").upper()


@cache
def _names() -> dict[str, str]:
    known = codes()
    names: dict[str, str] = {}
    for locale in _LOCALES:
        for code, name in Locale.parse(locale).territories.items():
            if code in known:
                names.setdefault(_plain(name), code)
    for alias, targets in get_global("territory_aliases").items():
        if len(targets) == 1 and targets[0] in known:
            names.setdefault(alias, targets[0])  # carries the three-letter codes
    names.update((code, code) for code in known)
    names.update(_ALIASES)
    return names


@cache
def country_code(text: str) -> str:
    """Two letters, or an empty text when nobody we asked knows the name."""
    return _names().get(_plain(text), "")
