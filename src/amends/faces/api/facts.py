"""Facts of a case as a caller sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.judgement.rules.facts import KNOWN_AT, read_facts, to_wire
from amends.kernel.outcome import InputError, Problem


def checked(wire: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The facts in their one spelling; null stays null and makes a fact unknown again.

    Raises InputError with every problem, placed below `where`. `known_at` belongs to a judgement, not to a case.
    """
    try:
        if KNOWN_AT in wire:
            raise InputError([Problem("unknown_fact", KNOWN_AT, {"nearest": ""})])
        typed = read_facts(dict(wire))
    except InputError as error:
        raise InputError([Problem(p.code, f"{where}.{p.where}", p.params) for p in error.problems]) from None
    return {name: to_wire(typed[name]) if name in typed else None for name in wire}
