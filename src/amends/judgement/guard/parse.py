"""Reading the guard's rules: all of them, or a list of what is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from amends.judgement.guard.core.rule import CONDITIONS, SURFACES, Cited, GuardRule, Place, Verdict
from amends.judgement.rules.core import Rulebook
from amends.judgement.rules.load import current as current_rulebook
from amends.judgement.rules.load import rulebook_dir
from amends.judgement.rules.yaml_lines import load as load_yaml
from amends.kernel.countries import GROUPS, is_country
from amends.kernel.outcome import InputError, Problem
from amends.language.statements.core.statement import CODES

_KEYS = {"id", "verdict", "title", "why", "instead", "says", "when", "where", "cite", "confidence",
         "examples"}  # fmt: skip
_TEXTS = ("title", "why", "instead")
_PLACES = {"platforms", "not_platforms", "countries", "surfaces"}


def load_guard(folder: Path, book: Rulebook) -> tuple[GuardRule, ...]:
    """Raises InputError with every problem. Citations are looked up, so that a finding carries its address."""
    rules: list[GuardRule] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        raw = load_yaml(path.read_text("utf-8"))
        for row in raw.get("rules", []) if isinstance(raw, Mapping) else []:
            where = f"{path.name}:{row.get('id', '?')}"
            bad = _wrong(row, where)
            problems += bad
            if not bad:
                rules.append(_rule(row, path.name, book, problems, where))
    doubles = {rule.id for rule in rules if sum(other.id == rule.id for other in rules) > 1}
    problems += [Problem("duplicate_rule", rule_id) for rule_id in sorted(doubles)]
    if problems:
        raise InputError(problems)
    return tuple(rules)


def _wrong(row: Mapping[str, Any], where: str) -> list[Problem]:
    problems = [Problem("unknown_key", where, {"key": key}) for key in sorted(set(row) - _KEYS)]
    problems += [
        Problem("missing_text", where, {"key": key, "language": language})
        for key in _TEXTS
        for language in ("en", "zh")
        if not str((row.get(key) or {}).get(language, "")).strip()
    ]
    if row.get("verdict") not in set(Verdict):
        problems.append(Problem("unknown_value", where, {"key": "verdict", "value": str(row.get("verdict"))}))
    for key, known in (("says", CODES), ("when", CONDITIONS)):
        problems += [
            Problem("unknown_value", where, {"key": key, "value": value})
            for value in row.get(key, [])
            if value not in known
        ]
    if not row.get("says") and not row.get("when"):
        problems.append(Problem("rule_looks_at_nothing", where))
    if not row.get("cite"):
        problems.append(Problem("no_source", where))
    if not row.get("examples"):
        problems.append(Problem("no_example", where))
    places = [row.get("where", {}), *(c.get("where", {}) for c in row.get("cite", []))]
    for place in places:
        problems += [Problem("unknown_key", where, {"key": key}) for key in sorted(set(place) - _PLACES)]
        problems += [
            Problem("unknown_value", where, {"key": "countries", "value": code})
            for code in place.get("countries", [])
            if code not in GROUPS and not is_country(code)
        ]
        problems += [
            Problem("unknown_value", where, {"key": "surfaces", "value": name})
            for name in place.get("surfaces", [])
            if name not in SURFACES
        ]
    return problems


def _place(raw: Mapping[str, Any]) -> Place:
    return Place(**{key: tuple(raw.get(key, ())) for key in _PLACES})


def _rule(row: Mapping[str, Any], file: str, book: Rulebook, problems: list[Problem], where: str) -> GuardRule:
    return GuardRule(
        id=row["id"],
        verdict=Verdict(row["verdict"]),
        title=row["title"],
        why=row["why"],
        instead=row["instead"],
        says=tuple(row.get("says", ())),
        when=tuple(row.get("when", ())),
        where=_place(row.get("where", {})),
        cites=tuple(_cited(one, book, problems, where) for one in row["cite"]),
        confidence=row.get("confidence", "C"),
        examples=tuple(row["examples"]),
        file=file,
        hash=hashlib.sha256(json.dumps(row, sort_keys=True, default=str).encode()).hexdigest()[:16],
    )


def _cited(raw: Mapping[str, Any], book: Rulebook, problems: list[Problem], where: str) -> Cited:
    place = _place(raw.get("where", {}))
    retrieved = date.fromisoformat(str(raw["retrieved"])) if raw.get("retrieved") else None
    if "rule" in raw:
        rule = next((one for one in book.rules if one.id == raw["rule"]), None)
        if rule is None:
            problems.append(Problem("unknown_rule", where, {"rule": raw["rule"]}))
            return Cited(rule=raw["rule"], where=place)
        source = book.sources.get(rule.cite.source) if rule.cite else None
        return Cited(
            rule.id, source.key if source else "", rule.title["en"], source.address if source else "",
            rule.cite.retrieved if rule.cite else None, place,
        )  # fmt: skip
    source = book.sources.get(raw.get("source", ""))
    if source is None:
        problems.append(Problem("unknown_source", where, {"source": str(raw.get("source", ""))}))
        return Cited(source=str(raw.get("source", "")), where=place)
    return Cited("", source.key, source.title, source.address, retrieved, place)


@lru_cache(maxsize=4)
def _cached(folder: Path, stamp: tuple[tuple[str, int], ...], book_hash: str) -> tuple[GuardRule, ...]:  # noqa: ARG001 - keys
    return load_guard(folder, current_rulebook())


def current() -> tuple[GuardRule, ...]:
    """The guard's rules in force, read again when a file of them changed."""
    folder = rulebook_dir() / "guard"
    stamp = tuple((path.name, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.yaml")))
    return _cached(folder, stamp, current_rulebook().hash)
