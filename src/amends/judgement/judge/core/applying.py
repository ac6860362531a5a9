"""Which rules are in force and apply, which proceedings exclude others, the clocks, and which rules hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from amends.judgement.clocks.core import Clock, State, run
from amends.judgement.liability.core import Fired, Verdict, settle
from amends.judgement.rules.core import COMMON, Rule, Rulebook
from amends.judgement.rules.facts import KNOWN_AT
from amends.judgement.rules.vocabulary import BY_NAME, Kind
from amends.kernel.clauses import CLOCK_PREFIX, RATES

EVENT_FACTS = frozenset(f.name for f in BY_NAME.values() if f.kind is Kind.EVENT)


@dataclass(frozen=True, slots=True)
class Applied:
    """Rules sorted by what the facts say of them, and the record with the clocks' states in it."""

    record: dict[str, Any]
    active: list[Rule]
    pending: list[Rule]  # an unknown fact stands in the way; some of them may fall for another reason all the same
    excluded: dict[str, str]
    clocks: list[Clock]
    counted: dict[str, Clock]  # the clocks as they were counted, before an exclusion


def apply_rules(
    facts: Mapping[str, Any], book: Rulebook, now: datetime, *, before: Applied | None = None, changed: str = ""
) -> Applied:
    """Everything up to the clocks. Events after `known_at` or `now` have not happened.

    `before` is the same case with one fact, `changed`, otherwise: clocks that do not read it stand as they stood.
    """
    known_at = facts.get(KNOWN_AT)
    seen_until = min(now, known_at) if known_at is not None else now
    record = {k: v for k, v in facts.items() if k not in EVENT_FACTS or v <= seen_until}
    record[RATES] = book.rates
    active, pending = _that_apply(facts, record, book, now)
    excluded = _exclusions(active, record, now)
    clocks: list[Clock] = []
    counted: dict[str, Clock] = {}
    for rule in active:
        if rule.clock is None:
            continue
        clock = _as_it_stood(rule, before, changed)
        if clock is None:
            if rule.run_clock_only(record, now) is not True:
                continue
            clock = run(rule.clock, rule.id, record, now)
        counted[rule.id] = clock
        if rule.id in excluded and clock.state in (State.RUNNING, State.PAUSED, State.EXPIRED):
            clock = replace(clock, state=State.EXCLUDED)
        record[CLOCK_PREFIX + rule.id] = clock.state.value
        clocks.append(clock)
    return Applied(record, active, pending, excluded, clocks, counted)


def _that_apply(
    facts: Mapping[str, Any], record: Mapping[str, Any], book: Rulebook, now: datetime
) -> tuple[list[Rule], list[Rule]]:
    """Rules that apply, and rules that would need a fact to say so."""
    active: list[Rule] = []
    pending: list[Rule] = []
    for rule, event, fact, value, left, dated in book.candidates(*(facts.get(name) for name in COMMON)):
        if event and event not in record:
            continue
        if fact:
            seen = record.get(fact)
            if seen is None:
                pending.append(rule)
                continue
            if seen != value:
                continue
        force = rule.in_force(record) if dated else True
        if force is False:
            continue
        applies = left(record, now) if left is not None else True
        if applies is False:
            continue
        (active if force and applies else pending).append(rule)
    return active, pending


def _as_it_stood(rule: Rule, before: Applied | None, changed: str) -> Clock | None:
    if before is None or rule.clock_reads is None or changed in rule.clock_reads:
        return None
    return before.counted.get(rule.id)


def _exclusions(active: list[Rule], record: Mapping[str, Any], now: datetime) -> dict[str, str]:
    out: dict[str, str] = {}
    for rule in active:
        if rule.excludes and rule.run_when(record, now) is True:
            for other in active:
                if other is not rule and not set(rule.excludes).isdisjoint((*other.tags, other.id)):
                    out[other.id] = rule.id
    return out


def fire(applied: Applied, now: datetime) -> tuple[list[Fired], list[Rule]]:
    """Rules that hold, and rules that lack a fact. A clock that ran out fires its silence."""
    fired: list[Fired] = []
    undecided: list[Rule] = []
    states = {clock.rule: clock.state for clock in applied.clocks}
    for rule in applied.active:
        if rule.id in applied.excluded or (rule.then is None and rule.silence is None):
            continue
        holds = rule.run_when(applied.record, now)
        if holds is None:
            undecided.append(rule)
            continue
        if not holds:
            continue
        if rule.then is not None:
            fired.append(Fired(rule, rule.then, "then"))
        if rule.silence is not None and states.get(rule.id) is State.EXPIRED:
            fired.append(Fired(rule, rule.silence, "silence"))
    return fired, undecided


@dataclass(frozen=True, slots=True)
class Settled:
    """The verdict, the rules it was made of, and the rules that still lack a fact worth asking for."""

    verdict: Verdict
    fired: list[Fired]
    asking: list[Rule]


def settled(applied: Applied, now: datetime) -> Settled:
    fired, undecided = fire(applied, now)
    open_rules = [rule for rule in undecided if could_decide(rule, fired)]
    # A rule that lacks a fact and would override what holds now keeps the result open.
    beaten = {other for rule in open_rules for other in rule.overrides}
    left = [f for f in fired if f.rule.id not in beaten or f.then.decision is None]
    asking = [rule for rule in undecided if worth_asking(rule, left)]
    return Settled(settle(left, undecided=bool(open_rules)), left, asking)


def could_decide(rule: Rule, fired: list[Fired]) -> bool:
    """An undecided rule matters if it carries a decision and no fired rule already overrides it."""
    if rule.then is None or rule.then.decision is None:
        return False
    return not any(rule.id in f.rule.overrides for f in fired)


def decides(rule: Rule) -> bool:
    return any(then is not None and then.decision is not None for then in (rule.then, rule.silence))


def worth_asking(rule: Rule, fired: list[Fired]) -> bool:
    """False when the answer cannot move anything: the rule is overridden, or a stronger layer has decided."""
    if any(rule.id in f.rule.overrides for f in fired):
        return False
    if rule.then is None or rule.then.decision is None:
        return True
    return not any(f.then.decision is not None and f.rule.strength < rule.strength for f in fired)
