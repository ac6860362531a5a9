"""Reading case facts from their wire form: one flat object, dotted keys, strings for everything exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from amends.judgement.rules.vocabulary import BY_NAME, COLUMNS, Fact, Kind
from amends.kernel import calendars, countries
from amends.kernel.money import Money, MoneyError, currency_codes, parse_money
from amends.kernel.outcome import InputError, Problem

KNOWN_AT = "known_at"
FIRST_YEAR, LAST_YEAR = 1970, 2200
Facts = Mapping[str, Any]

# (earlier, later): the second cannot lie before the first. Reported, never silently reordered.
ORDER_OF_EVENTS = (
    ("order.placed_at", "order.paid_at"),
    ("order.placed_at", "order.shipped"),
    ("order.shipped", "order.delivered"),
    ("order.placed_at", "order.delivered"),
    ("dispute.submitted", "dispute.decided"),
    ("return.requested", "return.sent"),
    ("return.sent", "return.delivered_at"),
    ("dispute.submitted", "dispute.closed"),
)


@dataclass(frozen=True, slots=True)
class Bad(Exception):
    code: str
    params: dict[str, Any]


def parse_instant(text: Any) -> datetime:
    """ISO 8601 with a zone. Raises Bad `not_a_time` or `zone_missing`."""
    if isinstance(text, datetime):
        moment = text
    else:
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError:
            raise Bad("not_a_time", {"text": str(text)[:60]}) from None
    if moment.tzinfo is None:
        raise Bad("zone_missing", {"text": str(text)[:60]})
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:  # a typing slip; and clocks must never run off the calendar
        raise Bad("not_a_time", {"text": str(text)[:60]})
    return moment


def _date(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Bad("not_a_date", {"text": str(value)[:60]}) from None


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Bad("not_a_flag", {"text": str(value)[:60]})


def _count(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(str(value))
    except ValueError:
        raise Bad("not_a_count", {"text": str(value)[:60]}) from None


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Bad("not_a_number", {"text": str(value)[:60]})
    return number


def _money(value: Any) -> Money:
    if isinstance(value, Money):
        return value
    try:
        money = parse_money(str(value))
    except MoneyError as error:
        raise Bad(error.code, error.params) from None
    if money.amount < 0:
        raise Bad("negative_money", {"text": str(value)[:60]})
    return money


def _code(fact: Fact, value: Any) -> str:
    if value not in fact.codes:
        near = get_close_matches(str(value), fact.codes, n=1)
        raise Bad("unknown_code", {"text": str(value)[:60], "nearest": near[0] if near else ""})
    return str(value)


def _spans(value: Any) -> tuple[tuple[datetime, datetime | None], ...]:
    if not isinstance(value, list):
        raise Bad("not_spans", {})
    return tuple((parse_instant(s["from"]), parse_instant(s["to"]) if s.get("to") else None) for s in value)


def parse_value(fact: Fact, value: Any) -> Any:  # noqa: C901 - one return a kind of fact
    """One value from its wire form. Raises Bad with a message code."""
    match fact.kind:
        case Kind.INSTANT | Kind.EVENT:
            return parse_instant(value)
        case Kind.MONEY:
            return _money(value)
        case Kind.COUNT:
            return _count(value)
        case Kind.NUMBER:
            return _number(value)
        case Kind.FLAG:
            return _flag(value)
        case Kind.CODE:
            return _code(fact, value)
        case Kind.COUNTRY:
            if not isinstance(value, str) or not countries.is_country(value):
                raise Bad("unknown_country", {"text": str(value)[:60]})
            return value
        case Kind.CURRENCY:
            if value not in currency_codes():
                raise Bad("unknown_currency", {"text": str(value)[:60]})
            return value
        case Kind.DATE:
            return _date(value)
        case Kind.ZONE:
            if not isinstance(value, str) or not calendars.is_zone(value):
                raise Bad("unknown_zone", {"text": str(value)[:60]})
            return value
        case Kind.SPANS:
            return _spans(value)
        case Kind.TEXT | Kind.LANGUAGE | Kind.TABLE:
            if not isinstance(value, str):
                raise Bad("not_text", {"text": str(value)[:60]})
            return value


def _read_table(fact: Fact, rows: Any, problems: list[Problem]) -> tuple[dict[str, Any], ...]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        problems.append(Problem("not_a_table", fact.name))
        return ()
    columns = COLUMNS[fact.name]
    read = []
    for index, row in enumerate(rows):
        out: dict[str, Any] = {}
        for name, value in row.items():
            where = f"{fact.name}[{index}].{name}"
            if name not in columns:
                near = get_close_matches(name, columns, n=1)
                problems.append(Problem("unknown_fact", where, {"nearest": near[0] if near else ""}))
            elif value is not None:
                try:
                    out[name] = parse_value(columns[name], value)
                except Bad as bad:
                    problems.append(Problem(bad.code, where, bad.params))
        read.append(out)
    return tuple(read)


def read_facts(wire: Any) -> dict[str, Any]:
    """Check and type a flat record. Raises InputError with every problem; null means unknown."""
    if not isinstance(wire, dict):
        raise InputError([Problem("not_an_object")])
    problems: list[Problem] = []
    facts: dict[str, Any] = {}
    for name, value in wire.items():
        fact = BY_NAME.get(name)
        if name == KNOWN_AT:
            fact = Fact(KNOWN_AT, Kind.INSTANT, "")
        if fact is None:
            near = get_close_matches(name, BY_NAME, n=1)
            problems.append(Problem("unknown_fact", str(name)[:80], {"nearest": near[0] if near else ""}))
        elif value is None:
            continue
        elif fact.kind is Kind.TABLE:
            facts[name] = _read_table(fact, value, problems)
        else:
            try:
                facts[name] = parse_value(fact, value)
            except Bad as bad:
                problems.append(Problem(bad.code, name, bad.params))
            except (KeyError, TypeError, AttributeError):
                problems.append(Problem("not_spans", name))
    problems += contradictions(facts)
    if problems:
        raise InputError(problems)
    return facts


def contradictions(facts: Facts) -> list[Problem]:
    """Pairs of times that cannot both be true."""
    found = []
    for earlier, later in ORDER_OF_EVENTS:
        first, second = facts.get(earlier), facts.get(later)
        if first is not None and second is not None and second < first:
            found.append(Problem("contradiction", later, {"before": earlier}))
    return found


def not_yet(facts: Facts, now: datetime) -> list[Problem]:
    """Events that lie after the moment of judging. Whoever asks about another day says so; else it is a slip."""
    return [
        Problem("event_in_future", name, {"text": facts[name].isoformat(), "now": now.isoformat()})
        for name, fact in BY_NAME.items()
        if fact.kind is Kind.EVENT and name in facts and facts[name] > now
    ]


def to_wire(value: Any) -> Any:
    """The JSON form of a typed value."""
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    if isinstance(value, (Money, Decimal)):
        return str(value)
    if isinstance(value, tuple):
        return [to_wire(v) for v in value]
    if isinstance(value, dict):
        return {k: to_wire(v) for k, v in value.items()}
    return value
