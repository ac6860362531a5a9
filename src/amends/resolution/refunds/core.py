"""The money axis of one refund, and the bound that holds over any order of operations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MoneyState(StrEnum):
    NONE = "none"
    OFFERED = "offered"
    DUE = "due"  # decided, waits for the second person
    CREATED = "created"  # recorded; someone pays it out
    IN_TRANSIT = "in_transit"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXTERNAL = "external"  # happened outside, seen in an import
    REVERSED = "reversed"


LIVE_MONEY = frozenset(
    {MoneyState.DUE, MoneyState.CREATED, MoneyState.IN_TRANSIT, MoneyState.DONE, MoneyState.EXTERNAL}
)
MOVES: dict[MoneyState, frozenset[MoneyState]] = {
    MoneyState.DUE: frozenset({MoneyState.CREATED, MoneyState.CANCELLED}),
    MoneyState.CREATED: frozenset({MoneyState.IN_TRANSIT, MoneyState.DONE, MoneyState.FAILED, MoneyState.CANCELLED}),
    MoneyState.IN_TRANSIT: frozenset({MoneyState.DONE, MoneyState.FAILED}),
    MoneyState.FAILED: frozenset({MoneyState.CREATED, MoneyState.CANCELLED}),
    MoneyState.DONE: frozenset({MoneyState.REVERSED}),
}


@dataclass(frozen=True, slots=True)
class RefundState:
    id: int
    amount_minor: int
    currency: str
    state: MoneyState
    requested_by: int | None


def committed_minor(refunds: tuple[RefundState, ...]) -> int:
    """Minor units already promised or paid back by these refunds."""
    return sum(r.amount_minor for r in refunds if r.state in LIVE_MONEY)
