"""DeepL, v2. Terms: by a glossary kept at DeepL where one is named and fits, else as words in a tag it ignores."""

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

FREE, PRO = "https://api-free.deepl.com", "https://api.deepl.com"
TAG: Final = "x"
_BAD_REQUEST: Final = 400


@dataclass(frozen=True, slots=True)
class Settings:
    """An empty `address` is chosen by the key: keys of the free plan end in `:fx`. `glossary_pair` is `en-de` for a
    glossary of one direction, empty for one of many. `more_languages` are those DeepL calls beta."""

    key: str = field(repr=False)
    address: str = ""
    glossary: str = ""
    glossary_pair: str = ""
    more_languages: bool = False

    @property
    def url(self) -> str:
        return self.address or (FREE if self.key.endswith(":fx") else PRO)


class DeepL(Remote):
    id = "deepl"
    label: ClassVar[str] = "DeepL"

    def __init__(
        self, settings: Settings, limits: Limits | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        super().__init__(settings.url, limits, sleep)
        self._settings = settings

    def pairs(self) -> frozenset[tuple[str, str]]:
        known = codes.DEEPL if self._settings.more_languages else codes.DEEPL_CORE
        return codes.pairs_of(known, known)

    def caps(self) -> Caps:
        return Caps(terms=Terms.NATIVE, max_chars=5000, batch=50, formality=True)

    def send(self, line: Line, texts: tuple[str, ...], ask: Ask) -> Sent:
        body: dict[str, Any] = {
            "source_lang": ask.source.upper(),
            "target_lang": codes.DEEPL_TARGETS.get(ask.target, ask.target.upper()),
            "split_sentences": "0",  # we have split already
            "preserve_formatting": True,
        }
        if not {ask.source, ask.target} <= codes.DEEPL_CORE:
            body["enable_beta_languages"] = True
        if ask.target in codes.DEEPL_FORMAL:
            body["formality"] = "prefer_more" if ask.formal else "prefer_less"
        glossary, hits = self._glossary(ask), 0
        if glossary:
            body["glossary_id"] = glossary
        elif ask.terms:
            rows = [marked(text, ask.terms, ask.source, _tag) for text in texts]
            hits = sum(found for _, found in rows)
            if hits:
                texts = tuple(text for text, _ in rows)
                body |= {"tag_handling": "xml", "tag_handling_version": "v2", "ignore_tags": [TAG]}
        answer = line.call(
            "POST",
            "/v2/translate",
            headers={
                "Authorization": f"DeepL-Auth-Key {self._settings.key}",
                "Content-Type": "application/json",
            },
            body=packed({"text": list(texts), **body}),
            judge=_judge,
        )
        found = self.texts_of(self.listed(answer, "translations"), "text")
        if hits:
            found = [unmarked(text, TAG) if isinstance(text, str) else text for text in found]
        return Sent(found, "deepl:v2", {"glossary": glossary} if glossary else {})

    def _glossary(self, ask: Ask) -> str:
        """A glossary's id where it covers the direction: DeepL refuses the call where it does not."""
        settings = self._settings
        fits = settings.glossary_pair in {"", f"{ask.source}-{ask.target}"}
        return settings.glossary if fits and {ask.source, ask.target} <= codes.DEEPL_CORE else ""


def _tag(_word: str, wanted: str) -> str:
    return f"<{TAG}>{wanted}</{TAG}>"


def _judge(status: int, body: Any) -> Fault:
    said = str(body.get("message", "")) if isinstance(body, dict) else ""
    if status == _BAD_REQUEST and ("target_lang" in said or "source_lang" in said):
        return Fault("no_pair")
    return fault_of(status)
