"""An own rule from its text: read like any rule, held to what a house may say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import yaml

from amends.judgement.policies.core.house import PREFIXES, SOURCE, marked
from amends.judgement.rules.core import Decision, Layer, Rule, Rulebook, Then
from amends.judgement.rules.parse import parse_rule
from amends.judgement.rules.parse_clause import Refused, line_of
from amends.judgement.rules.parse_words import mapping_of
from amends.judgement.rules.verify import problems_of
from amends.judgement.rules.yaml_lines import DuplicateKeyError, LinedDict, load
from amends.kernel.outcome import Problem

MOST_CHARACTERS = 40_000
MOST_DEPTH = 40  # of mappings and lists within each other: the parser below is recursive
_ID = re.compile(r"(HOUSE|OWN)-[A-Z0-9](?:[A-Z0-9-]{0,50}[A-Z0-9])?")
_OPENS = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSES = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


def where(line: int) -> str:
    """The place of a problem, as the other problems of input are named."""
    return f"body:{line}"


def own_rule(text: str, organisation_id: int, *, number: int = 0, on: date | None = None) -> Rule | tuple[Problem, ...]:
    """One rule of the organisation, of layer shop whatever its text says. Problems carry the line as `body:LINE`.

    The text is a rule, or a rule file with one rule in it. What only the book can tell is `admit`'s.
    """
    bad = _unreadable(text)
    if bad is not None:
        return (bad,)
    try:
        node, tables = _only_rule(load(text))
        own = LinedDict({k: v for k, v in node.items() if k not in ("layer", "cite")})
        own.line = line_of(node)
        given = node.get("cite")
        also = given.get("also", ()) if isinstance(given, Mapping) else ()
        own["cite"] = {"source": SOURCE, **({"also": also} if also else {})}
        rule = parse_rule(own, Layer.SHOP, tables, "houses/own.yaml")
    except DuplicateKeyError as error:
        return (Problem("duplicate_key", where(error.line), {"key": error.key}),)
    except Refused as refused:
        return (Problem("bad_rule", where(refused.line), {"expected": refused.message}),)
    return tuple(_wrong(rule, node)) or marked(rule, organisation_id, (number,), on)


def _unreadable(text: str) -> Problem | None:
    """Text that YAML does not take, or that would take a machine apart: it comes from outside."""
    if len(text) > MOST_CHARACTERS:
        return Problem("rule_too_long", where(1), {"most": MOST_CHARACTERS})
    depth = 0
    try:
        for token in yaml.scan(text, Loader=yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader):
            line = token.start_mark.line + 1
            if isinstance(token, yaml.AliasToken):  # a few aliases of aliases fill any memory
                return Problem("no_aliases", where(line))
            depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
            if depth > MOST_DEPTH:
                return Problem("too_deep", where(line), {"most": MOST_DEPTH})
        yaml.compose(text, Loader=yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        why = str(getattr(error, "problem", "") or error)
        return Problem("not_yaml", where(mark.line + 1 if mark else 1), {"why": why[:200]})
    return None


def _only_rule(top: Any) -> tuple[LinedDict, Mapping[str, Any]]:
    if isinstance(top, LinedDict) and "rules" in top:
        mapping_of(top, {"layer", "rules", "tables", "about"}, "a rule file")
        rules, tables = top["rules"], top.get("tables", {})
    else:
        rules, tables = top if isinstance(top, list) else [top], {}
    if not isinstance(tables, dict) or not all(isinstance(rows, dict) for rows in tables.values()):
        raise Refused("tables is a mapping of tables", line_of(tables, line_of(top)))
    if not isinstance(rules, list) or len(rules) != 1 or not isinstance(rules[0], LinedDict):
        raise Refused("expected one rule: a mapping with id, title, applies …", line_of(top, 1))
    return rules[0], tables


def _wrong(rule: Rule, node: LinedDict) -> Iterator[Problem]:
    """What the language allows and a house may not say."""
    line = node.line
    if not _ID.fullmatch(rule.id):
        yield Problem("bad_house_id", where(line), {"id": rule.id[:60], "prefixes": " ".join(PREFIXES)})
    for key in ("then", "clock"):
        consequence = rule.then if key == "then" else rule.silence
        if consequence is not None:
            yield from _promises(rule, consequence, where(line_of(node.get(key), line)))
    for found in problems_of(rule):
        yield Problem(found.code, where(int(found.where.rpartition(":")[2]) or line), dict(found.params))


def _promises(rule: Rule, then: Then, place: str) -> Iterator[Problem]:
    """A promise binds over law and platform only where it can give the buyer more."""
    if then.statutory:
        yield Problem("house_is_no_law", place)
    if not rule.binds:
        return
    gives_less = then.outcome.get("refund") == "none" or then.outcome.get("postage") == "buyer" or then.forbid
    if then.decision not in (None, Decision.FOR_BUYER) or gives_less or "deduction" in then.outcome:
        yield Problem("binds_only_for_buyer", place)


def admit(book: Rulebook, rule: Rule) -> tuple[Problem, ...]:
    """What only the book can tell: that the id is free, and that nothing stronger than a shop's rule is silenced.

    `book` is the shipped one with the house's other own rules in it; the rule itself may be among them.
    """
    others = [r for r in book.rules if r.house_of is None or r.id != rule.id]
    return tuple(_inadmissible(book, rule, others))


def _inadmissible(book: Rulebook, rule: Rule, others: list[Rule]) -> Iterator[Problem]:
    place = where(rule.line)
    by_id: dict[str, list[Rule]] = {}
    for other in others:
        by_id.setdefault(other.id, []).append(other)
    if rule.id in by_id:
        yield Problem("rule_id_taken", place, {"rule": rule.id})
    for key in rule.cite.also if rule.cite else ():
        if key not in book.sources:
            yield Problem("unknown_source", place, {"rule": rule.id, "source": key})
    for name in rule.overrides:
        if name not in by_id:
            yield Problem("unknown_rule", place, {"rule": rule.id, "other": name})
    named, tags = set(rule.overrides), set(rule.excludes)
    stronger = [
        o for o in others if o.layer is not Layer.SHOP and (o.id in named or not tags.isdisjoint((o.id, *o.tags)))
    ]
    if stronger:
        yield Problem("house_beats_only_shop", place, {"rule": stronger[0].id, "layer": stronger[0].layer.value})
    due = {
        code for o in others if o.layer is Layer.LAW for then in (o.then, o.silence) if then for code in then.statutory
    }
    forbidden = [code for then in (rule.then, rule.silence) if then for code in then.forbid if code in due]
    if forbidden:
        yield Problem("forbids_what_law_owes", place, {"remedy": forbidden[0]})
    if _leads_back(rule, by_id):
        yield Problem("precedence_cycle", place, {"rule": rule.id})


def _leads_back(rule: Rule, by_id: Mapping[str, list[Rule]]) -> bool:
    """Whether following `overrides` from the rule comes back to it."""
    seen: set[str] = set()
    waiting = list(rule.overrides)
    while waiting:
        name = waiting.pop()
        if name == rule.id:
            return True
        if name not in seen:
            seen.add(name)
            waiting += [other for r in by_id.get(name, ()) for other in r.overrides]
    return False
