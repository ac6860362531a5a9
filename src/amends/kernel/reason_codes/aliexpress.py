"""AliExpress: the headings of its dispute rules. They are headings, not codes; no dispute export was found."""

from __future__ import annotations

from datetime import date

from amends.kernel.reason_codes.model import ReasonList, Status, exact, wider

# The manuals that replaced the headings of 2013 are dated by year alone.
_CHANGED = date(2022, 1, 1)

LISTS: tuple[ReasonList, ...] = (
    ReasonList(
        "aliexpress",
        "disputes",
        "2013",
        Status.SOURCED,
        "activities.aliexpress.com, help-aliexpress-com/claim_policies.php (2013-08-01)",
        "A",
        since=date(2013, 8, 1),
        until=_CHANGED,
        codes=(
            exact("abnormal tracking number", "Not received: abnormal tracking number", "tracking_invalid"),
            exact("seller changed carrier", "Not received: seller changed carrier", "carrier_changed"),
            exact("sent to wrong address", "Not received: sent to wrong address", "wrong_address"),
            exact("in transit", "Not received: in transit", "in_transit_late"),
            exact("customs detention", "Not received: customs detention", "customs_detained"),
            exact("parcel returned", "Not received: parcel returned", "parcel_returned"),
            exact(
                "products received",
                "Not received: products received",
                "delivered_not_received",
                "the heading is the finding that the parcel arrived; the leaf is the claim that it did not",
            ),
            exact("buyer refused", "Not received: buyer refused", "buyer_refused"),
            exact(
                "buyer returned after receipt",
                "Not received: buyer returned after receipt",
                "returned_after_receipt",
                "counted under not received by the platform, a return to us",
            ),
            exact("short shipment", "Not as described: short shipment", "short_shipment"),
            exact("damaged", "Not as described: damaged", "damaged"),
            exact("quality", "Not as described: quality", "quality"),
            exact("description difference", "Not as described: description difference", "description"),
            exact("fake", "Not as described: fake", "counterfeit"),
            wider(
                "intangible",
                "Not as described: intangible",
                "description",
                "other",
                note="goods without a body; no leaf of the fourteen is about them",
            ),
        ),
        note="15 headings, restated, not quoted. The end of validity is taken from the next list, not from a document.",
    ),
    ReasonList(
        "aliexpress",
        "disputes",
        "2022",
        Status.SOURCED,
        "ssopdot.com/blog/13874.html (seller manual, 2022 to 2024)",
        "C",
        since=_CHANGED,
        codes=(
            exact("invalid waybill number", "Goods not received: invalid waybill number", "tracking_invalid"),
            exact("wrong address", "Goods not received: wrong address", "wrong_address"),
            exact("logistics in progress", "Goods not received: logistics in progress", "in_transit_late"),
            exact("customs detention", "Goods not received: customs detention", "customs_detained"),
            exact("package return", "Goods not received: package return", "parcel_returned"),
            exact(
                "goods do not match the description",
                "Goods do not match the agreement: goods do not match the description",
                "description",
            ),
            exact("quality problems", "Goods do not match the agreement: quality problems", "quality"),
            exact("damaged goods", "Goods do not match the agreement: damaged goods", "damaged"),
            exact("short shipments", "Goods do not match the agreement: short shipments", "short_shipment"),
            exact("sales of fake goods", "Goods do not match the agreement: sales of fake goods", "counterfeit"),
        ),
        note="5 + 5 headings in the English of the source. No public copy of the live dispute pages after 2022 was "
        "found.",
    ),
)
