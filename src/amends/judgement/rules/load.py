"""Reading the rulebook from its folder: all of it, or nothing."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import Any

from amends.base.settings import env
from amends.judgement.rules.core import Rule, Rulebook, Source
from amends.judgement.rules.parse import parse_file
from amends.judgement.rules.yaml_lines import load as load_yaml
from amends.kernel.fx import Rates, RateSet
from amends.kernel.money import currency_codes
from amends.kernel.outcome import InputError, Problem


def rulebook_dir() -> Path:
    return Path(env.read("AMENDS_RULEBOOK")) if env.read("AMENDS_RULEBOOK") else env.shipped("rulebook")


def rule_files(folder: Path) -> list[Path]:
    """Every file of the rulebook but the guard's, which decides on texts and has a hash of its own."""
    return [path for path in sorted(folder.rglob("*.yaml")) if path.parent != folder / "guard"]


def _read(folder: Path, name: str) -> Any:
    path = folder / name
    return load_yaml(path.read_text("utf-8")) if path.exists() else {}


def check_together(rules: list[Rule], sources: dict[str, Source]) -> list[Problem]:
    """What only the whole book can show: unknown sources, overlapping versions, references to no rule."""
    problems: list[Problem] = []
    ids = {rule.id for rule in rules}
    by_id: dict[str, list[Rule]] = {}
    for rule in rules:
        by_id.setdefault(rule.id, []).append(rule)
        where = f"{rule.file}:{rule.line}"
        keys = (rule.cite.source, *rule.cite.also) if rule.cite else ()
        for key in keys:
            if key not in sources:
                problems.append(Problem("unknown_source", where, {"rule": rule.id, "source": key}))
        for other in rule.overrides:
            if other not in ids:
                problems.append(Problem("unknown_rule", where, {"rule": rule.id, "other": other}))
    for rule_id, versions in by_id.items():
        ordered = sorted(versions, key=lambda r: (r.valid.from_date if r.valid else None) or date.min)
        for first, second in pairwise(ordered):
            end = first.valid.to_date if first.valid else None
            begin = second.valid.from_date if second.valid else None
            if end is None or begin is None or begin <= end:
                problems.append(Problem("overlapping_versions", f"{second.file}:{second.line}", {"rule": rule_id}))
    problems += _cycles(rules)
    return problems


def _excluded_by(rule: Rule, rules: list[Rule]) -> set[str]:
    """Ids of the rules that it takes out of the case, by their id or by a tag of theirs."""
    if not rule.excludes:
        return set()
    wanted = set(rule.excludes)
    return {other.id for other in rules if other.id != rule.id and wanted & {other.id, *other.tags}}


def _cycles(rules: list[Rule]) -> list[Problem]:
    """Rules that override or exclude each other in a ring: whoever is asked first would win."""
    edges: dict[str, set[str]] = {}
    for rule in rules:
        edges.setdefault(rule.id, set()).update(rule.overrides, _excluded_by(rule, rules))
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        ring = error.args[1][:-1]
        first = ring.index(min(ring))
        shown = [*ring[first:], *ring[:first], ring[first]]
        return [Problem("precedence_cycle", shown[0], {"rule": shown[0], "ring": " → ".join(shown)})]
    return []


def read_rates(raw: Any) -> Rates:
    """Raises InputError naming the currency or the day of a rate that cannot be read."""
    sets = []
    for row in raw.get("rates", ()):
        where = f"fx.yaml {row.get('on')}"
        try:
            per_usd = {code: Decimal(rate) for code, rate in row["per_usd"].items()}
            on = date.fromisoformat(row["on"])
        except (KeyError, ValueError, ArithmeticError, AttributeError, TypeError):
            raise InputError([Problem("bad_rates", where)]) from None
        wrong = [code for code, rate in per_usd.items() if code not in currency_codes() or rate <= 0]
        if wrong:
            raise InputError([Problem("bad_rates", f"{where} {min(wrong)}")])
        sets.append(RateSet(on, per_usd))
    sets.sort(key=lambda s: s.on)
    return Rates(tuple(sets), Decimal(raw.get("margin", "0.10")), int(raw.get("fresh_days", "7")))


def load_folder(folder: Path) -> Rulebook:
    """Raises InputError with every problem of every file; a malformed rulebook never half-loads."""
    rules: list[Rule] = []
    problems: list[Problem] = []
    digest = hashlib.sha256()
    for path in rule_files(folder):
        text = path.read_text("utf-8")
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + text.encode())
        if path.parent == folder:
            continue  # sources.yaml, priors.yaml, fx.yaml, book.yaml
        found, bad = parse_file(text, path.relative_to(folder).as_posix())
        rules += found
        problems += bad
    sources = {
        key: Source(key, str(s.get("title", "")), str(s.get("url", "")), str(s.get("dated", "")))
        for key, s in _read(folder, "sources.yaml").items()
    }
    if not problems:
        problems += check_together(rules, sources)
    if problems:
        raise InputError(problems)
    book = _read(folder, "book.yaml")
    released = date.fromisoformat(book["released"]) if book.get("released") else None
    rules.sort(key=lambda r: (r.id, (r.valid.from_date if r.valid else None) or date.min))
    rates = read_rates(_read(folder, "fx.yaml"))
    least = int(book.get("examples", "0"))
    return Rulebook(tuple(rules), sources, _read(folder, "priors.yaml"), rates, released, digest.hexdigest(), least)


@lru_cache(maxsize=4)
def _cached(folder: Path, stamp: tuple[tuple[str, int], ...]) -> Rulebook:  # noqa: ARG001 - the stamp is the key
    return load_folder(folder)


def current() -> Rulebook:
    """The rulebook in force, read again when a file of it changed."""
    folder = rulebook_dir()
    stamp = tuple((p.as_posix(), p.stat().st_mtime_ns) for p in rule_files(folder))
    return _cached(folder, stamp)
