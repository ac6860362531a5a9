"""How well a rule's examples hold it: every small slip in the rule must make one of them fail.

A mutant is the rule with one thing changed: a number by one, a comparison turned, a flag turned, an event taken
for its absence, one row of its table by one. Dates, ids and codes stay, and so does what `applies` fixes by
equality, since an example runs with that assumed. A mutant the language refuses is no mutant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amends.judgement.clocks.core import Lookup
from amends.judgement.rules.core import Rule
from amends.judgement.rules.parse import parse_rule
from amends.judgement.rules.parse_clause import CLOCK_STATES, Refused
from amends.judgement.rules.verify import check_example
from amends.judgement.rules.vocabulary import Fact, Kind, find
from amends.kernel.clauses import EQUALITIES, OPERATORS
from amends.kernel.fx import Rates
from amends.kernel.outcome import Problem

LEAST_OVERALL = Decimal("0.95")
LEAST_OF_A_RULE = Decimal("0.80")

_TURNED = {
    "at_least": ("more_than", "less_than"),
    "more_than": ("at_least", "at_most"),
    "at_most": ("less_than", "more_than"),
    "less_than": ("at_most", "at_least"),
    "before": ("not_after", "not_before"),
    "not_after": ("before", "after"),
    "after": ("not_before", "not_after"),
    "not_before": ("after", "before"),
    "is": ("is_not",),
    "is_not": ("is",),
    "in": ("not_in",),
    "not_in": ("in",),
}
_TURNED_KEYS = {"event": "no_event", "no_event": "event", "known": "unknown", "unknown": "known"}
_NUMBER = re.compile(r"(?P<sign>-?)(?P<digits>\d+(?:\.\d+)?)(?P<unit>(?: [A-Za-z]{3,7})?)")
_TIME = re.compile(r"(\d\d):(\d\d)")
_COUNTED = frozenset({Kind.MONEY, Kind.COUNT, Kind.NUMBER})
# Whether the source names a zone is a remark about the source, not something the rule does.
_REMARKS = frozenset({"zone_assumed", "note", "because", "name"})
_CLAUSE_WORDS = frozenset(
    {"all", "any", "not", "none", "every", "at_least", "among", "of", "where", "event", "no_event"}
)
Path = tuple[str | int, ...]
Change = tuple[Path, Any, Any]  # where, what stood there, what stands there now


@dataclass(frozen=True, slots=True)
class Mutant:
    path: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Score:
    """`survivors` are the slips that no example noticed."""

    rule: str
    version: str
    mutants: int
    survivors: tuple[Mutant, ...]

    @property
    def killed(self) -> int:
        return self.mutants - len(self.survivors)

    @property
    def share(self) -> Decimal:
        return Decimal(self.killed) / self.mutants if self.mutants else Decimal(1)


def _shifted(text: Any) -> Iterator[str]:
    """A number with its unit, one more and one less; below zero there is nothing to say."""
    found = _NUMBER.fullmatch(text) if isinstance(text, str) else None
    if found:
        value = Decimal(found["sign"] + found["digits"])
        for step in (1, -1):
            moved = value + step
            if moved >= 0 or found["sign"]:
                yield f"{moved}{found['unit']}"


def _hours(text: Any) -> Iterator[str]:
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found:
        for step in (1, -1):
            yield f"{(int(found[1]) + step) % 24:02d}:{found[2]}"


def _operand(fact: Fact | None, value: Any, path: Path) -> Iterator[Change]:
    if isinstance(value, dict):
        yield from ((((*path, "plus")), value.get("plus"), new) for new in _shifted(value.get("plus")))
    elif value in ("true", "false"):
        yield path, value, "false" if value == "true" else "true"
    elif fact is not None and fact.kind in _COUNTED:
        yield from ((path, value, new) for new in _shifted(value))


def _comparison(fact: Fact | None, wanted: Mapping[str, Any], path: Path) -> Iterator[Change]:
    """`{at_least: 750 USD}`: the operator turned, the number moved."""
    for op, value in wanted.items():
        if op not in OPERATORS:
            continue
        for other in _TURNED[op]:
            rest = {k: v for k, v in wanted.items() if k != op}
            yield path, dict(wanted), rest | {other: value}
        if op not in ("in", "not_in"):
            yield from _operand(fact, value, (*path, op))


def _line(name: str, wanted: Any, path: Path, table: str, *, fixed: bool) -> Iterator[Change]:
    """One line of a plain mapping. `fixed`: an equality here is assumed by every example."""
    fact = find(f"{table}.{name}") or find(name)
    if isinstance(wanted, dict):
        yield from _comparison(fact, wanted, path)
    elif fact is not None and (fact.kind is Kind.EVENT or not fixed):
        if wanted in ("true", "false"):
            yield path, wanted, "false" if wanted == "true" else "true"
        elif isinstance(wanted, list):
            yield path, wanted, {"not_in": wanted}
        else:
            yield path, wanted, {"is_not": wanted}
            yield from _operand(fact, wanted, path)


def _clause(node: Any, path: Path, table: str = "", *, fixed: bool = False) -> Iterator[Change]:  # noqa: C901 - the closed set of clauses
    if not isinstance(node, dict):
        return
    if "fact" in node:
        rest = {k: v for k, v in node.items() if k != "fact"}
        fact = find(f"{table}.{node['fact']}") or find(str(node["fact"]))
        for where, _was, new in _comparison(fact, rest, path):
            if where == path:
                yield path, node, {"fact": node["fact"], **new}
            else:
                yield where, _was, new
        return
    if "clock" in node:
        states = node["is"] if isinstance(node["is"], list) else [node["is"]]
        yield (*path, "is"), node["is"], sorted(CLOCK_STATES - set(states))
        return
    for key, value in node.items():
        here = (*path, key)
        if key in ("all", "any", "among") and isinstance(value, list):
            for index, part in enumerate(value):
                yield from _clause(part, (*here, index), table)
        elif key == "not":
            yield from _clause(value, here, table)
        elif key == "where":
            inner = next((str(node[k]) for k in ("any", "none", "every", "of") if k in node), table)
            yield from _clause(value, here, inner)
        elif key in _TURNED_KEYS:
            yield path, node, {_TURNED_KEYS[key]: value}
        elif key == "at_least":
            yield from ((here, value, new) for new in _shifted(value))
        elif key not in _CLAUSE_WORDS:
            yield from _line(key, value, here, table, fixed=fixed)


def _plain(node: Any, path: Path) -> Iterator[Change]:
    """Numbers and flags of a consequence or of a length, wherever they stand."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in _REMARKS:
                yield from _plain(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _plain(value, (*path, index))
    elif node in ("true", "false"):
        yield path, node, "false" if node == "true" else "true"
    else:
        yield from ((path, node, new) for new in (*_shifted(node), *_hours(node)))


def _measure(node: Any, path: Path) -> Iterator[Change]:
    """A metric or a penalty: its clauses over rows, and its numbers."""
    for key, value in node.items():
        here = (*path, key)
        if key in ("numerator", "denominator"):
            for index, part in enumerate(value if isinstance(value, list) else [value]):
                yield from _clause(part, (*here, index) if isinstance(value, list) else here, "history")
        elif key != "loss":
            yield from _plain(value, here)


def changes(body: Mapping[str, Any]) -> Iterator[Change]:
    """Every small slip that could stand in the rule."""
    yield from _clause(body.get("applies"), ("applies",), fixed=True)
    yield from _clause(body.get("when"), ("when",))
    yield from _plain(body.get("then"), ("then",))
    for section in ("metric", "penalty"):
        if section in body:
            yield from _measure(body[section], (section,))
    clock = body.get("clock", {})
    yield from _clause(clock.get("only"), ("clock", "only"))
    for key in ("starts", "runs", "extends", "silence"):
        yield from _plain(clock.get(key), ("clock", key))


def _put(body: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    out: Any = deepcopy(dict(body))
    node = out
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return out


def _tables(rule: Rule) -> dict[str, dict[str, str]]:
    """The one table the rule reads, back in wire form."""
    if rule.clock is None or not isinstance(rule.clock.amount, Lookup):
        return {}
    runs = rule.body["clock"]["runs"]
    name = next(str(v["table"]) for v in runs.values() if isinstance(v, dict) and "table" in v)
    return {name: {key: str(days) for key, days in rule.clock.amount.table}}


def reread(rule: Rule, body: Mapping[str, Any], tables: Mapping[str, Any] | None = None) -> Rule:
    """The rule with another body. Raises Refused when the language has no such rule."""
    return parse_rule(body, rule.layer, tables if tables is not None else _tables(rule), rule.file)


def mutants(rule: Rule) -> Iterator[tuple[Mutant, Rule]]:
    """Every slip the language would take, with the rule that it makes."""
    for path, was, new in changes(rule.body):
        try:
            other = reread(rule, _put(rule.body, path, new))
        except Refused:
            continue
        yield Mutant(".".join(str(step) for step in path), _short(was), _short(new)), other
    for name, table in _tables(rule).items():
        keys = list(table)
        for key in dict.fromkeys((keys[0], keys[len(keys) // 2], keys[-1])):
            for new in _shifted(table[key]):
                other = reread(rule, rule.body, {name: table | {key: new}})
                yield Mutant(f"tables.{name}.{key}", table[key], new), other


def _short(value: Any) -> str:
    if isinstance(value, dict):
        shown = {k: v for k, v in value.items() if k in OPERATORS or k in EQUALITIES or k in _TURNED_KEYS}
        return " ".join(f"{k} {v}" for k, v in shown.items()) or str(value)
    return str(value)


def _noticed(rule: Rule, rates: Rates | None) -> bool:
    return any(check_example(rule, example.given, example.expect, rates) for example in rule.examples)


def score(rule: Rule, rates: Rates | None = None) -> Score:
    """Tries every mutant against the rule's own examples."""
    tried, survivors = 0, []
    for mutant, other in mutants(rule):
        tried += 1
        if not _noticed(other, rates):
            survivors.append(mutant)
    return Score(rule.id, rule.version, tried, tuple(survivors))


def overall(scores: list[Score]) -> Decimal:
    """Share of all mutants that an example noticed."""
    tried = sum(s.mutants for s in scores)
    return Decimal(sum(s.killed for s in scores)) / tried if tried else Decimal(1)


def weak(scores: list[Score], where: Mapping[tuple[str, str], str]) -> list[Problem]:
    """Rules whose examples hold them too loosely, and the whole book if it falls short. `where`: file and line."""
    out = [
        Problem(
            "weak_examples",
            where[s.rule, s.version],
            {"rule": s.rule, "why": f"{s.killed} of {s.mutants} slips noticed; not {_first(s)}"},
        )
        for s in scores
        if s.share < LEAST_OF_A_RULE
    ]
    if overall(scores) < LEAST_OVERALL:
        out.append(Problem("weak_rulebook", "rulebook", {"why": f"{overall(scores):.3f} of all slips noticed"}))
    return out


def _first(score: Score) -> str:
    mutant = score.survivors[0]
    return f"{mutant.path}: {mutant.was} → {mutant.now}"
