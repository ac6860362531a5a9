"""Bare clause evaluation beside the `rule-engine` package: the same clauses over the same records, in one run.

`python bench/clauses.py` prints one line a figure. Both sides compile once and then only evaluate. Records are
complete, since the other side has no third value; that both sides agree on each is asserted before anything is timed.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

RECORDS = 2_000
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
# Our clause as the rulebook writes it, and the same sentence for the other side.
PAIRS: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {
            "all": [
                {"platform": "ebay", "site": "US", "case.kind": "not_received"},
                {"fact": "order.item_total", "at_least": "750 USD"},
                {"shipment.address_matches": "true"},
            ]
        },
        (
            'platform == "ebay" and site == "US" and case_kind == "not_received" '
            "and order_item_total >= 750 and shipment_address_matches == true"
        ),
    ),
    (
        {
            "any": [
                {"fact": "order.delivered", "after": {"fact": "order.promised_by"}},
                {"all": [{"case.kind": ["not_received", "cancellation"]}, {"case.threat": "true"}]},
            ]
        },
        (
            "order_delivered > order_promised_by "
            'or (case_kind in ["not_received", "cancellation"] and case_threat == true)'
        ),
    ),
    (
        {
            "all": [
                {"not": {"order.custom_made": "true"}},
                {"order.ship_country": ["DE", "FR", "ES", "IT"]},
                {"fact": "order.item_total", "at_most": "150 USD"},
                {"fact": "order.delivered", "not_after": {"fact": "order.promised_by", "plus": "3 days"}},
            ]
        },
        (
            'not (order_custom_made == true) and order_ship_country in ["DE", "FR", "ES", "IT"] '
            'and order_item_total <= 150 and order_delivered <= order_promised_by + t"P3D"'
        ),
    ),
    (
        {
            "all": [
                {"platform": "amazon"},
                {"shipment.protected_label": "true"},
                {"any": [{"case.kind": "not_received"}, {"case.kind": "chargeback"}]},
            ]
        },
        (
            'platform == "amazon" and shipment_protected_label == true '
            'and (case_kind == "not_received" or case_kind == "chargeback")'
        ),
    ),
)
FLAGS = ("shipment.address_matches", "case.threat", "order.custom_made", "shipment.protected_label")


class Report(Protocol):
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None: ...


def records(seed: int = 3) -> list[dict[str, Any]]:
    from amends.kernel.money import Money

    rng = random.Random(seed)
    out = []
    for _ in range(RECORDS):
        placed = NOW - timedelta(days=rng.randrange(5, 90))
        out.append(
            {
                "platform": rng.choice(("ebay", "amazon", "aliexpress")),
                "site": rng.choice(("US", "UK")),
                "case.kind": rng.choice(("not_received", "return", "cancellation", "chargeback")),
                "order.item_total": Money(Decimal(rng.randrange(500, 120_000)) / 100, "USD"),
                "order.ship_country": rng.choice(("US", "DE", "FR", "BR")),
                "order.promised_by": placed + timedelta(days=20),
                "order.delivered": placed + timedelta(days=rng.randrange(5, 40)),
                **{flag: rng.random() < 0.5 for flag in FLAGS},
            }
        )
    return out


def _theirs(record: dict[str, Any]) -> dict[str, Any]:
    """Names without dots, amounts as plain numbers: what the other side takes as it is."""
    return {k.replace(".", "_"): getattr(v, "amount", v) for k, v in record.items()}


def _timed(evaluate: Callable[[], None], count: int) -> float:
    """Evaluations a second, the best of three."""
    best = 0.0
    for _ in range(3):
        begun = time.perf_counter()
        evaluate()
        best = max(best, count / (time.perf_counter() - begun))
    return best


def run(report: Report) -> None:
    import rule_engine

    from amends.judgement.rules.parse_clause import ClauseReader
    from amends.kernel.clauses import compile_clause

    ours = [compile_clause(ClauseReader().clause(node)) for node, _text in PAIRS]
    context = rule_engine.Context(resolver=rule_engine.resolve_item)
    others = [rule_engine.Rule(text, context=context) for _node, text in PAIRS]
    own = records()
    foreign = [_theirs(record) for record in own]
    for record, plain in zip(own, foreign, strict=True):
        for clause, rule in zip(ours, others, strict=True):
            assert clause(record, NOW) is rule.matches(plain)

    def evaluate_ours() -> None:
        for record in own:
            for clause in ours:
                clause(record, NOW)

    def evaluate_theirs() -> None:
        for plain in foreign:
            for rule in others:
                rule.matches(plain)

    count = len(own) * len(PAIRS)
    mine, theirs = _timed(evaluate_ours, count), _timed(evaluate_theirs, count)
    report.add("clauses evaluated", mine, "/s")
    report.add(f"the same with rule-engine {rule_engine.__version__}", theirs, "/s")
    report.add("ours against rule-engine", mine / theirs, "times", bar=30)


class _Print:
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        mark = "" if bar is None else f"   (bar {'≤' if at_most else '≥'} {bar:g})"
        print(f"{name:<44} {value:>12,.1f} {unit}{mark}")


if __name__ == "__main__":
    run(_Print())
