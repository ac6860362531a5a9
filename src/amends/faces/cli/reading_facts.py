"""Facts from a file or standard input: one JSON object, an array, or JSON lines, with every slip named by place."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, BinaryIO

from amends.kernel.outcome import InputError, Problem

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MAX_BYTES = 10 * 1024 * 1024


def records(text: str) -> list[Any]:
    """One JSON object, a JSON array, or JSON lines."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        out = []
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                try:
                    out.append(json.loads(line))
                except json.JSONDecodeError as error:
                    raise InputError([Problem("not_json", f"line {number}", {"text": str(error)})]) from None
        return out
    return whole if isinstance(whole, list) else [whole]


def moment_of(at: str | None) -> datetime | None:
    """The option `--at`; a day alone is its midnight in UTC. Raises InputError on a time without a zone."""
    from amends.judgement.rules.facts import Bad, parse_instant

    text = f"{at}T00:00:00Z" if at and DAY.fullmatch(at) else at
    try:
        return parse_instant(text) if text else None
    except Bad as bad:
        raise InputError([Problem(bad.code, "--at", bad.params)]) from None


def read_all(file: BinaryIO, at: str | None) -> list[tuple[dict[str, Any], datetime]]:
    """Typed facts with the moment to look at each: `--at`, else the record's own `known_at`, else now.

    Raises InputError when nothing is there, when it is too large, or at the first record that cannot be read.
    """
    from amends.judgement.rules.facts import KNOWN_AT, not_yet, read_facts

    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError([Problem("too_large", "", {"most": f"{MAX_BYTES} bytes"})])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Problem("not_utf8", f"byte {error.start}")]) from None
    moment = moment_of(at)
    out = []
    for index, wire in enumerate(records(text)):
        prefix = f"[{index}] " if index else ""
        try:
            facts = read_facts(wire)
        except InputError as error:
            raise InputError([Problem(p.code, prefix + p.where, p.params) for p in error.problems]) from None
        now = moment or facts.get(KNOWN_AT) or datetime.now(UTC)
        early = [] if moment else not_yet(facts, now)
        if early:
            raise InputError([Problem(p.code, prefix + p.where, p.params) for p in early])
        out.append((facts, now))
    if not out:
        raise InputError([Problem("empty")])
    return out
