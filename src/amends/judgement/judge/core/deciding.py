"""`judge(facts, rulebook, now) -> Judgement`: the one decision of the house. Pure, total, explained.

Order of work: which rules are in force and apply; which proceedings exclude others; the clocks; which rules
hold, given the clocks; the verdict; the remedies and the plan; what is unknown and how it would move the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from amends.judgement.clocks.core import Clock
from amends.judgement.judge.core.applying import Applied, apply_rules, settled
from amends.judgement.judge.core.citing import citations, contradiction, heard, ordered, warnings
from amends.judgement.judge.core.judgement import Judgement
from amends.judgement.judge.core.missing import unknowns
from amends.judgement.remedies.core import plan_for, weigh
from amends.judgement.rules.core import Decision, Rulebook, Then


def judge(facts: Mapping[str, Any], book: Rulebook, now: datetime) -> Judgement:
    """`facts` are typed (`rules.facts.read_facts`); `now` is zone-aware. Never raises on facts the schema admits."""
    applied = apply_rules(facts, book, now)
    found = settled(applied, now)
    verdict = found.verdict
    missing = unknowns(facts, book, now, applied, found)
    weighed = weigh(facts, verdict, book.priors, book.rates, book.memo)
    plan = plan_for(
        verdict,
        applied.clocks,
        weighed,
        now,
        kind=str(facts.get("case.kind", "")),
        missing=tuple(u.fact for u in missing),
        silences=_silences(applied),
    )
    against = contradiction(facts, applied, verdict)
    return Judgement(
        decision=verdict.decision,
        confidence=verdict.confidence,
        liability=verdict.shares,
        outcome=verdict.outcome,
        outcome_rules=verdict.outcome_rules,
        clocks=ordered(applied.clocks),
        remedies=weighed.remedies,
        plan=plan,
        citations=citations(applied, heard(found.fired, verdict), verdict.deciding, now),
        unknowns=missing,
        conflicts=verdict.conflicts,
        excluded=tuple(sorted(applied.excluded.items())),
        contradiction=against,
        warnings=warnings(applied, against),
    )


def _silence_word(silence: Then) -> str:
    """The first thing that running out brings: money, a step up, a closed door."""
    outcome = silence.outcome
    if silence.decision in (Decision.FOR_BUYER, Decision.SPLIT) or outcome.get("refund") not in (None, "none"):
        return "refund"
    for key in ("escalates", "closes", "points", "fee", "metric_effects"):
        if key in outcome:
            return key
    return "counts"


def _silences(applied: Applied) -> dict[str, str]:
    return {rule.id: _silence_word(rule.silence) for rule in applied.active if rule.silence is not None}


def clocks_and_liability(facts: Mapping[str, Any], book: Rulebook, now: datetime) -> tuple[list[Clock], Decision]:
    """The first half of `judge` alone, for scans over many cases."""
    applied = apply_rules(facts, book, now)
    return applied.clocks, settled(applied, now).verdict.decision
