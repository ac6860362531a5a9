"""Shopee: the return reasons of its open platform, before and after the fresh food of September 2026."""

from __future__ import annotations

from datetime import date

from amends.kernel.reason_codes.model import (
    ANY_NOT_RECEIVED,
    SIZE,
    ReasonCode,
    ReasonList,
    Status,
    exact,
    narrower,
    wider,
)

_GUIDE = "open.shopee.com/developer-guide/31, section ReturnReason, in two public copies"
_FRESH_FOOD = date(2026, 9, 15)
_SEEN = "seen in live data, not in the guide"

_CODES: tuple[ReasonCode, ...] = (
    wider("NONRECEIPT", "", *ANY_NOT_RECEIVED, aliases=("NOT_RECEIPT",)),
    exact("WRONG_ITEM", "", "wrong_item"),
    exact("ITEM_DAMAGED", "", "damaged"),
    exact("DIFF_DESC", "", "description"),
    narrower(
        "MUITAL_AGREE", "", "other", "sic; says how it was settled, not what was wrong", aliases=("MUTUAL_AGREE",)
    ),
    exact("OTHER", "", "other"),
    wider("USED", "", "description", "quality"),
    wider("NO_REASON", "", "change_of_mind", "other"),
    wider("ITEM_WRONGDAMAGED", "", "wrong_item", "damaged", note="Vietnam only, says guide 227"),
    exact("CHANGE_MIND", "", "change_of_mind"),
    exact("ITEM_MISSING", "", "short_shipment"),
    wider("EXPECTATION_FAILED", "", "change_of_mind", "description", "quality"),
    exact("ITEM_FAKE", "", "counterfeit"),
    narrower("PHYSICAL_DMG", "", "damaged"),
    narrower("FUNCTIONAL_DMG", "", "quality"),
    wider("ITEM_NOT_FIT", "", *SIZE),
    wider("SUSPICIOUS_PARCEL", "", "other", "wrong_item", "short_shipment"),
    narrower("EXPIRED_PRODUCT", "", "quality"),
    wider("WRONG_ORDER_INFO", "", "change_of_mind", "cancellation"),
    wider("WRONG_ADDRESS", "", "wrong_address", "address_change", note="whose mistake it was is not said"),
    exact("CHANGE_OF_MIND", "", "change_of_mind"),
    exact("SELLER_SENT_WRONG_ITEM", "", "wrong_item"),
    narrower("SPILLED_CONTENTS", "", "damaged"),
    narrower("BROKEN_PRODUCTS", "", "damaged"),
    narrower("DAMAGED_PACKAGE", "", "damaged"),
    wider("SCRATCHED", "", "damaged", "quality"),
    wider("DAMAGED_OTHERS", "", "damaged", "quality"),
    narrower("SIZE_DEVIATION", "", "description"),
    narrower("LOOK_DEVIATION", "", "description"),
    wider("DATE_DEVIATION", "", "description", "quality", "in_transit_late", note="which date is not said"),
    exact("DIFFERENT_DESCRIPTION", "", "description"),
    exact("NONE", "", "other", "guide 227; as reassessed_request_reason it means: not reassessed"),
    narrower("OUTER_DAMAGED_PACKAGE", "", "damaged", _SEEN),
)

LISTS: tuple[ReasonList, ...] = (
    ReasonList(
        "shopee",
        "returns",
        "guide 31, 31 values",
        Status.SOURCED,
        f"{_GUIDE}; spellings of guide 227 as aliases",
        "C",
        until=_FRESH_FOOD,
        codes=_CODES,
        note="Neither guide is complete: both spellings come, and unknown ones.",
    ),
    ReasonList(
        "shopee",
        "returns",
        "guide 31, 32 values",
        Status.SOURCED,
        f"{_GUIDE}, the later one as of 2026-09-21",
        "C",
        since=_FRESH_FOOD,
        codes=(*_CODES, narrower("SPOILED_ROTTEN", "", "quality", "fresh food of Shopee Supermarket")),
        note="Neither guide is complete: both spellings come, and unknown ones.",
    ),
)
