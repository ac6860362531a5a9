"""Reply templates: one macro, many languages; which became stale, and who has read which."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.base.accounts.core import Permission
from amends.faces.console import words
from amends.faces.console.guard import needs, organisation_of, scope_of
from amends.faces.console.views.guarding import findings
from amends.judgement.guard import Context, check
from amends.kernel.languages import CODES, direction, name
from amends.kernel.money import Money
from amends.kernel.outcome import InputError
from amends.language.templates.actions import archive, sign, write_text
from amends.language.templates.core.book import SLOTS, digest
from amends.language.templates.core.own import Macro
from amends.language.templates.queries import macros, one_macro, render_for, signatures


@needs(Permission.CASE_READ)
def phrases(request: HttpRequest) -> HttpResponse:
    """All templates with how many languages they speak, how many of those are stale, how many somebody has read."""
    scope = scope_of(request)
    signed = signatures(scope)
    text = request.GET.get("q", "").strip().lower()
    rows = []
    for key, macro in macros(scope).items():
        title = macro.title or words.label("template", key)
        if text and text not in f"{key} {title} {macro.source_text}".lower():
            continue
        read = sum((key, code, digest(macro.text(code))) in signed for code in macro.languages)
        rows.append({
            "key": key,
            "title": title,
            "source": macro.source,
            "own": bool(macro.own),
            "languages": len(macro.languages),
            "stale": sum(macro.stale(code) for code in macro.languages),
            "read": read,
            "start": macro.source_text,
        })  # fmt: skip
    return render(request, "phrases/list.html", {"section": "language", "rows": rows, "text": text, "codes": CODES})


def _sample(request: HttpRequest) -> dict[str, Any]:
    """What the slots are filled with in a preview: invented, and the page says so."""
    day = timezone.localdate() + timedelta(days=3)
    return {
        "buyer": "Kim", "order": "27-12044-45131", "item": _("Blue mug"), "amount": Money.of("12.50", "EUR"),
        "date": day, "days": 5, "tracking": "LX123456785CN", "carrier": "DHL", "shop": organisation_of(request).name,
    }  # fmt: skip


def _tongue(request: HttpRequest, macro: Macro, code: str, signed: dict[Any, Any]) -> dict[str, Any]:
    text = macro.text(code)
    signature = signed.get((macro.key, code, digest(text)))
    return {
        "code": code,
        "name": name(code, "zh" if request.LANGUAGE_CODE.startswith("zh") else "en"),
        "direction": direction(code),
        "text": text,
        "own": code in macro.own,
        "stale": macro.stale(code),
        "signature": signature,
        "is_source": code == macro.source,
    }


@needs(Permission.CASE_READ)
def phrase(request: HttpRequest, key: str) -> HttpResponse:
    """One template in every language it has."""
    scope = scope_of(request)
    macro = one_macro(scope, key)
    if macro is None:
        raise Http404
    signed = signatures(scope, key)
    tongues = [_tongue(request, macro, code, signed) for code in macro.languages]
    context = {
        "section": "language",
        "macro": macro,
        "title": macro.title or words.label("template", key),
        "tongues": tongues,
        "stale": sum(one["stale"] for one in tongues),
        "missing": [code for code in CODES if code not in macro.languages],
        "slots": SLOTS,
    }
    return render(request, "phrases/phrase.html", context)


@needs(Permission.CASE_READ)
def tongue(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """One text: its source beside it, the form, a preview with invented values, and what the guard says of it."""
    scope = scope_of(request)
    macro = one_macro(scope, key)
    if macro is None or language not in CODES:
        raise Http404
    text = request.POST.get("text", "") if request.method == "POST" else macro.text(language)
    context: dict[str, Any] = {
        "section": "language",
        "macro": macro,
        "title": macro.title or words.label("template", key),
        "one": _tongue(request, macro, language, signatures(scope, key)),
        "text": text,
        "slots": SLOTS,
        "source_direction": direction(macro.source),
    }
    if request.method == "POST":
        if not scope.may(Permission.TEMPLATE_WRITE):
            raise Http404
        checked = check(text, language, Context("amazon", "", "template"))
        if checked.blocked:
            context |= {"findings": findings(checked, text), "checked": checked}
            return render(request, "phrases/tongue.html", context, status=422)
        try:
            write_text(scope, key, language, text, timezone.now())
        except InputError as error:
            context["problem"] = words.problems(error)
            return render(request, "phrases/tongue.html", context, status=422)
        messages.success(request, _("Saved. It is used from the next answer on."))
        return redirect("phrase", key)
    if macro.text(language):
        context["preview"] = render_for(scope, key, language, _sample(request)).text
        checked = check(macro.text(language), language, Context("amazon", "", "template"))
        context |= {"findings": findings(checked, macro.text(language)), "checked": checked}
    return render(request, "phrases/tongue.html", context)


@require_POST
@needs(Permission.TEMPLATE_WRITE)
def new(request: HttpRequest) -> HttpResponse:
    """The first text of a new macro; its language becomes the source."""
    key, title = request.POST.get("key", "").strip(), request.POST.get("title", "").strip()[:120]
    language, text = request.POST.get("language", "en"), request.POST.get("text", "")
    if one_macro(scope_of(request), key) is not None:
        messages.error(request, _("There is a template with this name already."))
        return redirect("phrases")
    checked = check(text, language, Context("amazon", "", "template"))
    if checked.blocked:
        messages.error(request, findings(checked, text)[0]["why"])
        return redirect("phrases")
    try:
        write_text(scope_of(request), key, language, text, timezone.now(), title=title)
    except InputError as error:
        messages.error(request, words.problems(error))
        return redirect("phrases")
    return redirect("phrase", key)


@require_POST
@needs(Permission.TEMPLATE_WRITE)
def signed(request: HttpRequest, key: str, language: str) -> HttpResponse:
    try:
        sign(scope_of(request), key, language, request.POST.get("name", "") or str(request.user), timezone.now())
    except InputError as error:
        messages.error(request, words.problems(error))
    else:
        messages.success(request, _("Signed. Agents see that somebody who speaks the language has read it."))
    return redirect("phrase", key)


@require_POST
@needs(Permission.TEMPLATE_WRITE)
def put_away(request: HttpRequest, key: str) -> HttpResponse:
    if archive(scope_of(request), key, timezone.now()):
        messages.success(request, _("Put away. A shipped text speaks again as it was shipped."))
    return redirect("phrases")
