"""Account health as a document: the same for the API, the command line and the CSV file."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from amends.judgement.health.core import bars
from amends.judgement.health.queries import LedgerReading, Reading, ShopHealth
from amends.judgement.metrics.core import Limit, Window
from amends.judgement.rules.core import Rule
from amends.judgement.rules.measure import RATE_DIGITS, rate_text
from amends.kernel.money import Money

BARS = 12
CSV_COLUMNS = (
    "shop", "platform", "metric", "rule", "confidence", "source", "window_begins", "window_ends", "numerator",
    "denominator", "unsure", "rate", "limit_rate", "limit_count", "breached", "level", "budget", "expected", "crossing",
    "price",
)  # fmt: skip
_DIGITS = 6


def exact(rate: Fraction | None) -> str | None:
    """A line as its rule writes it: `0.015`, never rounded."""
    if rate is None:
        return None
    digits = RATE_DIGITS
    while (rate * 10**digits).denominator != 1 and digits < 12:  # noqa: PLR2004 - rules give a decimal
        digits += 1
    units = round(rate * 10**digits)
    text = f"{units // 10**digits}.{units % 10**digits:0{digits}d}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def _plain(money: Money) -> str:
    return str(money.rounded())


def _limit(limit: Limit | None) -> dict[str, Any] | None:
    if limit is None:
        return None
    return {"rate": exact(limit.rate), "count": limit.count, "reached": limit.reached}


def window_wire(window: Window) -> dict[str, Any]:
    """The window in use, not the one that was passed over."""
    return {"days": window.days or None, "months": window.months or None, "calendar_month": window.calendar_month}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "version": rule.version,
        "title": dict(rule.title),
        "confidence": rule.confidence.value,
        "source": rule.cite.source if rule.cite else None,
    }


def metric_wire(reading: Reading) -> dict[str, Any]:
    standing, cost = reading.standing, reading.price
    metric = standing.metric
    return _rule(reading.rule) | {
        "metric": metric.name,
        "better": "higher" if metric.higher else "lower",
        "window": window_wire(standing.window),
        "begins": standing.span.begins,
        "ends": standing.span.ends,
        "numerator": standing.numerator,
        "denominator": standing.denominator,
        "unsure": standing.unsure,
        "rate": rate_text(standing.rate),
        "limit": _limit(metric.limit),
        "levels": [{"name": level.name} | (_limit(level.limit) or {}) for level in metric.levels],
        "level": standing.level or None,
        "breached": standing.breached,
        "budget": standing.budget,
        "expected": str(round(cost.expected, _DIGITS)),
        "crossing": str(round(cost.crossing, _DIGITS)),
        "price": _plain(cost.amount),
        "price_parts": {"crossing_the_line": _plain(cost.breach_cost), "any_loss": _plain(cost.base_cost)},
        "price_basis": cost.basis,
        "bars": list(bars(standing, BARS)),
    }


def ledger_wire(reading: LedgerReading) -> dict[str, Any]:
    found = reading.account
    return {
        "ledger": found.ledger,
        "rules": [_rule(rule) for rule in reading.rules],
        "total": found.total,
        "unsure": found.unsure,
        "consequence": found.consequence,
        "freeze_days": found.freeze_days,
        "frozen_until": found.frozen_until,
        "next_at": found.next_at,
        "offences": [
            {"kind": c.kind, "at": c.at, "nth": c.nth, "points": c.points, "expires": c.expires} for c in found.charged
        ],
    }


def shop_wire(found: ShopHealth) -> dict[str, Any]:
    return {
        "shop": {"id": found.shop.pk, "name": found.shop.name, "platform": found.shop.platform},
        "orders": found.orders,
        "metrics": [metric_wire(reading) for reading in found.metrics],
        "ledgers": [ledger_wire(reading) for reading in found.ledgers],
    }


def csv_rows(found: Iterable[ShopHealth]) -> list[list[Any]]:
    """A heading, and a line for each metric of each shop."""
    out: list[list[Any]] = [list(CSV_COLUMNS)]
    for shop in found:
        for reading in shop.metrics:
            wire = metric_wire(reading)
            limit = wire["limit"] or {}
            values = wire | {
                "shop": shop.shop.name,
                "platform": shop.shop.platform,
                "window_begins": wire["begins"].isoformat(),
                "window_ends": wire["ends"].isoformat(),
                "limit_rate": limit.get("rate"),
                "limit_count": limit.get("count"),
                "breached": str(wire["breached"]).lower(),
            }
            out.append(["" if values[name] is None else values[name] for name in CSV_COLUMNS])
    return out
