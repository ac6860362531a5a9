"""Penalty points from their YAML form."""

from __future__ import annotations

from typing import Any

from amends.judgement.metrics.penalties import Consequence, Counts, Penalty, Step
from amends.judgement.rules.parse_clause import Refused, line_of
from amends.judgement.rules.parse_words import mapping_of, one_of, whole

PENALTY_KEYS = {"ledger", "offence", "counts", "window_days", "steps", "consequences"}


def parse_penalty(node: Any) -> Penalty:
    line = line_of(node)
    node = mapping_of(node, PENALTY_KEYS, "penalty")
    for key in ("ledger", "window_days"):
        if key not in node:
            raise Refused(f"a penalty needs `{key}`", line)
    steps = tuple(_step(step) for step in node.get("steps", ()))
    ladder = tuple(_consequence(c) for c in node.get("consequences", ()))
    if bool(steps) == bool(ladder):
        raise Refused("a penalty has either steps, for one offence, or consequences, for the whole ledger", line)
    if steps and "offence" not in node:
        raise Refused("steps belong to an offence", line)
    if list(steps) != sorted(steps) or len({s.first for s in steps}) < len(steps):
        raise Refused("steps rise", line)
    return Penalty(
        str(node["ledger"]),
        str(node.get("offence", "")),
        Counts(one_of(node.get("counts", Counts.ROLLING.value), tuple(Counts), line)),
        whole(node["window_days"], line),
        steps,
        ladder,
    )


def _step(node: Any) -> Step:
    line = line_of(node)
    mapping_of(node, {"from", "points"}, "a step")
    if not {"from", "points"} <= set(node):
        raise Refused("a step needs `from` and `points`", line)
    step = Step(whole(node["from"], line), whole(node["points"], line))
    if step.first == 0:
        raise Refused("offences are counted from 1", line)
    return step


def _consequence(node: Any) -> Consequence:
    line = line_of(node)
    mapping_of(node, {"at", "freeze_days", "closes"}, "a consequence")
    if "at" not in node or ("freeze_days" in node) == ("closes" in node):
        raise Refused("a consequence needs `at` and one of freeze_days, closes", line)
    closes = one_of(node.get("closes", "false"), ("true", "false"), line) == "true"
    return Consequence(whole(node["at"], line), whole(node.get("freeze_days", "0"), line), closes)
