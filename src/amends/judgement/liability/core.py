"""Who bears it: which fired rules decide, and what they decide together.

Precedence: an `overrides` beats what it names; then law, platform, carrier, shop; a shop's promise marked
as better for the buyer binds whatever its layer. Rules of equal rank that disagree need a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from amends.judgement.rules.core import Decision, Rule, Then
from amends.kernel.parties import Confidence, Party, weakest

# Parts of an outcome that somebody pays by: there two words of equal strength cannot both stand.
COUNTED = frozenset({"refund", "funded_by", "fee", "points", "deduction", "duty", "postage", "return_required"})


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds, with what follows: its `then`, or the silence of its clock that ran out."""

    rule: Rule
    then: Then
    by: str  # "then" | "silence"


@dataclass(frozen=True, slots=True)
class Share:
    party: Party
    share: int  # percent
    rule: str
    confidence: Confidence | None = None  # of that rule; None where nobody is named


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules of equal rank that say different things, of the decision or of one part of the outcome."""

    rules: tuple[str, str]
    decisions: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    decision: Decision
    shares: tuple[Share, ...]
    outcome: Mapping[str, Any]
    outcome_rules: Mapping[str, str]  # outcome key -> the rule it comes from
    statutory: tuple[tuple[str, str], ...]  # (remedy, rule)
    forbidden: tuple[tuple[str, str], ...]
    deciding: tuple[str, ...]
    confidence: Confidence | None
    conflicts: tuple[Conflict, ...]


def without_overridden(fired: Iterable[Fired]) -> list[Fired]:
    """Drop rules that another fired rule overrides. Sorted by precedence, strongest first."""
    fired = list(fired)
    beaten = {other for f in fired if f.rule.overrides for other in f.rule.overrides}
    kept = [f for f in fired if f.rule.id not in beaten] if beaten else fired
    kept.sort(key=lambda f: (f.rule.strength, f.by != "then", f.rule.id))
    return kept


def settle(fired: Iterable[Fired], *, undecided: bool) -> Verdict:
    """Merge fired rules into one verdict. `undecided`: a rule that could decide lacks a fact."""
    kept = without_overridden(fired)
    deciding = [f for f in kept if f.then.decision is not None]
    decision, conflicts = _decide(deciding, undecided=undecided)
    agreeing = [f for f in deciding if f.then.decision is decision]
    heard = [*agreeing, *(f for f in kept if f.then.decision is None)]  # who decides, and who only adds to it
    outcome, said_by, disagreeing = _merged(heard)
    conflicts += disagreeing
    outcome_rules = {key: f.rule.id for key, f in said_by.items()}
    # Who bears it may come from another rule than the one that decides: a platform refunds, the scans say whose loss.
    # While a deciding fact is missing nobody is named: a guess here would be read as a verdict.
    open_question = decision in (Decision.UNDETERMINED, Decision.NEEDS_PERSON)
    shares = _shares([] if open_question else heard)
    confidence = weakest([f.rule.confidence for f in agreeing]) if agreeing else None
    return Verdict(
        decision,
        shares,
        outcome,
        outcome_rules,
        tuple(dict.fromkeys((r, f.rule.id) for f in kept for r in f.then.statutory)),
        tuple(dict.fromkeys((r, f.rule.id) for f in kept for r in f.then.forbid)),
        tuple(f.rule.id for f in agreeing),
        confidence,
        conflicts,
    )


def _merged(heard: list[Fired]) -> tuple[dict[str, Any], dict[str, Fired], tuple[Conflict, ...]]:
    """One outcome of all rules that are heard, who said each part, and who said another thing with equal strength.

    Effects on metrics add up. Of other parts the strongest word stands; two rules as strong as each other that only
    add to the decision and disagree are both shown.
    """
    outcome: dict[str, Any] = {}
    said_by: dict[str, Fired] = {}
    effects: list[str] = []
    disagreeing: list[Conflict] = []
    for f in heard:
        for key, value in f.then.outcome.items():
            first = said_by.setdefault(key, f)
            if key == "metric_effects":
                effects += [e for e in (value if isinstance(value, list) else [value]) if e not in effects]
            elif key not in outcome:
                outcome[key] = value
            elif value != outcome[key] and key in COUNTED and _only_add(first, f):
                sides = (f"{key}: {outcome[key]}", f"{key}: {value}")
                disagreeing.append(Conflict((first.rule.id, f.rule.id), sides))
    if effects:
        outcome["metric_effects"] = effects
    return outcome, said_by, tuple(disagreeing)


def _only_add(first: Fired, second: Fired) -> bool:
    return (
        first.then.decision is None
        and second.then.decision is None
        and first.rule.id != second.rule.id
        and first.rule.strength == second.rule.strength
    )


def _decide(deciding: list[Fired], *, undecided: bool) -> tuple[Decision, tuple[Conflict, ...]]:
    if not deciding:
        return (Decision.UNDETERMINED if undecided else Decision.NO_RULE), ()
    strongest = deciding[0]
    peers = [f for f in deciding if f.rule.strength == strongest.rule.strength]
    conflicts = tuple(
        Conflict((strongest.rule.id, peer.rule.id), (str(strongest.then.decision), str(peer.then.decision)))
        for peer in peers[1:]
        if peer.then.decision is not strongest.then.decision
    )
    if conflicts:
        return Decision.NEEDS_PERSON, conflicts
    assert strongest.then.decision is not None  # noqa: S101 - `deciding` holds only rules with one
    return strongest.then.decision, ()


def _shares(fired: list[Fired]) -> tuple[Share, ...]:
    for f in fired:
        if f.then.liability:
            return tuple(Share(party, share, f.rule.id, f.rule.confidence) for party, share in f.then.liability)
    return (Share(Party.UNKNOWN, 100, ""),)
