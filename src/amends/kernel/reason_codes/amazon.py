"""Amazon: return reasons and the seller's cancel reasons. The full list is served per article only."""

from __future__ import annotations

from amends.kernel.reason_codes.model import (
    ANY_NOT_RECEIVED,
    SIZE,
    Match,
    ReasonList,
    Status,
    exact,
    narrower,
    wider,
)

_STRIP = ("CR-",)

LISTS: tuple[ReasonList, ...] = (
    ReasonList(
        "amazon",
        "returns",
        "API example",
        Status.PARTLY,
        "amzn/selling-partner-api-models, fulfillmentOutbound_2020-07-01, listReturnReasonCodes, example (2026-08-05)",
        "A",
        codes=(
            exact("UNWANTED_ITEM", "No longer needed/wanted", "change_of_mind"),
            exact("AMZ-PG-BAD-DESC", "Different from website description", "description"),
            narrower("DEFECTIVE", "Defective/Does not work properly", "quality"),
            narrower("ORDERED_WRONG_ITEM", "Accidental order", "change_of_mind"),
            narrower("FOUND_BETTER_PRICE", "Better price available", "change_of_mind"),
            narrower("DAMAGED_BY_FC", "Damaged due to inappropriate packaging", "damaged"),
            exact("MISSED_ESTIMATED_DELIVERY", "Missed estimated delivery date", "in_transit_late"),
            narrower("MISSING_PARTS", "Missing parts or accessories", "short_shipment"),
            exact("DAMAGED_BY_CARRIER", "Damaged during shipping", "damaged"),
            exact("SWITCHEROO", "Different from what was ordered", "wrong_item"),
            wider("EXTRA_ITEM", "Arrived in addition to what was ordered", "other", "wrong_item"),
            exact("UNAUTHORIZED_PURCHASE", "Unauthorized purchase", "unauthorised"),
        ),
        note="The operation lists the codes per article; no complete public list was found.",
        strip=_STRIP,
    ),
    ReasonList(
        "amazon",
        "returns seen in reports",
        "2026",
        Status.PARTLY,
        "a public study of about 2,200 live return rows (2026-07 to 2026-10; repository name not recorded)",
        "C",
        codes=(
            wider("NOT_COMPATIBLE", "", "description", "change_of_mind", note="depends on what the listing said"),
            exact("QUALITY_UNACCEPTABLE", "", "quality"),
            wider("NO_REASON_GIVEN", "", "change_of_mind", "other"),
            wider("POOR_FIT", "", *SIZE),
            exact("NOT_AS_DESCRIBED", "", "description"),
            wider("UNDELIVERABLE_UNKNOWN", "", "parcel_returned", "wrong_address", "buyer_refused"),
            exact("UNDELIVERABLE_REFUSED", "", "buyer_refused"),
            exact("NO_LONGER_NEEDED", "", "change_of_mind"),
            narrower("MISORDERED", "", "change_of_mind"),
            narrower("-BAD-DESC", "", "description", "AMZ-PG-<category>-BAD-DESC", match=Match.SUFFIX),
            wider("-TOO-SMALL", "", *SIZE, note="AMZ-PG-<category>-TOO-SMALL", match=Match.SUFFIX),
            wider("-TOO-LARGE", "", *SIZE, note="AMZ-PG-<category>-TOO-LARGE", match=Match.SUFFIX),
        ),
        note="Codes that the example of the API does not show. The reports print no wording.",
        strip=_STRIP,
    ),
    ReasonList(
        "amazon",
        "cancellations by the seller",
        "",
        Status.PARTLY,
        "Zentail's document of Amazon's adjustment reasons (undated)",
        "C",
        codes=(
            narrower("NoInventory", "", "cancellation"),
            wider("ShippingAddressUndeliverable", "", "cancellation", "address_change"),
            wider("CustomerExchange", "", "returned_after_receipt", "cancellation"),
            exact("BuyerCanceled", "", "cancellation"),
            exact("GeneralAdjustment", "", "other"),
            wider("CarrierCreditDecision", "", "in_transit_late", "damaged", "other"),
            wider("RiskAssessmentInformationNotValid", "", "cancellation", "unauthorised"),
            wider("CarrierCoverageFailure", "", "cancellation", "other"),
            exact("CustomerReturn", "", "returned_after_receipt"),
            wider("MerchandiseNotReceived", "", *ANY_NOT_RECEIVED),
        ),
    ),
)
