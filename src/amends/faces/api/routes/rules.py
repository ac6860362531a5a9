"""The rulebook, with the source of every rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from amends.base.accounts.core import Permission
from amends.faces.api.door import caller, guarded
from amends.faces.api.problems import not_found
from amends.faces.api.reading import PAGE, Cursor, Limit, row_cursor
from amends.judgement.policies.queries import book_of
from amends.judgement.rules.core import Rule, Rulebook

router = Router(tags=["judgement"])


class SourceDocument(BaseModel):
    key: str
    title: str
    url: str
    dated: str
    retrieved: date | None
    clause: str


class RuleRow(BaseModel):
    id: str
    version: str = Field(description="The first day it is in force, or `open`.")
    hash: str
    title: dict[str, str]
    layer: str
    confidence: str = Field(description="A and B may act by themselves, C needs a person, D is never active.")
    active: bool
    tags: list[str]
    house: bool = Field(description="A rule of this organisation, or a shipped one with a number set otherwise.")
    source: SourceDocument | None


class RulePage(BaseModel):
    items: list[RuleRow]
    next: str | None
    rulebook: str = Field(description="Hash of the whole rulebook.")


class RuleVersionDocument(RuleRow):
    body: dict[str, Any] = Field(description="The rule as written, with its examples.")


class RuleDocument(BaseModel):
    id: str
    versions: list[RuleVersionDocument] = Field(description="Oldest first.")


@guarded(router.get, "/rules", Permission.RULE_READ, response=RulePage, summary="List rules")
def list_rules(
    request: HttpRequest,
    text: Annotated[str, Query(max_length=100, description="In the id, a title or a tag.")] = "",
    platform: Annotated[str, Query(max_length=24, description="Only rules that ask for this platform.")] = "",
    confidence: Annotated[Literal["A", "B", "C", "D"] | None, Query()] = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> RulePage:
    """By id, every version of its own. `next` is a position, since the rulebook changes seldom."""
    book = book_of(caller(request).scope)
    rules = [
        rule
        for rule in book.rules
        if (not text or text.lower() in _searched(rule))
        and (not platform or _asks_for(rule, platform))
        and confidence in (None, rule.confidence.value)
    ]
    start = row_cursor(cursor) or 0
    more = str(start + limit) if len(rules) > start + limit else None
    return RulePage(
        items=[RuleRow(**_row(rule, book)) for rule in rules[start : start + limit]], next=more, rulebook=book.hash
    )


@guarded(router.get, "/rules/{rule_id}", Permission.RULE_READ, response=RuleDocument, summary="Read a rule")
def get_rule(request: HttpRequest, rule_id: str) -> RuleDocument:
    """Every version of it."""
    book = book_of(caller(request).scope)
    versions = book.versions(rule_id)
    if not versions:
        raise not_found()
    return RuleDocument(
        id=rule_id, versions=[RuleVersionDocument(**_row(rule, book), body=dict(rule.body)) for rule in versions]
    )


def _searched(rule: Rule) -> str:
    return "\n".join([rule.id, *rule.title.values(), *rule.tags]).lower()


def _asks_for(rule: Rule, platform: str) -> bool:
    wanted = rule.defaults.get("platform")
    return platform in wanted if isinstance(wanted, frozenset) else wanted == platform


def _row(rule: Rule, book: Rulebook) -> Mapping[str, Any]:
    return {
        "id": rule.id, "version": rule.version, "hash": rule.hash, "title": dict(rule.title),
        "layer": rule.layer.value, "confidence": rule.confidence.value, "active": rule.active,
        "tags": list(rule.tags), "house": rule.house_of is not None, "source": _source(rule, book),
    }  # fmt: skip


def _source(rule: Rule, book: Rulebook) -> SourceDocument | None:
    cite = rule.cite
    source = book.sources.get(cite.source) if cite else None
    if cite is None or source is None:
        return None
    return SourceDocument(
        key=source.key, title=source.title, url=source.url, dated=source.dated, retrieved=cite.retrieved,
        clause=cite.clause,
    )  # fmt: skip
