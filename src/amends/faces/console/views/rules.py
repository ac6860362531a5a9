"""Rules: searched, filtered, read with their source, their examples and what changed between versions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from amends.base.accounts.core import Permission, Scope
from amends.faces.console import house
from amends.faces.console.guard import needs, scope_of
from amends.judgement.policies.queries import book_of
from amends.judgement.rules.compare import as_text, diff, law_of
from amends.judgement.rules.core import Rule, Rulebook, Source
from amends.judgement.rules.load import current
from amends.judgement.rules.models import RuleVersion
from amends.judgement.rules.verify import check_example, stale
from amends.judgement.rules.vocabulary import PLATFORMS


@dataclass(frozen=True, slots=True)
class Row:
    rule: Rule
    platform: str  # whose rules these are: aliexpress, ebay, eu …
    age_days: int  # since it was last checked against its source; 0 when fresh enough


def _platform(rule: Rule) -> str:
    """Whose rules the file holds, whatever theme follows (`amazon_returns`, `cards_health`); else the file's name."""
    stem = rule.file.rsplit("/", 1)[-1].removesuffix(".yaml")
    return next((code for code in (*PLATFORMS, "cards", "default") if f"{stem}_".startswith(f"{code}_")), stem)


def _rows(book: Rulebook, today: date) -> list[Row]:
    ages = {(rule.id, rule.version): days for rule, days in stale(book, today)}
    return [Row(rule, _platform(rule), ages.get((rule.id, rule.version), 0)) for rule in book.rules]


def _fits(row: Row, chosen: dict[str, str]) -> bool:
    rule = row.rule
    if chosen["platform"] and row.platform != chosen["platform"]:
        return False
    if chosen["confidence"] and rule.confidence.value != chosen["confidence"]:
        return False
    if chosen["stale"] and not row.age_days:
        return False
    if chosen["house"] and rule.house_of is None:
        return False
    text = " ".join((rule.id, *rule.title.values(), rule.cite.source if rule.cite else "", *rule.tags)).lower()
    return all(word in text for word in chosen["q"].lower().split())


@needs(Permission.RULE_READ)
def rules(request: HttpRequest) -> HttpResponse:
    book = book_of(scope_of(request))
    rows = _rows(book, timezone.localdate())
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "platform", "confidence", "stale", "house")}
    context = {
        "section": "rules",
        "rows": [row for row in rows if _fits(row, chosen)],
        "total": len(rows),
        "stale": sum(1 for row in rows if row.age_days),
        "withdrawn": house.withdrawn(scope_of(request)) if chosen["house"] else [],
        "house": sum(1 for row in rows if row.rule.house_of is not None),
        "platforms": sorted({row.platform for row in rows}),
        "chosen": chosen,
        "book": book,
    }
    return render(request, "rules/list.html", context)


@needs(Permission.RULE_READ)
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule as a page, or as a side sheet when a citation asks for it."""
    return rule_page(request, rule_id)


def rule_page(request: HttpRequest, rule_id: str, form: house.OverrideForm | None = None) -> HttpResponse:
    """`form`: what was filled in about a number and was refused. A version that the house has set otherwise is
    shown as it was shipped."""
    scope, wanted = scope_of(request), request.GET.get("version", "")
    book = book_of(scope)
    found = book.find(rule_id, wanted)
    if found is None and wanted and (found := current().find(rule_id, wanted)) is not None:
        book = current()
    gone = None if found else house.withdrawn_rule(scope, rule_id, wanted)
    if gone is not None:
        found, book = gone, replace(book, rules=(*book.rules, gone), memo={})
    kept = None if found else _kept(scope, rule_id, wanted)
    if found is None and kept is None:
        found = book.find(rule_id)  # a version that was never kept: show what is in force, and say so
        if found is None:
            raise Http404
    context: dict[str, Any] = {"section": "rules", "rule_id": rule_id, "wanted": wanted, "kept": kept, "rule": found}
    context["withdrawn"] = gone is not None
    if found is not None:
        context |= _shown(found, book, timezone.localdate())
        context["house"] = house.section(scope, found, form)
    if kept is not None:
        context["source_text"] = as_text(kept.body)
    sheet = request.headers.get("HX-Target") == "sheet-body"
    return render(request, "rules/sheet.html" if sheet else "rules/rule.html", context)


def _kept(scope: Scope, rule_id: str, version: str) -> RuleVersion | None:
    """A version no longer in the book, kept because some judgement cited it; a house rule's only in its own house."""
    whose = Q(organisation=None) | Q(organisation_id=scope.organisation_id)
    rows = RuleVersion.objects.filter(whose, rule_id=rule_id)
    return (rows.filter(version=version) if version else rows).order_by("-first_used_at").first()


def _shown(rule: Rule, book: Rulebook, today: date) -> dict[str, Any]:
    versions = book.versions(rule.id)
    at = versions.index(rule)
    before = versions[at - 1] if at else None
    ages = {(r.id, r.version): days for r, days in stale(book, today)}
    return {
        "platform": _platform(rule),
        "age_days": ages.get((rule.id, rule.version), 0),
        "sources": _sources(rule, book),
        "examples": [(e, check_example(rule, e.given, e.expect, book.rates)) for e in rule.examples],
        "versions": versions,
        "before": before,
        "diff": diff(law_of(before), law_of(rule)) if before else [],
        "source_text": as_text(rule.body),
        "related": [(name, getattr(rule, name)) for name in ("overrides", "excludes") if getattr(rule, name)],
    }


def _sources(rule: Rule, book: Rulebook) -> list[tuple[Source, str]]:
    """Each source with an address a browser can open."""
    if rule.cite is None:
        return []
    found = [book.sources[key] for key in (rule.cite.source, *rule.cite.also) if key in book.sources]
    return [(s, s.url if "://" in s.url or not s.url else f"https://{s.url}") for s in found]
