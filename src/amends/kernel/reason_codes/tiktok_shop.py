"""TikTok Shop: refund, return and cancel reasons. A market's ending on a code is an alias, never its own row.

The seller's reasons for refusing are answers to a case, not reasons for one, and are left out.
"""

from __future__ import annotations

from amends.kernel.reason_codes.model import ReasonList, Status, exact, narrower, wider

_PAGE = "public copy of partner.tiktokshop.com/docv2/page/refund-reasons"
_D = "ecom_order_delivered_refund_reason_"
_R = "ecom_order_delivered_refund_and_return_reason_"
_S = "ecom_order_shipped_refund_"
_B = "buyer_refund_"
_BR = "buyer_return_and_refund_"
_UNPAID = "ecom_order_unpaid_canceled_reason_"
_TO_SHIP = "ecom_order_to_ship_canceled_reason_"


def _with(stem: str, endings: str) -> tuple[str, ...]:
    """The spellings the page shows of one reason: the stem with each ending."""
    return tuple(stem + ending for ending in endings.split())


LISTS: tuple[ReasonList, ...] = (
    ReasonList(
        "tiktok_shop",
        "refunds and returns",
        "docv2",
        Status.SOURCED,
        _PAGE,
        "A",
        codes=(
            exact(
                f"{_S}reason_not_arrive_on_time",
                "Product wouldn't arrive on time",
                "in_transit_late",
                aliases=(
                    *_with(f"{_S}reason_not_arrive_on_time", "_seller _seller_uk _JP"),
                    "buyer_refund_package_didn't_arrive_on_time",
                ),
            ),
            exact(
                f"{_D}missed_delivery_date",
                "Missed estimated delivery date",
                "in_transit_late",
                aliases=(
                    *_with(f"{_D}missed_delivery_date", "_uk _seller _seller_uk"),
                    f"{_R}missed_delivery_date_JP",
                    "seller_shipped_refund_miss_estimated_delivery_date",
                ),
            ),
            narrower(
                "seller_shipped_refund_package_lost",
                "Package lost",
                "in_transit_late",
                aliases=(
                    "seller_package_lost",
                    "seller_package_lost_uk",
                    "ecom_seller_order_delivered_refund_reason_return_proxy_app",
                ),
            ),
            wider(
                "seller_shipped_refund_package_delivery_failed",
                "Package delivery failed",
                "parcel_returned",
                "buyer_refused",
                "wrong_address",
            ),
            wider(
                f"{_S}wrong_delivery_info",
                "Wrong delivery information",
                "wrong_address",
                "address_change",
                "cancellation",
            ),
            wider(
                f"{_D}not_received",
                "Package wasn't received",
                "delivered_not_received",
                "in_transit_late",
                note="offered after delivery, in MX, BR and the EU also before",
                aliases=_with(f"{_D}not_received", "_uk _seller _seller_uk"),
            ),
            exact(
                f"{_D}missing_product",
                "Missing product or accessories",
                "short_shipment",
                aliases=(*_with(f"{_D}missing_product", "_uk _seller _seller_uk _JP"), f"{_R}missing_product"),
            ),
            wider(
                f"{_D}missing_broken_parts",
                "Missing or broken parts",
                "short_shipment",
                "damaged",
                aliases=(f"{_R}missing_parts_JP",),
            ),
            exact(
                f"{_D}damaged",
                "Package or product is damaged",
                "damaged",
                aliases=(*_with(f"{_D}damaged", "_uk _seller _seller_uk"), f"{_R}damaged"),
            ),
            narrower(
                f"{_D}defective",
                "Product is defective or doesn't work",
                "quality",
                aliases=(*_with(f"{_D}defective", "_uk _seller _seller_uk"), f"{_R}defective"),
            ),
            exact(
                f"{_D}not_match",
                "Product doesn't match description",
                "description",
                aliases=(
                    *_with(f"{_D}not_match", "_uk _seller"),
                    *_with(f"{_D}not_match_description", "_seller _seller_uk"),
                    f"{_D}not_match_description",
                    f"{_R}not_match_description",
                    f"{_R}not_match_description_JP",
                ),
            ),
            exact(
                f"{_D}wrong_product",
                "Wrong product was sent",
                "wrong_item",
                aliases=(
                    *_with(f"{_D}wrong_product", "_1 _uk _seller _seller_uk"),
                    f"{_R}wrong_product",
                    f"{_R}wrong_product_JP",
                ),
            ),
            exact(
                f"{_B}suspected_counterfeit",
                "Suspected Counterfeit",
                "counterfeit",
                aliases=_with(f"{_B}suspected_counterfeit", "_seller _seller_uk"),
            ),
            exact(f"{_D}no_need", "No longer needed", "change_of_mind", aliases=(f"{_D}no_need_uk",)),
            narrower(
                f"{_B}does_not_suit_me",
                "Does not suit me",
                "change_of_mind",
                aliases=(f"{_BR}does_not_suit_me",),
            ),
            narrower(
                f"{_B}multiple_sizes_ordered",
                "Multiple sizes ordered",
                "change_of_mind",
                aliases=(f"{_BR}multiple_sizes_ordered",),
            ),
            narrower(
                f"{_B}ordered_incorrect_size",
                "Ordered incorrect size",
                "change_of_mind",
                aliases=(f"{_BR}ordered_incorrect_size",),
            ),
            wider(
                f"{_B}quality_or_style_not_as_expected",
                "Quality or style not as expected",
                "quality",
                "change_of_mind",
                aliases=(f"{_BR}quality_or_style_not_as_expected",),
            ),
            wider(
                f"{_B}item_is_too_big/long",
                "Item is too big/long",
                "change_of_mind",
                "description",
                aliases=(f"{_BR}item_is_too_big/long",),
            ),
            wider(
                f"{_B}item_is_too_small/short",
                "Item is too small/short",
                "change_of_mind",
                "description",
                aliases=(f"{_BR}item_is_too_small/short",),
            ),
            narrower(
                f"{_B}product_is_expired/spoiled",
                "Product is expired/spoiled",
                "quality",
                aliases=(f"{_BR}product_is_expired/spoiled",),
            ),
            narrower(
                f"{_B}product_not_frozen_on_arrival",
                "Product not frozen on arrival",
                "damaged",
                aliases=(f"{_BR}product_not_frozen_on_arrival",),
            ),
            exact(
                f"{_B}unauthorised_purchase",
                "Unauthorised purchase",
                "unauthorised",
                aliases=(f"{_BR}unauthorised_purchase",),
            ),
            exact(
                f"{_D}other",
                "Other",
                "other",
                aliases=(f"{_D}other_uk", f"{_R}other", f"{_S}other"),
            ),
            narrower(f"{_D}general_adjustment", "General adjustment.", "other"),
        ),
        note="US, UK, ID, MY, PH, SG, TH, VN, MX, BR, EU and JP in one list; which of them a market offers is on the "
        "page. Labels differ a little by market.",
    ),
    ReasonList(
        "tiktok_shop",
        "returns seen live",
        "",
        Status.PARTLY,
        "live values in public connectors (repository names not recorded)",
        "C",
        codes=(
            exact(f"{_R}no_need", "", "change_of_mind"),
            exact(f"{_R}wrong_item", "", "wrong_item"),
            exact(f"{_R}wrong_product_seller", "", "wrong_item"),
            exact(f"{_BR}suspected_counterfeit", "", "counterfeit"),
        ),
    ),
    ReasonList(
        "tiktok_shop",
        "cancellations",
        "",
        Status.PARTLY,
        "a public PHP map of cancel reasons (repository name not recorded)",
        "C",
        codes=(
            wider(f"{_UNPAID}payment_method_not_available", "", "cancellation", "payment_failed"),
            wider(f"{_UNPAID}wrong_delivery_info", "", "cancellation", "address_change"),
            narrower(f"{_UNPAID}created_by_mistakes", "", "cancellation"),
            narrower(f"{_UNPAID}better_price", "", "cancellation"),
            narrower(f"{_UNPAID}no_longer_needed", "", "cancellation"),
            narrower(f"{_UNPAID}not_want_pay", "", "cancellation"),
            narrower(f"{_UNPAID}other", "", "cancellation"),
            wider(f"{_TO_SHIP}wrong_delivery_info", "", "cancellation", "address_change"),
            narrower(f"{_TO_SHIP}created_by_mistakes", "", "cancellation"),
            narrower(f"{_TO_SHIP}better_price", "", "cancellation"),
            narrower(f"{_TO_SHIP}no_longer_needed", "", "cancellation"),
            wider(f"{_TO_SHIP}change_payment_method", "", "cancellation", "payment_failed"),
            narrower(f"{_TO_SHIP}discount_not_expected", "", "cancellation"),
            narrower(f"{_TO_SHIP}high_delivery_costs", "", "cancellation"),
            narrower(f"{_TO_SHIP}not_shipped_on_time", "", "cancellation"),
            narrower(f"{_TO_SHIP}out_of_stock", "", "cancellation", "said by the seller"),
            narrower("buyer_cancel_need_to_input/change_coupon_code", "", "cancellation"),
            narrower("buyer_cancel_wrong_item_variation_(colour,_size,_etc.)", "", "cancellation"),
        ),
    ),
)
