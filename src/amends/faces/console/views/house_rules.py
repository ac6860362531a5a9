"""House rules: a number set otherwise on a rule's page, an own rule in the editor, both tried before they are saved."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.base.accounts.core import Permission, Scope
from amends.faces.console import house, words, words_house
from amends.faces.console.guard import needs, scope_of
from amends.faces.console.views.rules import rule_page
from amends.flows import house_rules
from amends.judgement.policies import actions, queries
from amends.judgement.policies.core import Kind
from amends.judgement.policies.models import HouseRule
from amends.judgement.rules.load import current
from amends.kernel.outcome import InputError, Problem, Refusal

UNDO_SECONDS = 20
FIRST_SHOWN = 8  # cases in a preview
MOST_DIGITS = 18


def _override_form(request: HttpRequest, scope: Scope, rule_id: str) -> house.OverrideForm | None:
    """The form as sent, its choices from the shipped rule; None for a rule that has no numbers."""
    base = actions.shipped_rule(current(), rule_id, request.POST.get("version", ""))
    shown = house.section(scope, base)["numbers"] if base else []
    return house.OverrideForm(request.POST, shown=shown) if shown else None


@require_POST
@needs(Permission.RULE_WRITE)
def override(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Saves, or shows the rule's page again with what is wrong."""
    scope, now = scope_of(request), timezone.now()
    form = _override_form(request, scope, rule_id)
    if form is None:
        return _gone(request)
    if form.is_valid():
        data = form.cleaned_data
        done = house_rules.override_number(
            scope, rule_id, data["path"], data["value"], now, reason=data["reason"], citation=data["citation"],
            version=data["version"],
        )  # fmt: skip
        if isinstance(done, HouseRule):
            messages.success(request, _("Saved. Open cases are judged again now."))
            return redirect("rule", rule_id)
        form.add_error("value", words.refusal(done.code, done.params))
    return rule_page(request, rule_id, form)


def _gone(request: HttpRequest) -> HttpResponse:
    messages.error(request, words.refusal("no_such_rule"))
    return redirect("rules")


@require_POST
@needs(Permission.RULE_WRITE)
def preview(request: HttpRequest, rule_id: str) -> HttpResponse:
    """A fragment: which examples and how many open cases would come out otherwise."""
    value = request.POST.get("value", "").strip()
    shown: Any = None
    if value:
        shown = house_rules.preview_override(
            scope_of(request), rule_id, request.POST.get("path", ""), value, timezone.now(),
            request.POST.get("version", ""),
        )  # fmt: skip
    refused = shown if isinstance(shown, Refusal) else None
    context = _preview(None if refused else shown) | {
        "refused": refused,
        "refusal_words": words.refusal(refused.code, refused.params) if refused else "",
    }
    return render(request, "rules/house_preview.html", context)


def _preview(shown: house_rules.Preview | None) -> dict[str, Any]:
    return {"shown": shown, "first": shown.moved[:FIRST_SHOWN] if shown else (), "most": house_rules.MOST_TRIED}


@require_POST
@needs(Permission.RULE_WRITE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    done = house_rules.withdraw(scope_of(request), pk, timezone.now(), request.POST.get("reason", ""))
    if isinstance(done, Refusal):
        return _refused(request, done)
    tags = f"undo_withdrawal:{done.pk}:{UNDO_SECONDS}"
    messages.success(request, _("Withdrawn. Open cases are judged again now."), extra_tags=tags)
    return redirect("rule", done.rule_id)


@require_POST
@needs(Permission.RULE_WRITE)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    done = house_rules.restore(scope_of(request), pk, timezone.now())
    if isinstance(done, Refusal):
        return _refused(request, done)
    messages.success(request, _("It is in force again."))
    return redirect("rule", done.rule_id)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    messages.error(request, words.refusal(refusal.code, refusal.params))
    return redirect("rule", refusal.rule_ids[0]) if refusal.rule_ids else redirect("rules")


@needs(Permission.RULE_WRITE)
def new(request: HttpRequest) -> HttpResponse:
    """The editor. `?rule=` opens an own rule for its next version."""
    scope = scope_of(request)
    asked = request.GET.get("rule", "")
    earlier = (
        next((row for row in queries.history(scope, asked) if row.kind == Kind.OWN.value), None) if asked else None
    )
    form = house.OwnForm(initial={"text": earlier.body if earlier else house.STARTER, **_said(earlier)})
    problems: list[Problem] = []
    if request.method == "POST":
        form = house.OwnForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                row = house_rules.add_rule(scope, data["text"], data["reason"], data["citation"], timezone.now())
            except InputError as error:
                problems = error.problems
            else:
                messages.success(request, _("Saved. Open cases are judged again now."))
                return redirect("rule", row.rule_id)
    context = {"section": "rules", "form": form, "earlier": earlier, "problems": _told(problems)}
    return render(request, "rules/new.html", context)


def _said(row: HouseRule | None) -> dict[str, str]:
    return {"citation": row.citation} if row else {}


def _told(problems: list[Problem] | tuple[Problem, ...]) -> list[tuple[int, str]]:
    return sorted((words_house.line_of(p), words_house.problem(p)) for p in problems)


@require_POST
@needs(Permission.RULE_WRITE)
def check(request: HttpRequest) -> HttpResponse:
    """A fragment: what is wrong with the text, line by line, or what the rule would change."""
    found = house_rules.preview_own(scope_of(request), _text(request), timezone.now())
    if isinstance(found, tuple):
        return render(request, "rules/house_preview.html", _preview(None) | {"problems": _told(found)})
    return render(request, "rules/house_preview.html", _preview(found) | {"sound": True})


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\r\n", "\n")


@require_POST
@needs(Permission.RULE_WRITE)
def trial(request: HttpRequest) -> HttpResponse:
    """A fragment: the rule judged with on facts as JSON, or on the case of a number."""
    scope = scope_of(request)
    context: dict[str, Any] = {}
    try:
        given = _given(request)
        found = house_rules.try_own(scope, _text(request), given, timezone.now())
        context = {"problems": _told(found)} if isinstance(found, tuple) else {"body": found}
    except InputError as error:
        context = {"wrong": [(p.where, words.problem(p.code, p.params)) for p in error.problems]}
    return render(request, "rules/house_trial.html", context)


def _given(request: HttpRequest) -> dict[str, Any] | int:
    """Raises InputError where there is neither a case's number nor an object of facts."""
    number = request.POST.get("case", "").strip().upper().removeprefix("C-")
    if number:
        if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
            raise InputError([Problem("no_such_case", "case")])
        return int(number)
    try:
        facts = json.loads(request.POST.get("facts", "") or "{}")
    except (ValueError, RecursionError):
        raise InputError([Problem("not_json", "facts")]) from None
    if not isinstance(facts, dict):
        raise InputError([Problem("not_json", "facts")])
    return facts
