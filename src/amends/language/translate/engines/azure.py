"""Azure Translator, v3.0.

Terms travel inside the text. The dynamic dictionary needs the source language named (we always name it) and English on
one side; for other pairs the wanted word goes into a span that is not translated.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from amends.language.translate.core.engine import Ask, Caps, Terms
from amends.language.translate.engines import codes
from amends.language.translate.engines.http import Fault, Limits, Line, fault_of, packed
from amends.language.translate.engines.marks import marked, unmarked
from amends.language.translate.engines.remote import Remote, Sent

ADDRESS: Final = "https://api.cognitive.microsofttranslator.com"
CODE_DIGITS: Final = 6
DICTIONARY, SPAN = "mstrans:dictionary", "span"
# The status and what it was about.
_CODES: Final = {
    400023: Fault("no_pair"),
    400035: Fault("no_pair"),
    400036: Fault("no_pair"),
    400050: Fault("too_long"),
    400077: Fault("too_long"),
    403001: Fault("quota"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """`region` is needed by regional and multi-service resources, `category` names a custom model."""

    key: str = field(repr=False)
    region: str = ""
    category: str = ""
    address: str = ADDRESS


class Azure(Remote):
    id = "azure"
    label: ClassVar[str] = "Azure Translator"
    call_chars: ClassVar[int] = 40_000  # of 50,000, markup not counted

    def __init__(
        self, settings: Settings, limits: Limits | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        super().__init__(settings.address, limits, sleep)
        self._settings = settings

    def pairs(self) -> frozenset[tuple[str, str]]:
        return codes.pairs_of(codes.AZURE, codes.AZURE)

    def caps(self) -> Caps:
        return Caps(terms=Terms.NATIVE, max_chars=5000, batch=100)

    def send(self, line: Line, texts: tuple[str, ...], ask: Ask) -> Sent:
        settings = self._settings
        target = codes.AZURE[ask.target]
        params = {"api-version": "3.0", "from": _source(texts, ask.source), "to": target}
        if settings.category:
            params["category"] = settings.category
        english = "en" in {ask.source, ask.target}
        rows = [marked(text, ask.terms, ask.source, _dictionary if english else _span) for text in texts]
        hits = sum(found for _, found in rows)
        if hits:
            texts = tuple(text for text, _ in rows)
            params["textType"] = "html"
        headers = {"Ocp-Apim-Subscription-Key": settings.key, "Content-Type": "application/json; charset=UTF-8"}
        if settings.region:
            headers["Ocp-Apim-Subscription-Region"] = settings.region
        answer = line.call(
            "POST",
            "/translate",
            headers=headers,
            params=params,
            body=packed([{"Text": text} for text in texts]),
            judge=_judge,
        )
        rows_back = answer if isinstance(answer, list) else self.listed(answer, 0)
        found = [self.listed(row, "translations", 0, "text") for row in rows_back]
        if hits:
            name = DICTIONARY if english else SPAN
            found = [unmarked(text, name) if isinstance(text, str) else text for text in found]
        return Sent(found, f"azure:3.0:{settings.category or 'general'}")


def _source(texts: tuple[str, ...], code: str) -> str:
    cyrillic = any("\u0400" <= char <= "\u04ff" for text in texts for char in text)
    return codes.AZURE_CYRILLIC[code] if cyrillic and code in codes.AZURE_CYRILLIC else codes.AZURE[code]


def _dictionary(word: str, wanted: str) -> str:
    return f'<{DICTIONARY} translation="{wanted}">{word}</{DICTIONARY}>'


def _span(_word: str, wanted: str) -> str:
    return f'<{SPAN} class="notranslate">{wanted}</{SPAN}>'


def _judge(status: int, body: Any) -> Fault:
    error = body.get("error") if isinstance(body, dict) else None
    code = str(error.get("code", "")) if isinstance(error, dict) else ""
    number = int(code) if code.isascii() and code.isdigit() and len(code) == CODE_DIGITS else 0
    return _CODES.get(number) or fault_of(status)
