"""Numbers of a shipped rule that an organisation may set otherwise.

A platform's number may go either way: it is the organisation's own risk, and shown as such. A law's number may only
move in the buyer's favour, and only where the direction can be told: the length of a clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from amends.judgement.clocks.core import Unit
from amends.judgement.policies.core.house import marked, tables_of
from amends.judgement.rules.core import Layer, Rule
from amends.judgement.rules.mutation import changes
from amends.judgement.rules.parse import parse_rule
from amends.judgement.rules.parse_clause import Refused
from amends.kernel.outcome import Refusal

_NUMBER = re.compile(r"(?P<amount>-?\d{1,12}(?:\.\d{1,4})?)(?: (?P<unit>[A-Za-z]{3,7}))?")
_SECTIONS = ("clock", "when", "then", "metric", "penalty")
_TABLES = "tables"
_UNITS = frozenset(unit.value for unit in Unit)
_LONGER = {"buyer": True, "seller": False}  # whose clock: whether a longer one is better for the buyer


@dataclass(frozen=True, slots=True)
class Number:
    """`path` is dotted, as shown and asked for; `steps` is the same as keys. `text` is the wire form."""

    path: str
    steps: tuple[str | int, ...]
    amount: str
    unit: str
    text: str


def _unit(steps: tuple[str | int, ...], written: str | None) -> str:
    if written:
        return written
    last = str(steps[-1])
    return last if last in _UNITS else ""


def overridable(rule: Rule) -> tuple[Number, ...]:
    """Every number in the rule's clock, condition and consequence, and the rows of its table; shares of blame are
    not among them, since they must add up."""
    found: dict[str, Number] = {}
    for steps, was, _now in changes(rule.body):
        match = _NUMBER.fullmatch(was) if isinstance(was, str) else None
        if match is None or steps[0] not in _SECTIONS or "liability" in steps:
            continue
        path = ".".join(map(str, steps))
        found.setdefault(path, Number(path, steps, match["amount"], _unit(steps, match["unit"]), was))
    unit = rule.clock.unit.value if rule.clock else ""
    for name, rows in tables_of(rule).items():
        for key, days in rows.items():
            path = f"{_TABLES}.{name}.{key}"
            found[path] = Number(path, (_TABLES, name, key), days, unit, days)
    return tuple(found.values())


def find_number(rule: Rule, path: str) -> Number | None:
    return next((number for number in overridable(rule) if number.path == path), None)


def wanted_text(number: Number, value: str) -> str | None:
    """The new value in wire form, with the unit of the old one; None for anything but a number in that unit."""
    match = _NUMBER.fullmatch(value.strip())
    if match is None or (Decimal(match["amount"]) < 0 and not number.amount.startswith("-")):
        return None  # only what counts backwards, `plus: -120 days`, may be below zero
    if match["unit"] and match["unit"].lower() != number.unit.lower():
        return None
    written = _NUMBER.fullmatch(number.text)
    unit = written["unit"] if written else None
    return f"{match['amount']} {unit}" if unit else match["amount"]


def _amount(text: str) -> Decimal:
    match = _NUMBER.fullmatch(text)
    return Decimal(match["amount"]) if match else Decimal(0)


def _is_length(steps: tuple[str | int, ...]) -> bool:
    """How long a clock runs, or by how much an event makes it longer; not when it starts."""
    return steps[:2] == ("clock", "runs") or steps[0] == _TABLES or (steps[:2] == ("clock", "extends"))


def against_law(rule: Rule, number: Number, new: str) -> Refusal | None:
    """Why a law's number may not become this one; None for the buyer's good, and for what is no law."""
    if rule.layer is not Layer.LAW:
        return None
    params = {"path": number.path, "old": number.text, "new": new}
    longer = _LONGER.get(rule.clock.owner) if rule.clock and _is_length(number.steps) else None
    if longer is None:
        return Refusal("law_direction_unknown", (rule.id,), params)
    if (_amount(new) > _amount(number.text)) is not longer:
        return Refusal("law_only_better_for_buyer", (rule.id,), params)
    return None


def with_number(rule: Rule, number: Number, new: str) -> Rule | Refusal:
    """The rule read again with one number replaced. `new` is wire text."""
    body, tables = _put(rule.body, number, new), tables_of(rule)
    if number.steps[0] == _TABLES:
        body = deepcopy(dict(rule.body))
        tables[str(number.steps[1])][str(number.steps[2])] = new
    try:
        return parse_rule(body, rule.layer, tables, rule.file)
    except Refused as refused:
        return Refusal("not_in_the_language", (rule.id,), {"path": number.path, "why": refused.message})


def _put(body: Mapping[str, Any], number: Number, new: str) -> dict[str, Any]:
    out: Any = deepcopy(dict(body))
    if number.steps[0] == _TABLES:
        return dict(out)
    node = out
    for step in number.steps[:-1]:
        node = node[step]
    node[number.steps[-1]] = new
    return dict(out)


def checked(rule: Rule, path: str, value: str) -> tuple[Number, str] | Refusal:
    """The number meant and its new wire text. Refused: `no_such_number`, `not_such_a_number`, `same_number`, and
    what `against_law` says."""
    number = find_number(rule, path)
    if number is None:
        return Refusal("no_such_number", (rule.id,), {"path": path})
    new = wanted_text(number, value)
    if new is None:
        return Refusal("not_such_a_number", (rule.id,), {"text": value, "old": number.text, "unit": number.unit})
    if _amount(new) == _amount(number.text):
        return Refusal("same_number", (rule.id,), {"old": number.text})
    return against_law(rule, number, new) or (number, new)


def override(
    rule: Rule, path: str, value: str, *, organisation_id: int, number: int = 0, on: date | None = None
) -> Rule | Refusal:
    """The shipped rule with one number replaced: same id and layer, marked as the house's. `number` is the version
    of the house rule. Its examples stay as they were typed, so some may no longer hold."""
    found = checked(rule, path, value)
    if isinstance(found, Refusal):
        return found
    changed = with_number(rule, *found)
    return changed if isinstance(changed, Refusal) else marked(changed, organisation_id, (number,), on)
