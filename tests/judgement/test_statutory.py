"""Ten thousand cases at random: whatever the law gives the buyer stands on the list, and nothing less replaces it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from amends.judgement.judge import judge
from amends.judgement.rules.core import Decision
from amends.judgement.rules.facts import read_facts
from amends.judgement.rules.load import current
from amends.judgement.rules.vocabulary import FACTS, PLATFORMS, Kind
from amends.kernel import taxonomy

CASES = 10_000
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
COUNTRIES = ("US", "GB", "FR", "DE", "IT", "CN", "BR", "KR", "JP", "AU", "RU")
CURRENCIES = ("USD", "EUR", "CNY")
FLAGS = [f.name for f in FACTS if f.kind is Kind.FLAG]
CODES = [f for f in FACTS if f.kind is Kind.CODE and f.name not in ("platform", "case.kind", "case.leaf")]
STEPS = (
    "order.delivered", "buyer.contacted", "dispute.submitted", "return.requested", "withdrawal.declared",
    "return.delivered_at", "repair.failed", "customs.held", "cancellation.requested", "dispute.decided",
)  # fmt: skip


def facts_at_random(rng: random.Random) -> dict[str, Any]:
    """A case as it may stand: a platform, a country, a leaf, some of the steps in order, a few facts learnt."""
    leaf = rng.choice(taxonomy.LEAVES)
    placed = NOW - timedelta(days=rng.randrange(1, 700), seconds=rng.randrange(86_400))
    wire: dict[str, Any] = {
        "platform": rng.choice(PLATFORMS),
        "case.kind": leaf.kind,
        "case.leaf": leaf.code,
        "order.placed_at": placed.isoformat(),
        "order.shipped": (placed + timedelta(days=1)).isoformat(),
        "order.ship_country": rng.choice(COUNTRIES),
        "order.total_with_tax_and_postage": f"{Decimal(rng.randrange(1, 300_000)) / 100} {rng.choice(CURRENCIES)}",
        "buyer.is_consumer": rng.random() < 0.8,
    }
    at = placed + timedelta(days=1)
    for step in STEPS:
        if rng.random() < 0.4:
            at += timedelta(hours=rng.randrange(1, 400))
            if at < NOW:
                wire[step] = at.isoformat()
    wire |= {name: rng.random() < 0.5 for name in rng.sample(FLAGS, 4) if name != "buyer.is_consumer"}
    wire |= {f.name: rng.choice(f.codes) for f in rng.sample(CODES, 2)}
    return wire


def test_no_list_of_remedies_ever_lacks_what_the_law_gives() -> None:
    rng, book, owed = random.Random(20261127), current(), 0  # noqa: S311 - cases, not secrets
    for _ in range(CASES):
        wire = facts_at_random(rng)
        result = judge(read_facts(wire), book, NOW)
        cited = {c.rule: c for c in result.citations if c.role in ("statutory", "decides")}
        due = {
            remedy: rule.id
            for rule in (book.find(c.rule, c.version) for c in cited.values())
            if rule is not None and rule.then is not None
            for remedy in rule.then.statutory
        }
        listed = {r.code: r for r in result.remedies}
        for remedy in due:
            owed += 1
            assert remedy in listed, wire
            assert listed[remedy].statutory, wire
        if due and result.decision is Decision.FOR_BUYER:
            less = [c for c in ("credit", "contest", "goodwill") if c in listed and listed[c].allowed]
            assert less == [], wire
        first = [r for r in result.remedies if r.allowed]
        equal = [r for r in first if r.cost == first[0].cost] if first else []
        assert not any(r.statutory for r in equal) or equal[0].statutory, wire
    assert owed > CASES / 20  # the law spoke often enough for this to mean something
