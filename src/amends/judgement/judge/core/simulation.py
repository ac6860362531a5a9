"""All clocks of one order on one line, at any moment and under a few what-ifs. Pure.

A what-if is a handful of events that happen at the simulated moment. Whatever lies after that moment has not
happened yet, so dragging "today" back unwinds the case, and dragging it forward lets the clocks run out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from amends.judgement.clocks.core import Clock, State
from amends.judgement.judge.core.applying import EVENT_FACTS, apply_rules, settled
from amends.judgement.rules.core import Decision, Layer, Rule, Rulebook, Texts
from amends.judgement.rules.facts import KNOWN_AT

# What happens at the simulated moment. Each event only if it has not happened before.
WHAT_IFS: Mapping[str, tuple[str, ...]] = {
    "buyer_disputes": ("dispute.submitted",),
    "buyer_escalates": ("dispute.submitted", "dispute.escalated"),
    "buyer_charges_back": ("payment_dispute.opened",),
    "ask_goods_back": ("return.requested", "return.answered", "return.agreed"),
    "we_answer": ("seller.answered", "seller.last_answer", "dispute.responded", "return.answered"),
    "we_refund": ("refund.issued",),
    "it_arrives": ("order.delivered",),
}
REACH = timedelta(days=120)  # a guarantee of years must not squeeze the days that matter
LANES = ("platform", "card", "law", "own", "carrier")


@dataclass(frozen=True, slots=True)
class Bar:
    """One clock on the line. `was` is its due moment without the what-ifs, where that differs."""

    clock: Clock
    title: Texts
    version: str
    lane: str
    is_new: bool = False  # only the what-if makes it run
    was: datetime | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    at: datetime
    begins: datetime
    ends: datetime
    bars: tuple[Bar, ...]
    gone: tuple[str, ...]  # rules whose clock the what-if takes away
    decision: Decision
    decision_before: Decision
    events: tuple[tuple[str, datetime], ...]


def lane_of(rule: Rule) -> str:
    """Whose clock it is: the platform's, the bank's, the law's, the carrier's or our own promise."""
    if rule.clock and any(name.startswith("payment_dispute.") for name in rule.clock.starts.facts):
        return "card"
    return {Layer.LAW: "law", Layer.SHOP: "own", Layer.CARRIER: "carrier"}.get(rule.layer, "platform")


def supposed(facts: Mapping[str, Any], at: datetime, what_ifs: Iterable[str]) -> dict[str, Any]:
    """The facts with the what-ifs' events at the moment. An event already behind us stays where it is."""
    out = {name: value for name, value in facts.items() if name != KNOWN_AT}
    for code in what_ifs:
        for event in WHAT_IFS[code]:
            if event not in out or out[event] > at:
                out[event] = at
    return out


def _clocks(facts: Mapping[str, Any], book: Rulebook, at: datetime) -> tuple[dict[str, tuple[Clock, Rule]], Decision]:
    applied = apply_rules(facts, book, at)
    by_id = {rule.id: rule for rule in applied.active}
    found = {
        c.rule: (c, by_id[c.rule]) for c in applied.clocks if c.starts is not None and c.state is not State.UNKNOWN
    }
    return found, settled(applied, at).verdict.decision


def _bounds(facts: Mapping[str, Any], book: Rulebook, at: datetime) -> tuple[datetime, datetime]:
    """The same for every position of "today": from the first event to the last due moment within reach."""
    moments = [value for name, value in facts.items() if name in EVENT_FACTS] or [
        value for value in facts.values() if isinstance(value, datetime)
    ]
    first, last = min(moments, default=at), max(moments, default=at)
    clocks, _decision = _clocks(facts, book, last + timedelta(seconds=1))
    dues = [c.due for c, _rule in clocks.values() if c.due is not None and c.due <= last + REACH]
    day = timedelta(days=1)
    return min(first, at) - day, max([*dues, last, at]) + day


def simulate(facts: Mapping[str, Any], book: Rulebook, at: datetime, what_ifs: Iterable[str] = ()) -> Simulation:
    """Every clock that has begun by `at`. Raises KeyError on a what-if that does not exist."""
    plain = supposed(facts, at, ())
    assumed = supposed(facts, at, what_ifs)
    before, decision_before = _clocks(plain, book, at)
    after, decision = _clocks(assumed, book, at)
    bars = []
    for rule_id, (clock, rule) in after.items():
        old = before.get(rule_id)
        moved = old is not None and old[0].due != clock.due
        bars.append(
            Bar(
                clock,
                rule.title,
                rule.version,
                lane_of(rule),
                is_new=old is None,
                was=old[0].due if old is not None and moved else None,
            )
        )
    bars.sort(key=lambda b: (LANES.index(b.lane), b.clock.due is None, b.clock.due.timestamp() if b.clock.due else 0))
    begins, ends = _bounds(plain, book, at)
    events = sorted(((n, v) for n, v in assumed.items() if n in EVENT_FACTS), key=lambda e: (e[1], e[0]))
    gone = tuple(sorted(set(before) - set(after)))
    return Simulation(at, begins, ends, tuple(bars), gone, decision, decision_before, tuple(events))
