"""Every fact a rule may read: its type, its meaning, and the question that would fill it.

`docs/reference/facts.md` and the JSON Schema are generated from here. Attributes are open (absent is
unknown); events are closed (absent has not happened as far as we know); tables hold rows of attributes.
"""

from __future__ import annotations

from amends.judgement.rules.vocabulary import case, goods, house, order, tables
from amends.judgement.rules.vocabulary.kinds import Fact, Kind
from amends.judgement.rules.vocabulary.order import PLATFORMS

__all__ = ["BY_NAME", "COLUMNS", "FACTS", "PLATFORMS", "Fact", "Kind", "find", "question"]

FACTS: tuple[Fact, ...] = (*order.FACTS, *case.FACTS, *goods.FACTS, *house.FACTS, *tables.FACTS)
BY_NAME: dict[str, Fact] = {f.name: f for f in FACTS}
COLUMNS: dict[str, dict[str, Fact]] = {f.name: {c.name: c for c in f.columns} for f in FACTS if f.columns}


def find(name: str) -> Fact | None:
    """A fact, or a table's column as `parcels.signature`."""
    if name in BY_NAME:
        return BY_NAME[name]
    table, _, column = name.partition(".")
    return COLUMNS.get(table, {}).get(column)


def question(name: str) -> str:
    """What to ask for, in English; the interface translates it."""
    fact = find(name)
    return (fact.ask or fact.meaning) if fact else name
