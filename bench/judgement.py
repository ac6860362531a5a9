"""How fast cases are judged. `python bench/judgement.py` prints one line a figure.

Cases are distinct (numbers, dates, amounts and tables all differ) over three platforms and eight kinds of trouble, and
nothing is remembered between them. The raw limit beside each figure is the same facts only copied and read.
"""

from __future__ import annotations

import os
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.base.settings.main")

CASES = 5_000
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
KINDS = (
    ("not_received", "delivered_not_received"),
    ("not_received", "in_transit_late"),
    ("not_received", "customs_detained"),
    ("not_as_described", "damaged"),
    ("not_as_described", "wrong_item"),
    ("return", "change_of_mind"),
    ("cancellation", "cancellation"),
    ("refund_not_processed", "refund_missing"),
)
PLATFORMS = (("aliexpress", ""), ("amazon", "US"), ("ebay", "US"))
COUNTRIES = ("US", "DE", "BR", "FR", "GB", "JP", "ES", "CN")


class Report(Protocol):
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None: ...


def wire_cases(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Facts as an import and a buyer's message leave them, in wire form."""
    rng = random.Random(seed)
    out = []
    for number in range(count):
        platform, site = PLATFORMS[number % len(PLATFORMS)]
        kind, leaf = KINDS[rng.randrange(len(KINDS))]
        placed = NOW - timedelta(days=rng.randrange(5, 90), seconds=rng.randrange(86_400))
        shipped = placed + timedelta(days=rng.randrange(1, 4), seconds=rng.randrange(3_600))
        said = NOW - timedelta(hours=rng.randrange(1, 200))
        total = rng.randrange(500, 120_000)
        facts: dict[str, Any] = {
            "platform": platform,
            "order.number": str(10**15 + number),
            "order.placed_at": placed.isoformat(),
            "order.paid_at": (placed + timedelta(minutes=2)).isoformat(),
            "order.shipped": shipped.isoformat(),
            "order.total_with_tax_and_postage": f"{total / 100:.2f} USD",
            "order.item_total": f"{total / 110:.2f} USD",
            "order.promised_by": (shipped + timedelta(days=rng.randrange(5, 40))).isoformat(),
            "order.fulfilment": "seller",
            "order.ship_country": COUNTRIES[rng.randrange(len(COUNTRIES))],
            "seller.country": "CN",
            "case.kind": kind,
            "case.leaf": leaf,
            "buyer.contacted": said.isoformat(),
            "buyer.last_message": said.isoformat(),
        }
        if site:
            facts["site"] = site
        if rng.random() < 0.6:
            facts |= {"dispute.channel": "platform", "dispute.submitted": (said + timedelta(hours=1)).isoformat()}
        parcel: dict[str, Any] = {
            "number": f"LX{number:09d}CN",
            "shipped_at": shipped.isoformat(),
            "status": "in_transit",
        }
        if rng.random() < 0.7:
            delivered = shipped + timedelta(days=rng.randrange(3, 15))
            parcel |= {
                "delivered_at": delivered.isoformat(),
                "status": "delivered",
                "delivered_to_address": rng.random() < 0.8,
            }
            facts["order.delivered"] = delivered.isoformat()
            if rng.random() < 0.6:
                parcel["signature"] = rng.random() < 0.5
        facts["parcels"] = [parcel]
        out.append(facts)
    return out


def run(report: Report) -> None:
    from amends.judgement.clocks.core import ClockSpec, Start, Unit
    from amends.judgement.clocks.core import run as run_clock
    from amends.judgement.judge import clocks_and_liability, judge
    from amends.judgement.rules.facts import read_facts
    from amends.judgement.rules.load import load_folder, rulebook_dir

    begun = time.perf_counter()
    book = load_folder(rulebook_dir())
    report.add(
        f"rulebook of {len(book.rules)} rules loads", (time.perf_counter() - begun) * 1000, "ms", bar=1000, at_most=True
    )
    wires = wire_cases(CASES)
    begun = time.perf_counter()
    facts = [read_facts(w) for w in wires]
    report.add("facts read and checked", CASES / (time.perf_counter() - begun), "/s")
    for record in facts[:200]:
        judge(record, book, NOW)  # calendars of the countries at hand are made once

    begun = time.perf_counter()
    for record in facts:
        clocks_and_liability(record, book, NOW)
    report.add("clocks and liability", CASES / (time.perf_counter() - begun), "cases/s", bar=5_000)

    spent = []
    for record in facts:
        begun = time.perf_counter()
        judge(record, book, NOW)
        spent.append(time.perf_counter() - begun)
    report.add("whole judgement", CASES / sum(spent), "cases/s", bar=1_000)
    report.add("whole judgement, p99", sorted(spent)[int(CASES * 0.99)] * 1000, "ms", bar=3, at_most=True)

    spec = ClockSpec(
        "seller_response", "seller", Start(("dispute.submitted",)), 3, Unit.BUSINESS_DAYS, "America/Los_Angeles", "US"
    )
    starts = [{"dispute.submitted": NOW - timedelta(hours=h % 2000, seconds=h)} for h in range(50_000)]
    begun = time.perf_counter()
    for start in starts:
        run_clock(spec, "X", start, NOW)
    report.add("one clock, three business days", len(starts) / (time.perf_counter() - begun), "/s", bar=50_000)


class _Print:
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        mark = "" if bar is None else f"   (bar {'≤' if at_most else '≥'} {bar:g})"
        print(f"{name:<44} {value:>12,.1f} {unit}{mark}")


if __name__ == "__main__":
    run(_Print())
