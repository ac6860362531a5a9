"""How a closed case came out, and what it adds to the organisation's experience with each remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

ANY, CONTEST = "any", "contest"  # rows of experience that are no remedy
GIVEN_UP = frozenset({"accept_dispute", "accept_decision"})  # such a dispute was not fought
WON, LOST, SPLIT = "won", "lost", "split"


@dataclass(frozen=True, slots=True)
class Offered:
    """A remedy put to the buyer; `state` as the case left it: accepted, refused, withdrawn, expired."""

    remedy: str
    state: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """`remedy` is what was agreed on, empty for nothing. `refused`: we refused the request. `escalated`: it went to
    the platform or the bank. `ruled`: what they decided, empty for nothing. `refunded`: money in wire form, empty for
    none; `share` its part of what was paid, as a decimal text, empty where that is unknown."""

    decision: str = ""
    remedy: str = ""
    offers: tuple[Offered, ...] = ()
    refused: bool = False
    escalated: bool = False
    ruled: str = ""
    refunded: str = ""
    share: str = ""
    days: int = 0  # from opening to closing
    root_cause: str = ""

    @property
    def accepted(self) -> bool | None:
        """Whether the buyer took what was offered; None where nothing was."""
        return True if self.remedy else False if self.offers else None

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"offers": [[o.remedy, o.state] for o in self.offers]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Outcome:
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        known["offers"] = tuple(Offered(remedy, state) for remedy, state in data.get("offers", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Counts:
    """What one case adds, or many do. `n` counts cases in which the remedy was put to the buyer; of the row `any`,
    all cases."""

    n: int = 0
    offered: int = 0
    accepted: int = 0
    refused: int = 0
    escalated: int = 0
    decided: int = 0
    lost: int = 0

    def plus(self, other: Counts, sign: int = 1) -> Counts:
        return Counts(*(getattr(self, f.name) + sign * getattr(other, f.name) for f in fields(self)))


def tallies(outcome: Outcome) -> dict[str, Counts]:
    """By remedy, with `any` for what follows a refusal and `contest` for disputes fought.

    A remedy counts once a case, however often it was offered. An offer not taken counts as refused, also when the
    buyer said nothing; a refusal counts as escalated when the case then went to the platform or the bank.
    """
    found: dict[str, Counts] = {}
    for remedy in dict.fromkeys([*(o.remedy for o in outcome.offers), *([outcome.remedy] if outcome.remedy else [])]):
        taken = remedy == outcome.remedy
        escalated = int(outcome.escalated and not taken)
        found[remedy] = Counts(n=1, offered=1, accepted=int(taken), refused=int(not taken), escalated=escalated)
    unsettled = not outcome.remedy and (outcome.refused or bool(outcome.offers))
    found[ANY] = Counts(
        n=1,
        offered=int(outcome.accepted is not None),
        accepted=int(outcome.accepted is True),
        refused=int(unsettled),
        escalated=int(unsettled and outcome.escalated),
    )
    if outcome.ruled and outcome.remedy not in GIVEN_UP:
        found[CONTEST] = Counts(n=1, decided=1, lost=int(outcome.ruled == LOST))
    return found
