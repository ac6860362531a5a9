"""The derived status of many cases at once, for lists: one query however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from amends.base.accounts.core import Scope
from amends.resolution.cases.core.axes import FAR, CaseState, Dispute, Replacement, Request, Status, status_of
from amends.resolution.cases.models import Case
from amends.resolution.refunds import queries as refunds
from amends.resolution.refunds.models import Refund

# What a status does not depend on is left empty: these states are for `status_of` alone, never for a guard.
_BARE = CaseState(
    id=0, number=0, request=Request.NONE, replacement=Replacement.NONE, dispute=Dispute.NONE, waiting_for="us",
    closed=False, snoozed_until=None, next_due_at=None, leaf="", currency="", paid_minor=0, refunded_outside_minor=0,
    charged_back=False, refunds=(), has_order=False, has_thread=False, can_send=False, refund_limit_minor=0, version=0,
)  # fmt: skip


def statuses(scope: Scope, cases: Iterable[Case], now: datetime) -> dict[int, Status]:
    """By id of the case, the same word as its own page shows."""
    wanted = list(cases)
    by_order: dict[int, list[Refund]] = defaultdict(list)
    for refund in refunds.of_orders(scope, {case.order_id for case in wanted if case.order_id is not None}):
        by_order[refund.order_id].append(refund)
    found = {}
    for case in wanted:
        state = replace(
            _BARE, replacement=case.replacement, waiting_for=case.waiting_for, closed=case.closed_at is not None,
            snoozed_until=case.snoozed_until, next_due_at=case.next_due_at if case.next_due_at < FAR else None,
            refunds=refunds.states(by_order[case.order_id]) if case.order_id else (),
        )  # fmt: skip
        found[case.pk] = status_of(state, now)
    return found
