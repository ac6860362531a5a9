"""What a judgement is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.judgement.clocks.core import Clock
from amends.judgement.liability.core import Conflict, Share
from amends.judgement.remedies.core import Plan, Remedy
from amends.judgement.rules.core import Decision, Texts
from amends.kernel.clauses import Truth
from amends.kernel.parties import Confidence


@dataclass(frozen=True, slots=True)
class Because:
    """One fact that a rule looked at: what stood there, and what the clause made of it. Empty `saw`: it is absent."""

    fact: str
    saw: Any
    holds: Truth


@dataclass(frozen=True, slots=True)
class Citation:
    rule: str
    version: str
    hash: str
    confidence: Confidence
    role: str  # decides, clock, statutory, outcome, excludes
    because: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """What a missing fact would do: with this value the case would be decided so, by this rule, at this cost."""

    value: Any
    rule: str
    decision: str
    liable: str  # the party that would bear most of it, empty when nobody is named


@dataclass(frozen=True, slots=True)
class Unknown:
    fact: str
    ask: Texts
    rules: tuple[str, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The platform decided otherwise than its own rules say. `appeal_due` is None where no clock of ours runs."""

    actual: str
    expected: str
    rules: tuple[str, ...]
    appeal: str = ""
    appeal_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Money, metric and appeal are three parts of `outcome` and never imply each other."""

    decision: Decision
    confidence: Confidence | None  # the weakest rule that decides; None when none does
    liability: tuple[Share, ...]
    outcome: Mapping[str, Any]
    outcome_rules: Mapping[str, str]
    clocks: tuple[Clock, ...]
    remedies: tuple[Remedy, ...]
    plan: Plan
    citations: tuple[Citation, ...]
    unknowns: tuple[Unknown, ...]
    conflicts: tuple[Conflict, ...]
    excluded: tuple[tuple[str, str], ...]  # (rule, the rule that excludes it)
    contradiction: Contradiction | None = None
    warnings: tuple[str, ...] = field(default=())

    @property
    def may_act(self) -> bool:
        """True when an automatic action may rest on it."""
        if self.decision is Decision.NEEDS_PERSON or self.unknowns or self.conflicts:
            return False
        return self.confidence is not None and self.confidence.may_act
