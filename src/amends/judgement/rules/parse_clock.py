"""A rule's clock from its YAML form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from amends.judgement.clocks.core import ClockSpec, Counted, Extension, Given, Lookup, Pause, Start, Unit
from amends.judgement.rules.core import Then
from amends.judgement.rules.parse_clause import Refused, line_of
from amends.judgement.rules.parse_then import parse_then
from amends.judgement.rules.parse_words import as_list, as_time, event_name, mapping_of, one_of, whole, zone_name
from amends.judgement.rules.vocabulary import BY_NAME, Kind
from amends.kernel import calendars

Length = int | Lookup | Counted | Given
CLOCK_KEYS = {
    "name",
    "owner",
    "only",
    "starts",
    "stops",
    "restarts",
    "pauses",
    "extends",
    "runs",
    "silence",
    "external",
}
RUN_KEYS = {
    *(u.value for u in Unit),
    "given",
    "calendar",
    "zone",
    "zone_assumed",
    "own_days",
    "country",
    "weekend",
    "first_day",
    "ends",
    "rolls",
    "opens",
    "closes",
}
ONE_HOUR = timedelta(hours=1)
WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


def _amount(node: Mapping[str, Any], line: int) -> tuple[int, Unit]:
    units = [u for u in Unit if u.value in node]
    if len(units) != 1:
        raise Refused(f"expected exactly one of {[u.value for u in Unit]}", line)
    return whole(node[units[0].value], line, units[0]), units[0]


def parse_start(node: Any, line: int) -> Start:
    """`{event: x}`, `{first: [..]}`, `{last: [..]}`, `{day_after: x, at: "00:00"}`, each with `plus: {days: 3}`."""
    mapping_of(node, {"event", "first", "last", "day_after", "at", "plus"}, "starts")
    kinds = [k for k in ("event", "first", "last", "day_after") if k in node]
    if len(kinds) != 1:
        raise Refused("starts needs exactly one of event, first, last, day_after", line)
    names = tuple(event_name(n, line) for n in as_list(node[kinds[0]]))
    plus, unit = _amount(node["plus"], line) if "plus" in node else (0, Unit.DAYS)
    at = as_time(node["at"], line) if "at" in node else None
    return Start(names, "last" if kinds[0] == "last" else "first", kinds[0] == "day_after", at, plus, unit)


def _length(runs: Mapping[str, Any], tables: Mapping[str, Any], line: int) -> tuple[Length, Unit]:
    """`{days: 5}`, `{days: {table: t, by: f}}`, `{days: {fact: promise.return_days}}`, or `{given: order.ship_by}`."""
    if "given" in runs:
        if any(u.value in runs for u in Unit):
            raise Refused("runs is either `given` or a length, not both", line)
        return Given(event_name(runs["given"], line)), Unit.DAYS
    units = [u for u in Unit if u.value in runs]
    if len(units) != 1:
        raise Refused(f"runs needs exactly one of {['given', *(u.value for u in Unit)]}", line)
    raw = runs[units[0].value]
    if not isinstance(raw, dict):
        return whole(raw, line, units[0]), units[0]
    by = BY_NAME.get(str(raw.get("fact" if set(raw) == {"fact"} else "by")))
    if by is None:
        raise Refused(f"no fact is called {raw.get('fact', raw.get('by'))!r}", line)
    if set(raw) == {"fact"}:
        if by.kind is not Kind.COUNT:
            raise Refused(f"a clock's length is a count, and {by.name} is {by.kind.value}", line)
        return Counted(by.name), units[0]
    if not isinstance(raw.get("table"), str) or raw["table"] not in tables:
        raise Refused(f"no table is called {raw.get('table')!r}", line)
    return Lookup(tuple((k, whole(v, line, units[0])) for k, v in tables[raw["table"]].items()), by.name), units[0]


def parse_clock(node: Any, tables: Mapping[str, Any]) -> tuple[ClockSpec, Then | None]:
    line = line_of(node)
    mapping_of(node, CLOCK_KEYS, "clock")
    for key in ("name", "owner", "starts", "runs"):
        if key not in node:
            raise Refused(f"a clock needs `{key}`", line)
    if node["owner"] not in ("seller", "buyer", "platform", "carrier", "issuer"):
        raise Refused(f"owner is seller, buyer, platform, carrier or issuer, found {node['owner']!r}", line)
    runs = mapping_of(node["runs"], RUN_KEYS, "runs")
    amount, unit = _length(runs, tables, line)
    weekend = None
    if "weekend" in runs:
        days = as_list(runs["weekend"])
        if not set(days) <= set(WEEKDAYS) or len(days) == len(WEEKDAYS):
            raise Refused(f"weekend is a list from {list(WEEKDAYS)}, and not all of them", line)
        weekend = frozenset(WEEKDAYS[d] for d in days)
    country = str(runs.get("country", ""))
    if "." in country:
        if country not in BY_NAME or BY_NAME[country].kind is not Kind.COUNTRY:
            raise Refused(f"{country!r} is not a country fact", line)
    elif country and not calendars.has_calendar(country):
        raise Refused(f"no calendar for country {country!r}", line)
    if unit is Unit.BUSINESS_DAYS and not country and weekend is None:
        raise Refused("business days need a country or a weekend", line)
    opens, closes = _business_hours(runs, line)
    spec = ClockSpec(
        name=str(node["name"]),
        owner=str(node["owner"]),
        starts=parse_start(node["starts"], line),
        amount=amount,
        unit=unit,
        zone=zone_name(runs.get("zone", "UTC"), line),
        country=country,
        weekend=weekend,
        first_day=one_of(runs.get("first_day", "next"), ("next", "same"), line),
        day_end=one_of(runs.get("ends", "exact"), ("exact", "day_end"), line) == "day_end",
        rolls="rolls" in runs and one_of(runs["rolls"], ("next_business_day",), line) != "",
        opens=opens,
        closes=closes,
        stops=tuple(event_name(n, line) for n in as_list(node.get("stops"))),
        restarts=tuple(event_name(n, line) for n in as_list(node.get("restarts"))),
        pauses=tuple(_pause(p, line) for p in node.get("pauses", ())),
        extends=tuple(_extension(e, line) for e in node.get("extends", ())),
        external=_external(node, amount, line),
        zone_assumed=runs.get("zone_assumed") == "true",
        own_days=runs.get("own_days") == "true",
    )
    return spec, parse_then(node["silence"]) if "silence" in node else None


def _business_hours(runs: Mapping[str, Any], line: int) -> tuple[time | None, time | None]:
    """`closes` may be on the next day. At least an hour, or thousands of business hours would run off the calendar."""
    opens, closes = (as_time(runs[key], line) if key in runs else None for key in ("opens", "closes"))
    first, last = (datetime.combine(date.min, at or calendars.MIDNIGHT) for at in (opens, closes))
    if (last - first) % calendars.ONE_DAY < ONE_HOUR and first != last:
        raise Refused(f"from `opens` to `closes` is an hour at least, found {opens} to {closes}", line)
    return opens, closes


def _external(node: Mapping[str, Any], amount: Length, line: int) -> str:
    """The fact with the due date that somebody else sets. A clock of no length of its own has nothing but that."""
    if isinstance(amount, Given):
        return amount.by
    return event_name(node["external"], line) if "external" in node else ""


def _pause(node: Any, line: int) -> Pause:
    mapping_of(node, {"while", "because"}, "pauses")
    fact = BY_NAME.get(str(node.get("while")))
    if fact is None or fact.kind is not Kind.SPANS:
        raise Refused(f"pauses needs a fact made of spans, found {node.get('while')!r}", line)
    return Pause(fact.name, str(node.get("because", "")))


def _extension(node: Any, line: int) -> Extension:
    mapping_of(node, {"event", "by"}, "extends")
    amount, unit = _amount(node.get("by") or {}, line)
    return Extension(event_name(node.get("event"), line), amount, unit)
