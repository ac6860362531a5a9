"""Which ways out a case has, each priced, cheapest first, with the law as a hard limit.

Every number is an expectation. The probabilities and costs are stated priors (`rulebook/priors.yaml`) that the
organisation's own closed cases replace as they grow; each option says which it rests on. Amounts are in the
order's currency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amends.judgement.liability.core import Verdict
from amends.judgement.remedies.core.pricing import Part, Pricer, Remedy, share_of
from amends.judgement.remedies.core.priors import ONE, ZERO, Experience, Priors
from amends.judgement.remedies.core.stakes import amount_at_stake, stakes_of
from amends.judgement.rules.core import Decision
from amends.kernel.fx import Rates
from amends.kernel.money import Money
from amends.kernel.parties import Party

Facts = Mapping[str, Any]
PARTIAL_STEPS = (Decimal("0.2"), Decimal("0.3"), Decimal("0.5"))
KEEPS_GOODS = ("refund_without_return", "refund_and_dispose")
GOODS_BACK = ("return_and_refund", "return_to_warehouse")
PAYMENT_KINDS = ("refund_not_processed", "duplicate_charge", "unauthorised", "chargeback")


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Below `price` (what the buyer paid) the first is cheaper, above it the second."""

    price: Money
    below: str
    above: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """`contest_below`: contesting is cheaper than the best concession while losing is less likely than this."""

    remedies: tuple[Remedy, ...]
    break_even: BreakEven | None = None
    contest_below: Decimal | None = None


NOTHING = Weighed(())


def _seller_pays_return(facts: Facts, verdict: Verdict) -> bool:
    """Faulty goods go back at our cost, a change of mind at the buyer's, unless a rule or a promise says more."""
    if verdict.outcome.get("postage") in ("seller", "buyer"):
        return bool(verdict.outcome["postage"] == "seller")
    return facts.get("case.kind") != "return"


def _back_parts(p: Pricer, *, pays: bool, domestic: bool) -> list[Part]:
    s = p.stakes
    freight = s.return_domestic if domestic else s.return_freight
    kept = p.priors.number("resale_abroad_share") if domestic else ONE
    parts = [Part("return_freight", freight)] if pays else []
    parts += [Part("handling", s.handling), Part("resale", -s.item_value.times(s.resale * kept))]
    return parts if domestic else [*parts, Part("duty_back", -s.duty_back)]


def _return(p: Pricer, facts: Facts, verdict: Verdict) -> Remedy:
    pays = _seller_pays_return(facts, verdict)
    return p.option("return_and_refund", p.stakes.value, *_back_parts(p, pays=pays, domestic=False))


def _return_to_warehouse(p: Pricer, facts: Facts, verdict: Verdict) -> list[Remedy]:
    """Only where the seller has a place for returns in the buyer's country or in the same union."""
    place, country = facts.get("warehouse.returns_country"), facts.get("order.ship_country")
    if place is None or place != country:
        return []
    parts = _back_parts(p, pays=_seller_pays_return(facts, verdict), domestic=True)
    return [p.option("return_to_warehouse", p.stakes.value, *parts)]


def _keep(p: Pricer) -> list[Remedy]:
    s = p.stakes
    disposal = Part("disposal", p.priors.money("disposal"))
    return [
        p.option("refund_without_return", s.value, like="refund_full"),
        p.option("refund_and_dispose", s.value, disposal),
    ]


def _again(p: Pricer) -> Remedy:
    s = p.stakes
    return p.option("replacement", p.zero, Part("goods", s.goods), Part("freight", s.freight), Part("duty", s.duty))


def _exchange(p: Pricer, facts: Facts, verdict: Verdict) -> Remedy:
    s = p.stakes
    back = _back_parts(p, pays=_seller_pays_return(facts, verdict), domestic=False)
    return p.option("exchange", p.zero, Part("goods", s.goods), Part("freight", s.freight), Part("duty", s.duty), *back)


def _partials(p: Pricer) -> list[Remedy]:
    """Every step of part of the money is priced; the cheapest stands on the list, the others are its ladder."""
    value = p.stakes.value
    return [
        p.option(
            "partial_refund",
            share_of(value, step),
            accept=p.accepted("partial_refund", p.priors.number("p_accept_partial", str(step))),
        )
        for step in PARTIAL_STEPS
    ]


def _credit(p: Pricer) -> Remedy:
    face = p.stakes.value.times(p.priors.number("credit_face_share"))
    return p.option("credit", p.zero, Part("credit", face.times(p.priors.number("credit_cost_share"))))


def _goodwill(p: Pricer) -> Remedy:
    return p.option("goodwill", share_of(p.stakes.value, p.priors.number("goodwill_share")))


def _arrived(facts: Facts) -> bool:
    """Waiting is no offer once a delivery scan exists, wherever it was."""
    return "order.delivered" in facts or any("delivered_at" in row for row in facts.get("parcels", ()))


def _from_carrier(p: Pricer, facts: Facts) -> Money:
    """What a claim is expected to bring: the insured amount if there is one, otherwise a share of the value."""
    insured, value = facts.get("carrier.insured_amount"), p.stakes.value
    if isinstance(insured, Money) and insured.currency == value.currency:
        value = min(value, insured)
        return value.times(p.priors.number("insured_pays_share"))
    return value.times(p.priors.number("carrier_pays_share"))


def _not_received(p: Pricer, facts: Facts, verdict: Verdict) -> list[Remedy]:
    s = p.stakes
    options = [p.option("refund_full", s.value), _again(p), _credit(p), p.contest()]
    if not _arrived(facts):
        # The buyer is offered the whole sum; often the parcel comes first and nothing is paid.
        arrives = s.value.times(ONE - p.priors.number("p_refund_after_wait"))
        options.insert(0, p.option("wait_or_refund", s.value, Part("parcel_arrives", -arrives)))
    if any(share.party is Party.CARRIER for share in verdict.shares):
        back = Part("carrier_claim", -_from_carrier(p, facts))
        options.append(p.option("refund_and_claim_carrier", s.value, back, like="refund_full"))
        options.append(p.option("claim_carrier_first", s.value, back))
    return options


def _product(p: Pricer, facts: Facts, verdict: Verdict) -> list[Remedy]:
    s, leaf = p.stakes, facts.get("case.leaf")
    options = [
        min(_partials(p), key=lambda r: r.cost.amount),
        *_keep(p),
        _return(p, facts, verdict),
        *_return_to_warehouse(p, facts, verdict),
        _again(p),
        _exchange(p, facts, verdict),
        _credit(p),
        p.contest(),
    ]
    if leaf == "short_shipment":
        part = s.goods.times(p.priors.number("missing_part_share"))
        told = facts.get("goods.missing_part_cost")
        if isinstance(told, Money) and told.currency == s.value.currency:
            part = told
        options.append(p.option("resend_part", p.zero, Part("goods", part), Part("freight", s.freight)))
    if leaf in ("quality", "damaged") and facts.get("goods.repairable") is not False:
        options.append(p.option("repair_contribution", share_of(s.value, p.priors.number("repair_share"))))
    if verdict.decision is not Decision.FOR_BUYER:
        options.append(_goodwill(p))
    return options


def _sent_back(p: Pricer, facts: Facts, verdict: Verdict) -> list[Remedy]:
    return [
        _return(p, facts, verdict),
        *_return_to_warehouse(p, facts, verdict),
        *_keep(p),
        min(_partials(p), key=lambda r: r.cost.amount),
        _exchange(p, facts, verdict),
        _credit(p),
        p.contest(),
    ]


def _cancelled(p: Pricer, facts: Facts, _verdict: Verdict) -> list[Remedy]:
    # What has left the house is not saved by cancelling.
    kept = () if "order.shipped" in facts else (Part("goods", -p.stakes.goods),)
    return [p.option("cancel_and_refund", p.stakes.value, *kept, like="refund_full"), p.contest()]


def _money_questions(p: Pricer, _facts: Facts, _verdict: Verdict) -> list[Remedy]:
    return [p.option("refund_trace", p.zero), p.option("refund_full", p.stakes.value), p.contest()]


def _answers(p: Pricer, _facts: Facts, _verdict: Verdict) -> list[Remedy]:
    return [p.option("answer_only", p.zero)]


_BY_KIND: dict[str, Callable[[Pricer, Facts, Verdict], list[Remedy]]] = {
    "not_received": _not_received,
    "not_as_described": _product,
    "return": _sent_back,
    "cancellation": _cancelled,
    **dict.fromkeys(PAYMENT_KINDS, _money_questions),
}


def _statutory(p: Pricer, code: str, facts: Facts, verdict: Verdict) -> Remedy:
    """A due remedy that the kind of case would not have brought by itself."""
    s = p.stakes
    match code:
        case "return_and_refund":
            return _return(p, facts, verdict)
        case "replacement":
            return _again(p)
        case "repair":
            repair = Part("goods", s.goods.times(p.priors.number("repair_cost_share")))
            return p.option(code, p.zero, repair, Part("return_freight", s.return_freight))
        case "partial_refund":
            return min(_partials(p), key=lambda r: r.cost.amount)
        case _:
            return p.option(code, s.value, like="refund_full")


def _options(p: Pricer, facts: Facts, verdict: Verdict) -> list[Remedy]:
    if verdict.decision is Decision.ELSEWHERE:
        # The bank decides: paying the buyer now would pay twice.
        options = [p.contest(), p.option("accept_dispute", p.stakes.value, like="refund_full")]
    elif facts.get("dispute.decision") == "for_buyer" and "dispute.decided" in facts:
        options = [
            p.option("accept_decision", p.stakes.value, accept=p.accepted("accept_decision")),
            p.contest("appeal"),
        ]
    else:
        options = _BY_KIND.get(str(facts.get("case.kind")), _answers)(p, facts, verdict)
    present = {option.code for option in options}
    for code, _rule in verdict.statutory:
        if code not in present:
            options.append(_statutory(p, code, facts, verdict))
            present.add(code)
    return options


def _line(first: Remedy, second: Remedy, twice: Mapping[str, Remedy]) -> Decimal | None:
    """The factor on the price at which two options cost the same; cost is a straight line in the price."""
    gap = second.cost.amount - first.cost.amount
    rise_first = twice[first.code].cost.amount - first.cost.amount
    rise_second = twice[second.code].cost.amount - second.cost.amount
    if rise_first == rise_second:
        return None
    factor = ONE + gap / (rise_first - rise_second)
    return factor if factor > ZERO else None


def _break_even(p: Pricer, facts: Facts, verdict: Verdict, remedies: tuple[Remedy, ...]) -> BreakEven | None:
    """Where letting the buyer keep the goods stops being the cheaper way to refund them."""
    keep = next((r for code in KEEPS_GOODS for r in remedies if r.allowed and r.code == code), None)
    back = next((r for r in remedies if r.allowed and r.code in GOODS_BACK), None)
    if keep is None or back is None:
        return None
    dear = p.at(p.stakes.scaled(Decimal(2)))
    ways = (*_keep(dear), _return(dear, facts, verdict), *_return_to_warehouse(dear, facts, verdict))
    twice = {r.code: r for r in ways}
    factor = _line(keep, back, twice)
    if factor is None:
        return None
    return BreakEven(p.stakes.value.times(factor).rounded(), keep.code, back.code)


def _contest_below(p: Pricer, remedies: tuple[Remedy, ...]) -> Decimal | None:
    best = next((r for r in remedies if r.allowed and r.code not in ("contest", "appeal", "answer_only")), None)
    contest = next((r for r in remedies if r.allowed and r.code in ("contest", "appeal")), None)
    s = p.stakes
    loss = s.value.amount + s.fee.amount + s.metric.amount
    if best is None or contest is None or not loss:
        return None
    limit = (best.cost.amount - s.work.amount) / loss
    return min(max(limit, ZERO), ONE).quantize(Decimal("0.01"))


def weigh(
    facts: Facts, verdict: Verdict, raw_priors: Mapping[str, Any], rates: Rates, memo: dict[Any, Any] | None = None
) -> Weighed:
    """Cheapest first among what is allowed; a due statutory remedy is always there and first among equals.

    `memo` belongs to the rulebook and keeps its priors by currency, nothing of a case.
    """
    total = amount_at_stake(facts)
    if total is None:
        return NOTHING
    memo = {} if memo is None else memo
    priors: Priors = memo.get(("priors", total.currency)) or Priors(raw_priors, total.currency, rates)
    memo["priors", total.currency] = priors
    experience = Experience(facts.get("experience", ()), priors.number("prior_weight"))
    stakes = stakes_of(facts, verdict, priors, experience, rates)
    if stakes is None:
        return NOTHING
    p = Pricer(stakes, priors, experience, verdict, demand=str(facts.get("case.demand", "")))
    options = _options(p, facts, verdict)
    remedies = tuple(sorted(options, key=lambda r: (not r.allowed, r.cost.amount, not r.statutory, r.code)))
    return Weighed(remedies, _break_even(p, facts, verdict, remedies), _contest_below(p, remedies))
