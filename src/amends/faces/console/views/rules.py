"""Rules: searched, filtered, read with their source, their examples and what changed between versions."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from amends.base.accounts.core import Permission
from amends.faces.console.guard import needs
from amends.judgement.rules.core import Rule, Rulebook, Source
from amends.judgement.rules.load import current
from amends.judgement.rules.models import RuleVersion
from amends.judgement.rules.verify import check_example, stale


@dataclass(frozen=True, slots=True)
class Row:
    rule: Rule
    platform: str  # the file's name: aliexpress, ebay, eu …
    age_days: int  # since it was last checked against its source; 0 when fresh enough


def _platform(rule: Rule) -> str:
    return rule.file.rsplit("/", 1)[-1].removesuffix(".yaml")


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
    text = " ".join((rule.id, *rule.title.values(), rule.cite.source if rule.cite else "", *rule.tags)).lower()
    return all(word in text for word in chosen["q"].lower().split())


@needs(Permission.RULE_READ)
def rules(request: HttpRequest) -> HttpResponse:
    book = current()
    rows = _rows(book, timezone.localdate())
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "platform", "confidence", "stale")}
    context = {
        "section": "rules",
        "rows": [row for row in rows if _fits(row, chosen)],
        "total": len(rows),
        "stale": sum(1 for row in rows if row.age_days),
        "platforms": sorted({row.platform for row in rows}),
        "chosen": chosen,
        "book": book,
    }
    return render(request, "rules/list.html", context)


@needs(Permission.RULE_READ)
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule as a page, or as a side sheet when a citation asks for it."""
    book, wanted = current(), request.GET.get("version", "")
    found = book.find(rule_id, wanted)
    kept = None if found else _kept(rule_id, wanted)
    if found is None and kept is None:
        found = book.find(rule_id)  # a version that was never kept: show what is in force, and say so
        if found is None:
            raise Http404
    context: dict[str, Any] = {"section": "rules", "rule_id": rule_id, "wanted": wanted, "kept": kept, "rule": found}
    if found is not None:
        context |= _shown(found, book, timezone.localdate())
    if kept is not None:
        context["source_text"] = _text(kept.body)
    sheet = request.headers.get("HX-Target") == "sheet-body"
    return render(request, "rules/sheet.html" if sheet else "rules/rule.html", context)


def _kept(rule_id: str, version: str) -> RuleVersion | None:
    """A version no longer in the book, kept because some judgement cited it."""
    rows = RuleVersion.objects.filter(rule_id=rule_id)
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
        "diff": _diff(_law(before), _law(rule)) if before else [],
        "source_text": _text(rule.body),
        "related": [(name, getattr(rule, name)) for name in ("overrides", "excludes") if getattr(rule, name)],
    }


def _sources(rule: Rule, book: Rulebook) -> list[tuple[Source, str]]:
    """Each source with an address a browser can open."""
    if rule.cite is None:
        return []
    found = [book.sources[key] for key in (rule.cite.source, *rule.cite.also) if key in book.sources]
    return [(s, s.url if "://" in s.url or not s.url else f"https://{s.url}") for s in found]


def _text(body: Any) -> str:
    return yaml.safe_dump(_plain(body), allow_unicode=True, sort_keys=False, width=96)


def _law(rule: Rule) -> str:
    """What the rule says, without its examples: they are its test and change for other reasons."""
    return _text({k: v for k, v in rule.body.items() if k != "examples"})


def _plain(value: Any) -> Any:
    """Only what YAML has: mappings, lists and scalars."""
    if hasattr(value, "items"):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


def _diff(before: str, after: str) -> list[tuple[str, str]]:
    """(kind, line) with kind add, del or same; only changed places with a little around them."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    kinds = {"+": "add", "-": "del", " ": "same", "@": "gap"}
    return [(kinds[line[0]], line[1:] if line[0] != "@" else "…") for line in lines if line[:3] not in ("+++", "---")]
