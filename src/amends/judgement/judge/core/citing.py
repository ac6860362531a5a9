"""Which rules a judgement names, and the facts each of them looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from amends.judgement.clocks.core import Clock, State
from amends.judgement.judge.core.applying import Applied
from amends.judgement.judge.core.judgement import Because, Citation, Contradiction
from amends.judgement.liability.core import Fired, Verdict, without_overridden
from amends.judgement.rules.core import Decision, Rule
from amends.kernel.clauses import CLOCK_PREFIX, ClockIs, Compare, Happened, InTable, Known
from amends.kernel.explain import Step, explain

STATE_ORDER = {State.RUNNING: 0, State.PAUSED: 1, State.EXPIRED: 2}
SETTLED = (Decision.FOR_BUYER, Decision.FOR_SELLER)


def ordered(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """Live clocks first, soonest first; then those that are over; not started last."""
    return tuple(
        sorted(
            clocks,
            key=lambda c: (STATE_ORDER.get(c.state, 3), c.due is None, c.due.timestamp() if c.due else 0, c.rule),
        )
    )


def heard(fired: list[Fired], verdict: Verdict) -> list[Fired]:
    """Rules that shaped the verdict. Who was overridden or outranked is not cited; in a conflict everybody is."""
    return [
        f
        for f in without_overridden(fired)
        if verdict.conflicts or f.then.decision in (None, verdict.decision) or f.then.statutory or f.then.forbid
    ]


def _named(step: Step) -> str:
    match step.clause:
        case Compare(fact) | Known(fact) | Happened(fact):
            return fact
        case InTable(table):
            return table
        case ClockIs(rule_id):
            return CLOCK_PREFIX + rule_id
        case _:
            return ""


def _because(rule: Rule, record: Mapping[str, Any], now: datetime) -> tuple[Because, ...]:
    """The facts behind a rule's clauses, each once, in the order the rule asks for them."""
    if rule.when is None:
        return ()
    found: dict[str, Because] = {}
    for step in explain(rule.when, record, now):
        name = _named(step)
        if name:
            found.setdefault(name, Because(name, step.saw, step.value))
    return tuple(found.values())


def _counted(clock: Clock, rule: Rule, record: Mapping[str, Any]) -> tuple[Because, ...]:
    """A clock rests on what started it."""
    if rule.clock is None or clock.starts is None:
        return ()
    return tuple(Because(name, record.get(name), True) for name in rule.clock.starts.facts if name in record)


def citations(applied: Applied, fired: list[Fired], deciding: tuple[str, ...], now: datetime) -> tuple[Citation, ...]:
    out: dict[str, Citation] = {}

    def add(rule: Rule, role: str, because: tuple[Because, ...]) -> None:
        out[rule.id] = Citation(rule.id, rule.version, rule.hash, rule.confidence, role, because)

    for f in sorted(fired, key=lambda f: f.rule.id not in deciding):
        if f.rule.id not in out:
            role = "decides" if f.rule.id in deciding else "statutory" if f.then.statutory else "outcome"
            add(f.rule, role, _because(f.rule, applied.record, now))
    by_id = {rule.id: rule for rule in applied.active}
    for clock in applied.clocks:
        if clock.state is not State.NOT_STARTED and clock.rule not in out:
            add(by_id[clock.rule], "clock", _counted(clock, by_id[clock.rule], applied.record))
    for rule_id in applied.excluded.values():
        if rule_id not in out:
            add(by_id[rule_id], "excludes", _because(by_id[rule_id], applied.record, now))
    return tuple(out.values())


def contradiction(facts: Mapping[str, Any], applied: Applied, verdict: Verdict) -> Contradiction | None:
    """Whether the platform decided, or made somebody pay, otherwise than the rules say; and until when to appeal."""
    actual, funded = facts.get("dispute.decision"), facts.get("dispute.funded_by")
    decided_so = actual is not None and verdict.decision in SETTLED and actual != verdict.decision.value
    expected_funds = verdict.outcome.get("funded_by")
    paid_so = funded == "seller" and (
        verdict.decision in (Decision.PLATFORM_PAYS, Decision.FOR_SELLER)
        or (expected_funds is not None and expected_funds != "seller")
    )
    if not decided_so and not paid_so:
        return None
    appeal = str(verdict.outcome.get("appeal") or "")
    clock = next((c for c in applied.clocks if c.rule == appeal), None) or next(
        (c for c in applied.clocks if c.name == "appeal" and c.owner == "seller" and c.due is not None), None
    )
    return Contradiction(
        str(actual) if decided_so else f"funded_by_{funded}",
        verdict.decision.value if decided_so or not expected_funds else f"funded_by_{expected_funds}",
        verdict.deciding,
        clock.rule if clock else "",
        clock.due if clock else None,
    )


def warnings(applied: Applied, found: Contradiction | None) -> tuple[str, ...]:
    """Signs that need a person's eye; message codes for the interface."""
    out = ["decision_contradicts_rules"] if found else []
    disputed = "payment_dispute.opened" in applied.record
    refunded = "refund.issued" in applied.record or "refund.partly_issued" in applied.record
    if disputed and refunded:
        out.append("double_recovery")
    elif disputed and applied.excluded:
        out.append("do_not_refund_twice")
    return tuple(out)
