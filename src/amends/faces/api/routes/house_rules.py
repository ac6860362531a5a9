"""House rules of the caller's organisation: own rules, and numbers of shipped rules set otherwise."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from amends.base.accounts.core import Permission
from amends.faces.api.door import caller, guarded
from amends.faces.api.problems import not_found, unwrap, wrong
from amends.faces.api.reading import PAGE, Body, Cursor, Limit, row_cursor
from amends.flows import house_rules
from amends.judgement.policies import queries
from amends.judgement.policies.models import HouseRule

router = Router(tags=["judgement"])


class HouseRuleDocument(BaseModel):
    id: int
    rule: str
    kind: str = Field(description="`own`: a rule of the organisation; `override`: one number of a shipped rule.")
    number: int = Field(description="Counts the versions of this rule in this organisation.")
    body: str = Field(description="YAML: an own rule as typed, an overridden rule as it came out.")
    base_version: str
    base_hash: str
    path: str = Field(description="Of the overridden number, e.g. `clock.runs.days`.")
    old: str
    new: str
    reason: str
    citation: str
    author_id: int | None
    hash: str
    created_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by_id: int | None
    withdrawn_reason: str


class HouseRulePage(BaseModel):
    items: list[HouseRuleDocument]
    next: str | None
    rulebook: str = Field(description="Hash of the rulebook with the house rules in it.")


class NewHouseRule(Body):
    """Either `text`, or `rule` with `path` and `value`."""

    reason: str = Field(max_length=2000)
    citation: str = Field(max_length=500, description="Where it says so: free text, or an address.")
    text: str = Field("", max_length=40_000, description="YAML of an own rule. A known id makes a new version of it.")
    rule: str = Field("", max_length=60)
    version: str = Field("", max_length=40, description="Of the shipped rule; the newest if absent.")
    path: str = Field("", max_length=200)
    value: str = Field("", max_length=40, description="A number, in the unit of the old one.")


class Withdrawal(Body):
    reason: str = Field("", max_length=2000)


def _document(row: HouseRule) -> HouseRuleDocument:
    return HouseRuleDocument(
        id=row.pk, rule=row.rule_id, kind=row.kind, number=row.number, body=row.body, base_version=row.base_version,
        base_hash=row.base_hash, path=row.path, old=row.old, new=row.new, reason=row.reason, citation=row.citation,
        author_id=row.author_id, hash=row.hash, created_at=row.created_at, withdrawn_at=row.withdrawn_at,
        withdrawn_by_id=row.withdrawn_by_id, withdrawn_reason=row.withdrawn_reason,
    )  # fmt: skip


@guarded(router.get, "/house-rules", Permission.RULE_READ, response=HouseRulePage, summary="List house rules")
def list_house_rules(
    request: HttpRequest,
    rule: Annotated[str, Query(max_length=60, description="Only of this rule.")] = "",
    which: Annotated[
        Literal["in_force", "all"], Query(description="`all`: every version, withdrawn ones too.")
    ] = "all",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> HouseRulePage:
    """Newest first. Versions are never edited: a change is a new one."""
    scope = caller(request).scope
    rows = queries.history(scope, rule)
    if which == "in_force":
        rows = [row for row in reversed(queries.newest(reversed(rows))) if row.withdrawn_at is None]
    after = row_cursor(cursor)
    rows = [row for row in rows if after is None or row.pk < after]
    page = rows[:limit]
    more = str(page[-1].pk) if len(rows) > limit else None
    return HouseRulePage(items=[_document(r) for r in page], next=more, rulebook=queries.book_of(scope).hash)


@guarded(
    router.post, "/house-rules", Permission.RULE_WRITE, response={201: HouseRuleDocument}, summary="Write a house rule"
)
def write_house_rule(request: HttpRequest, payload: NewHouseRule) -> Status[HouseRuleDocument]:
    """Problems of a rule's text name their line: `body:7`. Open cases are judged again in the background."""
    who = caller(request)
    if bool(payload.text) == bool(payload.rule):
        raise wrong("text_or_rule", "text")
    if payload.text:
        row = house_rules.add_rule(who.scope, payload.text, payload.reason, payload.citation, who.now)
        return Status(201, _document(row))
    done = house_rules.override_number(
        who.scope, payload.rule, payload.path, payload.value, who.now, reason=payload.reason,
        citation=payload.citation, version=payload.version,
    )  # fmt: skip
    return Status(201, _document(unwrap(done)))


@guarded(
    router.get,
    "/house-rules/{int:house_id}",
    Permission.RULE_READ,
    response=HouseRuleDocument,
    summary="Read a house rule",
)
def get_house_rule(request: HttpRequest, house_id: int) -> HouseRuleDocument:
    row = queries.get(caller(request).scope, house_id)
    if row is None:
        raise not_found()
    return _document(row)


@guarded(
    router.post,
    "/house-rules/{int:house_id}/withdraw",
    Permission.RULE_WRITE,
    response=HouseRuleDocument,
    summary="Withdraw a house rule",
)
def withdraw_house_rule(request: HttpRequest, house_id: int, payload: Withdrawal) -> HouseRuleDocument:
    """The shipped number, or no rule, holds again."""
    who = caller(request)
    return _document(unwrap(house_rules.withdraw(who.scope, house_id, who.now, payload.reason)))


@guarded(
    router.post,
    "/house-rules/{int:house_id}/restore",
    Permission.RULE_WRITE,
    response={201: HouseRuleDocument},
    summary="Restore a house rule",
)
def restore_house_rule(request: HttpRequest, house_id: int) -> Status[HouseRuleDocument]:
    """What was withdrawn, as a new version with the same words."""
    who = caller(request)
    return Status(201, _document(unwrap(house_rules.restore(who.scope, house_id, who.now))))
