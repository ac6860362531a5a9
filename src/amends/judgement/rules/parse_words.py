"""The small words of the rule language: dates, lists, texts, names of facts. Each refusal says what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from amends.judgement.clocks.core import Unit
from amends.judgement.rules.parse_clause import Refused, line_of
from amends.judgement.rules.vocabulary import BY_NAME, Kind
from amends.kernel import calendars

MOST_UNITS = 20_000  # 54 years of days
MOST = {Unit.MONTHS: 1200, Unit.YEARS: 100}


def mapping_of(node: Any, known: set[str], what: str) -> Mapping[str, Any]:
    if not isinstance(node, dict):
        raise Refused(f"{what} is a mapping with keys from {sorted(known)}, found {node!r}", line_of(node))
    unknown = set(node) - known
    if unknown:
        raise Refused(f"{what} has no key {min(unknown)!r}; it knows {sorted(known)}", line_of(node))
    return node


def texts(node: Any) -> dict[str, str]:
    if isinstance(node, str):
        return {"en": node}
    if isinstance(node, dict) and node.get("en"):
        return {str(k): str(v) for k, v in node.items()}
    raise Refused("a text is a string or a mapping of languages with at least `en`", line_of(node))


def as_list(node: Any) -> tuple[str, ...]:
    if node is None:
        return ()
    return tuple(str(n) for n in node) if isinstance(node, list) else (str(node),)


def as_date(text: Any, line: int) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise Refused(f"expected a date such as 2026-01-26, found {text!r}", line) from None


def as_time(text: Any, line: int) -> time:
    try:
        read = time.fromisoformat(str(text))
    except ValueError:
        read = None
    if read is None or read.tzinfo is not None:  # the zone is the clock's own
        raise Refused(f"expected a time such as 21:00, found {text!r}", line)
    return read


def whole(text: Any, line: int, unit: Unit = Unit.DAYS) -> int:
    """A clock's length: whole, and short enough never to run off the calendar."""
    most = MOST.get(unit, MOST_UNITS)
    try:
        number = int(str(text))
    except ValueError:
        raise Refused(f"expected a whole number, found {text!r}", line) from None
    if not 0 <= number <= most:
        raise Refused(f"expected a number from 0 to {most}, found {number}", line)
    return number


def one_of(value: Any, allowed: tuple[str, ...], line: int) -> str:
    if value not in allowed:
        raise Refused(f"expected one of {list(allowed)}, found {value!r}", line)
    return str(value)


def event_name(name: Any, line: int) -> str:
    fact = BY_NAME.get(str(name))
    if fact is None or fact.kind not in (Kind.EVENT, Kind.INSTANT):
        raise Refused(f"{name!r} is not an event or a time", line)
    return fact.name


def zone_name(node: Any, line: int) -> str:
    text = str(node)
    if not calendars.is_zone(text) and (text not in BY_NAME or BY_NAME[text].kind is not Kind.COUNTRY):
        raise Refused(f"{text!r} is neither a time zone nor a country fact", line)
    return text
