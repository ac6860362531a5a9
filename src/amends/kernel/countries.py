"""Country codes and the groups that rules speak of."""

from __future__ import annotations

from functools import cache

from babel import Locale

EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
EEA = EU | {"IS", "LI", "NO"}
GROUPS: dict[str, frozenset[str]] = {"EU": EU, "EEA": EEA, "UK": frozenset({"GB"})}


@cache
def codes() -> frozenset[str]:
    """Two-letter ISO 3166 codes, as CLDR has them."""
    names = Locale("en").territories
    return frozenset(code for code in names if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB"))  # noqa: PLR2004


def is_country(code: str) -> bool:
    return code in codes()
