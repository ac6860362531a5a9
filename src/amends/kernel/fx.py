"""Exchange rates as dated tables, and how far an old rate may be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from amends.kernel.money import Money


@dataclass(frozen=True, slots=True)
class RateSet:
    """Units of each currency for one US dollar on one day."""

    on: date
    per_usd: Mapping[str, Decimal]

    def between(self, source: str, target: str) -> Decimal | None:
        """How many units of `target` one unit of `source` buys; None when either is not in the table."""
        have, want = self.per_usd.get(source), self.per_usd.get(target)
        return want / have if have and want else None


@dataclass(frozen=True, slots=True)
class Rates:
    """Every table at hand, oldest first. A rate from another week than the one asked about carries a margin."""

    sets: tuple[RateSet, ...] = ()
    margin: Decimal = Decimal("0.10")  # how far a rate may have moved since its day, as a share
    fresh_days: int = 7  # within these the rate is taken as it is

    def nearest(self, on: date) -> RateSet | None:
        return min(self.sets, key=lambda s: (abs((s.on - on).days), s.on), default=None)

    def span(self, money: Money, currency: str, on: date) -> tuple[Decimal, Decimal] | None:
        """Lowest and highest amount in `currency` that `money` may have been worth on that day; None without a rate."""
        if money.currency == currency:
            return money.amount, money.amount
        found = self.nearest(on)
        rate = found.between(money.currency, currency) if found else None
        if found is None or rate is None:
            return None
        amount = money.amount * rate
        if abs((found.on - on).days) <= self.fresh_days:
            return amount, amount
        return amount * (1 - self.margin), amount * (1 + self.margin)

    def turn(self, money: Money, currency: str, on: date) -> Money | None:
        """An estimate in another currency, rounded to its minor unit; None without a rate."""
        found = self.nearest(on)
        rate = Decimal(1) if money.currency == currency else found.between(money.currency, currency) if found else None
        return Money(money.amount * rate, currency).rounded() if rate is not None else None
