"""The clause evaluator: a closed set of clauses over a flat record, with Kleene's three values.

A clause is plain data (the dataclasses below), compiled once into closures. `None` stands for unknown:
an attribute that is absent is unknown, an event that is absent has not happened as far as we know.
Evaluation is total: any record gives true, false or unknown, and nothing is ever raised.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from amends.kernel.fx import Rates
from amends.kernel.money import Money

Truth = bool | None
Record = Mapping[str, Any]
Compiled = Callable[[Record, datetime], Truth]

ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
    "before": operator.lt,
    "not_after": operator.le,
    "after": operator.gt,
    "not_before": operator.ge,
}
EQUALITIES = ("is", "is_not", "in", "not_in")
OPERATORS = (*EQUALITIES, *ORDERINGS)
CLOCK_PREFIX = "clock:"  # the judge puts each clock's state into the record under this prefix
RATES = "fx:rates"  # and the rulebook's exchange rates under this name


@dataclass(frozen=True, slots=True)
class OtherFact:
    """A right-hand side read from the record, shifted by a fixed time when it is an instant."""

    fact: str
    plus: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Constant:
    value: bool


@dataclass(frozen=True, slots=True)
class Compare:
    """`value` is a literal of the fact's type, a frozenset for in/not_in, or an OtherFact.

    `fx_by` names the time whose exchange rate turns an amount in another currency; without it two currencies
    cannot be ordered.
    """

    fact: str
    op: str
    value: Any
    fx_by: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Whether the record has the attribute at all: the only clause over it that is never unknown."""

    fact: str
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Happened:
    """True when the event lies at or before now; an event not in the record has not happened."""

    event: str
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class ClockIs:
    """A clock of the same judgement is in one of these states. A clock that does not apply is in none."""

    rule_id: str
    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Every:
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Either:
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Among:
    """`quantity` of the clauses or more are true."""

    quantity: int
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Not:
    clause: Clause


@dataclass(frozen=True, slots=True)
class InTable:
    """`quantity` rows or more satisfy `where`; None asks for every row (an empty table satisfies it)."""

    table: str
    quantity: int | None
    where: Clause


Clause = Constant | Compare | Known | Happened | ClockIs | Every | Either | Among | Not | InTable


def kleene_all(values: Sequence[Truth]) -> Truth:
    """False wins over unknown, unknown over true."""
    seen_unknown = False
    for value in values:
        if value is False:
            return False
        seen_unknown |= value is None
    return None if seen_unknown else True


def kleene_any(values: Sequence[Truth]) -> Truth:
    """True wins over unknown, unknown over false."""
    seen_unknown = False
    for value in values:
        if value is True:
            return True
        seen_unknown |= value is None
    return None if seen_unknown else False


def _ordered(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> Truth:
    if isinstance(left, Money) and isinstance(right, Money):
        # Without a rate of the day two currencies cannot be ordered: that is an unknown, not a guess.
        return compare(left.amount, right.amount) if left.currency == right.currency else None
    try:
        return compare(left, right)
    except TypeError:
        return None


def _compile_between(fact: str, relation: Callable[[Any, Any], bool], value: OtherFact) -> Compiled:
    other, plus = value.fact, value.plus

    def against_fact(record: Record, now: datetime) -> Truth:
        left, right = record.get(fact), record.get(other)
        if left.__class__ is datetime is right.__class__:  # by far the most: one moment against another
            return relation(left, right + plus if plus else right)
        if left is None or right is None:
            return None
        return _ordered(relation, left, right + plus if plus else right)

    return against_fact


def _compile_compare(clause: Compare) -> Compiled:
    fact, op, value = clause.fact, clause.op, clause.value
    if isinstance(value, OtherFact):
        return _compile_between(fact, ORDERINGS.get(op, operator.eq if op == "is" else operator.ne), value)
    if clause.fx_by and isinstance(value, Money) and op in ORDERINGS:
        return _compile_at_rate(clause, ORDERINGS[op], value)
    if op == "is":
        return lambda record, now: None if (left := record.get(fact)) is None else left == value
    if op == "is_not":
        return lambda record, now: None if (left := record.get(fact)) is None else left != value
    if op == "in":
        return lambda record, now: None if (left := record.get(fact)) is None else left in value
    if op == "not_in":
        return lambda record, now: None if (left := record.get(fact)) is None else left not in value
    ordering = ORDERINGS[op]
    if isinstance(value, Money):
        return _compile_amount(fact, ordering, value)
    return lambda record, now: None if (left := record.get(fact)) is None else _ordered(ordering, left, value)


def _compile_amount(fact: str, ordering: Callable[[Any, Any], bool], limit: Money) -> Compiled:
    """Without a rate of the day two currencies cannot be ordered: that is an unknown, not a guess."""
    amount, currency = limit.amount, limit.currency

    def against_amount(record: Record, now: datetime) -> Truth:
        left = record.get(fact)
        try:
            return ordering(left.amount, amount) if left.currency == currency else None  # type: ignore[union-attr]
        except AttributeError:  # unknown, or no amount at all
            return None

    return against_amount


def _equalities(clauses: tuple[Clause, ...]) -> tuple[tuple[tuple[str, Any], ...], tuple[Compiled, ...]]:
    """Plain equalities apart from the rest: they are most of what rules ask, and cost no call."""
    equal = tuple((c.fact, c.value) for c in clauses if _is_equality(c))
    return equal, tuple(compile_clause(c) for c in clauses if not _is_equality(c))


def _is_equality(clause: Clause) -> TypeGuard[Compare]:
    return isinstance(clause, Compare) and clause.op == "is" and not isinstance(clause.value, OtherFact)


def _compile_every(clauses: tuple[Clause, ...]) -> Compiled:
    """False wins over unknown whatever the order, so the cheap questions come first."""
    equal, parts = _equalities(clauses)

    def every(record: Record, now: datetime) -> Truth:
        unknown = False
        for fact, value in equal:
            left = record.get(fact)
            if left != value:
                if left is not None:
                    return False
                unknown = True
        for part in parts:
            truth = part(record, now)
            if not truth:
                if truth is False:
                    return False
                unknown = True
        return None if unknown else True

    return every


def _compile_either(clauses: tuple[Clause, ...]) -> Compiled:
    equal, parts = _equalities(clauses)

    def either(record: Record, now: datetime) -> Truth:
        unknown = False
        for fact, value in equal:
            left = record.get(fact)
            if left == value:
                return True
            unknown |= left is None
        for part in parts:
            truth = part(record, now)
            if truth:
                return True
            unknown |= truth is None
        return None if unknown else False

    return either


def _compile_at_rate(clause: Compare, ordering: Callable[[Any, Any], bool], limit: Money) -> Compiled:
    fact, fx_by = clause.fact, clause.fx_by

    def at_rate(record: Record, now: datetime) -> Truth:
        left, moment = record.get(fact), record.get(fx_by)
        if not isinstance(left, Money):
            return None
        if left.currency == limit.currency:
            return ordering(left.amount, limit.amount)
        rates = record.get(RATES)
        span = rates.span(left, limit.currency, moment.date()) if isinstance(rates, Rates) and moment else None
        if span is None:
            return None
        # An old rate gives a span, and a span that straddles the limit decides nothing.
        low, high = ordering(span[0], limit.amount), ordering(span[1], limit.amount)
        return low if low is high else None

    return at_rate


def _reached(quantity: int, values: Iterator[Truth]) -> Truth:
    """Whether at least `quantity` of the values are true."""
    yes = unknown = 0
    for value in values:
        yes += value is True
        unknown += value is None
    if yes >= quantity:
        return True
    return None if yes + unknown >= quantity else False


def _compile_table(clause: InTable) -> Compiled:
    table, quantity, where = clause.table, clause.quantity, compile_clause(clause.where)

    def over_rows(record: Record, now: datetime) -> Truth:
        rows = record.get(table)
        if rows is None:
            return None
        # A row's own columns shadow nothing: they have no dots, the case's facts do.
        values = (where({**record, **row}, now) for row in rows)
        return kleene_all(tuple(values)) if quantity is None else _reached(quantity, values)

    return over_rows


def compile_clause(clause: Clause) -> Compiled:  # noqa: C901 - one return a kind of clause
    """Turn a clause into a closure `(record, now) -> True | False | None`."""
    match clause:
        case Constant(value):
            return lambda record, now: value
        case Compare():
            return _compile_compare(clause)
        case Known(fact, wanted):
            return lambda record, now: (record.get(fact) is not None) is wanted
        case Happened(event, wanted):
            return lambda record, now: ((at := record.get(event)) is not None and at <= now) is wanted
        case ClockIs(rule_id, states):
            key = CLOCK_PREFIX + rule_id

            def clock_state(record: Record, now: datetime) -> Truth:
                state = record.get(key)
                return None if state == "unknown" else state in states

            return clock_state
        case Not(Compare(fact, "is", value)) if not isinstance(value, OtherFact):
            return lambda record, now: None if (left := record.get(fact)) is None else left != value
        case Not(inner):
            negated = compile_clause(inner)
            return lambda record, now: None if (value := negated(record, now)) is None else not value
        case InTable():
            return _compile_table(clause)
        case Among(quantity, clauses):
            members = tuple(compile_clause(c) for c in clauses)
            return lambda record, now: _reached(quantity, (member(record, now) for member in members))
        case Every(clauses):
            return _compile_every(clauses)
        case Either(clauses):
            return _compile_either(clauses)
