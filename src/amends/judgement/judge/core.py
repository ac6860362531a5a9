"""`judge(facts, rulebook, now) -> Judgement`: the one decision of the house. Pure, total, explained.

Order of work: which rules are in force and apply; which proceedings exclude others; the clocks; which rules
hold, given the clocks; the verdict; the remedies; what is unknown and how it would move the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.judgement.clocks.core import Clock, State, run
from amends.judgement.liability.core import Conflict, Fired, Share, Verdict, settle, without_overridden
from amends.judgement.remedies.core import Plan, Remedy, plan_for, rank
from amends.judgement.rules.core import RANK, Decision, Rule, Rulebook, Texts
from amends.judgement.rules.facts import KNOWN_AT
from amends.judgement.rules.vocabulary import BY_NAME, Kind, find, question
from amends.kernel.clauses import CLOCK_PREFIX, unknown_facts
from amends.kernel.parties import Confidence

MAX_MOVES = 4
EVENT_FACTS = frozenset(f.name for f in BY_NAME.values() if f.kind is Kind.EVENT)


@dataclass(frozen=True, slots=True)
class Citation:
    rule: str
    version: str
    hash: str
    confidence: Confidence
    role: str  # decides, clock, statutory, outcome, excludes


@dataclass(frozen=True, slots=True)
class Move:
    """What a missing fact would do: with this value, this rule would say this."""

    value: Any
    rule: str
    decision: str


@dataclass(frozen=True, slots=True)
class Unknown:
    fact: str
    ask: Texts
    rules: tuple[str, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Money, metric and appeal are three parts of `outcome` and never imply each other."""

    decision: Decision
    confidence: Confidence | None  # the weakest rule that decides; None when none does
    liability: tuple[Share, ...]
    outcome: Mapping[str, Any]
    outcome_rules: Mapping[str, str]
    clocks: tuple[Clock, ...]
    remedies: tuple[Remedy, ...]
    plan: Plan
    citations: tuple[Citation, ...]
    unknowns: tuple[Unknown, ...]
    conflicts: tuple[Conflict, ...]
    excluded: tuple[tuple[str, str], ...]  # (rule, the rule that excludes it)
    warnings: tuple[str, ...] = field(default=())

    @property
    def may_act(self) -> bool:
        """True when an automatic action may rest on it."""
        if self.decision is Decision.NEEDS_PERSON or self.unknowns or self.conflicts:
            return False
        return self.confidence is not None and self.confidence.may_act


@dataclass(frozen=True, slots=True)
class Applied:
    """Rules sorted by what the facts say of them, and the record with the clocks' states in it."""

    record: dict[str, Any]
    active: list[Rule]
    pending: list[Rule]  # an unknown fact keeps us from saying whether they apply
    excluded: dict[str, str]
    clocks: list[Clock]


def apply_rules(facts: Mapping[str, Any], book: Rulebook, now: datetime) -> Applied:
    """Everything up to the clocks. Events after `known_at` or `now` have not happened."""
    known_at = facts.get(KNOWN_AT)
    seen_until = min(now, known_at) if known_at is not None else now
    record = {k: v for k, v in facts.items() if k not in EVENT_FACTS or v <= seen_until}
    active: list[Rule] = []
    pending: list[Rule] = []
    for rule in book.candidates(facts.get("platform"), facts.get("order.ship_country"), facts.get("case.kind")):
        force = rule.in_force(record)
        if force is False:
            continue
        applies = rule.run_applies(record, now)
        if applies is False:
            continue
        (active if force and applies else pending).append(rule)
    excluded = _exclusions(active, record, now)
    clocks = []
    for rule in active:
        if rule.clock is None or rule.run_clock_only(record, now) is not True:
            continue
        clock = run(rule.clock, rule.id, record, now)
        if rule.id in excluded and clock.state in (State.RUNNING, State.PAUSED, State.EXPIRED):
            clock = _replaced(clock)
        record[CLOCK_PREFIX + rule.id] = clock.state.value
        clocks.append(clock)
    return Applied(record, active, pending, excluded, clocks)


def _replaced(clock: Clock) -> Clock:
    return Clock(
        clock.name,
        clock.owner,
        clock.rule,
        State.EXCLUDED,
        clock.zone,
        clock.starts,
        clock.due,
        clock.computed_due,
        clock.external_due,
        clock.met_at,
        clock.provisional,
        clock.missing,
        clock.pauses,
    )


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
        if rule.id in applied.excluded:
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


def _could_decide(rule: Rule, fired: list[Fired]) -> bool:
    """An undecided rule matters if it carries a decision and no fired rule already overrides it."""
    if rule.then is None or rule.then.decision is None:
        return False
    return not any(rule.id in f.rule.overrides for f in fired)


def _decides(rule: Rule) -> bool:
    return any(then is not None and then.decision is not None for then in (rule.then, rule.silence))


def _worth_asking(rule: Rule, fired: list[Fired]) -> bool:
    """False when the answer cannot move anything: the rule is overridden, or a stronger layer has decided."""
    if any(rule.id in f.rule.overrides for f in fired):
        return False
    if rule.then is None or rule.then.decision is None:
        return True
    strength = (not rule.binds, RANK[rule.layer])
    return not any(f.then.decision is not None and (not f.rule.binds, RANK[f.rule.layer]) < strength for f in fired)


def judge(facts: Mapping[str, Any], book: Rulebook, now: datetime) -> Judgement:
    """`facts` are typed (`rules.facts.read_facts`); `now` is zone-aware. Never raises on facts the schema admits."""
    applied = apply_rules(facts, book, now)
    fired, undecided = fire(applied, now)
    open_rules = [rule for rule in undecided if _could_decide(rule, fired)]
    # A rule that lacks a fact and would override what holds now keeps the result open.
    beaten = {other for rule in open_rules for other in rule.overrides}
    settled = [f for f in fired if f.rule.id not in beaten or f.then.decision is None]
    verdict = settle(settled, undecided=bool(open_rules))
    asking = [rule for rule in undecided if _worth_asking(rule, settled)]
    unknowns = _unknowns(applied, asking, verdict.decision, now)
    remedies = rank(facts, verdict, book.priors)
    plan = plan_for(verdict, applied.clocks, remedies)
    return Judgement(
        decision=verdict.decision,
        confidence=verdict.confidence,
        liability=verdict.shares,
        outcome=verdict.outcome,
        outcome_rules=verdict.outcome_rules,
        clocks=_ordered(applied.clocks),
        remedies=remedies,
        plan=plan,
        citations=_citations(applied, _heard(settled, verdict), verdict.deciding),
        unknowns=unknowns,
        conflicts=verdict.conflicts,
        excluded=tuple(sorted(applied.excluded.items())),
        warnings=_warnings(facts, applied, verdict.decision),
    )


def clocks_and_liability(facts: Mapping[str, Any], book: Rulebook, now: datetime) -> tuple[list[Clock], Decision]:
    """The first half of `judge` alone, for scans over many cases."""
    applied = apply_rules(facts, book, now)
    fired, undecided = fire(applied, now)
    verdict = settle(fired, undecided=any(_could_decide(rule, fired) for rule in undecided))
    return applied.clocks, verdict.decision


_STATE_ORDER = {State.RUNNING: 0, State.PAUSED: 1, State.EXPIRED: 2}


def _ordered(clocks: list[Clock]) -> tuple[Clock, ...]:
    """Live clocks first, soonest first; then those that are over; not started last."""
    return tuple(
        sorted(
            clocks,
            key=lambda c: (_STATE_ORDER.get(c.state, 3), c.due is None, c.due.timestamp() if c.due else 0, c.rule),
        )
    )


def _heard(fired: list[Fired], verdict: Verdict) -> list[Fired]:
    """Rules that shaped the verdict. Who was overridden or outranked is not cited; in a conflict everybody is."""
    return [
        f
        for f in without_overridden(fired)
        if verdict.conflicts or f.then.decision in (None, verdict.decision) or f.then.statutory or f.then.forbid
    ]


def _citations(applied: Applied, fired: list[Fired], deciding: tuple[str, ...]) -> tuple[Citation, ...]:
    out: dict[str, Citation] = {}

    def add(rule: Rule, role: str) -> None:
        out.setdefault(rule.id, Citation(rule.id, rule.version, rule.hash, rule.confidence, role))

    for f in fired:
        if f.rule.id in deciding:
            add(f.rule, "decides")
    for f in fired:
        add(f.rule, "statutory" if f.then.statutory else "outcome")
    by_id = {rule.id: rule for rule in applied.active}
    for clock in applied.clocks:
        if clock.state is not State.NOT_STARTED:
            add(by_id[clock.rule], "clock")
    for rule_id in applied.excluded.values():
        add(by_id[rule_id], "excludes")
    return tuple(out.values())


def _unknowns(applied: Applied, undecided: list[Rule], decision: Decision, now: datetime) -> tuple[Unknown, ...]:
    """Facts worth asking for: those that keep a rule with a consequence from being decided."""
    is_open = decision in (Decision.NO_RULE, Decision.UNDETERMINED)
    asked: dict[str, list[Rule]] = {}
    for rule in undecided:
        if rule.id not in applied.excluded and rule.when is not None:
            for name in unknown_facts(rule.when, applied.record, now):
                if not name.startswith(CLOCK_PREFIX):
                    asked.setdefault(name, []).append(rule)
    for rule in applied.pending if is_open else ():
        for name in _would_bring_in(rule, applied.record, now):
            asked.setdefault(name, []).append(rule)
    for rule, name in _unknown_deadlines(applied, now, ours_only=not is_open):
        asked.setdefault(name, []).append(rule)
    return tuple(
        Unknown(name, _ask(name, rules), tuple(r.id for r in rules), _moves(name, rules, applied, now))
        for name, rules in asked.items()
    )


def _would_bring_in(rule: Rule, record: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    """Facts whose answers would settle whether a rule that decides applies; none if one of them cannot be asked for.

    An event that has not happened is no question, and neither is an attribute without one of its own.
    """
    if not _decides(rule):
        return ()
    chooser = (rule.valid.by,) if rule.valid and rule.in_force(record) is None else ()
    names = (*chooser, *unknown_facts(rule.applies, record, now))
    askable = all(name not in EVENT_FACTS and (fact := find(name)) is not None and fact.ask for name in names)
    return names if askable else ()


def _unknown_deadlines(applied: Applied, now: datetime, *, ours_only: bool) -> Iterator[tuple[Rule, str]]:
    """What a clock lacks to run: our own deadlines always, others' while nothing is decided."""
    by_id = {rule.id: rule for rule in applied.active}
    for clock in applied.clocks:
        rule = by_id[clock.rule]
        if clock.state is not State.UNKNOWN or rule.id in applied.excluded or (ours_only and clock.owner != "seller"):
            continue
        if rule.run_when(applied.record, now) is not False:
            yield from ((rule, name) for name in clock.missing)


def _ask(name: str, rules: list[Rule]) -> Texts:
    for rule in rules:
        if name in rule.ask:
            return rule.ask[name]
    return {"en": question(name)}


def _moves(name: str, rules: list[Rule], applied: Applied, now: datetime) -> tuple[Move, ...]:
    """The counterfactual: try each value the fact can take where there are few."""
    fact = find(name)
    if fact is None or fact.kind not in (Kind.FLAG, Kind.CODE):
        return ()
    values: tuple[Any, ...] = (True, False) if fact.kind is Kind.FLAG else fact.codes[:8]
    moves = []
    for value in values:
        record = _with(applied.record, name, value)
        for rule in rules:
            if rule.then is not None and rule.then.decision is not None and rule.run_when(record, now) is True:
                moves.append(Move(value, rule.id, rule.then.decision.value))
    return tuple(moves[:MAX_MOVES])


def _with(record: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    table, _, column = name.partition(".")
    rows = record.get(table)
    if column and isinstance(rows, tuple):
        return {**record, table: tuple({**row, column: row.get(column, value)} for row in rows)}
    return {**record, name: value}


def _warnings(facts: Mapping[str, Any], applied: Applied, decision: Decision) -> tuple[str, ...]:
    """Signs that need a person's eye; message codes for the interface."""
    out = []
    actual = facts.get("dispute.decision")
    if actual is not None and decision in (Decision.FOR_BUYER, Decision.FOR_SELLER) and actual != decision.value:
        out.append("decision_contradicts_rules")
    funded = facts.get("dispute.funded_by")
    if funded == "seller" and decision in (Decision.PLATFORM_PAYS, Decision.FOR_SELLER):
        out.append("decision_contradicts_rules")
    disputed = "payment_dispute.opened" in applied.record
    refunded = "refund.issued" in applied.record or "refund.partly_issued" in applied.record
    if disputed and refunded:
        out.append("double_recovery")
    elif disputed and applied.excluded:
        out.append("do_not_refund_twice")
    return tuple(dict.fromkeys(out))
