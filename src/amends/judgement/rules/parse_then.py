"""What follows from a rule, from its YAML form: a `then`, or the silence of a clock."""

from __future__ import annotations

from typing import Any

from amends.judgement.rules.core import Decision, Then
from amends.judgement.rules.parse_clause import Refused, line_of
from amends.judgement.rules.parse_words import as_list, mapping_of, one_of, texts
from amends.kernel.parties import Party

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
    "duty",
}


def parse_then(node: Any) -> Then:
    """A `then` or a `silence`. Outcome keys may stand directly in a silence, for short."""
    line = line_of(node)
    node = mapping_of(node, THEN_KEYS | OUTCOME_KEYS, "then")
    outcome = dict(mapping_of(node.get("outcome", {}), OUTCOME_KEYS, "outcome")) | {
        k: v for k, v in node.items() if k in OUTCOME_KEYS
    }
    shares = tuple(_share(s, line) for s in node.get("liability", ()))
    if shares and sum(s for _, s in shares) != 100:  # noqa: PLR2004 - percent
        raise Refused("liability shares must add up to 1", line)
    decision = Decision(one_of(node["decision"], tuple(Decision), line)) if "decision" in node else None
    return Then(
        decision,
        shares,
        outcome,
        as_list(node.get("statutory")),
        as_list(node.get("forbid")),
        texts(node["note"]) if "note" in node else {},
    )


def _share(node: Any, line: int) -> tuple[Party, int]:
    mapping_of(node, {"party", "share"}, "liability")
    party = Party(one_of(node.get("party"), tuple(Party), line))
    try:
        percent = round(float(node.get("share", "1")) * 100)
    except (ValueError, TypeError, OverflowError):
        raise Refused(f"share is a number between 0 and 1, found {node.get('share')!r}", line) from None
    return party, percent
