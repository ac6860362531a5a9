"""Language: which one, what is meant, and what may not be said. Nothing that is sent here is kept."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field

from amends.base.accounts.core import Permission
from amends.faces.api.door import caller, guarded
from amends.faces.api.reading import Body
from amends.judgement.guard import Context, check
from amends.language.detect import detect, spans
from amends.language.measure.matrix import standing
from amends.language.translate.gist import gist
from amends.language.translate.wire import rendering_of
from amends.language.understand import understand
from amends.language.understand.training import classifier_for

router = Router(tags=["language"])
LONGEST = 100_000


class Text(Body):
    text: str = Field(max_length=LONGEST)
    priors: list[str] = Field(
        default_factory=list, max_length=8, description="Expected languages or countries, strongest first."
    )


class SpanDocument(BaseModel):
    start: int
    end: int
    language: str
    probability: float


class DetectedDocument(BaseModel):
    language: str = Field(description="`und` where it cannot be told.")
    probability: float
    second: str | None
    method: str
    variant: str = Field(description="Hans or Hant for Chinese, else empty.")
    spans: list[SpanDocument]


@guarded(router.post, "/language/detect", Permission.CASE_READ, response=DetectedDocument, summary="Detect a language")
def detect_language(request: HttpRequest, payload: Text) -> DetectedDocument:  # noqa: ARG001 - the door's
    """Of the whole text, and of its parts where it mixes languages."""
    found = detect(payload.text, payload.priors)
    parts = [
        SpanDocument(start=s.start, end=s.end, language=s.language, probability=s.probability)
        for s in spans(payload.text, payload.priors)
    ]
    return DetectedDocument(
        language=found.language, probability=found.probability, second=found.second, method=found.method,
        variant=found.variant, spans=parts,
    )  # fmt: skip


class TextToRead(Text):
    language: str | None = Field(None, max_length=12, description="Skip detection.")


@guarded(
    router.post, "/language/understand", Permission.CASE_READ, response=dict[str, Any], summary="Understand a text"
)
def understand_text(request: HttpRequest, payload: TextToRead) -> dict[str, Any]:
    """What it is about, what it asks for and threatens, what it names, and the anchors nearest to it. Read by the
    organisation's own model where it has trained one."""
    own = classifier_for(caller(request).scope.organisation_id)
    return understand(payload.text, language=payload.language, priors=payload.priors, classifier=own).to_json()


class TextToGist(Text):
    reader: Literal["en", "zh"] = "en"


@guarded(router.post, "/language/gist", Permission.CASE_READ, response=dict[str, Any], summary="The gist of a text")
def gist_text(request: HttpRequest, payload: TextToGist) -> dict[str, Any]:
    """What it is about, in the reader's language. Not a translation: `is_translation` is always false."""
    own = classifier_for(caller(request).scope.organisation_id)
    return gist(payload.text, understand(payload.text, priors=payload.priors, classifier=own), payload.reader).to_json()


class TextToTranslate(Body):
    text: str = Field(max_length=20_000)
    target: str = Field(max_length=12, description="The language wanted.")
    source: str = Field("", max_length=12, description="Detected where absent.")


@guarded(
    router.post, "/language/translate", Permission.CASE_ANSWER, response=dict[str, Any], summary="Translate a text"
)
def translate_text(request: HttpRequest, payload: TextToTranslate) -> dict[str, Any]:
    """By memory, an engine of this machine, or a service that the organisation agreed to. `kind` is `translation`,
    `same`, or `gist` where nothing serves the pair: that is not a translation. Needs `case:read` too."""
    who = caller(request)
    return rendering_of(who.scope, payload.text, payload.source, payload.target, who.now)


@guarded(
    router.get,
    "/language/matrix",
    Permission.CASE_READ,
    response=dict[str, Any],
    summary="What works in which language",
)
def matrix(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - the door's
    """What is shipped and installed: texts, formats, directions of translation. The shares of what is detected and
    understood are measured by `amends language matrix` and stand in the reference."""
    shown = ("code", "format", "templates", "translate_in", "translate_out")
    return {"languages": [{name: getattr(row, name) for name in shown} for row in standing()]}


class TextToCheck(Body):
    text: str = Field(max_length=LONGEST)
    language: str = Field("", max_length=12, description="Detected where absent.")
    platform: str = Field("", max_length=24, description="Where it is said, such as amazon.")
    country: str = Field("", max_length=2, description="The buyer's, such as DE.")
    surface: Literal["draft", "template", "automation", "listing", "policy"] = "draft"
    conditions: dict[str, bool] = Field(
        default_factory=dict, max_length=12, description="What else is known, such as automatic."
    )


class CheckedDocument(BaseModel):
    verdict: Literal["", "block", "gate", "shape", "label"]
    language: str
    findings: list[dict[str, Any]] = Field(description="The strongest first, each with its rule and address.")


@guarded(
    router.post, "/guard/check", Permission.CASE_READ, response=CheckedDocument, summary="Check words with the guard"
)
def check_words(request: HttpRequest, payload: TextToCheck) -> CheckedDocument:  # noqa: ARG001 - the door's
    """Whether a text may be sent. A `block` cannot be passed anywhere in Amends: the text must be changed."""
    used = payload.language or detect(payload.text).language
    context = Context(payload.platform, payload.country.upper(), payload.surface, payload.conditions)
    checked = check(payload.text, used if used != "und" else "", context)
    return CheckedDocument(language=used, **checked.to_json(payload.text))
