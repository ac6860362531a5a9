"""The shipped rulebook with one organisation's house rules laid over it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from amends.judgement.policies.core.house import House, Kind, Lapsed, citing, marked
from amends.judgement.policies.core.numbers import against_law, find_number, with_number
from amends.judgement.policies.core.own import admit, own_rule
from amends.judgement.rules.core import Rule, Rulebook, Source
from amends.kernel.outcome import Refusal


@dataclass(frozen=True, slots=True)
class Laid:
    """The book, and the house rules it could not take: the shipped rule holds in their place."""

    book: Rulebook
    lapsed: tuple[Lapsed, ...]


def overlay(book: Rulebook, houses: Iterable[House]) -> Rulebook:
    """`houses` are in force, one a rule and number. Every rule they do not name stays the very same object."""
    return lay(book, houses).book


def lay(book: Rulebook, houses: Iterable[House]) -> Laid:
    """Like `overlay`, and says what lapsed: a release may have changed what a house rule rests on."""
    houses = sorted(houses, key=lambda h: (h.rule_id, h.number))
    lapsed: list[Lapsed] = []
    changed, sources = _overridden(book, [h for h in houses if h.kind is Kind.OVERRIDE], lapsed)
    rules = [changed.get((rule.id, rule.version), rule) for rule in book.rules]
    together = replace(book, rules=tuple(rules), sources={**book.sources, **sources}, memo={})
    own = _own(together, [h for h in houses if h.kind is Kind.OWN], lapsed)
    if not changed and not own:
        return Laid(book, tuple(lapsed))
    rules = sorted((*rules, *own), key=lambda r: (r.id, (r.valid.from_date if r.valid else None) or date.min))
    behind = {s.key: s for s in (citing(h.rule_id, (h.citation,)) for h in houses if h.kind is Kind.OWN)}
    marks = sorted(rule.hash for rule in (*changed.values(), *own))
    digest = hashlib.sha256("\n".join((book.hash, *marks)).encode()).hexdigest()
    return Laid(
        replace(book, rules=tuple(rules), sources={**book.sources, **sources, **behind}, hash=digest, memo={}),
        tuple(lapsed),
    )


def _overridden(
    book: Rulebook, houses: list[House], lapsed: list[Lapsed]
) -> tuple[dict[tuple[str, str], Rule], dict[str, Source]]:
    """Shipped rules with their numbers set otherwise, by the shipped id and version."""
    of_rule: dict[tuple[str, str], list[House]] = {}
    for house in houses:
        of_rule.setdefault((house.rule_id, house.base_version), []).append(house)
    changed: dict[tuple[str, str], Rule] = {}
    said: dict[str, list[str]] = {}
    for key, wanted in of_rule.items():
        base = book.find(*key)
        if base is None:
            lapsed += [Lapsed(house, "no_such_version") for house in wanted]
            continue
        rule, taken = base, []
        for house in wanted:
            found = _applied(base, rule, house)
            if isinstance(found, Refusal):
                lapsed.append(Lapsed(house, found.code))
            else:
                rule = found
                taken.append(house)
        if taken:
            said.setdefault(base.id, []).extend(h.citation for h in taken)
            changed[key] = marked(rule, taken[0].organisation_id, [h.number for h in taken], max(h.on for h in taken))
    return changed, {source.key: source for source in (citing(name, texts) for name, texts in said.items())}


def _applied(base: Rule, so_far: Rule, house: House) -> Rule | Refusal:
    """A number that a release changed is not overridden any more: who wrote the override saw another one."""
    number = find_number(base, house.path)
    if number is None:
        return Refusal("no_such_number", (base.id,))
    if number.text != house.old:
        return Refusal("base_changed", (base.id,))
    return against_law(base, number, house.new) or with_number(so_far, number, house.new)


def _own(book: Rulebook, houses: list[House], lapsed: list[Lapsed]) -> list[Rule]:
    read: list[tuple[House, Rule]] = []
    for house in houses:
        rule = own_rule(house.body, house.organisation_id, number=house.number, on=house.on)
        if isinstance(rule, Rule):
            read.append((house, rule))
        else:
            lapsed.append(Lapsed(house, rule[0].code))
    together = replace(book, rules=(*book.rules, *(rule for _, rule in read)), memo={})
    kept = []
    for house, rule in read:
        problems = admit(together, rule)
        if problems:
            lapsed.append(Lapsed(house, problems[0].code))
        else:
            kept.append(rule)
    return kept
