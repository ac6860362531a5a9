"""A house rule as a value, and the marks by which a judgement tells it from a shipped rule."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from amends.judgement.clocks.core import Lookup
from amends.judgement.rules.core import Cite, Rule, Source

SOURCE = "HOUSE"
PREFIXES = ("HOUSE-", "OWN-")
_VERSION_LENGTH = 40  # of the column that keeps a cited version


class Kind(StrEnum):
    OWN = "own"  # a rule that the organisation wrote
    OVERRIDE = "override"  # one number of a shipped rule


@dataclass(frozen=True, slots=True)
class House:
    """One version of a house rule that is in force.

    `number` counts the versions of one rule in one organisation. `old` and `new` are wire text with their unit, as
    they stand in the rule (`14`, `750 USD`); `base_version` and `base_hash` name what was overridden.
    """

    organisation_id: int
    rule_id: str
    kind: Kind
    number: int
    citation: str
    on: date
    body: str = ""
    base_version: str = ""
    base_hash: str = ""
    path: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A house rule that the rulebook of today cannot take. `code` is a message key."""

    house: House
    code: str


def source_key(rule_id: str) -> str:
    return f"{SOURCE}:{rule_id}"


def citing(rule_id: str, citations: Iterable[str]) -> Source:
    """What stands behind a house rule, as a source like any other. An address becomes a link."""
    said = list(dict.fromkeys(citations))
    address = next((text for text in said if text.startswith(("https://", "http://"))), "")
    return Source(source_key(rule_id), "; ".join(said), address)


def tables_of(rule: Rule) -> dict[str, dict[str, str]]:
    """The one table that a rule's clock reads, back in wire form."""
    if rule.clock is None or not isinstance(rule.clock.amount, Lookup):
        return {}
    runs = rule.body["clock"]["runs"]
    name = next(str(v["table"]) for v in runs.values() if isinstance(v, Mapping) and "table" in v)
    return {name: {key: str(days) for key, days in rule.clock.amount.table}}


def marked(rule: Rule, organisation_id: int, numbers: Iterable[int], on: date | None) -> Rule:
    """The rule as the house's: its version says so, its citation comes first, its hash is the organisation's own.

    Two organisations with the same words still have two rules: neither explains its cases by the other's.
    """
    version = _version(rule.version, sorted(set(numbers)))
    also = tuple(key for key in (rule.cite.source, *rule.cite.also) if key != SOURCE) if rule.cite else ()
    cite = Cite(source_key(rule.id), also, on or (rule.cite.retrieved if rule.cite else None))
    wire: dict[str, Any] = {"source": cite.source}
    if also:
        wire["also"] = list(also)
    if cite.retrieved:
        wire["retrieved"] = cite.retrieved.isoformat()
    body = {**rule.body, "cite": wire}
    told = json.dumps([body, tables_of(rule), organisation_id, version], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(told.encode()).hexdigest()
    return replace(rule, version=version, cite=cite, body=body, hash=digest, house_of=organisation_id)


def _version(base: str, numbers: list[int]) -> str:
    """`2026-01-26+house.2.5`: the shipped version and the house's changes to it."""
    text = f"{base}+house.{'.'.join(map(str, numbers))}"
    if len(text) <= _VERSION_LENGTH:
        return text
    return f"{base}+house.{hashlib.sha256(text.encode()).hexdigest()[:12]}"
