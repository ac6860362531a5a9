"""The arithmetic every upsert of intake shares: what a new statement changes, and how changes are counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Tally:
    """Rows of one table that an import made, altered, or found as they were; `touched` are the orders concerned."""

    created: int = 0
    updated: int = 0
    same: int = 0
    touched: set[int | None] = field(default_factory=set)

    def made(self, order_id: int | None) -> None:
        self.created += 1
        self.touched.add(order_id)

    def found(self, order_id: int | None, *, changed: bool) -> None:
        if changed:
            self.updated += 1
            self.touched.add(order_id)
        else:
            self.same += 1

    def add(self, other: Tally) -> None:
        self.created += other.created
        self.updated += other.updated
        self.same += other.same
        self.touched |= other.touched


def apply(row: Any, record: Any, fields: Iterable[str]) -> bool:
    """Copy what `record` states (not None) onto `row`; dicts are merged key by key. True if anything differed."""
    changed = False
    for field in fields:
        stated = getattr(record, field)
        if stated is None:
            continue
        known = getattr(row, field)
        if isinstance(stated, dict):
            stated = {**known, **stated}
        if known != stated:
            setattr(row, field, stated)
            changed = True
    return changed


def stated(record: Any, fields: Iterable[str]) -> dict[str, Any]:
    """The fields the record speaks of, for a row that does not exist yet; the rest keep the table's defaults."""
    return {field: value for field in fields if (value := getattr(record, field)) is not None}
