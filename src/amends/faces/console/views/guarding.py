"""The guard: a page that explains any text, and the panel above the send button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from amends.base.accounts.core import Permission
from amends.faces.console import words
from amends.faces.console.guard import needs, scope_of
from amends.faces.console.views.inbox import find
from amends.judgement.guard import Checked, Context, check, current
from amends.judgement.guard.core.rule import SURFACES
from amends.kernel.languages import CODES
from amends.language.detect import detect
from amends.resolution.cases.wording import check_words

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text; `code` is what it says, empty for the rest, and `verdict` what follows."""

    text: str
    code: str = ""
    verdict: str = ""


def pieces(text: str, checked: Checked) -> list[Piece]:
    """The text cut at what was found, so that it can be marked. Overlapping finds: the stronger one is shown."""
    out: list[Piece] = []
    at = 0
    found = sorted((f for f in checked.findings if f.statement), key=lambda f: f.statement.start if f.statement else 0)
    for finding in found:
        statement = finding.statement
        if statement is None or statement.start < at:
            continue
        out.append(Piece(text[at : statement.start]))
        out.append(Piece(statement.phrase(text), statement.code, finding.verdict.value))
        at = statement.end
    return [piece for piece in (*out, Piece(text[at:])) if piece.text]


def findings(checked: Checked | None, text: str) -> list[dict[str, Any]]:
    """Each finding in the reader's language."""
    reader = "zh" if str(get_language()).startswith("zh") else "en"
    return [
        {
            "rule": f.rule.id,
            "verdict": f.verdict.value,
            "title": f.rule.title[reader],
            "why": f.rule.why[reader],
            "instead": f.rule.instead[reader],
            "confidence": f.rule.confidence,
            "statement": f.statement,
            "phrase": f.statement.phrase(text) if f.statement else "",
            "cites": f.cites,
        }
        for f in (checked.findings if checked else ())
    ]


@needs(Permission.CASE_READ)
def page(request: HttpRequest) -> HttpResponse:
    """Paste a text, see what stands in its way. Nothing is stored."""
    data = request.POST if request.method == "POST" else request.GET
    text = data.get("text", "")[:LONGEST]
    platform, country = data.get("platform", "amazon"), data.get("country", "").upper()[:2]
    surface = data.get("surface", "draft") if data.get("surface") in SURFACES else "draft"
    context: dict[str, Any] = {
        "section": "language",
        "text": text,
        "platform": platform,
        "country": country,
        "surface": surface,
        "surfaces": SURFACES,
        "platforms": words.choices("platform"),
        "rules": _rules(),
    }
    if text.strip():
        chosen = data.get("language", "")
        language = chosen if chosen in CODES else detect(text).language
        checked = check(text, language if language != "und" else "", Context(platform, country, surface))
        context |= {
            "language": language,
            "checked": checked,
            "pieces": pieces(text, checked),
            "findings": findings(checked, text),
        }
    partial = request.headers.get("HX-Target") == "found"
    return render(request, "guard/found.html" if partial else "guard/page.html", context)


def _rules() -> list[dict[str, Any]]:
    reader = "zh" if str(get_language()).startswith("zh") else "en"
    return [
        {"id": r.id, "verdict": r.verdict.value, "title": r.title[reader], "why": r.why[reader], "cites": r.cites,
         "confidence": r.confidence}
        for r in current()
    ]  # fmt: skip


@require_POST
@needs(Permission.CASE_ANSWER)
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """What the guard says of the words in the composer, as the send button will be told."""
    view = find(request, number)
    text = request.POST.get("text", "")[:LONGEST].strip()
    checked = check_words(scope_of(request), view.case, view.state, request.POST.dict(), timezone.now())
    context = {
        "checked": checked,
        "findings": findings(checked, text),
        "needs_reason": bool(checked and checked.gated),
        "reason": request.POST.get("guard_reason", ""),
    }
    return render(request, "guard/panel.html", context)
