"""Pricing one option: the seller's expectation over acceptance, escalation and losing there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from amends.judgement.liability.core import Verdict
from amends.judgement.remedies.core.priors import ONE, PRIOR, ZERO, Estimate, Experience, Priors
from amends.judgement.remedies.core.stakes import Effect, Stakes
from amends.judgement.rules.core import Decision
from amends.kernel.money import Money

_SHOWN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the expected cost; negative where something comes back."""

    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Remedy:
    """One option. `pay` goes to the buyer if accepted; `cost` is the seller's expectation in all.

    `effects` are the metrics that losing would count in, each with its price if it comes to that. `days` is how
    long it takes until the buyer has what was promised.
    """

    code: str
    pay: Money
    cost: Money
    parts: tuple[Part, ...]
    p_accept: Decimal
    p_escalate: Decimal
    p_lose: Decimal
    effects: tuple[Effect, ...]
    days: int
    statutory: str = ""  # the rule that makes it due
    allowed: bool = True
    why_not: str = ""  # the rule that forbids it
    basis: str = PRIOR
    n: int = 0  # own closed cases behind the probability of acceptance


_REFUNDS = ("refund_full", "refund_without_return", "wait_or_refund", "accept_dispute", "accept_decision")
# What answers a demand. Whoever asked for the money back takes it in any form, and a new parcel less often.
ASKED: dict[str, tuple[str, ...]] = {
    "refund": (*_REFUNDS, "return_and_refund", "return_to_warehouse", "refund_and_dispose", "refund_trace"),
    "return": (*_REFUNDS, "return_and_refund", "return_to_warehouse", "refund_and_dispose", "exchange"),
    "replacement": (*_REFUNDS, "replacement", "exchange", "resend_part", "refund_and_dispose"),
    "partial_refund": (*_REFUNDS, "partial_refund", "goodwill", "repair_contribution", "refund_and_dispose"),
}


class Pricer:
    """Prices options for one case."""

    def __init__(
        self, stakes: Stakes, priors: Priors, experience: Experience, verdict: Verdict, *, demand: str = ""
    ) -> None:
        self.stakes = stakes
        self.demand = demand
        self.priors = priors
        self.experience = experience
        self.statutory = _by_strongest(verdict.statutory)
        self.forbidden = _by_strongest(verdict.forbidden) | _unlawful(verdict)
        self.zero = Money(ZERO, stakes.value.currency)
        self._escalates: Estimate | None = None
        self._at_stake = (("escalation", (stakes.value + stakes.fee).amount), ("metric", stakes.metric.amount))

    def at(self, stakes: Stakes) -> Pricer:
        """The same pricing for other stakes."""
        other = Pricer.__new__(Pricer)
        other.__dict__ |= self.__dict__ | {"stakes": stakes}
        other._at_stake = (("escalation", (stakes.value + stakes.fee).amount), self._at_stake[1])
        return other

    @property
    def escalates(self) -> Estimate:
        """Whether a buyer who refuses an offer goes to the platform."""
        if self._escalates is None:
            prior = self.priors.number("p_escalate_if_refused")
            self._escalates = self.experience.estimate("any", "escalated", "refused", prior)
        return self._escalates

    def accepted(self, code: str, prior: Decimal | None = None) -> Estimate:
        """The prior falls where the buyer has asked for something else; own cases speak for themselves."""
        stated = self.priors.number("p_accept", code) if prior is None else prior
        if self.demand in ASKED and code not in ASKED[self.demand]:
            stated *= self.priors.number("asked_otherwise")
        return self.experience.estimate(code, "accepted", "offered", stated)

    def option(self, code: str, pay: Money, *parts: Part, accept: Estimate | None = None, like: str = "") -> Remedy:
        """Expected cost = accepted × (pay + parts) + refused × (escalates × loss there + stays × the whole later)."""
        s, take = self.stakes, accept or self.accepted(like or code)
        risk = (ONE - take.p) * self.escalates.p
        accepted = [Part("pay", pay), *parts]
        if s.fx_share:
            accepted.append(Part("fx", pay.times(s.fx_share)))
        if s.fee_back.amount and s.value.amount:
            # A refund in full brings part of the platform's fee back, a part of it a part.
            accepted.append(Part("fees", -s.fee_back.times(min(pay.amount / s.value.amount, ONE))))
        weighted = [Part(p.name, p.amount.times(take.p).rounded()) for p in accepted if p.amount.amount]
        return self._made(code, pay, [*weighted, *self._later(take.p), *self._loss(risk)], take, risk)

    def _later(self, accepted: Decimal) -> list[Part]:
        """Who refuses and stays often gets the whole in the end: a low offer is no saving if nobody takes it."""
        stays = (ONE - accepted) * (ONE - self.escalates.p) * self.priors.number("p_persist")
        amount = self.stakes.value.times(stays).rounded()
        return [Part("later", amount)] if amount.amount else []

    def _loss(self, weight: Decimal) -> list[Part]:
        """What the platform's decision is expected to cost, by the probability that it comes to one."""
        share, currency = weight * self.stakes.lose.p, self.zero.currency
        parts = (Part(name, Money(amount * share, currency).rounded()) for name, amount in self._at_stake if amount)
        return [part for part in parts if part.amount.amount]

    def contest(self, code: str = "contest") -> Remedy:
        """Nothing is offered: the platform decides, on the evidence."""
        lose = self.stakes.lose
        won = Estimate(ONE - lose.p, lose.basis, lose.n)
        return self._made(code, self.zero, [Part("work", self.stakes.work), *self._loss(ONE)], won, ONE)

    def _made(self, code: str, pay: Money, parts: list[Part], accept: Estimate, risk: Decimal) -> Remedy:
        return Remedy(
            code,
            pay.rounded(),
            Money(sum((p.amount.amount for p in parts), ZERO), self.zero.currency),
            tuple(parts),
            accept.p.quantize(_SHOWN),
            risk.quantize(_SHOWN),
            (risk * self.stakes.lose.p).quantize(_SHOWN),
            self.stakes.effects,
            int(self.priors.number("days", code)),
            self.statutory.get(code, ""),
            code not in self.forbidden,
            self.forbidden.get(code, ""),
            accept.basis if self.priors.rate is not None else "no_rate",
            accept.n,
        )


# What gives the buyer less than a due remedy may not stand in for it.
_LESS_THAN_DUE = ("contest", "credit", "goodwill", "claim_carrier_first")


def _by_strongest(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Remedy to rule; of several rules the strongest, which stands first, is the one named."""
    return dict(reversed(pairs))


def _unlawful(verdict: Verdict) -> dict[str, str]:
    """Where the buyer is owed a remedy, refusing it or paying with a discount on the next order is no option."""
    if verdict.decision is not Decision.FOR_BUYER or not verdict.statutory:
        return {}
    return dict.fromkeys(_LESS_THAN_DUE, verdict.statutory[0][1])


def share_of(money: Money, share: Decimal) -> Money:
    return money.times(share).rounded()
