"""Rules test themselves: each example is run against its own rule, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from amends.judgement.clocks.core import Clock, State, run
from amends.judgement.rules.core import Rule, Rulebook, Then
from amends.judgement.rules.facts import Bad, parse_instant, read_facts, to_wire
from amends.judgement.rules.measure import measured
from amends.kernel.clauses import CLOCK_PREFIX, RATES
from amends.kernel.fx import Rates
from amends.kernel.outcome import InputError, Problem
from amends.kernel.parties import Confidence

FRESH_DAYS = 180
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a rule says alone about one record."""

    applies: bool | None
    fires: bool | None
    clock: Clock | None
    then: Then | None
    measured: Mapping[str, Any] = field(default_factory=dict)  # of a metric or a penalty


def _moments(record: Mapping[str, Any]) -> Iterator[datetime]:
    for value in record.values():
        if isinstance(value, datetime):
            yield value


def example_record(rule: Rule, given: Mapping[str, Any]) -> tuple[dict[str, Any], datetime]:
    """The example's facts over the rule's own `applies` and version, and the moment it is looked at.

    Without `at`, an example is looked at one second after the last thing it mentions. Keys `clock:RULE` set
    another rule's clock by hand.
    """
    wire = {k: v for k, v in given.items() if k != "at" and not k.startswith(CLOCK_PREFIX)}
    record: dict[str, Any] = {
        name: (min(value) if isinstance(value, frozenset) else value) for name, value in rule.defaults.items()
    }
    valid = rule.valid
    if valid and valid.by not in wire:
        moment = valid.begins or (valid.ends - _SECOND if valid.ends else None)
        if moment is not None and valid.by not in _events_of_clock(rule):
            record[valid.by] = moment
    record |= read_facts(wire)
    record |= {k: str(v) for k, v in given.items() if k.startswith(CLOCK_PREFIX)}
    if "at" in given:
        now = parse_instant(given["at"])
    else:
        mentioned = list(_moments(read_facts(wire)))
        now = (max(mentioned) if mentioned else datetime(2026, 11, 22, tzinfo=UTC)) + _SECOND
    return record, now


def _events_of_clock(rule: Rule) -> tuple[str, ...]:
    return rule.clock.starts.facts if rule.clock else ()


def run_alone(rule: Rule, record: dict[str, Any], now: datetime) -> Ran:
    force = rule.in_force(record)
    applies = rule.run_applies(record, now)
    if applies is False or force is False:
        return Ran(False, False, None, None)
    runs = rule.clock is not None and rule.run_clock_only(record, now) is True
    clock = run(rule.clock, rule.id, record, now) if rule.clock and runs else None
    if clock is not None:
        record[CLOCK_PREFIX + rule.id] = clock.state.value
    fires = rule.run_when(record, now)
    then = rule.then if fires else None
    if clock is not None and rule.silence is not None and fires:
        then = rule.silence if clock.state is State.EXPIRED else then
    return Ran(True, fires, clock, then, measured(rule, record, now))


def _observed(ran: Ran) -> dict[str, Any]:
    """Everything an example may expect, in wire form."""
    out: dict[str, Any] = {"fires": "unknown" if ran.fires is None else str(ran.fires).lower()}
    if ran.applies is False:
        out["applies"] = "false"
    if ran.clock is None:
        out["state"] = ""  # no clock of this rule runs
    if ran.clock is not None:
        out |= {
            "state": ran.clock.state.value,
            "due": ran.clock.due,
            "starts": ran.clock.starts,
            "provisional": ran.clock.provisional,
        }
    if ran.then is not None:
        out |= {
            "decision": ran.then.decision.value if ran.then.decision else None,
            "liability": {p.value: s / 100 for p, s in ran.then.liability},
            "statutory": list(ran.then.statutory),
            "forbid": list(ran.then.forbid),
        }
        out |= ran.then.outcome
    return out | dict(ran.measured)


def _equal(expected: Any, seen: Any) -> bool:
    if isinstance(seen, datetime):
        try:
            return parse_instant(expected) == seen
        except Exception as bad:  # noqa: BLE001 - an unreadable expectation is a failed example, told below
            return str(bad) == ""
    if isinstance(seen, dict) and isinstance(expected, dict):
        try:
            return {k: float(v) for k, v in expected.items()} == seen
        except (TypeError, ValueError):
            return False
    if isinstance(seen, list):
        return (expected if isinstance(expected, list) else [expected]) == seen
    return str(expected) == str(seen)


def check_example(
    rule: Rule, given: Mapping[str, Any], expect: Mapping[str, Any], rates: Rates | None = None
) -> list[str]:
    """Sentences about what did not come out as expected; empty when the example holds."""
    try:
        record, now = example_record(rule, given)
    except InputError as error:
        return [str(error)]
    except Bad as bad:
        return [f"at: {bad.code}"]
    record[RATES] = rates
    seen = _observed(run_alone(rule, record, now))
    return [
        f"{key}: expected {value!r}, got {to_wire(seen.get(key))!r}"
        for key, value in expect.items()
        if not _equal(value, seen.get(key))
    ]


def problems_of(rule: Rule, rates: Rates | None = None) -> list[Problem]:
    where = f"{rule.file}:{rule.line}"
    out = []
    if rule.cite is None and rule.confidence is not Confidence.D:
        out.append(Problem("no_source", where, {"rule": rule.id}))
    if not rule.examples:
        out.append(Problem("no_example", where, {"rule": rule.id}))
    for example in rule.examples:
        for sentence in check_example(rule, example.given, example.expect, rates):
            out.append(
                Problem(
                    "example_failed",
                    f"{rule.file}:{example.line}",
                    {"rule": rule.id, "example": example.name, "why": sentence},
                )
            )
    return out


def verify(book: Rulebook) -> list[Problem]:
    """Every rule's source and examples, and that none has gone missing since the release.

    Overlaps and references were checked when the book was loaded.
    """
    problems = [problem for rule in book.rules for problem in problems_of(rule, book.rates)]
    found = sum(len(rule.examples) for rule in book.rules)
    if found < book.least_examples:
        problems.append(
            Problem(
                "example_missing",
                "book.yaml",
                {"rule": "", "why": f"{found} examples, released with {book.least_examples}"},
            )
        )
    return problems


def stale(book: Rulebook, today: date) -> list[tuple[Rule, int]]:
    """Rules not re-verified within FRESH_DAYS, with their age in days: a warning, never a failure."""
    out = []
    for rule in book.rules:
        if rule.cite and rule.cite.retrieved and (today - rule.cite.retrieved).days > FRESH_DAYS:
            out.append((rule, (today - rule.cite.retrieved).days))
    return out
