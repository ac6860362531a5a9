"""Why a clause came to what it did: the leaves it looked at, the facts it lacks, the facts it can read at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.kernel.clauses import (
    CLOCK_PREFIX,
    Among,
    Clause,
    ClockIs,
    Compare,
    Constant,
    Either,
    Every,
    Happened,
    InTable,
    Known,
    Not,
    OtherFact,
    Record,
    Truth,
    compile_clause,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One leaf of an explanation: the clause, what it came to, and the value it saw."""

    clause: Clause
    value: Truth
    saw: Any


def explain(clause: Clause, record: Record, now: datetime) -> Iterator[Step]:
    """The leaves that were looked at, in order, for the sentence under a citation."""
    match clause:
        case Every(clauses) | Either(clauses) | Among(_, clauses):
            for part in clauses:
                yield from explain(part, record, now)
        case Not(inner):
            yield from explain(inner, record, now)
        case InTable(table, _, _):
            yield Step(clause, compile_clause(clause)(record, now), record.get(table))
        case Compare(fact) | Known(fact, _):
            yield Step(clause, compile_clause(clause)(record, now), record.get(fact))
        case Happened(event, _):
            yield Step(clause, compile_clause(clause)(record, now), record.get(event))
        case ClockIs(rule_id, _):
            yield Step(clause, compile_clause(clause)(record, now), record.get(CLOCK_PREFIX + rule_id))
        case Constant(value):
            yield Step(clause, value, None)


def unknown_facts(clause: Clause, record: Record, now: datetime) -> tuple[str, ...]:  # noqa: C901 - the closed set
    """Names of the attributes whose absence keeps this clause unknown, `table.column` for a table's column."""
    if compile_clause(clause)(record, now) is not None:
        return ()
    names: list[str] = []
    match clause:
        case Every(clauses) | Either(clauses) | Among(_, clauses):
            for part in clauses:
                names += unknown_facts(part, record, now)
        case Not(inner):
            names += unknown_facts(inner, record, now)
        case Compare(fact, _, OtherFact(other, _)):
            names += [name for name in (fact, other) if record.get(name) is None]
        case Compare(fact, _, _, fx_by) if fx_by and record.get(fact) is not None and record.get(fx_by) is None:
            names.append(fx_by)
        case Compare(fact):
            names.append(fact)
        case InTable(table, _, where):
            rows = record.get(table)
            if rows is None:
                names.append(table)
            for row in rows or ():
                merged = {**record, **row}
                names += [n if "." in n else f"{table}.{n}" for n in unknown_facts(where, merged, now)]
        case ClockIs(rule_id, _):
            names.append(CLOCK_PREFIX + rule_id)
        case _:
            pass
    return tuple(dict.fromkeys(names))


def facts_read(clause: Clause) -> frozenset[str]:
    """Every fact and event a clause can look at, table columns as `table.column`."""
    match clause:
        case Every(clauses) | Either(clauses) | Among(_, clauses):
            return frozenset().union(*(facts_read(c) for c in clauses))
        case Not(inner):
            return facts_read(inner)
        case Compare(fact, _, OtherFact(other, _)):
            return frozenset({fact, other})
        case Compare(fact, _, _, fx_by):
            return frozenset({fact, fx_by} if fx_by else {fact})
        case Known(fact, _):
            return frozenset({fact})
        case Happened(event, _):
            return frozenset({event})
        case InTable(table, _, where):
            return frozenset({table}) | {n if "." in n else f"{table}.{n}" for n in facts_read(where)}
        case _:
            return frozenset()


def watches_clocks(clause: Clause) -> bool:
    """Whether it asks for the state of a clock."""
    match clause:
        case ClockIs():
            return True
        case Every(clauses) | Either(clauses) | Among(_, clauses):
            return any(watches_clocks(c) for c in clauses)
        case Not(inner) | InTable(_, _, inner):
            return watches_clocks(inner)
        case _:
            return False
