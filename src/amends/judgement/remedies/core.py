"""What each way out is expected to cost the seller, and which the law asks for.

Every number is an expectation over acceptance, escalation and losing there. The probabilities and cost
priors are stated in `rulebook/priors.yaml` and shown as such; an organisation's own cases replace them once
there are enough. Amounts are in the order's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from amends.judgement.clocks.core import Clock, State
from amends.judgement.liability.core import Verdict
from amends.judgement.rules.core import Decision
from amends.kernel.money import Money
from amends.kernel.parties import Party

ZERO, ONE = Decimal(0), Decimal(1)
PARTIAL_STEPS = (Decimal("0.2"), Decimal("0.3"), Decimal("0.5"))
PRODUCT_KINDS = ("not_as_described",)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the expected cost; negative where something comes back."""

    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Remedy:
    """One option. `pay` goes to the buyer if accepted; `cost` is the seller's expectation in all."""

    code: str
    pay: Money
    cost: Money
    parts: tuple[Part, ...]
    p_accept: Decimal
    p_escalate: Decimal
    statutory: str = ""  # the rule that makes it due
    allowed: bool = True
    why_not: str = ""  # the rule that forbids it
    basis: str = "prior"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: what to do, by when at the latest, and the rule behind that moment."""

    code: str
    remedy: str = ""
    by: datetime | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[Step, ...]
    break_even: Money | None = None  # below this price, refunding without return beats a return


class Priors:
    """The stated priors, read from strings; money in USD is turned into the order's currency at a stated rate."""

    def __init__(self, raw: Mapping[str, Any], currency: str) -> None:
        self._raw = raw
        self._currency = currency
        self._rate = Decimal(raw.get("fx_per_usd", {}).get(currency, "1"))

    def number(self, *path: str) -> Decimal:
        node: Any = self._raw
        for key in path:
            node = node.get(key, node.get("default")) if isinstance(node, Mapping) else None
        return Decimal(str(node)) if node is not None else ZERO

    def money(self, *path: str) -> Money:
        return Money(self.number(*path) * self._rate, self._currency).rounded()


@dataclass(frozen=True, slots=True)
class Stakes:
    """The amounts every option is built from."""

    value: Money  # what the buyer paid, or the part in dispute
    item_value: Money
    goods: Money
    freight: Money
    return_freight: Money
    handling: Money
    resale: Decimal
    escalation: Money  # expected loss once the platform decides
    p_lose: Decimal
    work: Money


def stakes_of(facts: Mapping[str, Any], verdict: Verdict, priors: Priors) -> Stakes | None:
    total: Money | None = facts.get("dispute.amount") or facts.get("order.total_with_tax_and_postage")
    if total is None:
        return None
    platform, kind = str(facts.get("platform", "default")), str(facts.get("case.kind", "default"))
    items = facts.get("order.item_total") or total
    if items.currency != total.currency:
        items = total
    p_lose = priors.number("p_lose", verdict.decision.value)
    fee, metric = priors.money("dispute_fee", platform), priors.money("metric_cost", platform)
    escalation = (total + fee).times(p_lose) + metric.times(p_lose)
    country = str(facts.get("order.ship_country", "default"))
    return Stakes(
        value=total,
        item_value=items,
        goods=_known(facts, "order.goods_cost", total) or items.times(priors.number("goods_cost_share")).rounded(),
        freight=_known(facts, "order.freight_cost", total) or items.times(priors.number("freight_share")).rounded(),
        return_freight=priors.money("return_freight", country),
        handling=priors.money("handling"),
        resale=priors.number("resale", kind),
        escalation=escalation.rounded(),
        p_lose=p_lose,
        work=priors.money("contest_work"),
    )


def _known(facts: Mapping[str, Any], name: str, total: Money) -> Money | None:
    """A cost the seller has told, if it is in the order's currency; a prior stands in otherwise."""
    money = facts.get(name)
    return money if isinstance(money, Money) and money.currency == total.currency else None


class Pricer:
    """Prices options for one case."""

    def __init__(self, stakes: Stakes, priors: Priors, verdict: Verdict) -> None:
        self.stakes = stakes
        self.priors = priors
        self.statutory = dict(verdict.statutory)
        self.forbidden = dict(verdict.forbidden)

    def option(self, code: str, pay: Money, *parts: Part, prior: str = "", p_accept: Decimal | None = None) -> Remedy:
        """Expected cost = accepted × (pay + parts) + refused × escalates × loss there."""
        accept = p_accept if p_accept is not None else self.priors.number("p_accept", prior or code)
        escalate = self.priors.number("p_escalate_if_refused")
        zero = Money(ZERO, pay.currency)
        weighted = [Part("pay", pay.times(accept))] if pay.amount else []
        weighted += [Part(p.name, p.amount.times(accept)) for p in parts if p.amount.amount]
        risk = self.stakes.escalation.times((ONE - accept) * escalate)
        if risk.amount:
            weighted.append(Part("escalation", risk))
        rounded = tuple(Part(p.name, p.amount.rounded()) for p in weighted)
        cost = sum((p.amount for p in rounded), zero)
        return Remedy(
            code,
            pay.rounded(),
            cost,
            rounded,
            accept,
            ((ONE - accept) * escalate).quantize(Decimal("0.01")),
            self.statutory.get(code, ""),
            code not in self.forbidden,
            self.forbidden.get(code, ""),
        )

    def contest(self) -> Remedy:
        stakes = self.stakes
        parts = (Part("work", stakes.work), Part("escalation", stakes.escalation))
        cost = stakes.work + stakes.escalation
        zero = Money(ZERO, stakes.value.currency)
        return Remedy(
            "contest",
            zero,
            cost.rounded(),
            parts,
            ONE - stakes.p_lose,
            ONE,
            allowed="contest" not in self.forbidden,
            why_not=self.forbidden.get("contest", ""),
        )


def _returning(pricer: Pricer, *, seller_pays: bool) -> Remedy:
    s = pricer.stakes
    parts = [Part("handling", s.handling), Part("resale", -s.item_value.times(s.resale))]
    if seller_pays:
        parts.insert(0, Part("return_freight", s.return_freight))
    return pricer.option("return_and_refund", s.value, *parts)


def _arrived(facts: Mapping[str, Any]) -> bool:
    """Waiting is no offer once a delivery scan exists, wherever it was."""
    return "order.delivered" in facts or any("delivered_at" in row for row in facts.get("parcels", ()))


def _for_kind(pricer: Pricer, facts: Mapping[str, Any], verdict: Verdict) -> list[Remedy]:
    s, kind, leaf = pricer.stakes, facts.get("case.kind"), facts.get("case.leaf")
    full = pricer.option("refund_full", s.value)
    again = pricer.option(
        "replacement", Money(ZERO, s.value.currency), Part("goods", s.goods), Part("freight", s.freight)
    )
    if kind == "not_received":
        claim = any(share.party is Party.CARRIER for share in verdict.shares)
        back = s.value.times(pricer.priors.number("carrier_pays_share"))
        options = [full, again, pricer.contest()]
        if not _arrived(facts):
            # The buyer is offered the whole sum; often the parcel comes first and nothing is paid.
            arrives = s.value.times(ONE - pricer.priors.number("p_refund_after_wait"))
            options.insert(0, pricer.option("wait_or_refund", s.value, Part("parcel_arrives", -arrives)))
        if claim:
            options.append(
                pricer.option("refund_and_claim_carrier", s.value, Part("carrier_claim", -back), prior="refund_full")
            )
        return options
    if kind in PRODUCT_KINDS:
        steps = [
            pricer.option(
                "partial_refund",
                s.value.times(step).rounded(),
                prior="partial_refund",
                p_accept=pricer.priors.number("p_accept_partial", str(step)),
            )
            for step in PARTIAL_STEPS
        ]
        best = min(steps, key=lambda r: r.cost.amount)
        extra = []
        if leaf == "short_shipment":
            part = s.goods.times(pricer.priors.number("missing_part_share"))
            extra.append(
                pricer.option(
                    "resend_part", Money(ZERO, s.value.currency), Part("goods", part), Part("freight", s.freight)
                )
            )
        return [
            best,
            *extra,
            pricer.option("refund_without_return", s.value, prior="refund_full"),
            _returning(pricer, seller_pays=True),
            again,
            pricer.contest(),
        ]
    if kind == "return":
        seller_pays = verdict.outcome.get("postage") == "seller"
        return [
            _returning(pricer, seller_pays=seller_pays),
            pricer.option("refund_without_return", s.value, prior="refund_full"),
            pricer.contest(),
        ]
    if kind == "cancellation":
        return [
            pricer.option("cancel_and_refund", s.value, Part("goods", -s.goods), prior="refund_full"),
            pricer.contest(),
        ]
    if kind in ("refund_not_processed", "duplicate_charge", "unauthorised", "chargeback"):
        return [pricer.option("refund_trace", Money(ZERO, s.value.currency)), full, pricer.contest()]
    return [pricer.option("answer_only", Money(ZERO, s.value.currency))]


def rank(facts: Mapping[str, Any], verdict: Verdict, raw_priors: Mapping[str, Any]) -> tuple[Remedy, ...]:
    """Cheapest first among what is allowed; a due statutory remedy is always there and first among equals."""
    total = facts.get("dispute.amount") or facts.get("order.total_with_tax_and_postage")
    if not isinstance(total, Money):
        return ()
    priors = Priors(raw_priors, total.currency)
    stakes = stakes_of(facts, verdict, priors)
    if stakes is None:
        return ()
    pricer = Pricer(stakes, priors, verdict)
    options = _for_kind(pricer, facts, verdict)
    if verdict.decision is Decision.ELSEWHERE:
        # The bank decides: paying the buyer now would pay twice.
        options = [pricer.contest(), pricer.option("accept_dispute", stakes.value, prior="refund_full")]
    present = {option.code for option in options}
    for code, _rule in verdict.statutory:
        if code not in present:
            options.append(_statutory(pricer, code))
            present.add(code)
    return tuple(sorted(options, key=lambda r: (not r.allowed, r.cost.amount, not r.statutory, r.code)))


def _statutory(pricer: Pricer, code: str) -> Remedy:
    s = pricer.stakes
    zero = Money(ZERO, s.value.currency)
    if code == "return_and_refund":
        return _returning(pricer, seller_pays=True)
    if code == "replacement":
        return pricer.option(code, zero, Part("goods", s.goods), Part("freight", s.freight))
    if code == "repair":
        return pricer.option(
            code, zero, Part("goods", s.goods.times(Decimal("0.5"))), Part("return_freight", s.return_freight)
        )
    return pricer.option(code, s.value, prior="refund_full")


def plan_for(verdict: Verdict, clocks: list[Clock], remedies: tuple[Remedy, ...]) -> Plan:
    """Answer, offer, fall back; each with its latest moment by the clocks that are ours."""
    ours = sorted(
        (c for c in clocks if c.owner == "seller" and c.state in (State.RUNNING, State.PAUSED) and c.due),
        key=lambda c: c.due.timestamp() if c.due else 0,
    )
    by, rule = (ours[0].due, ours[0].rule) if ours else (None, "")
    allowed = [r for r in remedies if r.allowed]
    steps = [Step("answer_now", by=by, rule=rule)]
    if verdict.decision is Decision.UNDETERMINED:
        steps.append(Step("get_facts", by=by, rule=rule))
    if allowed:
        first = "contest_first" if allowed[0].code == "contest" else "offer_first"
        steps.append(Step(first, allowed[0].code, by, rule))
    if len(allowed) > 1:
        steps.append(Step("fallback", allowed[1].code, ours[-1].due if ours else None, ours[-1].rule if ours else ""))
    return Plan(tuple(steps), _break_even(allowed))


def _break_even(remedies: list[Remedy]) -> Money | None:
    """Item price at which a return begins to pay: freight and handling over the share that can be resold."""
    back = next((r for r in remedies if r.code == "return_and_refund"), None)
    if back is None or not back.pay.amount:
        return None
    parts = {p.name: p.amount for p in back.parts}
    costs = sum((parts[n].amount for n in ("return_freight", "handling") if n in parts), ZERO)
    resale = -parts["resale"].amount if "resale" in parts else ZERO
    if resale <= 0:
        return None
    return Money(back.pay.amount * costs / resale, back.pay.currency).rounded()
