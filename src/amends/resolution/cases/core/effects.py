"""What a verb can do, as values: rows to write, words to say, facts to learn. `decide` makes them, `apply` acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.resolution.cases.core.axes import Verb
from amends.resolution.refunds.core import MoneyState


@dataclass(frozen=True, slots=True)
class SetAxis:
    axis: str
    value: str


@dataclass(frozen=True, slots=True)
class SetField:
    """A plain column of the case: owner_id, priority, snoozed_until, leaf, root_cause, closed_at …"""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class LearnFact:
    key: str
    value: Any  # wire form; None makes the fact unknown again
    origin: str


@dataclass(frozen=True, slots=True)
class Say:
    """Words to the buyer; handed over by a person where the channel cannot send. `gates`: rules of the guard that
    a person answered for with `reason`."""

    text: str
    language: str
    template: str = ""
    gates: tuple[str, ...] = ()
    reason: str = ""
    original: tuple[str, str] = ("", "")  # what the author wrote before it was put into `language`, and in which one


@dataclass(frozen=True, slots=True)
class MakeOffer:
    remedy: str
    amount_minor: int
    currency: str
    answer_by: datetime | None


@dataclass(frozen=True, slots=True)
class CreateRefund:
    kind: str
    amount_minor: int
    currency: str
    state: MoneyState
    key: str


@dataclass(frozen=True, slots=True)
class MoveRefund:
    refund_id: int
    state: MoneyState


@dataclass(frozen=True, slots=True)
class AddTask:
    code: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WriteNote:
    text: str


@dataclass(frozen=True, slots=True)
class CloseOffers:
    state: str


@dataclass(frozen=True, slots=True)
class Agree:
    """The remedy both agreed on. An open offer of it is accepted; what else was on offer the buyer did not take."""

    remedy: str
    amount_minor: int
    currency: str


Effect = (
    SetAxis
    | SetField
    | LearnFact
    | Say
    | MakeOffer
    | CreateRefund
    | MoveRefund
    | AddTask
    | WriteNote
    | CloseOffers
    | Agree
)


@dataclass(frozen=True, slots=True)
class Decided:
    verb: Verb
    effects: tuple[Effect, ...]
