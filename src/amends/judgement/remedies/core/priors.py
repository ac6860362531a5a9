"""Stated priors, and how an organisation's own closed cases replace them.

A prior is our estimate and is shown as such. Own cases pull it away step by step: all cases first, then those
of the kind, then those of the kind on the platform, each with the weight of its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amends.kernel.fx import Rates
from amends.kernel.money import Money

ZERO, ONE = Decimal(0), Decimal(1)
WIDTHS = ("all", "kind", "platform_kind")  # from the widest to the narrowest
MIXED, OWN, PRIOR = "mixed", "own", "prior"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability, what it rests on, and how many own cases of the narrowest width stand behind it."""

    p: Decimal
    basis: str  # prior, mixed (fewer own cases than the prior weighs), own
    n: int


def shrink(prior: Decimal, seen: Iterable[tuple[int, int]], weight: Decimal) -> Estimate:
    """`seen` is (successes, trials) from the widest to the narrowest; `weight` is what a prior counts in cases."""
    p, n = prior, 0
    for successes, trials in seen:
        if trials > 0:
            p = (min(successes, trials) + weight * p) / (trials + weight)
            n = trials
    basis = PRIOR if not n else OWN if n >= weight else MIXED
    return Estimate(p, basis, n)


class Priors:
    """Numbers of `rulebook/priors.yaml`. Money stands there in US dollars and comes out in the order's currency."""

    def __init__(self, raw: Mapping[str, Any], currency: str, rates: Rates) -> None:
        self._raw = raw
        self._currency = currency
        newest = rates.sets[-1] if rates.sets else None
        # Without a rate an amount in dollars says nothing about this currency, so it counts as nothing, and is told.
        self.rate = ONE if currency == "USD" else (newest.between("USD", currency) if newest else None)
        self._numbers: dict[tuple[str, ...], Decimal] = {}

    def number(self, *path: str) -> Decimal:
        """The number at a path; a missing last step falls back to its `default`, and a missing prior is zero."""
        found = self._numbers.get(path)
        if found is None:
            node: Any = self._raw
            for key in path:
                node = node.get(key, node.get("default")) if isinstance(node, Mapping) else None
            found = self._numbers[path] = Decimal(str(node)) if node is not None else ZERO
        return found

    def money(self, *path: str) -> Money:
        return Money(self.number(*path) * (self.rate or ZERO), self._currency).rounded()


class Experience:
    """What became of offers in the organisation's own closed cases, read from the table fact `experience`."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], weight: Decimal) -> None:
        self._rows: dict[tuple[str, str], Mapping[str, Any]] = {}
        for row in rows:
            self._rows[str(row.get("remedy", "")), str(row.get("width", ""))] = row
        self._weight = weight

    def estimate(self, remedy: str, successes: str, trials: str, prior: Decimal) -> Estimate:
        """`successes` and `trials` name columns: accepted of offered, escalated of refused, lost of decided."""
        if not self._rows:
            return Estimate(prior, PRIOR, 0)
        rows = [self._rows.get((remedy, width), {}) for width in WIDTHS]
        return shrink(prior, [(int(r.get(successes, 0)), int(r.get(trials, 0))) for r in rows], self._weight)
