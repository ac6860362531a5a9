"""What the shop promises, and what the ways out would cost it."""

from __future__ import annotations

from amends.judgement.rules.vocabulary.kinds import Fact, Kind

FACTS: tuple[Fact, ...] = (
    Fact("seller.settlement_currency", Kind.CURRENCY, "Currency the seller is paid out in."),
    Fact("warehouse.returns_country", Kind.COUNTRY, "Where the seller can take returns besides the place of origin."),
    Fact("return.freight_quote", Kind.MONEY, "What the way back to the place of origin costs."),
    Fact("duty.drawback", Kind.FLAG, "Duty paid comes back when the goods leave the country again."),
    Fact("goods.grade", Kind.CODE, "State of the goods when they are back.", codes=("a", "b", "c", "d", "e")),
    Fact("goods.resale_share", Kind.NUMBER, "Share of the item price that returned goods bring, from 0 to 1."),
    Fact("goods.repairable", Kind.FLAG, "The fault can be repaired where the buyer is."),
    Fact("goods.missing_part_cost", Kind.MONEY, "What the missing part costs the seller."),
    Fact("carrier.insured_amount", Kind.MONEY, "What the carrier insured the parcel for."),
    # promises of the shop
    Fact("promise.fast_days", Kind.COUNT, "Days after dispatch that a fast-delivery listing shows; late is refunded."),
    Fact(
        "promise.broken",
        Kind.CODE,
        "Which promise to the buyer the shop broke.",
        codes=("discount", "gift", "after_sales", "free_shipping", "carrier", "early_receipt"),
    ),
    Fact("coupon.issued", Kind.EVENT, "The platform gave the buyer a coupon for the delay."),
    Fact("promise.return_days", Kind.COUNT, "Days to return that the shop promises."),
    Fact("promise.quality_months", Kind.COUNT, "Months for which the shop promises something against faults."),
    Fact(
        "promise.quality_remedy",
        Kind.CODE,
        "What the shop promises against faults.",
        codes=("replacement", "repair", "refund"),
    ),
    Fact(
        "promise.return_postage", Kind.CODE, "Who pays return postage by the shop's promise.", codes=("seller", "buyer")
    ),
)
