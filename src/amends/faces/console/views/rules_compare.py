"""Two platforms, or the law of two countries, side by side; and two versions of one rule."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date

from amends.base.accounts.core import Permission
from amends.faces.console.guard import needs, scope_of
from amends.judgement.policies.queries import book_of
from amends.judgement.rules.compare import compare, diff, law_of, sides_of


@needs(Permission.RULE_READ)
def rules_compare(request: HttpRequest) -> HttpResponse:
    """`?left=ebay&right=amazon`, `?left=DE&right=FR`; `on` a day, `alike=1` also what both say alike."""
    book = book_of(scope_of(request))
    platforms, countries = sides_of(book)
    left, right = request.GET.get("left", "ebay"), request.GET.get("right", "amazon")
    known = {*platforms, *countries}
    on = _day(request.GET.get("on", ""))
    lines = compare(book, left, right, on) if {left, right} <= known else []
    alike = request.GET.get("alike") == "1"
    context = {
        "section": "rules",
        "platforms": platforms,
        "countries": countries,
        "left": left,
        "right": right,
        "on": on,
        "alike": alike,
        "lines": [line for line in lines if alike or line.differs],
        "same": sum(1 for line in lines if not line.differs),
    }
    return render(request, "rules/compare.html", context)


def _day(text: str) -> date:
    try:
        return parse_date(text) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


@needs(Permission.RULE_READ)
def rule_versions(request: HttpRequest, rule_id: str) -> HttpResponse:
    """`?a=…&b=…`: what changed from one version of a rule to another."""
    found = book_of(scope_of(request)).versions(rule_id)
    if not found:
        raise Http404
    by_version = {rule.version: rule for rule in found}
    first = by_version.get(request.GET.get("a", ""), found[0])
    second = by_version.get(request.GET.get("b", ""), found[-1])
    context = {
        "section": "rules",
        "rule_id": rule_id,
        "versions": found,
        "a": first,
        "b": second,
        "lines": diff(law_of(first), law_of(second)),
    }
    return render(request, "rules/versions.html", context)
