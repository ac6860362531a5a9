"""The amounts that every way out of one case is built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amends.judgement.liability.core import Verdict
from amends.judgement.remedies.core.priors import ZERO, Estimate, Experience, Priors
from amends.kernel.fx import Rates
from amends.kernel.money import Money

# The word a rule uses for an effect, and the metric of the health table that it counts in.
METRICS = {
    "odr": ("order_defect_rate",),
    "defect": ("defect_rate", "transaction_defect_rate", "order_defect_rate"),
    "late": ("late_shipment_rate", "late_rate"),
    "dispute_rate": ("dispute_rate",),
    "seller_liability_rate": ("seller_liability_rate",),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What losing this one does to a metric: how many more the line allows, and the price of this one."""

    metric: str
    price: Money
    budget: int | None = None
    basis: str = "prior"


@dataclass(frozen=True, slots=True)
class Stakes:
    """In the order's currency. `value` is what the buyer paid, or the part in dispute."""

    value: Money
    item_value: Money
    goods: Money
    freight: Money
    duty: Money
    duty_back: Money
    return_freight: Money
    return_domestic: Money
    handling: Money
    resale: Decimal  # share of the item value that returned goods bring
    fee_back: Money  # platform fee that comes back with a full refund
    fx_share: Decimal  # lost in turning the money round
    fee: Money  # of the dispute itself when it is lost
    effects: tuple[Effect, ...]
    lose: Estimate
    work: Money

    @property
    def metric(self) -> Money:
        return sum((effect.price for effect in self.effects), Money(ZERO, self.value.currency))

    def scaled(self, factor: Decimal) -> Stakes:
        """The same case with goods of another price; freight, work and fees stay."""
        changes = {name: getattr(self, name).times(factor) for name in ("value", "item_value", "goods", "fee_back")}
        rest = {name: getattr(self, name) for name in self.__slots__ if name not in changes}
        return Stakes(**changes, **rest)


def amount_at_stake(facts: Mapping[str, Any]) -> Money | None:
    total = facts.get("dispute.amount") or facts.get("order.total_with_tax_and_postage")
    return total if isinstance(total, Money) else None


def _known(facts: Mapping[str, Any], name: str, currency: str) -> Money | None:
    """An amount the seller has told, if it is in the order's currency; a prior stands in otherwise."""
    money = facts.get(name)
    return money if isinstance(money, Money) and money.currency == currency else None


def _grade_share(facts: Mapping[str, Any], priors: Priors) -> Decimal:
    own = facts.get("goods.resale_share")
    if isinstance(own, Decimal) and ZERO <= own <= 1:
        return own
    grade = facts.get("goods.grade")
    return priors.number("resale_grade", grade) if grade else priors.number("resale", str(facts.get("case.kind", "")))


def effects_of(
    facts: Mapping[str, Any], verdict: Verdict, priors: Priors, currency: str, rates: Rates
) -> tuple[Effect, ...]:
    """Metrics that losing this case would count in. A verdict that spares the metric costs nothing here."""
    named = verdict.outcome.get("metric_effects")
    if named is not None and set(named if isinstance(named, list) else [named]) <= {"none"}:
        return ()
    wanted = {m for word in named or () for m in METRICS.get(word, (word,))}
    found = []
    for row in facts.get("health", ()):
        metric, price = row.get("metric"), row.get("price")
        if metric is None or not isinstance(price, Money) or (wanted and metric not in wanted):
            continue
        turned = price if price.currency == currency else _turn(price, currency, rates)
        if turned is not None:
            found.append(Effect(str(metric), turned, row.get("budget"), "own"))
    if found:
        return tuple(found)
    cost = priors.money("metric_cost", str(facts.get("platform", "")))
    return (Effect("standing", cost),) if cost.amount else ()


def _turn(price: Money, currency: str, rates: Rates) -> Money | None:
    return rates.turn(price, currency, rates.sets[-1].on) if rates.sets else None


def stakes_of(
    facts: Mapping[str, Any], verdict: Verdict, priors: Priors, experience: Experience, rates: Rates
) -> Stakes | None:
    total = amount_at_stake(facts)
    if total is None:
        return None
    currency, zero = total.currency, Money(ZERO, total.currency)
    platform, country = str(facts.get("platform", "")), str(facts.get("order.ship_country", ""))
    items = _known(facts, "order.item_total", currency) or total
    duty = _known(facts, "order.duty_paid", currency) or zero
    fee = _known(facts, "order.platform_fee", currency) or zero
    settled_in = facts.get("seller.settlement_currency")
    return Stakes(
        value=total,
        item_value=items,
        goods=_known(facts, "order.goods_cost", currency) or items.times(priors.number("goods_cost_share")).rounded(),
        freight=_known(facts, "order.freight_cost", currency) or items.times(priors.number("freight_share")).rounded(),
        duty=duty,
        duty_back=duty.times(priors.number("duty_back_share")).rounded() if facts.get("duty.drawback") else zero,
        return_freight=_known(facts, "return.freight_quote", currency) or priors.money("return_freight", country),
        return_domestic=priors.money("return_domestic", country),
        handling=priors.money("handling"),
        resale=_grade_share(facts, priors),
        fee_back=fee.times(priors.number("fee_back_share", platform)).rounded(),
        fx_share=priors.number("fx_share") if settled_in and settled_in != currency else ZERO,
        fee=priors.money("dispute_fee", platform),
        effects=effects_of(facts, verdict, priors, currency, rates),
        lose=experience.estimate("contest", "lost", "decided", priors.number("p_lose", verdict.decision.value)),
        work=priors.money("contest_work"),
    )
