"""Facts worth asking for, and how each answer would move the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from amends.judgement.clocks.core import State
from amends.judgement.judge.core.applying import EVENT_FACTS, Applied, Settled, apply_rules, decides, settled
from amends.judgement.judge.core.judgement import Move, Unknown
from amends.judgement.rules.core import Decision, Rule, Rulebook, Texts
from amends.judgement.rules.vocabulary import Fact, Kind, find, question
from amends.kernel.clauses import CLOCK_PREFIX, Among, Clause, Compare, Either, Every, InTable, Not
from amends.kernel.explain import unknown_facts
from amends.kernel.money import Money
from amends.kernel.parties import Party

MAX_TRIED = 4  # values a fact
MAX_WEIGHED = 6  # facts whose answers are tried out; further ones are asked for without


def unknowns(
    facts: Mapping[str, Any], book: Rulebook, now: datetime, applied: Applied, found: Settled
) -> tuple[Unknown, ...]:
    """Facts that keep a rule with a consequence from being decided, each with what its answers would bring."""
    is_open = found.verdict.decision in (Decision.NO_RULE, Decision.UNDETERMINED)
    asked: dict[str, list[Rule]] = {}
    for rule in found.asking:
        if rule.id not in applied.excluded and rule.when is not None:
            for name in unknown_facts(rule.when, applied.record, now):
                if not name.startswith(CLOCK_PREFIX):
                    asked.setdefault(name, []).append(rule)
    for rule in applied.pending if is_open else ():
        for name in _would_bring_in(rule, applied.record, now):
            asked.setdefault(name, []).append(rule)
    for rule, name in _unknown_deadlines(applied, now, ours_only=not is_open):
        asked.setdefault(name, []).append(rule)
    out = []
    for index, (name, rules) in enumerate(asked.items()):
        moves = _moves(name, rules, facts, book, now, applied) if index < MAX_WEIGHED else ()
        out.append(Unknown(name, _ask(name, rules), tuple(r.id for r in rules), moves))
    return tuple(out)


def _would_bring_in(rule: Rule, record: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    """Facts whose answers would settle whether a rule that decides applies; none if one of them cannot be asked for.

    An event that has not happened is no question, and neither is an attribute without one of its own.
    """
    if not decides(rule) or rule.in_force(record) is False or rule.run_applies(record, now) is False:
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


def _literals(clause: Clause | None, name: str, table: str = "") -> Iterator[tuple[str, Any]]:
    """(operator, literal) pairs that a clause holds against one fact."""
    match clause:
        case Every(clauses) | Either(clauses) | Among(_, clauses):
            for part in clauses:
                yield from _literals(part, name, table)
        case Not(inner):
            yield from _literals(inner, name, table)
        case InTable(inner_table, _, where):
            yield from _literals(where, name, inner_table)
        case Compare(fact, op, value) if name in (fact, f"{table}.{fact}"):
            yield op, value
        case _:
            pass


def _beside(value: Any) -> tuple[Any, ...]:
    """The value at a limit and the next one on either side of it."""
    if isinstance(value, Money):
        cent = Decimal("0.01")
        return (
            value,
            Money(max(value.amount - cent, Decimal(0)), value.currency),
            Money(value.amount + cent, value.currency),
        )
    if isinstance(value, datetime):
        step = timedelta(seconds=1)
        return value, value - step, value + step
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value, value - 1, value + 1
    return (value,)


def _values(fact: Fact, rules: list[Rule], name: str) -> tuple[Any, ...]:
    """Few values that stand for all: both flags, the codes, or both sides of the limits that rules set."""
    if fact.kind is Kind.FLAG:
        return True, False
    found: dict[Any, None] = {}
    for rule in rules:
        for _op, literal in (*_literals(rule.when, name), *_literals(rule.applies, name)):
            for value in literal if isinstance(literal, frozenset) else _beside(literal):
                if isinstance(value, str | int | Decimal | Money | datetime):
                    found[value] = None
    if fact.kind is Kind.CODE:
        found |= dict.fromkeys(code for code in fact.codes if code not in found)
    if fact.kind in (Kind.TABLE, Kind.SPANS):
        return ()
    return tuple(sorted(found, key=str) if fact.kind is not Kind.CODE else found)[:MAX_TRIED]


def _moves(
    name: str, rules: list[Rule], facts: Mapping[str, Any], book: Rulebook, now: datetime, applied: Applied
) -> tuple[Move, ...]:
    """The counterfactual: the whole case decided again with each of few values."""
    fact = find(name)
    moves = []
    for value in _values(fact, rules, name) if fact is not None else ():
        supposed = apply_rules(_with(facts, name, value), book, now, before=applied, changed=name)
        verdict = settled(supposed, now).verdict
        if verdict.deciding:
            liable = verdict.shares[0].party if verdict.shares else Party.UNKNOWN
            moves.append(
                Move(
                    value, verdict.deciding[0], verdict.decision.value, "" if liable is Party.UNKNOWN else liable.value
                )
            )
    return tuple(moves)


def _with(facts: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    table, _, column = name.partition(".")
    rows = facts.get(table)
    if column and isinstance(rows, tuple):
        return {**facts, table: tuple({**row, column: row.get(column, value)} for row in rows)}
    return {**facts, name: value}
