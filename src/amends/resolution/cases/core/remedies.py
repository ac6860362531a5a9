"""What each remedy moves once it is agreed: money, goods, or a task for a person."""

from __future__ import annotations

MONEY_REMEDIES = frozenset(
    {
        "refund_full",
        "partial_refund",
        "refund_without_return",
        "refund_and_dispose",
        "return_and_refund",
        "return_to_warehouse",
        "repair_contribution",
        "goodwill",
        "accept_decision",
        "cancel_and_refund",
        "refund_and_claim_carrier",
        "wait_or_refund",
        "accept_dispute",
    }
)
GOODS_REMEDIES = frozenset({"replacement", "resend_part", "exchange"})
REMEDIES = MONEY_REMEDIES | GOODS_REMEDIES | {"credit", "claim_carrier_first", "refund_trace", "repair", "answer_only"}
# What an agreed remedy leaves to be done besides its money and its parcel.
TASKS = {
    "return_and_refund": "await_return",
    "return_to_warehouse": "await_return",
    "exchange": "await_return",
    "refund_and_claim_carrier": "claim_carrier",
    "claim_carrier_first": "claim_carrier",
    "credit": "issue_credit",
}
# The platform has made it a debt: an accepted decision or dispute is paid although the bank or platform moves it.
ACCEPTS = ("accept_dispute", "accept_decision")
