"""What is alike in two cases, what differs, and what nobody knows, as codes with their numbers. The interface has
the words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .distance import FIELDS, Field, Sort, encode, weighing
from .features import Features

ALIKE_RATIO = Decimal("1.5")  # two amounts or two spans of days up to this ratio count as alike
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Item:
    """One feature. `mine` and `theirs` are JSON values, None where unknown. `ratio`: mine over theirs, as text."""

    code: str
    mine: Any
    theirs: Any
    weight: int
    ratio: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "mine": self.mine, "theirs": self.theirs} | (
            {"ratio": self.ratio} if self.ratio else {}
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Each list with what weighs most first. `open`: known of one of the two only, so nobody can say."""

    alike: tuple[Item, ...]
    differs: tuple[Item, ...]
    open: tuple[Item, ...]


def compare(mine: Features, theirs: Features) -> Comparison:
    weights = weighing(encode(mine)[0] if mine.kind == theirs.kind else 0).weights
    alike: list[Item] = []
    differs: list[Item] = []
    unknown: list[Item] = []
    for one, weight in zip(FIELDS, weights, strict=True):
        a, b = getattr(mine, one.name), getattr(theirs, one.name)
        if a is None and b is None:
            continue
        item = Item(one.name, _plain(a), _plain(b), weight, _ratio(one, a, b))
        if a is None or b is None:
            unknown.append(item)
        elif _same(one, a, b):
            alike.append(item)
        else:
            differs.append(item)
    told = _without_echo(alike, differs)
    return Comparison(*(tuple(sorted(items, key=lambda i: -i.weight)) for items in (*told, unknown)))


def _without_echo(alike: list[Item], differs: list[Item]) -> tuple[list[Item], list[Item]]:
    """The group of countries says something only where the countries differ and the group does not."""
    countries_differ = any(item.code == "ship_country" for item in differs)
    kept = [item for item in alike if item.code != "region" or countries_differ]
    return [item for item in kept if item.code != "kind"], [item for item in differs if item.code != "region"]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _numbers(one: Field, a: Any, b: Any) -> tuple[Decimal, Decimal]:
    """Amounts as they are; days one up, so that the same day has a ratio to the next."""
    extra = 1 if one.name == "days" else 0
    return Decimal(a) + extra, Decimal(b) + extra


def _same(one: Field, a: Any, b: Any) -> bool:
    if one.sort is not Sort.NUMBER:
        return bool(a == b)
    first, second = _numbers(one, a, b)
    return max(first, second) <= min(first, second) * ALIKE_RATIO


def _ratio(one: Field, a: Any, b: Any) -> str:
    if one.sort is not Sort.NUMBER or a is None or b is None:
        return ""
    first, second = _numbers(one, a, b)
    return str((first / second).quantize(_HUNDREDTH)) if second else ""
