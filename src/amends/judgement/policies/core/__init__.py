"""The pure core of house rules: an own rule from its text, a number set otherwise, and the book with both in it."""

from amends.judgement.policies.core.house import House, Kind, Lapsed, citing
from amends.judgement.policies.core.numbers import Number, find_number, overridable, override
from amends.judgement.policies.core.overlay import Laid, lay, overlay
from amends.judgement.policies.core.own import admit, own_rule

__all__ = [
    "House",
    "Kind",
    "Laid",
    "Lapsed",
    "Number",
    "admit",
    "citing",
    "find_number",
    "lay",
    "overlay",
    "overridable",
    "override",
    "own_rule",
]
