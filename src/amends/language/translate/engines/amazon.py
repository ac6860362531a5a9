"""Amazon Translate: TranslateText, signed by ourselves, one text a call.

A terminology kept at Amazon is sent along where one is named. Amazon does not promise to use its words every time, so
the answer must be checked for them like any other; without a terminology, terms travel as tokens.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from amends.language.translate.core.engine import Ask, Caps, Terms
from amends.language.translate.core.sigv4 import Call, Keys, signed
from amends.language.translate.engines import codes
from amends.language.translate.engines.http import Fault, Limits, Line, fault_of, packed
from amends.language.translate.engines.remote import Remote, Sent

SERVICE: Final = "translate"
TARGET: Final = "AWSShineFrontendService_20170701.TranslateText"
# Amazon answers 400 to nearly everything; the type in the body says which.
_TYPES: Final = {
    "InternalServerException": Fault("unreachable", again=True),
    "LimitExceededException": Fault("quota"),
    "ServiceUnavailableException": Fault("unreachable", again=True),
    "TextSizeLimitExceededException": Fault("too_long"),
    "ThrottlingException": Fault("quota", again=True),
    "TooManyRequestsException": Fault("quota", again=True),
    "UnsupportedLanguagePairException": Fault("no_pair"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    access_key: str
    secret_key: str = field(repr=False)
    region: str
    session_token: str = field(default="", repr=False)
    terminology: str = ""
    address: str = ""

    @property
    def url(self) -> str:
        ending = ".cn" if self.region.startswith("cn-") else ""
        return self.address or f"https://translate.{self.region}.amazonaws.com{ending}"


class Amazon(Remote):
    id = "amazon"
    label: ClassVar[str] = "Amazon Translate"

    def __init__(
        self,
        settings: Settings,
        limits: Limits | None = None,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(settings.url, limits, sleep)
        self._settings = settings
        self._now = now

    def pairs(self) -> frozenset[tuple[str, str]]:
        return codes.pairs_of(codes.AMAZON, codes.AMAZON)

    def caps(self) -> Caps:
        terms = Terms.NATIVE if self._settings.terminology else Terms.MASK
        # 10,000 bytes are the limit of a text, and a character may have four.
        return Caps(terms=terms, max_chars=2500, batch=25, formality=True)

    def send(self, line: Line, texts: tuple[str, ...], ask: Ask) -> Sent:
        found, applied = [], 0
        for text in texts:
            answer = self._one(line, text, ask)
            found.append(self.listed(answer, "TranslatedText"))
            applied += len(_applied(answer))
        if not self._settings.terminology:
            return Sent(found, "amazon:2017-07-01")
        return Sent(found, "amazon:2017-07-01", {"terminology": self._settings.terminology}, {"applied": applied})

    def _one(self, line: Line, text: str, ask: Ask) -> Any:
        settings = self._settings
        body: dict[str, Any] = {
            "Text": text,
            "SourceLanguageCode": codes.AMAZON[ask.source],
            "TargetLanguageCode": codes.AMAZON[ask.target],
        }
        if settings.terminology:
            body["TerminologyNames"] = [settings.terminology]
        if ask.target in codes.AMAZON_FORMAL:
            body["Settings"] = {"Formality": "FORMAL" if ask.formal else "INFORMAL"}
        call = Call(
            "POST",
            self.wire.host,
            headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET},
            body=packed(body),
        )
        keys = Keys(settings.access_key, settings.secret_key, settings.session_token)
        headers = signed(call, keys, settings.region, SERVICE, self._now())
        return line.call("POST", "/", headers=headers, body=call.body, judge=_judge)


def _applied(answer: Any) -> list[Any]:
    """The terms Amazon says it used."""
    named = answer.get("AppliedTerminologies") if isinstance(answer, dict) else None
    rows = [row.get("Terms") for row in named if isinstance(row, dict)] if isinstance(named, list) else []
    return [term for terms in rows if isinstance(terms, list) for term in terms]


def _judge(status: int, body: Any) -> Fault:
    kind = str(body.get("__type", "")) if isinstance(body, dict) else ""
    return _TYPES.get(kind.rpartition("#")[2].partition(":")[0]) or fault_of(status)
