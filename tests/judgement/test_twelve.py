"""The release gate: the twelve hardest scenarios, each with all that was decided, side by side.

The facts are those of the scenarios' own tests, which try their variants. Here each must give, in one row, the
decision, who bears it, who funds it, what it does to the metrics, the due moments and the rules it cites.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from amends.judgement.judge import judge
from amends.judgement.rules.facts import read_facts
from amends.judgement.rules.load import current
from tests.judgement.law.test_cn import BATTERY, BOOKS
from tests.judgement.platforms.test_cards import NOW as CARD_DAY
from tests.judgement.platforms.test_cards import T12
from tests.judgement.platforms.test_wish import T7, T8
from tests.judgement.test_scenarios import T1, T5, example

UNDECIDED = (
    "order.delivered", "dispute.decided", "dispute.decision", "dispute.funded_by", "refund.issued",
    "dispute.refund_issued_by",
)  # fmt: skip
T2 = {k: v for k, v in T1.items() if k not in UNDECIDED} | {
    "case.leaf": "in_transit_late",
    "parcels": [{"first_scan_at": "2024-11-29T17:40:00-08:00", "status": "lost"}],
}


@dataclass(frozen=True)
class Gate:
    """`due` maps a rule to the moment of its clock; `cited` are rules that must be named, whatever else is."""

    name: str
    facts: dict[str, Any]
    at: str
    decision: str
    liable: dict[str, float]
    funded_by: str | None
    metrics: list[str]
    due: dict[str, str]
    cited: frozenset[str] = field(default_factory=frozenset)


GATES = (
    Gate(
        "T1 Amazon funds, and the debit is appealed",
        T1, "2024-12-15T09:00:00-08:00", "platform_pays", {"platform": 1}, "platform", ["none"],
        {"AMZ-A2Z-APPEAL": "2025-01-13T10:00:00-08:00"}, frozenset({"AMZ-BUYSHIP", "AMZ-A2Z-APPEAL"}),
    ),
    Gate(
        "T2 redirected and lost: the first scan decides",
        T2, "2024-12-15T09:00:00-08:00", "platform_pays", {"platform": 1}, "platform", ["none"],
        {"AMZ-A2Z-WINDOW": "2025-03-06T23:59:59-08:00"}, frozenset({"AMZ-BUYSHIP", "CARRIER-LOST"}),
    ),
    Gate(
        "T3 four days, weekend included, and graded on Wednesday",
        example("t3-graded-late"), "", "for_buyer", {"seller": 1}, "seller", [],
        {"AMZ-FBM-REFUND": "2026-02-10T23:59:59-08:00"}, frozenset({"AMZ-FBM-REFUND"}),
    ),
    Gate(
        "T4 unsigned at 755 dollars",
        example("t4"), "", "for_buyer", {"seller": 1}, "seller", ["defect"],
        {"EB-INR-RESP": "2026-10-20T23:59:59-07:00"}, frozenset({"EB-SIG", "EB-INR-RESP"}),
    ),
    Gate(
        "T5 nothing may be kept once eBay stepped in",
        T5 | {"dispute.submitted": "2026-04-22T13:00:00-07:00", "dispute.escalated": "2026-04-23T09:00:00-07:00"},
        "2026-04-23T12:00:00-07:00", "for_buyer", {"seller": 1}, "seller", [],
        {"EB-RET-RESP": "2026-04-20T23:59:59-07:00"}, frozenset({"EB-DEDUCT-LOST"}),
    ),
    Gate(
        "T6 the bank decides, and nobody refunds twice",
        example("t6"), "", "elsewhere", {"unknown": 1}, None, [],
        {"EB-PAYDISP": "2026-10-22T15:00:00-07:00"}, frozenset({"EB-PAYDISP-EXCL"}),
    ),
    Gate(
        "T7 Wish: delivered on day nine of fifteen",
        T7, "2026-08-16T00:00:00+00:00", "platform_pays", {"platform": 1}, "platform", [],
        {"WI-DELIV": "2026-08-16T00:00:00+00:00", "WI-APPEAL": "2026-11-13T00:00:00+00:00"},
        frozenset({"WI-DELIV-INTIME"}),
    ),
    Gate(
        "T8 Wish: marked as sent without a number",
        T8, "2026-02-23T00:00:00+00:00", "for_buyer", {"seller": 1}, "seller", [],
        {"WI-APPEAL": "2026-05-23T00:00:00+00:00"}, frozenset({"WI-TRACK-NONE"}),
    ),
    Gate(
        "T9 AliExpress: a number of another country and five days of silence",
        example("t9"), "", "for_buyer", {"seller": 1}, "seller", ["dispute_rate", "seller_liability_rate"],
        {"AE-RESP": "2026-03-25T09:00:00-07:00", "AE-FAKESHIP": "2026-03-17T23:59:59+08:00"},
        frozenset({"AE-RESP", "AE-FAKESHIP"}),
    ),
    Gate(
        "T10 China: the promise of a new one, and the fault again",
        BATTERY | {"repair.failed": "2026-06-20T12:00:00+08:00"}, "2026-06-25T12:00:00+08:00",
        "for_buyer", {"seller": 1}, "seller", [],
        {"CN-PROMISE-NEW": "2026-09-02T23:59:59+08:00"}, frozenset({"CN-PROMISE-BROKEN"}),
    ),
    Gate(
        "T11 China: the agent binds the shop, the rest is owed",
        BOOKS, "2019-10-01T12:00:00+08:00", "for_buyer", {"seller": 1}, "seller", [],
        {}, frozenset({"CN-AGENT", "CN-AGENT-REFUND"}),
    ),
    Gate(
        "T12 Visa: two earlier orders qualify, one is too young",
        T12, CARD_DAY, "elsewhere", {"issuer": 1}, "issuer", [],
        {"STR-DUE": "2026-07-05T23:59:59+00:00"}, frozenset({"VISA-CE3", "CARD-ELSEWHERE"}),
    ),
)  # fmt: skip


@pytest.mark.parametrize("gate", GATES, ids=lambda g: g.name.split()[0])
def test_the_twelve(gate: Gate) -> None:
    facts = read_facts(gate.facts)
    result = judge(facts, current(), datetime.fromisoformat(gate.at) if gate.at else facts["known_at"])
    assert result.decision.value == gate.decision
    assert {s.party.value: s.share / 100 for s in result.liability} == gate.liable
    assert result.outcome.get("funded_by") == gate.funded_by
    assert result.outcome.get("metric_effects", []) == gate.metrics
    dues = {c.rule: c.due for c in result.clocks}
    assert {rule: dues.get(rule) for rule in gate.due} == {
        rule: datetime.fromisoformat(text) for rule, text in gate.due.items()
    }
    cited = {c.rule: c for c in result.citations}
    assert gate.cited <= set(cited)
    assert all(c.version and c.hash for c in cited.values())


def test_all_twelve_are_here() -> None:
    assert [g.name.split()[0] for g in GATES] == [f"T{n}" for n in range(1, 13)]
