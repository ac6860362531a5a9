"""Which approved text answers a message: first by the remedy we would offer, then by what the message is about.

Data, not logic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BY_REMEDY = {
    "wait_or_refund": "delay_choice",
    "refund_full": "offer_full_refund",
    "partial_refund": "offer_partial_refund",
    "refund_without_return": "offer_refund_without_return",
    "return_and_refund": "offer_return_refund",
    "replacement": "offer_replacement",
    "resend_part": "offer_resend_part",
    "refund_trace": "refund_trace",
    "cancel_and_refund": "cancellation_done",
    "refund_and_claim_carrier": "offer_full_refund",
}
BY_LEAF = {
    "tracking_invalid": "first_answer",
    "carrier_changed": "where_is_my_order",
    "wrong_address": "ask_address_check",
    "in_transit_late": "delay_choice",
    "customs_detained": "customs_hold",
    "parcel_returned": "ask_address_check",
    "delivered_not_received": "delivered_not_received",
    "buyer_refused": "first_answer",
    "short_shipment": "short_shipment",
    "wrong_item": "wrong_item",
    "damaged": "damaged_received",
    "quality": "quality_issue",
    "description": "size_issue",
    "counterfeit": "quality_issue",
    "returned_after_receipt": "return_instructions",
    "change_of_mind": "withdrawal_acknowledged",
    "cancellation": "cancellation_done",
    "address_change": "ask_address_check",
    "where_is_my_order": "where_is_my_order",
    "question": "general_answer",
    "thanks": "thanks",
    "other": "general_answer",
    "refund_missing": "refund_trace",
    "payment_failed": "payment_help",
    "duplicate_charge": "payment_help",
    "chargeback": "unauthorised_help",
    "unauthorised": "unauthorised_help",
}
# Where an agent looks for a text; own ones stand on a shelf of their own.
SHELVES = {
    "answers": (
        "first_answer", "general_answer", "where_is_my_order", "payment_help", "unauthorised_help", "escalated",
        "refusal_with_reason", "legal_notice", "thanks", "satisfaction_question", "closing", "review_request",
        "out_of_hours", "ai_disclosure",
    ),
    "asking": ("ask_order_number", "ask_photos", "ask_details", "ask_address_check", "details_reminder"),
    "parcel": (
        "order_shipped", "delay_choice", "customs_hold", "delivered_not_received", "carrier_search",
        "replacement_shipped", "address_change_done", "address_change_too_late",
    ),
    "goods": (
        "damaged_received", "wrong_item", "short_shipment", "size_issue", "quality_issue", "return_instructions",
        "return_received", "withdrawal_acknowledged",
    ),
    "offers": (
        "offer_full_refund", "offer_partial_refund", "offer_return_refund", "offer_refund_without_return",
        "offer_replacement", "offer_resend_part", "offer_exchange",
    ),
    "money": (
        "refund_recorded", "refund_sent_card", "refund_sent_wallet", "refund_sent_bank", "refund_trace",
        "cancellation_done", "cancellation_too_late",
    ),
}  # fmt: skip


def shelves(keys: Sequence[str], best: str) -> list[tuple[str, list[str]]]:
    """(shelf, its texts) for a menu: the shelf of the text that fits first, then own texts, then the others."""
    placed = {key: shelf for shelf, texts in SHELVES.items() for key in texts}
    known = [key for texts in SHELVES.values() for key in texts if key in set(keys)]
    own = [key for key in keys if key not in placed]
    found = {"own": own} | {shelf: [key for key in known if placed[key] == shelf] for shelf in SHELVES}
    first = placed.get(best, "own")
    found[first] = [best, *(key for key in found[first] if key != best)]
    return [(shelf, found[shelf]) for shelf in sorted(found, key=lambda one: one != first) if found[shelf]]


# Leaves whose own text does not ask for photos; the others' do.
ASK_PHOTOS = frozenset({"damaged", "description"})
WITH_PHOTOS = {  # what to answer once the photos are there
    "damaged": "damaged_received",
    "quality": "damaged_received",
    "wrong_item": "first_answer",
    "description": "first_answer",
    "short_shipment": "first_answer",
    "counterfeit": "first_answer",
}
ONCE_SENT = {"cancellation": "cancellation_too_late", "address_change": "address_change_too_late"}
NOT_SENT = {"where_is_my_order": "first_answer", "in_transit_late": "first_answer"}
NOT_LATE = {"in_transit_late": "where_is_my_order"}
NOT_ABOUT_AN_ORDER = frozenset({"thanks", "question", "other"})


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides between two texts on the same matter. False: it is not so, or nobody knows."""

    has_order: bool
    sent: bool = False
    late: bool = False  # not there, and the promised date is over
    photos: bool = False  # the buyer has sent some
    at_the_bank: bool = False  # a chargeback is open: a refund now would pay twice
    ours_to_clear: bool = False  # customs waits for something of ours, so the buyer is not to be asked


def suggest(leaf: str, remedy: str | None, situation: Situation, missing: frozenset[str] | set[str]) -> str:
    """Key of the first draft: ask for what is missing before promising; offer nothing a person has not decided.

    `missing` names the facts that the judgement asks for.
    """
    if leaf in NOT_ABOUT_AN_ORDER:
        return BY_LEAF[leaf]
    if not situation.has_order:
        return "ask_order_number"
    if situation.at_the_bank:
        return "unauthorised_help"
    if leaf == "customs_detained" and situation.ours_to_clear:
        return "first_answer"
    if leaf in WITH_PHOTOS and situation.photos:
        return WITH_PHOTOS[leaf]
    if leaf == "damaged" or (leaf in ASK_PHOTOS and "case.photos" in missing):
        return "ask_photos"
    if situation.sent and leaf in ONCE_SENT:
        return ONCE_SENT[leaf]
    if not situation.sent and leaf in NOT_SENT:
        return NOT_SENT[leaf]
    if not situation.late and leaf in NOT_LATE:
        return NOT_LATE[leaf]
    return BY_LEAF.get(leaf) or BY_REMEDY.get(remedy or "", "first_answer")


# Texts whose {date} is the day on which we write again, so that the guard can hold it against the clock.
PROMISES_ANSWER = frozenset({
    "first_answer", "customs_hold", "delivered_not_received", "damaged_received", "short_shipment", "where_is_my_order",
    "refund_trace", "withdrawal_acknowledged", "out_of_hours", "general_answer", "carrier_search", "return_received",
})  # fmt: skip
