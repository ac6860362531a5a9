"""Rules from the text of one file. Pure: the text comes in, rules or a list of problems go out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import yaml

from amends.judgement.rules.core import Cite, Example, Layer, Rule, Texts, Validity
from amends.judgement.rules.parse_clause import ClauseReader, Refused, defaults_of, line_of
from amends.judgement.rules.parse_clock import parse_clock
from amends.judgement.rules.parse_metric import parse_metric
from amends.judgement.rules.parse_penalty import parse_penalty
from amends.judgement.rules.parse_then import parse_then
from amends.judgement.rules.parse_words import as_date, as_list, event_name, mapping_of, one_of, texts, zone_name
from amends.judgement.rules.vocabulary import find
from amends.judgement.rules.yaml_lines import DuplicateKeyError, load
from amends.kernel import calendars
from amends.kernel.outcome import Problem
from amends.kernel.parties import Confidence

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
    "metric",
    "penalty",
    "ask",
    "tags",
    "excludes",
    "overrides",
    "better_for_buyer",
    "conflicts",
    "examples",
    "layer",
}


def _validity(node: Any, line: int) -> Validity | None:
    if node is None:
        return None
    mapping_of(node, {"by", "from", "to", "zone"}, "valid")
    tz = calendars.zone(zone_name(node.get("zone", "UTC"), line))
    begin = as_date(node["from"], line) if "from" in node else None
    end = as_date(node["to"], line) if "to" in node else None
    if begin and end and end < begin:
        raise Refused(f"valid ends ({end}) before it begins ({begin})", line)
    midnight = time(0)
    return Validity(
        event_name(node.get("by"), line),
        datetime.combine(begin, midnight, tz) if begin else None,
        datetime.combine(end + calendars.ONE_DAY, midnight, tz) if end else None,  # `to` is inclusive
        begin,
        end,
    )


def _cite(node: Any, confidence: Confidence, line: int) -> Cite | None:
    if node is None:
        raise Refused("a rule needs `cite`", line)
    mapping_of(node, {"source", "also", "retrieved", "quote", "clause"}, "cite")
    if node.get("source") in (None, "none"):
        if confidence is Confidence.D:
            return None
        raise Refused("only confidence D may have no source", line)
    quote = str(node.get("quote", ""))
    if len(quote.split()) > 25:  # noqa: PLR2004 - the limit of the rule language
        raise Refused("a quote has 25 words at most", line)
    retrieved = as_date(node["retrieved"], line) if "retrieved" in node else None
    return Cite(str(node["source"]), as_list(node.get("also")), retrieved, str(node.get("clause", "")))


def _examples(nodes: Any, line: int) -> tuple[Example, ...]:
    out = []
    for index, node in enumerate(nodes or (), start=1):
        mapping_of(node, {"name", "given", "expect"}, "examples")
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
    return {name: texts(text) for name, text in node.items()}


def parse_rule(node: Any, layer: Layer, tables: Mapping[str, Any], file: str) -> Rule:
    line = line_of(node)
    node = mapping_of(node, RULE_KEYS, "a rule")
    for key in ("id", "title", "applies", "confidence"):
        if key not in node:
            raise Refused(f"a rule needs `{key}`", line)
    confidence = Confidence(one_of(node["confidence"], tuple(Confidence), line))
    if not isinstance(node["applies"], dict):
        raise Refused(f"applies is a mapping of facts, found {node['applies']!r}", line)
    applies = ClauseReader().mapping(node["applies"])
    own_layer = Layer(one_of(node.get("layer", layer.value), tuple(Layer), line))
    clock, silence = parse_clock(node["clock"], tables) if "clock" in node else (None, None)
    if clock is not None and own_layer is Layer.SHOP:
        clock = replace(clock, own_days=True)  # a promise of ours is counted by our own days
    valid = _validity(node.get("valid"), line_of(node.get("valid"), line))
    canonical = json.dumps(node, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    if not {"then", "clock", "metric", "penalty"} & set(node):
        raise Refused("a rule needs `then`, `clock`, `metric` or `penalty`", line)
    return Rule(
        id=str(node["id"]),
        version=valid.from_date.isoformat() if valid and valid.from_date else "open",
        title=texts(node["title"]),
        layer=own_layer,
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
        tags=as_list(node.get("tags")),
        excludes=as_list(node.get("excludes")),
        overrides=as_list(node.get("overrides")),
        binds=node.get("better_for_buyer") == "binds",
        conflicts=str(node.get("conflicts", "")),
        examples=_examples(node.get("examples"), line),
        defaults=defaults_of(applies),
        body=json.loads(canonical),
        hash=hashlib.sha256(canonical.encode()).hexdigest(),
        file=file,
        line=line,
        metric=parse_metric(node["metric"]) if "metric" in node else None,
        penalty=parse_penalty(node["penalty"]) if "penalty" in node else None,
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
        top = mapping_of(top, {"layer", "rules", "tables", "about"}, "a rule file")
        layer = Layer(one_of(top.get("layer", "platform"), tuple(Layer), line_of(top)))
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
