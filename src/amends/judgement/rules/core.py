"""A rule and a rulebook, as plain data. Reading them from files is `parse` and `load`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from amends.judgement.clocks.core import ClockSpec, reads
from amends.judgement.metrics.core import Metric
from amends.judgement.metrics.penalties import Penalty
from amends.kernel.clauses import Clause, Compare, Compiled, Constant, Every, Happened, OtherFact, compile_clause
from amends.kernel.explain import facts_read, watches_clocks
from amends.kernel.fx import Rates
from amends.kernel.parties import Confidence, Party

Texts = Mapping[str, str]  # language code -> text; "en" is always there


class Layer(StrEnum):
    """Precedence, strongest first. A promise of the shop that is better for the buyer binds nevertheless."""

    LAW = "law"
    PLATFORM = "platform"
    CARRIER = "carrier"
    SHOP = "shop"


_DOCUMENT = re.compile(r"\((.+?\.md)(?: @\w+)?\)")
RANK = {layer: index for index, layer in enumerate(Layer)}


class Decision(StrEnum):
    FOR_SELLER = "for_seller"
    FOR_BUYER = "for_buyer"
    SPLIT = "split"
    ELSEWHERE = "elsewhere"  # another institution decides, e.g. the bank after a chargeback
    PLATFORM_PAYS = "platform_pays"  # the buyer is refunded, and not by the seller
    UNDETERMINED = "undetermined"  # a fact is missing
    NEEDS_PERSON = "needs_person"  # rules contradict each other
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class Validity:
    """In force for cases whose `by` fact lies in [from, to), instants made from local dates of the rule's zone."""

    by: str
    begins: datetime | None
    ends: datetime | None
    from_date: date | None
    to_date: date | None


@dataclass(frozen=True, slots=True)
class Cite:
    source: str
    also: tuple[str, ...] = ()
    retrieved: date | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Then:
    """What follows. `outcome` keys: refund, funded_by, return_required, metric_effects, points, fee, appeal …"""

    decision: Decision | None = None
    liability: tuple[tuple[Party, int], ...] = ()  # shares in percent, sum 100
    outcome: Mapping[str, Any] = field(default_factory=dict)
    statutory: tuple[str, ...] = ()  # remedies the buyer is owed by law
    forbid: tuple[str, ...] = ()  # remedies that may not be offered
    note: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """`given` and `expect` stay in wire form: they are the rule's own test, typed from the source."""

    name: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    line: int


@dataclass(frozen=True)
class Rule:
    id: str
    version: str  # the first day it is in force, or "open"
    title: Texts
    layer: Layer
    applies: Clause
    valid: Validity | None
    confidence: Confidence
    cite: Cite | None
    when: Clause | None
    then: Then | None
    clock: ClockSpec | None
    clock_only: Clause | None  # the clock runs only where this is known to hold
    silence: Then | None
    ask: Mapping[str, Texts]
    tags: tuple[str, ...]
    excludes: tuple[str, ...]
    overrides: tuple[str, ...]
    binds: bool  # better for the buyer binds, whatever the layer
    conflicts: str
    examples: tuple[Example, ...]
    defaults: Mapping[str, Any]  # facts that `applies` asks for by equality, in typed form
    body: Mapping[str, Any]  # canonical wire form, for storing and showing
    hash: str
    file: str
    line: int
    house_of: int | None = None  # organisation, for a house rule
    metric: Metric | None = None  # counts over the shop's orders; says nothing about one case
    penalty: Penalty | None = None  # counts over the shop's offences
    run_applies: Compiled = field(init=False, repr=False, compare=False)
    run_when: Compiled = field(init=False, repr=False, compare=False)
    run_clock_only: Compiled = field(init=False, repr=False, compare=False)
    clock_reads: frozenset[str] | None = field(init=False, repr=False, compare=False)  # None: it watches other clocks
    strength: tuple[bool, int] = field(init=False, repr=False, compare=False)  # smaller is stronger

    def __post_init__(self) -> None:
        object.__setattr__(self, "run_applies", compile_clause(self.applies))
        object.__setattr__(self, "run_when", compile_clause(self.when or Constant(True)))
        object.__setattr__(self, "run_clock_only", compile_clause(self.clock_only or Constant(True)))
        object.__setattr__(self, "clock_reads", self._clock_reads())
        object.__setattr__(self, "strength", (not self.binds, RANK[self.layer]))

    def _clock_reads(self) -> frozenset[str] | None:
        if self.clock is None:
            return frozenset()
        if self.clock_only is None:
            return reads(self.clock)
        if watches_clocks(self.clock_only):
            return None
        return (
            reads(self.clock)
            | {name.partition(".")[0] for name in facts_read(self.clock_only)}
            | facts_read(self.clock_only)
        )

    @property
    def active(self) -> bool:
        return self.confidence is not Confidence.D

    @property
    def of_cases(self) -> bool:
        """Whether it says something about a case, not only about the shop."""
        return self.then is not None or self.clock is not None

    def in_force(self, record: Mapping[str, Any]) -> bool | None:
        """Whether this version is the one for the case; unknown when the choosing date is."""
        valid = self.valid
        if valid is None or (valid.begins is None and valid.ends is None):
            return True
        at = record.get(valid.by)
        if at is None:
            return None
        if valid.begins is not None and at < valid.begins:
            return False
        return not (valid.ends is not None and at >= valid.ends)


@dataclass(frozen=True, slots=True)
class Source:
    key: str
    title: str
    url: str
    dated: str = ""

    @property
    def watch(self) -> str:
        """Path of the document in a history of dated policy texts, `eBay/Terms of Service.md`; empty if in none."""
        found = _DOCUMENT.search(self.url)
        return found[1] if found else ""

    @property
    def address(self) -> str:
        """What a browser can open; empty for our own practice."""
        page = self.url.split(" ", 1)[0]
        return page if "://" in page or not page else f"https://{page}"


COMMON = ("platform", "order.ship_country", "case.kind")


class Candidate(NamedTuple):
    """A rule that may apply, with what remains to be asked of the case, the cheapest questions first.

    `event` must have happened, and `fact` must be `value`; either is empty where the rule does not ask so. Most rules
    fall at these first looks. `applies` is the rest, None for nothing; `dated`: the rule has versions.
    """

    rule: Rule
    event: str
    fact: str
    value: Any
    applies: Compiled | None
    dated: bool


@dataclass(frozen=True)
class Rulebook:
    """Rules plus every table they and the remedies use. One hash for all of it."""

    rules: tuple[Rule, ...]
    sources: Mapping[str, Source]
    priors: Mapping[str, Any]
    rates: Rates
    released: date | None
    hash: str
    least_examples: int = 0  # what the release was made with; 0 where a book does not say
    memo: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)  # what follows from the book alone

    def candidates(self, platform: str | None, country: str | None, kind: str | None = None) -> tuple[Candidate, ...]:
        """Active rules that the three commonest equalities do not already rule out."""
        key = (platform, country, kind)
        found: tuple[Candidate, ...] | None = self.memo.get(key)
        if found is None:
            known = {name: value for name, value in zip(COMMON, key, strict=True) if value is not None}
            found = tuple(
                _candidate(rule, known)
                for rule in self.rules
                if rule.active
                and rule.of_cases
                and all(_may_match(rule.defaults.get(name), value) for name, value in known.items())
            )
            self.memo[key] = found
        return found

    def versions(self, rule_id: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.id == rule_id)

    def find(self, rule_id: str, version: str = "") -> Rule | None:
        for rule in reversed(self.rules):
            if rule.id == rule_id and version in ("", rule.version):
                return rule
        return None


def _may_match(wanted: Any, value: str) -> bool:
    if wanted is None:
        return True
    return value in wanted if isinstance(wanted, frozenset) else bool(value == wanted)


def _candidate(rule: Rule, known: Mapping[str, str]) -> Candidate:
    """The rule with what is left to ask of a case whose common facts are known and fit."""
    parts = rule.applies.clauses if isinstance(rule.applies, Every) else (rule.applies,)
    left = [p for p in parts if not (isinstance(p, Compare) and p.op in ("is", "in") and p.fact in known)]
    event = next((p for p in left if isinstance(p, Happened) and p.wanted), None)
    equal = next(
        (p for p in left if isinstance(p, Compare) and p.op == "is" and not isinstance(p.value, OtherFact)), None
    )
    rest = [p for p in left if p is not equal and p is not event]  # the record holds no event that lies ahead
    return Candidate(
        rule,
        event.event if event else "",
        equal.fact if equal else "",
        equal.value if equal else None,
        compile_clause(rest[0] if len(rest) == 1 else Every(tuple(rest))) if rest else None,
        rule.valid is not None and (rule.valid.begins is not None or rule.valid.ends is not None),
    )
