"""Country codes and the groups that rules speak of."""

from __future__ import annotations

from functools import cache

from babel import Locale

# fmt: off
EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on
ALPHA_2 = 2
NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB"})  # groups and test codes among CLDR's territories
EEA = EU | {"IS", "LI", "NO"}
GROUPS: dict[str, frozenset[str]] = {"EU": EU, "EEA": EEA, "UK": frozenset({"GB"})}


@cache
def codes() -> frozenset[str]:
    """Two-letter ISO 3166 codes, as CLDR has them."""
    names = Locale("en").territories
    return frozenset(str(code) for code in names if len(str(code)) == ALPHA_2 and str(code).isalpha()) - NOT_COUNTRIES


def is_country(code: str) -> bool:
    return code in codes()
