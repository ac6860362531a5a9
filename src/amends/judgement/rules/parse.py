"""Rules from the text of one file. Pure: the text comes in, rules or a list of problems go out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import yaml

from amends.judgement.clocks.core import ClockSpec, Counted, Extension, Given, Lookup, Pause, Start, Unit
from amends.judgement.rules.core import Cite, Decision, Example, Layer, Rule, Texts, Then, Validity
from amends.judgement.rules.parse_clause import ClauseReader, Refused, defaults_of, line_of
from amends.judgement.rules.vocabulary import BY_NAME, Kind, find
from amends.judgement.rules.yaml_lines import DuplicateKeyError, load
from amends.kernel import calendars
from amends.kernel.outcome import Problem
from amends.kernel.parties import Confidence, Party

RULE_KEYS = {
    "id",
    "title",
    "applies",
    "valid",
    "confidence",
    "cite",
    "when",
    "then",
    "clock",
    "ask",
    "tags",
    "excludes",
    "overrides",
    "better_for_buyer",
    "conflicts",
    "examples",
    "layer",
}
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
    "country",
    "weekend",
    "first_day",
    "ends",
    "rolls",
    "opens",
    "closes",
}
THEN_KEYS = {"decision", "liability", "outcome", "statutory", "forbid", "note"}
OUTCOME_KEYS = {
    "refund",
    "funded_by",
    "return_required",
    "metric_effects",
    "points",
    "fee",
    "appeal",
    "closes",
    "postage",
    "deduction",
    "auto",
    "escalates",
    "win_chance",
    "correction",
}
MOST_UNITS = 20_000  # 54 years of days
MOST = {Unit.MONTHS: 1200, Unit.YEARS: 100}
WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


def _need(node: Any, known: set[str], what: str) -> Mapping[str, Any]:
    if not isinstance(node, dict):
        raise Refused(f"{what} is a mapping with keys from {sorted(known)}, found {node!r}", line_of(node))
    unknown = set(node) - known
    if unknown:
        raise Refused(f"{what} has no key {min(unknown)!r}; it knows {sorted(known)}", line_of(node))
    return node


def _texts(node: Any) -> dict[str, str]:
    if isinstance(node, str):
        return {"en": node}
    if isinstance(node, dict) and node.get("en"):
        return {str(k): str(v) for k, v in node.items()}
    raise Refused("a text is a string or a mapping of languages with at least `en`", line_of(node))


def _list(node: Any) -> tuple[str, ...]:
    if node is None:
        return ()
    return tuple(str(n) for n in node) if isinstance(node, list) else (str(node),)


def _date(text: Any, line: int) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise Refused(f"expected a date such as 2026-01-26, found {text!r}", line) from None


def _time(text: Any, line: int) -> time:
    try:
        return time.fromisoformat(str(text))
    except ValueError:
        raise Refused(f"expected a time such as 21:00, found {text!r}", line) from None


def _whole(text: Any, line: int, unit: Unit = Unit.DAYS) -> int:
    """A clock's length: whole, and short enough never to run off the calendar."""
    most = MOST.get(unit, MOST_UNITS)
    try:
        number = int(str(text))
    except ValueError:
        raise Refused(f"expected a whole number, found {text!r}", line) from None
    if not 0 <= number <= most:
        raise Refused(f"expected a number from 0 to {most}, found {number}", line)
    return number


def _event(name: Any, line: int) -> str:
    fact = BY_NAME.get(str(name))
    if fact is None or fact.kind not in (Kind.EVENT, Kind.INSTANT):
        raise Refused(f"{name!r} is not an event or a time", line)
    return fact.name


def _amount(node: Mapping[str, Any], line: int) -> tuple[int, Unit]:
    units = [u for u in Unit if u.value in node]
    if len(units) != 1:
        raise Refused(f"expected exactly one of {[u.value for u in Unit]}", line)
    return _whole(node[units[0].value], line, units[0]), units[0]


def parse_start(node: Any, line: int) -> Start:
    """`{event: x}`, `{first: [..]}`, `{last: [..]}`, `{day_after: x, at: "00:00"}`, each with `plus: {days: 3}`."""
    _need(node, {"event", "first", "last", "day_after", "at", "plus"}, "starts")
    kinds = [k for k in ("event", "first", "last", "day_after") if k in node]
    if len(kinds) != 1:
        raise Refused("starts needs exactly one of event, first, last, day_after", line)
    names = tuple(_event(n, line) for n in _list(node[kinds[0]]))
    plus, unit = _amount(node["plus"], line) if "plus" in node else (0, Unit.DAYS)
    at = _time(node["at"], line) if "at" in node else None
    return Start(names, "last" if kinds[0] == "last" else "first", kinds[0] == "day_after", at, plus, unit)


def _zone(node: Any, line: int) -> str:
    text = str(node)
    if not calendars.is_zone(text) and (text not in BY_NAME or BY_NAME[text].kind is not Kind.COUNTRY):
        raise Refused(f"{text!r} is neither a time zone nor a country fact", line)
    return text


Length = int | Lookup | Counted | Given


def _length(runs: Mapping[str, Any], tables: Mapping[str, Any], line: int) -> tuple[Length, Unit]:
    """`{days: 5}`, `{days: {table: t, by: f}}`, `{days: {fact: promise.return_days}}`, or `{given: order.ship_by}`."""
    if "given" in runs:
        if any(u.value in runs for u in Unit):
            raise Refused("runs is either `given` or a length, not both", line)
        return Given(_event(runs["given"], line)), Unit.DAYS
    units = [u for u in Unit if u.value in runs]
    if len(units) != 1:
        raise Refused(f"runs needs exactly one of {['given', *(u.value for u in Unit)]}", line)
    raw = runs[units[0].value]
    if not isinstance(raw, dict):
        return _whole(raw, line, units[0]), units[0]
    by = BY_NAME.get(str(raw.get("fact" if set(raw) == {"fact"} else "by")))
    if by is None:
        raise Refused(f"no fact is called {raw.get('fact', raw.get('by'))!r}", line)
    if set(raw) == {"fact"}:
        if by.kind is not Kind.COUNT:
            raise Refused(f"a clock's length is a count, and {by.name} is {by.kind.value}", line)
        return Counted(by.name), units[0]
    if not isinstance(raw.get("table"), str) or raw["table"] not in tables:
        raise Refused(f"no table is called {raw.get('table')!r}", line)
    return Lookup(tuple((k, _whole(v, line, units[0])) for k, v in tables[raw["table"]].items()), by.name), units[0]


def parse_clock(node: Any, tables: Mapping[str, Any]) -> tuple[ClockSpec, Then | None]:
    line = line_of(node)
    _need(node, CLOCK_KEYS, "clock")
    for key in ("name", "owner", "starts", "runs"):
        if key not in node:
            raise Refused(f"a clock needs `{key}`", line)
    if node["owner"] not in ("seller", "buyer", "platform", "carrier", "issuer"):
        raise Refused(f"owner is seller, buyer, platform, carrier or issuer, found {node['owner']!r}", line)
    runs = _need(node["runs"], RUN_KEYS, "runs")
    amount, unit = _length(runs, tables, line)
    weekend = None
    if "weekend" in runs:
        days = _list(runs["weekend"])
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
    spec = ClockSpec(
        name=str(node["name"]),
        owner=str(node["owner"]),
        starts=parse_start(node["starts"], line),
        amount=amount,
        unit=unit,
        zone=_zone(runs.get("zone", "UTC"), line),
        country=country,
        weekend=weekend,
        first_day=_one_of(runs.get("first_day", "next"), ("next", "same"), line),
        day_end=_one_of(runs.get("ends", "exact"), ("exact", "day_end"), line) == "day_end",
        rolls="rolls" in runs and _one_of(runs["rolls"], ("next_business_day",), line) != "",
        opens=_time(runs["opens"], line) if "opens" in runs else None,
        closes=_time(runs["closes"], line) if "closes" in runs else None,
        stops=tuple(_event(n, line) for n in _list(node.get("stops"))),
        restarts=tuple(_event(n, line) for n in _list(node.get("restarts"))),
        pauses=tuple(_pause(p, line) for p in node.get("pauses", ())),
        extends=tuple(_extension(e, line) for e in node.get("extends", ())),
        external=_external(node, amount, line),
        zone_assumed=runs.get("zone_assumed") == "true",
    )
    return spec, parse_then(node["silence"]) if "silence" in node else None


def _external(node: Mapping[str, Any], amount: Length, line: int) -> str:
    """The fact with the due date that somebody else sets. A clock of no length of its own has nothing but that."""
    if isinstance(amount, Given):
        return amount.by
    return _event(node["external"], line) if "external" in node else ""


def _one_of(value: Any, allowed: tuple[str, ...], line: int) -> str:
    if value not in allowed:
        raise Refused(f"expected one of {list(allowed)}, found {value!r}", line)
    return str(value)


def _pause(node: Any, line: int) -> Pause:
    _need(node, {"while", "because"}, "pauses")
    fact = BY_NAME.get(str(node.get("while")))
    if fact is None or fact.kind is not Kind.SPANS:
        raise Refused(f"pauses needs a fact made of spans, found {node.get('while')!r}", line)
    return Pause(fact.name, str(node.get("because", "")))


def _extension(node: Any, line: int) -> Extension:
    _need(node, {"event", "by"}, "extends")
    amount, unit = _amount(node.get("by") or {}, line)
    return Extension(_event(node.get("event"), line), amount, unit)


def parse_then(node: Any) -> Then:
    """A `then` or a `silence`. Outcome keys may stand directly in a silence, for short."""
    line = line_of(node)
    node = _need(node, THEN_KEYS | OUTCOME_KEYS, "then")
    outcome = dict(_need(node.get("outcome", {}), OUTCOME_KEYS, "outcome")) | {
        k: v for k, v in node.items() if k in OUTCOME_KEYS
    }
    shares = tuple(_share(s, line) for s in node.get("liability", ()))
    if shares and sum(s for _, s in shares) != 100:  # noqa: PLR2004 - percent
        raise Refused("liability shares must add up to 1", line)
    decision = Decision(_one_of(node["decision"], tuple(Decision), line)) if "decision" in node else None
    return Then(
        decision,
        shares,
        outcome,
        _list(node.get("statutory")),
        _list(node.get("forbid")),
        _texts(node["note"]) if "note" in node else {},
    )


def _share(node: Any, line: int) -> tuple[Party, int]:
    _need(node, {"party", "share"}, "liability")
    party = Party(_one_of(node.get("party"), tuple(Party), line))
    try:
        percent = round(float(node.get("share", "1")) * 100)
    except (ValueError, TypeError, OverflowError):
        raise Refused(f"share is a number between 0 and 1, found {node.get('share')!r}", line) from None
    return party, percent


def _validity(node: Any, line: int) -> Validity | None:
    if node is None:
        return None
    _need(node, {"by", "from", "to", "zone"}, "valid")
    tz = calendars.zone(_zone(node.get("zone", "UTC"), line))
    begin = _date(node["from"], line) if "from" in node else None
    end = _date(node["to"], line) if "to" in node else None
    if begin and end and end < begin:
        raise Refused(f"valid ends ({end}) before it begins ({begin})", line)
    midnight = time(0)
    return Validity(
        _event(node.get("by"), line),
        datetime.combine(begin, midnight, tz) if begin else None,
        datetime.combine(end + calendars.ONE_DAY, midnight, tz) if end else None,  # `to` is inclusive
        begin,
        end,
    )


def _cite(node: Any, confidence: Confidence, line: int) -> Cite | None:
    if node is None:
        raise Refused("a rule needs `cite`", line)
    _need(node, {"source", "also", "retrieved", "quote", "clause"}, "cite")
    if node.get("source") in (None, "none"):
        if confidence is Confidence.D:
            return None
        raise Refused("only confidence D may have no source", line)
    quote = str(node.get("quote", ""))
    if len(quote.split()) > 25:  # noqa: PLR2004 - the limit of the rule language
        raise Refused("a quote has 25 words at most", line)
    retrieved = _date(node["retrieved"], line) if "retrieved" in node else None
    return Cite(str(node["source"]), _list(node.get("also")), retrieved, str(node.get("clause", "")))


def _examples(nodes: Any, line: int) -> tuple[Example, ...]:
    out = []
    for index, node in enumerate(nodes or (), start=1):
        _need(node, {"name", "given", "expect"}, "examples")
        if not isinstance(node.get("given"), dict) or not isinstance(node.get("expect"), dict):
            raise Refused("an example needs `given` and `expect`", line_of(node, line))
        out.append(Example(str(node.get("name", index)), node["given"], node["expect"], line_of(node, line)))
    return tuple(out)


def _asks(node: Any, line: int) -> dict[str, Texts]:
    """Questions by fact, `table.column` for a table's column. A question about no fact would never be asked."""
    if not isinstance(node, dict):
        raise Refused(f"ask is a mapping of facts to questions, found {node!r}", line)
    for name in node:
        if find(name) is None:
            raise Refused(f"ask: no fact is called {name!r}", line_of(node, line))
    return {name: _texts(text) for name, text in node.items()}


def parse_rule(node: Any, layer: Layer, tables: Mapping[str, Any], file: str) -> Rule:
    line = line_of(node)
    node = _need(node, RULE_KEYS, "a rule")
    for key in ("id", "title", "applies", "confidence"):
        if key not in node:
            raise Refused(f"a rule needs `{key}`", line)
    confidence = Confidence(_one_of(node["confidence"], tuple(Confidence), line))
    if not isinstance(node["applies"], dict):
        raise Refused(f"applies is a mapping of facts, found {node['applies']!r}", line)
    applies = ClauseReader().mapping(node["applies"])
    clock, silence = parse_clock(node["clock"], tables) if "clock" in node else (None, None)
    valid = _validity(node.get("valid"), line_of(node.get("valid"), line))
    canonical = json.dumps(node, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    if clock is None and "then" not in node:
        raise Refused("a rule needs `then` or `clock`", line)
    return Rule(
        id=str(node["id"]),
        version=valid.from_date.isoformat() if valid and valid.from_date else "open",
        title=_texts(node["title"]),
        layer=Layer(_one_of(node.get("layer", layer.value), tuple(Layer), line)),
        applies=applies,
        valid=valid,
        confidence=confidence,
        cite=_cite(node.get("cite"), confidence, line),
        when=ClauseReader().clause(node["when"]) if "when" in node else None,
        then=parse_then(node["then"]) if "then" in node else None,
        clock=clock,
        silence=silence,
        clock_only=ClauseReader().clause(node["clock"]["only"]) if clock and "only" in node["clock"] else None,
        ask=_asks(node.get("ask", {}), line),
        tags=_list(node.get("tags")),
        excludes=_list(node.get("excludes")),
        overrides=_list(node.get("overrides")),
        binds=node.get("better_for_buyer") == "binds",
        conflicts=str(node.get("conflicts", "")),
        examples=_examples(node.get("examples"), line),
        defaults=defaults_of(applies),
        body=json.loads(canonical),
        hash=hashlib.sha256(canonical.encode()).hexdigest(),
        file=file,
        line=line,
    )


def parse_file(text: str, file: str) -> tuple[list[Rule], list[Problem]]:
    """Every rule of one file, or every problem in it; a rule that is refused never hides the next one's problem."""
    try:
        top = load(text)
    except DuplicateKeyError as error:
        return [], [Problem("duplicate_key", f"{file}:{error.line}", {"expected": str(error)})]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return [], [Problem("not_yaml", f"{file}:{mark.line + 1 if mark else 0}", {"expected": str(error)[:300]})]
    try:
        top = _need(top, {"layer", "rules", "tables", "about"}, "a rule file")
        layer = Layer(_one_of(top.get("layer", "platform"), tuple(Layer), line_of(top)))
        tables = top.get("tables", {})
        nodes = top.get("rules")
        if not isinstance(nodes, list):
            raise Refused("a rule file needs a list `rules`", line_of(top))
    except Refused as refused:
        return [], [Problem("bad_rule_file", f"{file}:{refused.line}", {"expected": refused.message})]
    rules: list[Rule] = []
    problems: list[Problem] = []
    for node in nodes:
        try:
            rules.append(parse_rule(node, layer, tables, file))
        except Refused as refused:
            where = f"{file}:{refused.line or line_of(node)}"
            rule_id = node.get("id", "?") if isinstance(node, dict) else "?"
            problems.append(Problem("bad_rule", where, {"rule": str(rule_id), "expected": refused.message}))
    return rules, problems
