"""Where shops stand. The formulas come from the organisation's rulebook, the counts from its orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Shop
from amends.base.accounts.queries import shops
from amends.judgement.health.core import Account, Price, Standing, account, evaluate, price
from amends.judgement.health.history import rows_of
from amends.judgement.health.models import Incident, Offence, Snapshot
from amends.judgement.metrics.core import Metric, Window
from amends.judgement.policies.queries import book_of
from amends.judgement.remedies.core.priors import Priors
from amends.judgement.rules.core import Rule, Rulebook

_MONTH = timedelta(days=31)
_DIGITS = 4
# What the loss of a case sets on an order, among all that a metric may count.
_OF_CASES = frozenset(
    {
        "claim_opened_at", "dispute_opened_at", "escalated_at", "decided_at", "chargeback_at", "refunded",
        "return_requested_at", "negative_feedback",
    }
)  # fmt: skip
FRESH = timedelta(hours=2)  # how long a count stands before it is made again
KEPT_FOR = timedelta(days=7)  # how long a judgement may use the last one


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric of one shop, with the rule it comes from."""

    rule: Rule
    standing: Standing
    price: Price


@dataclass(frozen=True, slots=True)
class LedgerReading:
    """Points in one of the platform's systems. `rules`: the one with the consequences first."""

    rules: tuple[Rule, ...]
    account: Account


@dataclass(frozen=True, slots=True)
class ShopHealth:
    shop: Shop
    orders: int  # that were looked at
    metrics: tuple[Reading, ...]
    ledgers: tuple[LedgerReading, ...]


def health(scope: Scope, now: datetime, shop_id: int | None = None) -> tuple[ShopHealth, ...]:
    """Every shop, or one; a shop whose platform has no metric in the rulebook is listed with none."""
    scope.require(Permission.CASE_READ)
    book = book_of(scope)
    found = shops(scope).filter(pk=shop_id) if shop_id is not None else shops(scope)
    return tuple(of_shop(scope, shop, book, now) for shop in found)


def of_shop(scope: Scope, shop: Shop, book: Rulebook, now: datetime) -> ShopHealth:
    rules = _rules(shop, book, now)
    metrics = [(rule, rule.metric) for rule in rules if rule.metric is not None]
    rows = rows_of(scope, shop, now - _longest(metric for _, metric in metrics), now) if metrics else []
    priors = Priors(book.priors, shop.currency, book.rates)
    readings = []
    for rule, metric in metrics:
        standing = evaluate(metric, rows, now)
        readings.append(Reading(rule, standing, price(standing, priors, shop.platform, now)))
    return ShopHealth(shop, len(rows), tuple(readings), _ledgers(scope, shop, rules, now))


def kept_rows(scope: Scope, shop: Shop, now: datetime) -> list[dict[str, Any]]:
    """The table fact `health` of the shop, in wire form, as last counted; metrics without a line have no budget.

    At most a week old and by whatever rulebook: a judgement never walks the shop's orders.
    """
    kept = Snapshot.objects.filter(organisation_id=scope.organisation_id, shop_id=shop.pk)
    found = kept.filter(at__gt=now - KEPT_FOR, at__lte=now).first()
    return list(found.rows) if found is not None else []


def counted_rows(scope: Scope, shop: Shop, book: Rulebook, now: datetime) -> list[dict[str, Any]]:
    """Only metrics that a lost case counts in: late dispatch or a wrong tracking number is no case's price."""
    return [
        {
            "metric": reading.standing.metric.name,
            "platform": shop.platform,
            "numerator": reading.standing.numerator,
            "denominator": reading.standing.denominator,
            "expected": str(round(reading.price.expected, _DIGITS)),
            "breached": reading.standing.breached,
            "price": str(reading.price.amount),
        }
        | ({} if reading.standing.budget is None else {"budget": reading.standing.budget})
        for reading in of_shop(scope, shop, book, now).metrics
        if any(column in _OF_CASES for column, _ in reading.standing.metric.loss)
    ]


def _rules(shop: Shop, book: Rulebook, now: datetime) -> list[Rule]:
    """Metrics and penalties in force for the shop today. A date that would choose the version is today."""
    about = {
        "platform": shop.platform,
        "site": shop.site,
        "programme": shop.programme,
        "seller.country": shop.seller_country,
    }
    record = {name: value for name, value in about.items() if value}
    out = []
    for rule in book.rules:
        if not rule.active or (rule.metric is None and rule.penalty is None):
            continue
        dated = {**record, rule.valid.by: now} if rule.valid else record
        if rule.run_applies(dated, now) is True and rule.in_force(dated) is True:
            out.append(rule)
    return out


def _longest(metrics: Iterable[Metric]) -> timedelta:
    """How far back the oldest window of them begins, and a day."""
    lengths = (_length(metric.window) + timedelta(days=metric.lag_days) for metric in metrics)
    return max(lengths, default=_MONTH) + timedelta(days=1)


def _length(window: Window | None) -> timedelta:
    if window is None:
        return timedelta(0)
    own = _MONTH if window.calendar_month else window.months * _MONTH + timedelta(days=window.days)
    return max(own, _length(window.otherwise))


def _ledgers(scope: Scope, shop: Shop, rules: list[Rule], now: datetime) -> tuple[LedgerReading, ...]:
    by_ledger: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.penalty is not None:
            by_ledger.setdefault(rule.penalty.ledger, []).append(rule)
    rows = [
        {"ledger": o.ledger, "kind": o.kind, "at": o.at, "points": o.points}
        for o in offences(scope, shop.pk)
        if o.struck_at is None or o.struck_at > now
    ]
    for row in rows:
        by_ledger.setdefault(str(row["ledger"]), [])  # a system that no rule speaks of is shown all the same
    return tuple(
        LedgerReading(
            tuple(sorted(found, key=lambda r: not (r.penalty and r.penalty.consequences))),
            account([r.penalty for r in found if r.penalty], rows, ledger, now),
        )
        for ledger, found in sorted(by_ledger.items())
    )


def offences(scope: Scope, shop_id: int) -> list[Offence]:
    """Oldest first, those that were taken back included."""
    return list(Offence.objects.filter(organisation_id=scope.organisation_id, shop_id=shop_id).order_by("at", "pk"))


def incidents(scope: Scope, source: str) -> list[Incident]:
    return list(Incident.objects.filter(organisation_id=scope.organisation_id, source=source).order_by("at", "pk"))
