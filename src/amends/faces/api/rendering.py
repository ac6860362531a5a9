"""From values to JSON text."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from amends.kernel.money import Money


def to_json(data: Any) -> str:
    return json.dumps(data, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """Times in UTC to the microsecond, money as `41.80 USD`. Raises TypeError for what has no agreed form."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Money):
        return str(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def money(minor: int, currency: str) -> str:
    return str(Money.from_minor(minor, currency))
