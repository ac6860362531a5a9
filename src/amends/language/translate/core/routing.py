"""Which engine translates a pair: pure, from what the engines offer and what the organisation has agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from amends.kernel.languages import base, same

PIVOT: Final = "en"


class Kind(StrEnum):
    SAME = "same"  # the reader reads it as it is
    DIRECT = "direct"
    PIVOT = "pivot"
    NONE = "none"  # a gist card, never called a translation


@dataclass(frozen=True, slots=True)
class Offer:
    """`priority`: lower is asked first. A service without `consented` is as good as not there."""

    engine: str
    pairs: frozenset[tuple[str, str]]
    priority: int = 50
    external: bool = False
    consented: bool = False

    @property
    def usable(self) -> bool:
        return self.consented or not self.external


@dataclass(frozen=True, slots=True)
class Leg:
    engine: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Route:
    kind: Kind
    legs: tuple[Leg, ...] = ()


def route(source: str, target: str, offers: Sequence[Offer]) -> Route:
    """Direct by priority, an engine of this machine before a service of the same priority; else through English."""
    begin, end = base(source), base(target)
    if same(begin, end):
        return Route(Kind.SAME)
    ranked = sorted((o for o in offers if o.usable), key=lambda o: (o.priority, o.external, o.engine))
    direct = _leg(begin, end, ranked)
    if direct is not None:
        return Route(Kind.DIRECT, (direct,))
    if PIVOT in (begin, end):
        return Route(Kind.NONE)
    there, on = _leg(begin, PIVOT, ranked), _leg(PIVOT, end, ranked)
    return Route(Kind.PIVOT, (there, on)) if there and on else Route(Kind.NONE)


def _leg(source: str, target: str, ranked: Sequence[Offer]) -> Leg | None:
    return next((Leg(o.engine, source, target) for o in ranked if (source, target) in o.pairs), None)
