"""Clauses from their YAML form, checked against the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from amends.judgement.rules.facts import Bad, parse_value
from amends.judgement.rules.vocabulary import BY_NAME, COLUMNS, Fact, Kind
from amends.kernel.clauses import (
    EQUALITIES,
    OPERATORS,
    ORDERINGS,
    Among,
    Clause,
    ClockIs,
    Compare,
    Either,
    Every,
    Happened,
    InTable,
    Known,
    Not,
    OtherFact,
)
from amends.kernel.countries import GROUPS

AMOUNT_AND_UNIT = 2
CLOCK_STATES = frozenset({"not_started", "running", "paused", "met", "expired", "excluded"})
MOST_DIGITS = 6  # of a duration's number: longer ones are slips, and would run off the calendar
_SHAPES = (
    "all, any, not, fact, event, known, unknown, clock, every, at_least … of, at_least … among, "
    "or a plain mapping of facts"
)


class Refused(ValueError):
    """A rule file says something the language does not have. `line` is 1-based, 0 when unknown."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def line_of(node: Any, fallback: int = 0) -> int:
    return getattr(node, "line", 0) or fallback


def duration(text: Any, line: int = 0) -> timedelta:
    """`3 days`, `48 hours`, `30 minutes`."""
    parts = str(text).split()
    if (
        len(parts) == AMOUNT_AND_UNIT
        and parts[0].lstrip("-").isdigit()
        and len(parts[0]) <= MOST_DIGITS
        and parts[1].rstrip("s") in ("day", "hour", "minute")
    ):
        return timedelta(**{parts[1].rstrip("s") + "s": int(parts[0])})
    raise Refused(f"expected a duration such as '3 days' or '48 hours', found {text!r}", line)


class ClauseReader:
    """Reads clauses over the case's facts, or over the columns of one table inside `where`."""

    def __init__(self, table: str = "") -> None:
        self.table = table
        self.columns: Mapping[str, Fact] = COLUMNS.get(table, {})

    def fact(self, name: Any, line: int) -> Fact:
        if not isinstance(name, str):
            raise Refused(f"expected the name of a fact, found {name!r}", line)
        found = self.columns.get(name) or BY_NAME.get(name)
        if found is None:
            near = get_close_matches(name, [*self.columns, *BY_NAME], n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise Refused(f"no fact is called {name!r}{hint}", line)
        return found

    def literal(self, fact: Fact, value: Any, line: int) -> Any:
        try:
            return parse_value(fact, value)
        except Bad as bad:
            raise Refused(f"{fact.name} expects {fact.kind.value}, found {value!r} ({bad.code})", line) from None

    def members(self, fact: Fact, value: Any, line: int) -> frozenset[Any]:
        items = value if isinstance(value, list) else [value]
        if not items:
            raise Refused(f"{fact.name}: an empty list fits nothing", line)
        out: set[Any] = set()
        for item in items:
            if isinstance(item, str) and item in GROUPS and fact.kind is Kind.COUNTRY:
                out |= GROUPS[item]
            else:
                out.add(self.literal(fact, item, line))
        return frozenset(out)

    def operand(self, fact: Fact, value: Any, line: int) -> Any:
        if isinstance(value, dict):
            unknown = set(value) - {"fact", "plus"}
            if unknown or "fact" not in value:
                raise Refused(f"a right-hand side is a value or {{fact: …, plus: …}}, found keys {sorted(value)}", line)
            other = self.fact(value["fact"], line)
            instants = (Kind.INSTANT, Kind.EVENT)
            if other.kind is not fact.kind and not (other.kind in instants and fact.kind in instants):
                raise Refused(
                    f"{fact.name} ({fact.kind.value}) cannot be compared with {other.name} ({other.kind.value})", line
                )
            return OtherFact(other.name, duration(value["plus"], line) if "plus" in value else timedelta(0))
        return self.literal(fact, value, line)

    def test(self, name: str, wanted: Any, line: int) -> Clause:
        """One line of a plain mapping: `fact: value`, `fact: [values]`, or `fact: {operator: value}`."""
        fact = self.fact(name, line)
        if fact.kind is Kind.EVENT and wanted in ("true", "false"):
            return Happened(name, wanted == "true")
        if fact.kind is Kind.TABLE:
            raise Refused(f"{name!r} is a table: use any, every or at_least with where", line)
        if isinstance(wanted, list):
            return Compare(name, "in", self.members(fact, wanted, line))
        if isinstance(wanted, str) and wanted in GROUPS and fact.kind is Kind.COUNTRY:
            return Compare(name, "in", GROUPS[wanted])
        if not isinstance(wanted, dict):
            return Compare(name, "is", self.literal(fact, wanted, line))
        return self.operators(fact, wanted, line)

    def operators(self, fact: Fact, wanted: Mapping[str, Any], line: int) -> Clause:
        parts: list[Clause] = []
        fx_by = self.fx_by(fact, wanted, line)
        for op, value in wanted.items():
            if op == "fx":
                continue
            if op not in OPERATORS:
                near = get_close_matches(op, OPERATORS, n=1)
                raise Refused(f"no operator is called {op!r}{f'; did you mean {near[0]!r}?' if near else ''}", line)
            if op in ("in", "not_in"):
                parts.append(Compare(fact.name, op, self.members(fact, value, line)))
            elif op in EQUALITIES:
                parts.append(Compare(fact.name, op, self.operand(fact, value, line)))
            elif fact.kind in (Kind.TEXT, Kind.CODE, Kind.FLAG, Kind.COUNTRY, Kind.LANGUAGE, Kind.SPANS):
                raise Refused(f"{fact.name} ({fact.kind.value}) has no order, so {op!r} does not fit", line)
            else:
                parts.append(Compare(fact.name, op, self.operand(fact, value, line), fx_by))
        if not parts:
            raise Refused(f"{fact.name}: an empty comparison", line)
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def fx_by(self, fact: Fact, wanted: Mapping[str, Any], line: int) -> str:
        """The time whose rate turns an amount in another currency into the limit's."""
        if "fx" not in wanted:
            return ""
        moment = self.fact(wanted["fx"], line)
        if fact.kind is not Kind.MONEY or moment.kind not in (Kind.INSTANT, Kind.EVENT):
            raise Refused(f"fx goes with an amount and names a time, found {fact.name} at {moment.name}", line)
        if not set(wanted) & set(ORDERINGS):
            raise Refused(f"{fact.name}: fx goes with at_least, at_most, more_than or less_than", line)
        return moment.name

    def mapping(self, node: Mapping[str, Any]) -> Clause:
        """A plain mapping: all of its lines."""
        line = line_of(node)
        parts = tuple(self.test(name, wanted, line) for name, wanted in node.items())
        if not parts:
            raise Refused("an empty mapping says nothing", line)
        return parts[0] if len(parts) == 1 else Every(parts)

    def many(self, nodes: Any, line: int) -> tuple[Clause, ...]:
        if not isinstance(nodes, list) or not nodes:
            raise Refused("expected a list of clauses", line)
        return tuple(self.clause(node) for node in nodes)

    def over_table(self, node: Mapping[str, Any], table: Any, quantity: int | None, line: int) -> Clause:
        if not isinstance(table, str) or table not in COLUMNS or self.table:
            raise Refused(f"expected one of the tables {sorted(COLUMNS)}, found {table!r}", line)
        where = node.get("where")
        if not isinstance(where, dict):
            raise Refused("a table needs `where`", line)
        return InTable(table, quantity, ClauseReader(table).clause(where))

    def clause(self, node: Any) -> Clause:  # noqa: C901 - the closed set, one branch a shape
        if not isinstance(node, dict) or not node:
            raise Refused(f"expected a clause ({_SHAPES}), found {node!r}", line_of(node))
        line = line_of(node)
        keys = set(node)
        match node:
            case {"all": nodes} if keys == {"all"}:
                return Every(self.many(nodes, line))
            case {"any": list() as nodes} if keys == {"any"}:
                return Either(self.many(nodes, line))
            case {"not": inner} if keys == {"not"}:
                return Not(self.clause(inner))
            case {"any": table} if keys == {"any", "where"}:
                return self.over_table(node, table, 1, line)
            case {"none": table} if keys == {"none", "where"}:
                return Not(self.over_table(node, table, 1, line))
            case {"every": table} if keys == {"every", "where"}:
                return self.over_table(node, table, None, line)
            case {"at_least": number, "of": table} if keys == {"at_least", "of", "where"}:
                if not str(number).isdigit():
                    raise Refused(f"at_least expects a count, found {number!r}", line)
                return self.over_table(node, table, int(number), line)
            case {"at_least": number, "among": nodes} if keys == {"at_least", "among"}:
                parts = self.many(nodes, line)
                if not str(number).isdigit() or not 1 <= int(number) <= len(parts):
                    raise Refused(f"at_least expects a count from 1 to {len(parts)}, found {number!r}", line)
                return Among(int(number), parts)
            case {"event": name} if keys == {"event"}:
                return self._happened(name, line, wanted=True)
            case {"no_event": name} if keys == {"no_event"}:
                return self._happened(name, line, wanted=False)
            case {"known": name} if keys == {"known"}:
                return Known(self.fact(name, line).name)
            case {"unknown": name} if keys == {"unknown"}:
                return Known(self.fact(name, line).name, wanted=False)
            case {"clock": rule_id, "is": states} if keys == {"clock", "is"}:
                named = states if isinstance(states, list) else [states]
                if not isinstance(rule_id, str) or not all(isinstance(s, str) and s in CLOCK_STATES for s in named):
                    raise Refused(f"a clock is a rule's id and one of {sorted(CLOCK_STATES)}, found {named!r}", line)
                return ClockIs(rule_id, frozenset(named))
            case {"fact": name}:
                rest = {k: v for k, v in node.items() if k != "fact"}
                return self.operators(self.fact(name, line), rest, line)
            case _:
                return self.mapping(node)

    def _happened(self, name: str, line: int, *, wanted: bool) -> Clause:
        if self.fact(name, line).kind is not Kind.EVENT:
            raise Refused(f"{name!r} is not an event", line)
        return Happened(name, wanted)


def defaults_of(clause: Clause) -> dict[str, Any]:
    """Values a conjunction fixes by equality; for `in`, the whole set."""
    match clause:
        case Every(clauses):
            out: dict[str, Any] = {}
            for part in clauses:
                out |= defaults_of(part)
            return out
        case Compare(fact, "is" | "in", value) if not isinstance(value, OtherFact):
            return {fact: value}
        case _:
            return {}
