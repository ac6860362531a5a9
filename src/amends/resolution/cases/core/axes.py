"""The axes of a case, the one transition table, and what each verb does. Pure.

Goods and inspection are axes of return lines, money is an axis of each refund; the case carries request,
replacement and dispute, and shows a status derived from all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from amends.base.accounts.core import Permission
from amends.kernel.outcome import Refusal
from amends.resolution.refunds.core import MoneyState, RefundState, committed_minor

FAR = datetime(2999, 1, 1, tzinfo=UTC)  # "nothing is due": sorts last on every database


class Request(StrEnum):
    NONE = "none"
    ASKED = "asked"
    APPROVED = "approved"
    PART_APPROVED = "part_approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Replacement(StrEnum):
    NONE = "none"
    RESERVED = "reserved"
    DUE = "due"
    SENT = "sent"
    DELIVERED = "delivered"
    LOST = "lost"
    CANCELLED = "cancelled"


class Dispute(StrEnum):
    """Mirrors the platform, plus `prevented`: settled before anyone opened one."""

    NONE = "none"
    OPEN = "open"
    RESPONDED = "responded"
    ESCALATED = "escalated"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"
    PREVENTED = "prevented"


class Verb(StrEnum):
    ANSWER = "answer"
    ASK_EVIDENCE = "ask_evidence"
    OFFER = "offer"
    SETTLE = "settle"
    REFUND = "refund"
    APPROVE_REFUND = "approve_refund"
    REFUND_DONE = "refund_done"
    REPLACE = "replace"
    REPLACEMENT_SENT = "replacement_sent"
    REFUSE = "refuse"
    ESCALATE = "escalate"
    CLOSE = "close"
    REOPEN = "reopen"
    ASSIGN = "assign"
    PRIORITISE = "prioritise"
    SNOOZE = "snooze"
    NOTE = "note"
    RECLASSIFY = "reclassify"
    SET_FACT = "set_fact"


class Status(StrEnum):
    """What a list shows; derived, never stored."""

    TO_DO = "to_do"
    OVERDUE = "overdue"
    WAITING_BUYER = "waiting_buyer"
    WAITING_PLATFORM = "waiting_platform"
    WAITING_CARRIER = "waiting_carrier"
    MONEY_DUE = "money_due"
    REPLACEMENT_DUE = "replacement_due"
    SNOOZED = "snoozed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Transition:
    """A verb, the right it needs, the states it may start from (empty: any), and what it does to the axes."""

    verb: Verb
    permission: Permission
    when_closed: bool = False  # only a closed case; otherwise only an open one
    axis: str = ""
    source: frozenset[str] = frozenset()
    target: str = ""
    moves_money: bool = False
    speaks: bool = False  # sends words to the buyer


P = Permission
_OPEN_REQUEST = frozenset({Request.NONE, Request.ASKED, Request.PART_APPROVED, Request.REFUSED})
TRANSITIONS: tuple[Transition, ...] = (
    Transition(Verb.ANSWER, P.CASE_ANSWER, speaks=True),
    Transition(Verb.ASK_EVIDENCE, P.CASE_ANSWER, speaks=True),
    Transition(Verb.OFFER, P.CASE_OFFER, axis="request", source=_OPEN_REQUEST, target=Request.ASKED, speaks=True),
    Transition(
        Verb.SETTLE,
        P.CASE_SETTLE,
        axis="request",
        source=_OPEN_REQUEST,
        target=Request.APPROVED,
        moves_money=True,
        speaks=True,
    ),
    Transition(Verb.REFUSE, P.CASE_SETTLE, axis="request", source=_OPEN_REQUEST, target=Request.REFUSED, speaks=True),
    Transition(Verb.REFUND, P.CASE_SETTLE, moves_money=True),
    Transition(Verb.APPROVE_REFUND, P.REFUND_APPROVE, moves_money=True),
    Transition(Verb.REFUND_DONE, P.CASE_SETTLE),
    Transition(
        Verb.REPLACE,
        P.CASE_SETTLE,
        axis="replacement",
        source=frozenset({Replacement.NONE, Replacement.CANCELLED, Replacement.LOST}),
        target=Replacement.DUE,
    ),
    Transition(
        Verb.REPLACEMENT_SENT,
        P.CASE_SETTLE,
        axis="replacement",
        source=frozenset({Replacement.DUE, Replacement.RESERVED}),
        target=Replacement.SENT,
    ),
    Transition(
        Verb.ESCALATE,
        P.CASE_OFFER,
        axis="dispute",
        source=frozenset({Dispute.NONE, Dispute.PREVENTED, Dispute.OPEN, Dispute.RESPONDED}),
        target=Dispute.ESCALATED,
    ),
    Transition(Verb.CLOSE, P.CASE_SETTLE),
    Transition(Verb.REOPEN, P.CASE_WORK, when_closed=True),
    Transition(Verb.ASSIGN, P.CASE_WORK),
    Transition(Verb.PRIORITISE, P.CASE_WORK),
    Transition(Verb.SNOOZE, P.CASE_WORK),
    Transition(Verb.NOTE, P.CASE_WORK),
    Transition(Verb.RECLASSIFY, P.CASE_WORK),
    Transition(Verb.SET_FACT, P.CASE_WORK),
)
BY_VERB: dict[Verb, Transition] = {t.verb: t for t in TRANSITIONS}


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the guards look at. `paid_minor` and `refunded_outside_minor` come from the order's payment events."""

    id: int
    number: int
    request: str
    replacement: str
    dispute: str
    waiting_for: str
    closed: bool
    snoozed_until: datetime | None
    next_due_at: datetime | None
    leaf: str
    currency: str
    paid_minor: int
    refunded_outside_minor: int
    charged_back: bool
    refunds: tuple[RefundState, ...]
    has_order: bool
    has_thread: bool
    can_send: bool
    refund_limit_minor: int
    version: int
    decision: str = ""
    decision_rules: tuple[str, ...] = ()
    forbidden: Mapping[str, str] = field(default_factory=dict)  # remedy -> rule that forbids it
    buyer_language: str = ""

    @property
    def committed_minor(self) -> int:
        """Everything already promised or paid back, inside and outside."""
        return self.refunded_outside_minor + committed_minor(self.refunds)

    @property
    def refundable_minor(self) -> int:
        return max(self.paid_minor - self.committed_minor, 0)


def status_of(state: CaseState, now: datetime) -> Status:
    if state.closed:
        return Status.CLOSED
    if state.next_due_at is not None and state.next_due_at < now:
        return Status.OVERDUE
    if state.snoozed_until is not None and state.snoozed_until > now:
        return Status.SNOOZED
    if any(r.state in (MoneyState.DUE, MoneyState.CREATED) for r in state.refunds):
        return Status.MONEY_DUE
    if state.replacement == Replacement.DUE:
        return Status.REPLACEMENT_DUE
    return {
        "buyer": Status.WAITING_BUYER,
        "platform": Status.WAITING_PLATFORM,
        "carrier": Status.WAITING_CARRIER,
    }.get(state.waiting_for, Status.TO_DO)


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: the verb, and why it cannot be pressed (None when it can)."""

    verb: Verb
    refusal: Refusal | None


def guard(verb: Verb, state: CaseState, permissions: frozenset[Permission]) -> Refusal | None:
    """Why a verb is not possible at all in this state, before its arguments are looked at."""
    transition = BY_VERB[verb]
    if transition.permission not in permissions:
        return Refusal("not_allowed", params={"permission": transition.permission.value})
    if transition.when_closed != state.closed:
        return Refusal("case_is_open" if transition.when_closed else "case_is_closed")
    if transition.axis and transition.source and getattr(state, transition.axis) not in transition.source:
        return Refusal("wrong_state", params={"axis": transition.axis, "state": getattr(state, transition.axis)})
    if transition.speaks and not state.has_thread and verb in (Verb.ANSWER, Verb.ASK_EVIDENCE):
        return Refusal("no_conversation")
    if verb in (Verb.REFUND, Verb.REPLACE) and not state.has_order:
        return Refusal("no_order")
    if verb is Verb.REFUND and state.charged_back:
        return Refusal("double_recovery", state.decision_rules)
    if verb is Verb.REFUND and not state.refundable_minor:
        return Refusal("nothing_left_to_refund", params={"committed": state.committed_minor})
    if verb is Verb.APPROVE_REFUND and not any(r.state is MoneyState.DUE for r in state.refunds):
        return Refusal("no_refund_waits")
    if verb is Verb.REFUND_DONE and not any(r.state is MoneyState.CREATED for r in state.refunds):
        return Refusal("no_refund_created")
    return None


def choices(state: CaseState, permissions: frozenset[Permission]) -> tuple[Choice, ...]:
    """Every verb in table order with its refusal: the buttons of the page and the guard of the API are one."""
    return tuple(Choice(t.verb, guard(t.verb, state, permissions)) for t in TRANSITIONS)


_MIRROR = (
    ("dispute.closed", Dispute.CLOSED),
    ("dispute.escalated", Dispute.ESCALATED),
    ("dispute.responded", Dispute.RESPONDED),
    ("dispute.submitted", Dispute.OPEN),
    ("payment_dispute.opened", Dispute.OPEN),
)  # latest stage first
_DECIDED = {"for_seller": Dispute.WON, "for_buyer": Dispute.LOST, "split": Dispute.CLOSED}


def mirrored_dispute(facts: Mapping[str, Any], current: str, now: datetime) -> str:
    """The dispute axis as the outside world has it; our own `prevented` stands until someone opens one."""
    decided = facts.get("dispute.decision")
    if decided in _DECIDED:
        return _DECIDED[decided]
    for event, stage in _MIRROR:
        at = facts.get(event)
        if at is not None and at <= now:
            return stage
    return current


def diagram() -> str:
    """The table as a Mermaid state diagram for the documentation."""
    lines = ["stateDiagram-v2"]
    for t in TRANSITIONS:
        for source in sorted(t.source):
            if t.axis:
                lines.append(f"  {t.axis}_{source} --> {t.axis}_{t.target}: {t.verb.value}")
    return "\n".join(lines)


Args = Mapping[str, Any]
