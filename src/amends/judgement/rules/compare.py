"""Two sides of the rulebook beside each other: two platforms, or the law of two countries. Pure.

Rules are matched by what they are about: a clock by its name and owner, a consequence by the trouble it decides
and what it decides, a remedy by its code. What only one side has is as telling as what differs.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from amends.judgement.clocks.core import ClockSpec, Counted, Given, Lookup, Unit
from amends.judgement.rules.core import Layer, Rule, Rulebook

ANY = "any"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is about. `about`: clock, decides, owes, counts. `what` and `whose` are codes of that kind."""

    about: str
    what: str
    whose: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule says about a subject, in codes and plain numbers."""

    rule: Rule
    says: str


@dataclass(frozen=True, slots=True)
class Line:
    subject: Subject
    left: tuple[Said, ...]
    right: tuple[Said, ...]

    @property
    def differs(self) -> bool:
        return sorted(s.says for s in self.left) != sorted(s.says for s in self.right)


def length_of(clock: ClockSpec) -> str:
    """`3 business_days US`, `5 days`, `by order.ship_country`."""
    match clock.amount:
        case Lookup(_, by):
            amount = f"table by {by}"
        case Counted(by):
            amount = f"{by}"
        case Given(by):
            return f"as given: {by}"
        case _:
            amount = str(clock.amount)
    parts = [amount, clock.unit.value]
    if clock.unit in (Unit.BUSINESS_DAYS, Unit.BUSINESS_HOURS):
        parts.append(clock.country or "weekdays")
    if clock.unit is Unit.BUSINESS_HOURS and clock.opens and clock.closes:
        parts.append(f"{clock.opens:%H:%M}-{clock.closes:%H:%M}")
    if clock.starts.plus:
        parts.append(f"from {clock.starts.plus} {clock.starts.plus_unit.value} after {'/'.join(clock.starts.facts)}")
    else:
        parts.append(f"from {'/'.join(clock.starts.facts)}")
    return " ".join(parts)


def _kinds(rule: Rule) -> tuple[str, ...]:
    kind = rule.defaults.get("case.kind")
    if kind is None:
        return (ANY,)
    return tuple(sorted(kind)) if isinstance(kind, frozenset) else (str(kind),)


def subjects_of(rule: Rule) -> Iterator[tuple[Subject, str]]:
    """Everything one rule speaks about, each with what it says."""
    if rule.clock is not None:
        yield Subject("clock", rule.clock.name, rule.clock.owner), length_of(rule.clock)
    metric = getattr(rule, "metric", None)
    if metric is not None:
        yield Subject("counts", str(metric.name), "seller"), str(rule.title["en"])
    if rule.then is None:
        return
    for remedy in rule.then.statutory:
        yield Subject("owes", remedy, "seller"), "owed"
    if rule.then.decision is not None:
        outcome = ", ".join(f"{k} {v}" for k, v in sorted(rule.then.outcome.items()) if k in ("refund", "funded_by"))
        for kind in _kinds(rule):
            yield Subject("decides", kind, rule.then.decision.value), outcome or rule.then.decision.value


def _fits(wanted: Any, value: str) -> bool:
    return value in wanted if isinstance(wanted, frozenset) else bool(wanted == value)


def side(book: Rulebook, value: str, on: date) -> list[Rule]:
    """Rules of one platform, or the law of one country (two letters), in force for what begins on that day."""
    is_country = len(value) == 2 and value.isupper()  # noqa: PLR2004 - ISO 3166
    name = "order.ship_country" if is_country else "platform"
    found = [
        rule
        for rule in book.rules
        if rule.active and _fits(rule.defaults.get(name), value) and (rule.layer is Layer.LAW or not is_country)
    ]
    return [rule for rule in found if _in_force(rule, on)]


def _in_force(rule: Rule, on: date) -> bool:
    valid = rule.valid
    if valid is None:
        return True
    return (valid.from_date is None or valid.from_date <= on) and (valid.to_date is None or on <= valid.to_date)


def _by_subject(rules: Iterable[Rule]) -> dict[Subject, list[Said]]:
    out: dict[Subject, list[Said]] = {}
    for rule in rules:
        for subject, says in subjects_of(rule):
            out.setdefault(subject, []).append(Said(rule, says))
    return out


def compare(book: Rulebook, left: str, right: str, on: date) -> list[Line]:
    """Every subject that either side speaks about, clocks first."""
    first, second = _by_subject(side(book, left, on)), _by_subject(side(book, right, on))
    order = ("clock", "decides", "owes", "counts")
    subjects = sorted({*first, *second}, key=lambda s: (order.index(s.about), s.what, s.whose))
    return [Line(s, tuple(first.get(s, ())), tuple(second.get(s, ()))) for s in subjects]


def sides_of(book: Rulebook) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Platforms and countries that some rule speaks about."""
    laws = [rule for rule in book.rules if rule.layer is Layer.LAW]
    return _named(book.rules, "platform"), _named(laws, "order.ship_country")


def _named(rules: Iterable[Rule], fact: str) -> tuple[str, ...]:
    values: set[str] = set()
    for rule in rules:
        value = rule.defaults.get(fact)
        if value is not None:
            values.update(value if isinstance(value, frozenset) else (value,))
    return tuple(sorted(values))


def _plain(value: Any) -> Any:
    """Only what YAML has: mappings, lists and scalars."""
    if hasattr(value, "items"):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


def as_text(body: Mapping[str, Any]) -> str:
    """A rule's body as YAML for reading."""
    return str(yaml.safe_dump(_plain(body), allow_unicode=True, sort_keys=False, width=96))


def law_of(rule: Rule) -> str:
    """What the rule says, without its examples: they are its test and change for other reasons."""
    return as_text({k: v for k, v in rule.body.items() if k != "examples"})


def diff(before: str, after: str) -> list[tuple[str, str]]:
    """(kind, line) with kind add, del, same or gap; only changed places with a little around them."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    kinds = {"+": "add", "-": "del", " ": "same", "@": "gap"}
    return [(kinds[line[0]], line[1:] if line[0] != "@" else "…") for line in lines if line[:3] not in ("+++", "---")]


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that two rulebooks do not share, or say differently."""

    rule_id: str
    version: str
    kind: str  # added, removed, changed
    lines: tuple[tuple[str, str], ...]


def changes_between(old: Rulebook, new: Rulebook) -> list[Change]:
    """What a new edition of the book changes, by rule and version."""
    before, after = {(r.id, r.version): r for r in old.rules}, {(r.id, r.version): r for r in new.rules}
    out = []
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            out.append(Change(*key, "added" if was is None else "removed", ()))
        elif law_of(was) != law_of(now):
            out.append(Change(*key, "changed", tuple(diff(law_of(was), law_of(now)))))
    return out
