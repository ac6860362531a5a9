"""What a metric or a penalty rule says alone, in wire form: for its examples, the API and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from amends.judgement.metrics.core import Standing, evaluate
from amends.judgement.metrics.penalties import Account, account
from amends.judgement.rules.core import Rule

RATE_DIGITS = 4


def rate_text(rate: Fraction | None) -> str | None:
    """A share with four digits, halves to even; None without orders."""
    if rate is None:
        return None
    units = round(rate * 10**RATE_DIGITS)
    return f"{units // 10**RATE_DIGITS}.{units % 10**RATE_DIGITS:0{RATE_DIGITS}d}"


def standing_wire(standing: Standing) -> dict[str, Any]:
    return {
        "metric": standing.metric.name,
        "numerator": standing.numerator,
        "denominator": standing.denominator,
        "unsure": standing.unsure,
        "rate": rate_text(standing.rate),
        "breached": str(standing.breached).lower(),
        "level": standing.level,
        "budget": standing.budget,
    }


def account_wire(found: Account) -> dict[str, Any]:
    return {
        "points": found.newest.points if found.newest else None,  # of the newest offence
        "nth": found.newest.nth if found.newest else None,
        "total": found.total,
        "unsure": found.unsure,
        "consequence": found.consequence,
        "freeze_days": found.freeze_days,
        "frozen_until": found.frozen_until,
        "next_at": found.next_at,
    }


def measured(rule: Rule, record: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    if rule.metric is not None:
        return standing_wire(evaluate(rule.metric, record.get("history", ()), now))
    if rule.penalty is not None:
        return account_wire(account([rule.penalty], record.get("offences", ()), rule.penalty.ledger, now))
    return {}
