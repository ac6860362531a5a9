"""Google Cloud Translation: v3 with an access token and a project, or v2 with an API key.

With a glossary the wanted texts are in `glossaryTranslations`; `translations` then holds what it would have been
without. Without one, terms travel in a span that is not translated.
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

ADDRESS: Final = "https://translation.googleapis.com"
_BAD_REQUEST, _FORBIDDEN = 400, 403
_DAILY: Final = {"dailyLimitExceeded", "quotaExceeded"}
_RATE: Final = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Either `token` with `project`, or `key`. `glossary` is its id in that project and location, which then cannot
    be `global`; `glossary_pair` is `en-de` for a glossary of one direction, empty for one of many."""

    token: str = field(default="", repr=False)
    project: str = ""
    key: str = field(default="", repr=False)
    location: str = "global"
    model: str = ""
    glossary: str = ""
    glossary_pair: str = ""
    address: str = ADDRESS


class Google(Remote):
    id = "google"
    label: ClassVar[str] = "Google Translation"

    def __init__(
        self, settings: Settings, limits: Limits | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        super().__init__(settings.address, limits, sleep)
        self._settings = settings

    def pairs(self) -> frozenset[tuple[str, str]]:
        return codes.pairs_of(codes.GOOGLE, codes.GOOGLE)

    def caps(self) -> Caps:
        return Caps(terms=Terms.NATIVE, max_chars=5000, batch=100)

    def send(self, line: Line, texts: tuple[str, ...], ask: Ask) -> Sent:
        glossary, hits = self._glossary(ask), 0
        if ask.terms and not glossary:
            rows = [marked(text, ask.terms, ask.source, _tag) for text in texts]
            hits = sum(found for _, found in rows)
            texts = tuple(text for text, _ in rows) if hits else texts
        sent = self._v3(line, texts, ask, glossary, hits) if self._settings.token else self._v2(line, texts, ask, hits)
        if not hits:
            return sent
        plain = [unmarked(text, "span") if isinstance(text, str) else text for text in sent.texts]
        return Sent(plain, sent.model, sent.detail)

    def _v3(self, line: Line, texts: tuple[str, ...], ask: Ask, glossary: str, hits: int) -> Sent:
        settings = self._settings
        parent = f"projects/{settings.project}/locations/{settings.location}"
        body: dict[str, Any] = {
            "contents": list(texts),
            "mimeType": "text/html" if hits else "text/plain",
            "sourceLanguageCode": codes.GOOGLE[ask.source],
            "targetLanguageCode": codes.GOOGLE[ask.target],
        }
        if settings.model:
            body["model"] = f"{parent}/models/{settings.model}"
        if glossary:
            body["glossaryConfig"] = {"glossary": f"{parent}/glossaries/{glossary}", "ignoreCase": True}
        answer = line.call(
            "POST",
            f"/v3/{parent}:translateText",
            headers={
                "Authorization": f"Bearer {settings.token}",
                "X-Goog-User-Project": settings.project,
                "Content-Type": "application/json; charset=utf-8",
            },
            body=packed(body),
            judge=_judge,
        )
        rows = self.listed(answer, "glossaryTranslations" if glossary else "translations")
        named = rows[0].get("model") if isinstance(rows, list) and rows and isinstance(rows[0], dict) else None
        model = named[:200] if isinstance(named, str) else "google:v3"
        return Sent(self.texts_of(rows, "translatedText"), model, {"glossary": glossary} if glossary else {})

    def _v2(self, line: Line, texts: tuple[str, ...], ask: Ask, hits: int) -> Sent:
        answer = line.call(
            "POST",
            "/language/translate/v2",
            # In a header, not in the address: addresses are logged.
            headers={"X-Goog-Api-Key": self._settings.key, "Content-Type": "application/json; charset=utf-8"},
            body=packed(
                {
                    "q": list(texts),
                    "source": codes.GOOGLE[ask.source],
                    "target": codes.GOOGLE[ask.target],
                    "format": "html" if hits else "text",
                }
            ),
            judge=_judge,
        )
        return Sent(self.texts_of(self.listed(answer, "data", "translations"), "translatedText"), "google:v2")

    def _glossary(self, ask: Ask) -> str:
        settings = self._settings
        fits = settings.glossary_pair in {"", f"{ask.source}-{ask.target}"}
        return settings.glossary if settings.token and fits else ""


def _tag(_word: str, wanted: str) -> str:
    return f'<span translate="no">{wanted}</span>'


def _judge(status: int, body: Any) -> Fault:
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    rows = [*_rows(error.get("errors")), *_rows(error.get("details"))]
    reasons = {row["reason"] for row in rows if isinstance(row.get("reason"), str)}
    if status == _FORBIDDEN and reasons & _DAILY:
        return Fault("quota")
    if status == _FORBIDDEN and reasons & _RATE:
        return Fault("quota", again=True)
    said = str(error.get("message", "")).lower()
    if status == _BAD_REQUEST and "too long" in said:
        return Fault("too_long")
    if status == _BAD_REQUEST and "language" in said:
        return Fault("no_pair")
    return fault_of(status)


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
