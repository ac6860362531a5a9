"""Our codes in each service's own spelling.

Read from the services' own pages: DeepL's list with its mock server, Microsoft's list of September 2025, Amazon's and
Google's tables of languages. A language a service lacks is not in its table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from amends.kernel.languages import CODES


def _table(special: Mapping[str, str], without: Collection[str] = ()) -> dict[str, str]:
    return {code: special.get(code, code) for code in CODES if code not in without}


def pairs_of(sources: Iterable[str], targets: Iterable[str]) -> frozenset[tuple[str, str]]:
    wanted = tuple(targets)
    return frozenset((source, target) for source in sources for target in wanted if source != target)


GOOGLE: Final = _table({"zh": "zh-CN", "nb": "no", "tl": "fil"})
# Serbian is written in Latin here, as our own texts are; a Cyrillic text is told apart when it is sent.
AZURE: Final = _table({"zh": "zh-Hans", "tl": "fil", "sr": "sr-Latn", "mn": "mn-Cyrl"}, without=("be",))
AZURE_CYRILLIC: Final = {"sr": "sr-Cyrl"}
AMAZON: Final = _table({"nb": "no"}, without=("be", "eu", "gl", "km", "lo", "my", "ne"))

DEEPL: Final = _table({}, without=("am", "km", "kn", "lo", "si"))
# Not named among those with glossaries and detection: they need a switch in each call, and a setting of ours.
_BETA: Final = (
    *("af", "az", "be", "bn", "bs", "ca", "eu", "fa", "gl", "gu", "hi", "hr", "hy", "is", "ka", "kk", "mk", "ml", "mn"),
    *("mr", "ms", "my", "ne", "sq", "sr", "sw", "ta", "te", "th", "tl", "ur", "uz"),
)
DEEPL_CORE: Final = frozenset(DEEPL) - frozenset(_BETA)
DEEPL_TARGETS: Final = {"en": "EN-US", "pt": "PT-BR", "zh": "ZH-HANS"}
DEEPL_FORMAL: Final = frozenset(("de", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru"))

AMAZON_FORMAL: Final = frozenset(("de", "es", "fr", "hi", "it", "ja", "ko", "nl"))
