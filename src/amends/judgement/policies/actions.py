"""Writing house rules: add or change an own rule, override a number, withdraw, restore. Each is one ledger entry.

The entry carries what was set and the hashes; the reason and the citation stand in the row, which can be read for as
long as the organisation is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml
from django.db import transaction

from amends.base.accounts.core import ActorKind, Permission, Scope
from amends.base.accounts.models import ApiToken, Organisation
from amends.base.ledger.actions import record
from amends.judgement.policies import queries
from amends.judgement.policies.core import Kind, Lapsed, admit, override, own_rule
from amends.judgement.policies.core.numbers import checked
from amends.judgement.policies.models import HouseRule
from amends.judgement.rules.core import Rule, Rulebook
from amends.judgement.rules.load import current
from amends.kernel.outcome import InputError, Problem, Refusal

MOST = {"reason": 2000, "citation": 500}


@transaction.atomic
def add_rule(scope: Scope, text: str, reason: str, citation: str, now: datetime) -> HouseRule:
    """An own rule, or a new version of one. Raises InputError with every problem of its text."""
    scope.require(Permission.RULE_WRITE)
    said = _said(reason, citation)
    _alone(scope)
    rule = read_own(scope, text, now)
    if isinstance(rule, tuple):
        raise InputError(list(rule))
    return _write(scope, now, "added", Kind.OWN, rule.id, said | {"body": text.strip() + "\n"})


def read_own(scope: Scope, text: str, now: datetime) -> Rule | tuple[Problem, ...]:
    """The rule as it would stand in the book of this organisation, or all that is wrong with it. Writes nothing."""
    rule = own_rule(text, scope.organisation_id, number=_next(scope, ""), on=now.date())
    if not isinstance(rule, Rule):
        return rule
    problems = admit(queries.book_of(scope), rule)
    return problems or own_rule(text, scope.organisation_id, number=_next(scope, rule.id), on=now.date())


@transaction.atomic
def override_number(  # noqa: PLR0913 - what an override says of itself, keyword-only from here on
    scope: Scope,
    rule_id: str,
    path: str,
    value: str,
    now: datetime,
    *,
    reason: str,
    citation: str,
    version: str = "",
) -> HouseRule | Refusal:
    """One number of a shipped rule. Refused as `checked` says, with `not_found`, `own_rule_is_edited`, and with
    `same_number` where this is what the house already says. Raises InputError for a missing reason or citation."""
    scope.require(Permission.RULE_WRITE)
    said = _said(reason, citation)
    _alone(scope)
    base = shipped_rule(current(), rule_id, version)
    if base is None:
        own = any(row.rule_id == rule_id for row in queries.history(scope, rule_id))
        return Refusal("own_rule_is_edited" if own else "not_found", (rule_id,) if own else ())
    found = checked(base, path, value)
    if isinstance(found, Refusal):
        return found
    number, new = found
    if any(
        (h.rule_id, h.base_version, h.path, h.new) == (base.id, base.version, path, new) for h in queries.houses(scope)
    ):
        return Refusal("same_number", (base.id,), {"old": new})
    made = override(base, path, value, organisation_id=scope.organisation_id)
    if isinstance(made, Refusal):
        return made
    columns = {
        "body": as_yaml(made.body), "base_version": base.version, "base_hash": base.hash, "path": number.path,
        "old": number.text, "new": new,
    }  # fmt: skip
    return _write(scope, now, "overridden", Kind.OVERRIDE, base.id, said | columns)


def shipped_rule(book: Rulebook, rule_id: str, version: str = "") -> Rule | None:
    """The rule of that version, or the newest; also where the version is a house's own of it."""
    return book.find(rule_id, version.partition("+house.")[0])


@transaction.atomic
def withdraw(scope: Scope, pk: int, now: datetime, reason: str = "") -> HouseRule | Refusal:
    """The shipped number or no rule holds again. Refused: `not_found`, `withdrawn_before`, `newer_version`."""
    scope.require(Permission.RULE_WRITE)
    _alone(scope)
    row = _current(scope, pk)
    if isinstance(row, Refusal):
        return row
    if row.withdrawn_at is not None:
        return Refusal("withdrawn_before", (row.rule_id,))
    row.withdrawn_at, row.withdrawn_reason = now, reason.strip()[: MOST["reason"]]
    row.withdrawn_by_id = _person(scope)
    row.save(update_fields=["withdrawn_at", "withdrawn_reason", "withdrawn_by"])
    _entry(scope, row, now, "withdrawn")
    return row


@transaction.atomic
def restore(scope: Scope, pk: int, now: datetime) -> HouseRule | Refusal:
    """What was withdrawn, as a new version with the same words. Refused: `not_found`, `not_withdrawn`,
    `newer_version`, and `lapsed` where the rulebook has changed too much for it since."""
    scope.require(Permission.RULE_WRITE)
    _alone(scope)
    row = _current(scope, pk)
    if isinstance(row, Refusal):
        return row
    if row.withdrawn_at is None:
        return Refusal("not_withdrawn", (row.rule_id,))
    names = ("body", "reason", "citation", "base_version", "base_hash", "path", "old", "new")
    columns = {name: getattr(row, name) for name in names}
    with transaction.atomic():
        made = _write(scope, now, "restored", Kind(row.kind), row.rule_id, columns)
        fallen = _fallen(scope, made)
        if fallen is not None:
            transaction.set_rollback(True)
    return Refusal("lapsed", (row.rule_id,), {"why": fallen.code}) if fallen else made


def _fallen(scope: Scope, row: HouseRule) -> Lapsed | None:
    mine = (row.rule_id, row.number)
    return next((x for x in queries.laid_of(scope).lapsed if (x.house.rule_id, x.house.number) == mine), None)


def _said(reason: str, citation: str) -> dict[str, str]:
    """Both are required: nobody can judge a number later that nobody explained."""
    given = {"reason": reason.strip(), "citation": citation.strip()}
    problems = [Problem("missing", name) for name, text in given.items() if not text]
    problems += [
        Problem("text_too_long", name, {"most": MOST[name]}) for name, text in given.items() if len(text) > MOST[name]
    ]
    if problems:
        raise InputError(problems)
    return given


def _alone(scope: Scope) -> None:
    """One writer an organisation at a time: versions are counted, and a rule is admitted beside the others."""
    Organisation.objects.select_for_update().only("pk").get(pk=scope.organisation_id)


def _next(scope: Scope, rule_id: str) -> int:
    rows = HouseRule.objects.filter(organisation_id=scope.organisation_id, rule_id=rule_id)
    return (rows.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def _current(scope: Scope, pk: int) -> HouseRule | Refusal:
    row = queries.get(scope, pk)
    if row is None:
        return Refusal("not_found")
    last = queries.newest(reversed(queries.history(scope, row.rule_id)))
    return row if any(other.pk == row.pk for other in last) else Refusal("newer_version", (row.rule_id,))


def _person(scope: Scope) -> int | None:
    """Who answers for it: behind a token stands the person who made it."""
    if scope.actor_kind is ActorKind.TOKEN:
        made = ApiToken.objects.filter(organisation_id=scope.organisation_id, pk=scope.actor_id or 0)
        return made.values_list("made_by_id", flat=True).first()
    return scope.actor_id if scope.actor_kind is ActorKind.PERSON else None


def _write(scope: Scope, now: datetime, verb: str, kind: Kind, rule_id: str, columns: Mapping[str, str]) -> HouseRule:
    number = _next(scope, rule_id)
    told = json.dumps([rule_id, kind.value, number, sorted(columns.items())], ensure_ascii=False)
    row = HouseRule.objects.create(
        organisation_id=scope.organisation_id,
        rule_id=rule_id,
        kind=kind.value,
        number=number,
        author_id=_person(scope),
        hash=hashlib.sha256(told.encode()).hexdigest(),
        created_at=now,
        **columns,
    )
    _entry(scope, row, now, verb)
    return row


def _entry(scope: Scope, row: HouseRule, now: datetime, verb: str) -> None:
    payload: dict[str, Any] = {"rule": row.rule_id, "number": row.number, "hash": row.hash}
    if row.kind == Kind.OVERRIDE.value:
        payload |= {"path": row.path, "from": row.old, "to": row.new, "base": row.base_hash}
    record(scope, at=now, verb=f"rule:house:{verb}", subject_kind="house_rule", subject_id=row.pk, payload=payload)


def as_yaml(body: Mapping[str, Any]) -> str:
    plain = json.loads(json.dumps(dict(body), ensure_ascii=False))
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=96)
