"""House rules across the wings: written, tried on open cases before they are, and open cases judged again after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.judgement.judge import clocks_and_liability, judge, judgement_json
from amends.judgement.policies import actions, queries
from amends.judgement.policies.core import House, Kind, lay, override
from amends.judgement.policies.models import HouseRule
from amends.judgement.rules.core import Rule, Rulebook
from amends.judgement.rules.facts import read_facts
from amends.judgement.rules.load import current
from amends.judgement.rules.verify import check_example
from amends.kernel.outcome import InputError, Problem, Refusal
from amends.resolution.cases import lookups
from amends.resolution.cases import queries as cases
from amends.resolution.cases.gather import gather
from amends.resolution.cases.jobs import ask_to_rejudge
from amends.resolution.cases.judging import readable_facts
from amends.resolution.cases.models import Case

MOST_TRIED = 200  # open cases a preview looks at
_LIVE = ("running", "paused", "expired")


@transaction.atomic
def add_rule(scope: Scope, text: str, reason: str, citation: str, now: datetime) -> HouseRule:
    """Raises InputError with every problem of the text, each at `body:LINE`."""
    row = actions.add_rule(scope, text, reason, citation, now)
    ask_to_rejudge(scope, f"{row.pk}:added", now)
    return row


def override_number(  # noqa: PLR0913 - what an override says of itself
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
    """One number of a shipped rule, set otherwise. Refused as `policies.actions.override_number` says."""
    return _then_rejudge(
        scope,
        "added",
        now,
        lambda: actions.override_number(
            scope, rule_id, path, value, now, reason=reason, citation=citation, version=version
        ),
    )


def withdraw(scope: Scope, pk: int, now: datetime, reason: str = "") -> HouseRule | Refusal:
    return _then_rejudge(scope, "withdrawn", now, lambda: actions.withdraw(scope, pk, now, reason))


def restore(scope: Scope, pk: int, now: datetime) -> HouseRule | Refusal:
    """Undo of a withdrawal: the same words as a new version."""
    return _then_rejudge(scope, "added", now, lambda: actions.restore(scope, pk, now))


def _then_rejudge(
    scope: Scope, verb: str, now: datetime, act: Callable[[], HouseRule | Refusal]
) -> HouseRule | Refusal:
    """The change and the wish to judge again are one transaction."""
    with transaction.atomic():
        done = act()
        if isinstance(done, HouseRule):
            ask_to_rejudge(scope, f"{done.pk}:{verb}", now)
        return done


@dataclass(frozen=True, slots=True)
class ExampleMoved:
    """An example of the rule before and after: sentences about what does not hold, empty when it does."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """An open case that would be judged otherwise. Clocks: (rule, due before, due after); None where it has none."""

    case: Case
    before: str
    after: str
    clocks: tuple[tuple[str, datetime | None, datetime | None], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a house rule would change. `tried` is how many open cases were looked at."""

    rule: Rule
    examples: tuple[ExampleMoved, ...]
    tried: int
    moved: tuple[CaseMoved, ...]


def preview_override(
    scope: Scope, rule_id: str, path: str, value: str, now: datetime, version: str = ""
) -> Preview | Refusal:
    """What one number would change. Nothing is written."""
    scope.require(Permission.RULE_WRITE)
    base = actions.shipped_rule(current(), rule_id, version)
    if base is None:
        return Refusal("not_found")
    found = actions.checked(base, path, value)
    if isinstance(found, Refusal):
        return found
    changed = override(base, path, value, organisation_id=scope.organisation_id, on=now.date())
    if isinstance(changed, Refusal):
        return changed
    number, new = found
    draft = House(
        scope.organisation_id,
        base.id,
        Kind.OVERRIDE,
        0,
        "",
        now.date(),
        base_version=base.version,
        base_hash=base.hash,
        path=path,
        old=number.text,
        new=new,
    )
    same = (base.id, base.version, path)
    others = [h for h in queries.houses(scope) if (h.rule_id, h.base_version, h.path) != same]
    before = queries.book_of(scope)
    after = lay(current(), (*others, draft)).book
    moved = _examples(_of(before, base), _of(after, base), before)
    return _preview(scope, changed, moved, before, after, now)


def _of(book: Rulebook, base: Rule) -> Rule:
    """The rule of a shipped version, in whatever version of the house it stands in the book."""
    return next(r for r in book.versions(base.id) if r.version.partition("+house.")[0] == base.version)


def _examples(was: Rule, becomes: Rule, book: Rulebook) -> tuple[ExampleMoved, ...]:
    out = []
    for example in becomes.examples:
        before = tuple(check_example(was, example.given, example.expect, book.rates))
        after = tuple(check_example(becomes, example.given, example.expect, book.rates))
        if before != after:
            out.append(ExampleMoved(example.name, before, after))
    return tuple(out)


def preview_own(scope: Scope, text: str, now: datetime) -> Preview | tuple[Problem, ...]:
    """What an own rule would change, or what is wrong with its text. Nothing is written."""
    scope.require(Permission.RULE_WRITE)
    rule = actions.read_own(scope, text, now)
    if isinstance(rule, tuple):
        return rule
    return _preview(scope, rule, (), queries.book_of(scope), _with_draft(scope, rule, text, now), now)


def _with_draft(scope: Scope, rule: Rule, text: str, now: datetime) -> Rulebook:
    draft = House(scope.organisation_id, rule.id, Kind.OWN, 0, "", now.date(), body=text)
    return lay(current(), (*(h for h in queries.houses(scope) if h.rule_id != rule.id), draft)).book


def _preview(
    scope: Scope, rule: Rule, examples: tuple[ExampleMoved, ...], before: Rulebook, after: Rulebook, now: datetime
) -> Preview:
    tried, moved = 0, []
    for case, wire in lookups.open_facts(scope, MOST_TRIED):
        try:
            facts = read_facts(wire)
        except InputError:
            continue  # stored by an older vocabulary
        tried += 1
        found = _moved(case, facts, before, after, now)
        if found is not None:
            moved.append(found)
    return Preview(rule, examples, tried, tuple(moved))


def _moved(case: Case, facts: Mapping[str, Any], before: Rulebook, after: Rulebook, now: datetime) -> CaseMoved | None:
    old_clocks, was = clocks_and_liability(facts, before, now)
    new_clocks, becomes = clocks_and_liability(facts, after, now)
    old, new = _dues(old_clocks), _dues(new_clocks)
    clocks = tuple((rule, old.get(rule), new.get(rule)) for rule in sorted(old | new) if old.get(rule) != new.get(rule))
    if was is becomes and not clocks:
        return None
    return CaseMoved(case, was.value, becomes.value, clocks)


def _dues(clocks: Iterable[Any]) -> dict[str, datetime | None]:
    return {clock.rule: clock.due for clock in clocks if clock.state.value in _LIVE}


def try_own(
    scope: Scope, text: str, given: Mapping[str, Any] | int, now: datetime
) -> dict[str, Any] | tuple[Problem, ...]:
    """A judgement with the rule in the book, on facts in wire form or on the case of a number. Nothing is written.

    Raises InputError for facts that cannot be read, and `no_such_case`.
    """
    scope.require(Permission.RULE_WRITE)
    rule = actions.read_own(scope, text, now)
    if isinstance(rule, tuple):
        return rule
    if isinstance(given, int):
        case = cases.get(scope, given)
        if case is None:
            raise InputError([Problem("no_such_case", "case")])
        _wire, facts, _left_out = readable_facts(gather(case))
    else:
        facts = read_facts(given)
    book = _with_draft(scope, rule, text, now)
    body = judgement_json(judge(facts, book, now), book)
    return body | {"rule": rule.id, "cited": any(c["rule"] == rule.id for c in body["citations"])}
