"""Every fact a rule may read: its type, its meaning, and the question that would fill it.

`docs/reference/facts.md` and the JSON Schema are generated from here. Attributes are open (absent is
unknown); events are closed (absent has not happened as far as we know); tables hold rows of attributes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from amends.kernel import taxonomy


class Kind(StrEnum):
    INSTANT = "instant"  # zone-aware time, an attribute
    EVENT = "event"  # zone-aware time of something that happened
    MONEY = "money"  # "41.80 USD"
    COUNT = "count"
    NUMBER = "number"  # decimal string
    CODE = "code"  # one of `codes`
    TEXT = "text"
    FLAG = "flag"
    COUNTRY = "country"
    LANGUAGE = "language"
    ZONE = "zone"
    CURRENCY = "currency"
    DATE = "date"  # a calendar day, without time or zone
    TABLE = "table"
    SPANS = "spans"  # list of {from, to}; `to` absent while it lasts


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    kind: Kind
    meaning: str
    ask: str = ""  # what to ask for when a rule needs it and it is unknown
    codes: tuple[str, ...] = ()
    columns: tuple[Fact, ...] = ()
    hint: str = field(default="")  # who usually knows: platform, carrier, buyer, warehouse


PLATFORMS = (
    "aliexpress",
    "amazon",
    "ebay",
    "shopify",
    "shopee",
    "lazada",
    "tiktok_shop",
    "temu",
    "shein",
    "joom",
    "wish",
    "mercado_libre",
    "walmart",
    "ymatou",
    "paypal",
    "card",
    "own_shop",
)
_K = Kind

_PARCEL = (
    Fact("number", _K.TEXT, "Tracking number."),
    Fact("carrier", _K.TEXT, "Carrier as declared."),
    Fact("shipped_at", _K.INSTANT, "Handed to the carrier, as declared by the seller."),
    Fact("first_scan_at", _K.INSTANT, "First scan by the carrier.", ask="the carrier's first scan", hint="carrier"),
    Fact("delivered_at", _K.INSTANT, "Delivery scan."),
    Fact(
        "delivered_to_address",
        _K.FLAG,
        "The delivery scan matches the order's address.",
        ask="proof that the delivery scan is at the order's address",
        hint="carrier",
    ),
    Fact(
        "signature",
        _K.FLAG,
        "The delivery record carries a signature.",
        ask="proof of delivery with signature",
        hint="carrier",
    ),
    Fact(
        "status",
        _K.CODE,
        "Last known milestone.",
        codes=(
            "pre_transit",
            "picked_up",
            "in_transit",
            "customs",
            "out_for_delivery",
            "ready_for_pickup",
            "delivered",
            "delivery_failed",
            "refused",
            "returning",
            "returned",
            "lost",
            "damaged",
            "on_hold",
            "unknown",
        ),
    ),
    Fact("delivered_country", _K.COUNTRY, "Country of the delivery scan."),
    Fact("integrated_carrier", _K.FLAG, "The platform reads this carrier's tracking itself."),
)
_LINE = (
    Fact("sku", _K.TEXT, "Seller's article code."),
    Fact("quantity", _K.COUNT, "Units ordered."),
    Fact("unit_price", _K.MONEY, "Price of one unit."),
    Fact("category", _K.TEXT, "Category as the platform names it."),
    Fact("custom_made", _K.FLAG, "Made to the buyer's order."),
    Fact("perishable", _K.FLAG, "Perishable goods."),
)
_PRIOR = (
    Fact("placed_at", _K.INSTANT, "When the earlier order was placed."),
    Fact("undisputed", _K.FLAG, "No dispute was ever opened on it."),
    Fact("age_days", _K.COUNT, "Days between it and the disputed payment."),
    Fact("same_credential", _K.FLAG, "Paid with the same card or account."),
    Fact("matches", _K.COUNT, "Matching core elements (IP address, device, login, address)."),
    Fact("matches_ip_or_device", _K.FLAG, "The IP address or the device is among the matches."),
    Fact("same_ip", _K.FLAG, "Bought from the same IP address."),
    Fact("same_device", _K.FLAG, "Bought on the same device."),
    Fact("same_login", _K.FLAG, "Bought with the same login."),
    Fact("same_address", _K.FLAG, "Sent to the same address."),
)

_HEALTH = (
    Fact("metric", _K.TEXT, "Name of the metric, as its rule calls it."),
    Fact("platform", _K.TEXT, "Whose metric it is."),
    Fact("numerator", _K.COUNT, "Cases that count against the shop in the window."),
    Fact("denominator", _K.COUNT, "What they are divided by."),
    Fact("budget", _K.COUNT, "How many more can be lost before the line."),
    Fact("expected", _K.NUMBER, "How many more are expected in the window at the present pace."),
    Fact("breached", _K.FLAG, "The line is crossed already."),
    Fact("price", _K.MONEY, "What losing one more costs today, as an expectation."),
)
_CALENDAR = (
    Fact("country", _K.COUNTRY, "Country whose working days change; the warehouse's own country for a warehouse."),
    Fact("day", _K.DATE, "The day, in that country."),
    Fact("open", _K.FLAG, "True: worked although it would be off. False: closed although it would be worked."),
)
_EXPERIENCE = (
    Fact("remedy", _K.TEXT, "Code of the remedy, `contest` for disputes fought, `any` for what follows a refusal."),
    Fact("width", _K.CODE, "Which closed cases were counted.", codes=("all", "kind", "platform_kind")),
    Fact("offered", _K.COUNT, "How often it was offered."),
    Fact("accepted", _K.COUNT, "How often the buyer took it."),
    Fact("refused", _K.COUNT, "How often the buyer refused an offer."),
    Fact("escalated", _K.COUNT, "How often a refusal went to the platform."),
    Fact("decided", _K.COUNT, "How many disputes were decided."),
    Fact("lost", _K.COUNT, "How many of them were lost."),
)

_HISTORY = (
    Fact("times", _K.COUNT, "How many orders the row stands for; one where it does not say."),
    Fact("placed_at", _K.INSTANT, "When the order was placed."),
    Fact("paid_at", _K.INSTANT, "When it was paid."),
    Fact("ship_by", _K.INSTANT, "Latest dispatch promised to the platform."),
    Fact("promised_by", _K.INSTANT, "Latest delivery date shown to the buyer."),
    Fact("fulfilment", _K.CODE, "Who ships.", codes=("seller", "platform")),
    Fact("shipped_at", _K.EVENT, "Dispatch was confirmed."),
    Fact("first_scan_at", _K.EVENT, "First scan by the carrier."),
    Fact("delivered_at", _K.EVENT, "Delivered."),
    Fact("confirmed_at", _K.EVENT, "The buyer confirmed receipt, or the platform did for them."),
    Fact("tracked", _K.FLAG, "Its scans are followed, so that a missing one is really missing."),
    Fact("tracking_valid", _K.FLAG, "The declared number exists at the carrier and belongs to this parcel."),
    Fact("asked_at", _K.EVENT, "First message of the buyer about a problem."),
    Fact("answered_at", _K.EVENT, "First answer of the seller to it."),
    Fact("negative_feedback", _K.EVENT, "The buyer left negative feedback."),
    Fact("cancelled_at", _K.EVENT, "The order was cancelled."),
    Fact("cancelled_by", _K.CODE, "Who cancelled it.", codes=("seller", "buyer", "platform")),
    Fact("return_requested_at", _K.EVENT, "The buyer asked to return or to be refunded."),
    Fact("reason_fault", _K.CODE, "Whose fault the return is by its reason.", codes=("seller", "buyer")),
    Fact("refunded", _K.EVENT, "The buyer was refunded."),
    Fact("dispute_opened_at", _K.EVENT, "A dispute was opened at the platform."),
    Fact("dispute_withdrawn", _K.EVENT, "The buyer withdrew it."),
    Fact("escalated_at", _K.EVENT, "The platform was asked to decide."),
    Fact("decided_at", _K.EVENT, "The platform decided."),
    Fact("dispute_closed_at", _K.EVENT, "The dispute is over."),
    Fact("ruled", _K.CODE, "What the platform decided.", codes=("for_buyer", "for_seller", "split")),
    Fact("seller_liable", _K.FLAG, "The platform held the seller liable."),
    Fact("claim_opened_at", _K.EVENT, "A claim on the platform's guarantee was opened."),
    Fact("claim_denied", _K.EVENT, "That claim was denied."),
    Fact("chargeback_at", _K.EVENT, "The bank took the payment back."),
    Fact("fraud_reported", _K.EVENT, "The bank reported the payment as fraudulent."),
)
_OFFENCES = (
    Fact("ledger", _K.TEXT, "The platform's point system that it counts in."),
    Fact("kind", _K.TEXT, "The offence, as the penalty rule calls it."),
    Fact("at", _K.INSTANT, "When the platform recorded it."),
    Fact("points", _K.COUNT, "Points the platform gave, where it told."),
)

FACTS: tuple[Fact, ...] = (
    # where
    Fact("platform", _K.CODE, "Where the order was made.", ask="the platform of the order", codes=PLATFORMS),
    Fact("site", _K.TEXT, "The platform's own site, e.g. US, DE, UK."),
    Fact("listing.site", _K.TEXT, "Site on which the goods were listed, where the buyer checked out on another."),
    Fact("programme", _K.TEXT, "Seller programme, e.g. free_returns, mall, fast_delivery."),
    Fact("seller.country", _K.COUNTRY, "Where the seller is established."),
    Fact("seller.refund_rate_high", _K.FLAG, "The platform told the shop that its refund rate is too high."),
    Fact(
        "seller.local_return_address",
        _K.FLAG,
        "The seller has a default return address in the buyer's country.",
        ask="whether the seller has a default return address in the buyer's country",
        hint="platform",
    ),
    Fact("seller.transactions_3_months", _K.COUNT, "Transactions of the shop on this platform in three months."),
    Fact(
        "seller.encouraged_undervaluation",
        _K.FLAG,
        "The seller offered to declare the parcel as a gift or below its value.",
    ),
    Fact("seller.fraud_found", _K.FLAG, "A court or an authority found that the seller deceived the buyer."),
    Fact("seller.records_missing", _K.FLAG, "The seller does not show the contract and the transaction records."),
    Fact("seller.named_by_platform", _K.FLAG, "The platform can give the seller's real name, address and contact."),
    Fact(
        "terms.clause",
        _K.CODE,
        "A clause of the shop that the answer leans on.",
        codes=("signed_means_accepted", "final_say", "no_refunds"),
    ),
    Fact("warehouse.country", _K.COUNTRY, "Where the goods were sent from."),
    Fact("buyer.country", _K.COUNTRY, "Where the buyer lives."),
    Fact("buyer.is_consumer", _K.FLAG, "The buyer bought as a consumer.", ask="whether the buyer bought as a consumer"),
    # the order
    Fact("order.number", _K.TEXT, "The platform's order number."),
    Fact("order.placed_at", _K.INSTANT, "When the order was placed.", ask="the date of the order"),
    Fact("order.paid_at", _K.INSTANT, "When the payment was made."),
    Fact("order.item_total", _K.MONEY, "Price of the items, without tax and postage."),
    Fact("order.total_with_tax_and_postage", _K.MONEY, "What the buyer paid in all.", ask="the order total"),
    Fact("order.goods_cost", _K.MONEY, "What the goods cost the seller."),
    Fact("order.freight_cost", _K.MONEY, "What the outbound freight cost the seller."),
    Fact("order.duty_paid", _K.MONEY, "Import duty and tax the seller paid for the buyer."),
    Fact("order.platform_fee", _K.MONEY, "Commission the platform kept."),
    Fact("order.ship_by", _K.INSTANT, "Latest dispatch promised to the platform."),
    Fact("order.promised_from", _K.INSTANT, "Earliest delivery date shown to the buyer."),
    Fact("order.promised_by", _K.INSTANT, "Latest delivery date shown to the buyer.", ask="the promised delivery date"),
    Fact("order.ship_country", _K.COUNTRY, "Country the goods go to.", ask="the destination country"),
    Fact("order.fulfilment", _K.CODE, "Who ships.", codes=("seller", "platform"), ask="who fulfilled the order"),
    Fact("order.category", _K.TEXT, "Main category of the order."),
    Fact("order.digital", _K.FLAG, "Digital goods or services."),
    Fact("order.stored_value", _K.FLAG, "Gift cards or other stored value."),
    Fact("order.custom_made", _K.FLAG, "Made to the buyer's order."),
    Fact("order.perishable", _K.FLAG, "Goods that spoil quickly."),
    Fact("order.press", _K.FLAG, "Newspapers or periodicals."),
    Fact("order.no_return_confirmed", _K.FLAG, "At this purchase the buyer confirmed that it cannot be returned."),
    Fact("order.credit_applied", _K.FLAG, "The buyer applied to the seller for credit to pay for the order."),
    Fact("order.document_received", _K.EVENT, "The buyer received the terms of the contract in writing."),
    Fact("product.low_rated", _K.FLAG, "The platform found this product's rating very low."),
    Fact(
        "order.tracking_declared",
        _K.FLAG,
        "A tracking number is declared in the order itself, not only in chat.",
        ask="whether the tracking number is declared in the order record",
    ),
    Fact("order.risk_cleared", _K.EVENT, "The payment passed the platform's risk review."),
    Fact("order.released", _K.EVENT, "The platform released the order for dispatch."),
    Fact("order.shipped", _K.EVENT, "Goods handed to the carrier."),
    Fact("order.delivered", _K.EVENT, "Goods delivered (the last parcel of the order).", ask="the delivery date"),
    Fact("order.receipt_confirmed", _K.EVENT, "The buyer or the platform confirmed receipt."),
    Fact("order.guarantee_extended", _K.EVENT, "The buyer had the platform's guarantee extended."),
    Fact("order.cancelled", _K.EVENT, "The order was cancelled."),
    Fact("order.out_of_stock", _K.FLAG, "The goods ran out of stock before dispatch."),
    Fact(
        "shipment.protected_label",
        _K.FLAG,
        "A Claims-Protected Buy Shipping label was used.",
        ask="whether the label was a Claims-Protected Buy Shipping label",
        hint="platform",
    ),
    Fact(
        "shipment.tracking_valid",
        _K.FLAG,
        "The declared number exists at the carrier and belongs to this parcel.",
        ask="whether the declared tracking number is valid for this parcel",
        hint="carrier",
    ),
    Fact("shipment.scan_overdue", _K.FLAG, "The platform finds no scan long after the declared dispatch."),
    Fact("shipment.channel_matches", _K.FLAG, "Sent by the logistics channel that was declared and chosen."),
    Fact("shipment.carrier_integrated", _K.FLAG, "The platform reads the tracking of every carrier used."),
    Fact("shipment.redirected_by_buyer", _K.FLAG, "The buyer had the parcel sent on to another place."),
    Fact("shipment.online", _K.EVENT, "First event of the carrier for every parcel of the order."),
    Fact("shipment.origin_country", _K.COUNTRY, "Country of the first scan."),
    Fact(
        "shipment.address_matches",
        _K.FLAG,
        "Sent to the address in the payment or order record.",
        ask="whether the parcel went to the address in the order record",
    ),
    Fact("shipment.carrier_chosen_by_buyer", _K.FLAG, "The buyer chose the carrier."),
    Fact("shipment.carrier_approved", _K.FLAG, "The platform allows this carrier for this route."),
    Fact("shipment.signed_by_other", _K.FLAG, "Somebody else took the parcel without the recipient's consent."),
    # the case
    Fact("case.kind", _K.CODE, "What the problem is.", codes=taxonomy.KINDS),
    Fact("case.leaf", _K.CODE, "Leaf of the taxonomy.", codes=tuple(taxonomy.BY_CODE)),
    Fact(
        "case.demand",
        _K.CODE,
        "What the buyer wants.",
        codes=("refund", "partial_refund", "replacement", "return", "cancellation", "information"),
        ask="what the buyer wants",
        hint="buyer",
    ),
    Fact("case.demand_amount", _K.MONEY, "Amount the buyer asks for."),
    Fact("case.threat", _K.FLAG, "The buyer threatens a dispute, a chargeback or a bad review."),
    Fact(
        "case.photos",
        _K.FLAG,
        "The buyer sent photos or a video.",
        ask="photos or a video of the problem",
        hint="buyer",
    ),
    Fact("buyer.contacted", _K.EVENT, "First message of the buyer about this problem."),
    Fact("buyer.last_message", _K.EVENT, "Newest message of the buyer not yet answered."),
    Fact("seller.answered", _K.EVENT, "First answer of the seller to the buyer."),
    Fact("seller.last_answer", _K.EVENT, "Newest answer of the seller."),
    Fact("seller.discouraged_claim", _K.FLAG, "The seller told the buyer not to open a claim."),
    Fact("buyer.abuse_found", _K.FLAG, "The platform found that the buyer abuses its guarantees."),
    Fact("buyer.confirmed_late", _K.FLAG, "The buyer told the platform that the goods came late."),
    Fact("buyer.opted_out", _K.FLAG, "The buyer opted out of messages from sellers."),
    Fact("review.requested", _K.EVENT, "The seller asked for a review."),
    Fact(
        "review.violation",
        _K.CODE,
        "What the platform found wrong with the shop's reviews.",
        codes=("none", "fake", "incentivised", "malicious", "hijacked"),
    ),
    Fact("review.reward_offered", _K.EVENT, "Somebody was offered a reward for a review."),
    Fact(
        "review.reward_for",
        _K.CODE,
        "What the reward is for.",
        codes=("any_review", "good_review", "change_or_removal"),
        ask="whether the reward is for any review, for a good one, or for changing or removing one",
    ),
    Fact(
        "review.reward_disclosed",
        _K.FLAG,
        "The review says that it was rewarded.",
        ask="whether the review says that it was rewarded",
    ),
    Fact("review.selective", _K.FLAG, "The shop keeps bad reviews back, or publishes a choice of them only."),
    Fact("review.by_insider", _K.FLAG, "Somebody of the shop wrote a review without saying so."),
    Fact("review.checks_stated", _K.FLAG, "The shop says whether and how it verifies that reviews come from buyers."),
    Fact("complaint.received", _K.EVENT, "A public authority or consumer body passed on a complaint."),
    Fact("complaint.answered", _K.EVENT, "The seller answered that complaint."),
    Fact("account.restricted", _K.EVENT, "The platform decided against the seller's account."),
    Fact("account.appealed", _K.EVENT, "The seller disputed the decision on the account."),
    # formal proceedings
    Fact(
        "dispute.channel",
        _K.CODE,
        "Which proceeding.",
        codes=("platform", "a_to_z", "money_back_guarantee", "payment_dispute", "chargeback", "paypal"),
    ),
    Fact("dispute.submitted", _K.EVENT, "The buyer opened the dispute or claim."),
    Fact("dispute.modified", _K.EVENT, "The buyer changed the dispute."),
    Fact("dispute.responded", _K.EVENT, "The seller accepted or rejected."),
    Fact("dispute.escalated", _K.EVENT, "The platform was asked to decide."),
    Fact("dispute.information_requested", _K.EVENT, "The platform asked the seller for information."),
    Fact("dispute.information_given", _K.EVENT, "The seller answered that request."),
    Fact("dispute.decided", _K.EVENT, "The platform decided."),
    Fact("dispute.appealed", _K.EVENT, "The seller appealed."),
    Fact("dispute.appeal_by", _K.INSTANT, "Last moment to appeal, given by the platform itself."),
    Fact("dispute.by_mistake", _K.FLAG, "The buyer opened it by mistake, and says so."),
    Fact("dispute.withdrawn", _K.EVENT, "The buyer withdrew the dispute."),
    Fact("dispute.closed", _K.EVENT, "The proceeding is over."),
    Fact("dispute.decision", _K.CODE, "What the platform decided.", codes=("for_buyer", "for_seller", "split")),
    Fact("dispute.funded_by", _K.CODE, "Who the platform made pay.", codes=("seller", "platform", "carrier", "issuer")),
    Fact("dispute.refund_issued_by", _K.CODE, "Who issued the refund.", codes=("seller", "platform")),
    Fact("dispute.respond_by", _K.INSTANT, "Due date given by the platform itself."),
    Fact("dispute.amount", _K.MONEY, "Amount in dispute."),
    Fact("payment_dispute.opened", _K.EVENT, "Chargeback or payment dispute notice."),
    Fact("payment_dispute.responded", _K.EVENT, "The seller accepted or challenged it."),
    Fact("payment_dispute.respond_by", _K.INSTANT, "Due date given with the notice."),
    Fact("payment_dispute.answerable", _K.FLAG, "The provider still takes an answer; without a due date it does not."),
    Fact("payment_dispute.accepted", _K.EVENT, "The seller accepted it, which ends it as lost."),
    Fact(
        "payment_dispute.status",
        _K.CODE,
        "Where it stands at the payment provider.",
        codes=("open", "submitted", "won", "lost", "resolved"),
    ),
    Fact("payment_dispute.withdrawal_promised", _K.FLAG, "The buyer says that they are withdrawing it."),
    Fact("payment_dispute.withdrawal_letter", _K.FLAG, "The bank's letter on the withdrawal is at hand."),
    Fact("payment_dispute.collaboration_opened", _K.EVENT, "The network asks before the formal chargeback."),
    Fact("payment_dispute.collaboration_answered", _K.EVENT, "The seller answered that request."),
    Fact("payment_dispute.prearbitration_opened", _K.EVENT, "The bank did not accept the answer and asks again."),
    Fact("payment_dispute.prearbitration_by_seller", _K.EVENT, "The seller opened pre-arbitration."),
    Fact("payment_dispute.prearbitration_answered", _K.EVENT, "The other side answered in pre-arbitration."),
    Fact("payment_dispute.prearbitration_respond_by", _K.INSTANT, "Due date given with the pre-arbitration notice."),
    Fact("payment_dispute.arbitration_opened", _K.EVENT, "The network was asked to arbitrate."),
    Fact(
        "payment_dispute.reason",
        _K.CODE,
        "Reason of the bank.",
        codes=(
            "fraudulent",
            "product_not_received",
            "product_unacceptable",
            "credit_not_processed",
            "duplicate",
            "subscription_cancelled",
            "general",
        ),
    ),
    Fact(
        "payment.network",
        _K.CODE,
        "The card's network.",
        ask="the card's network",
        codes=("visa", "mastercard", "amex", "discover"),
        hint="platform",
    ),
    Fact("payment.reason_code", _K.TEXT, "The network's reason code as the notice prints it, e.g. 10.4."),
    Fact("payment.to_staff", _K.FLAG, "Staff of the shop had the buyer pay outside the platform's own payment."),
    Fact("payment.seller_is_creditor", _K.FLAG, "The buyer owes the price to the seller itself, on credit."),
    Fact(
        "payment.billing_cycle_ends",
        _K.INSTANT,
        "End of the billing cycle in which the credit has to appear.",
        ask="the end of the billing cycle",
    ),
    Fact(
        "payment.seller_protection",
        _K.CODE,
        "What the transaction's page says of seller protection.",
        ask="what the transaction's page says of seller protection",
        codes=("eligible", "partially_eligible", "not_eligible"),
        hint="platform",
    ),
    Fact("cancellation.requested", _K.EVENT, "The buyer asked to cancel."),
    Fact("cancellation.answered", _K.EVENT, "The seller answered the request."),
    # goods coming back, money going back
    Fact("return.requested", _K.EVENT, "The buyer asked to return."),
    Fact("return.answered", _K.EVENT, "The seller answered the return request."),
    Fact("return.agreed", _K.EVENT, "Both agreed on a return."),
    Fact("return.rejected", _K.EVENT, "The seller refused the return."),
    Fact("return.requested_again", _K.EVENT, "The buyer asked again after the refusal."),
    Fact("return.confirmed", _K.EVENT, "The seller confirmed the returned goods on the platform."),
    Fact("return.cancelled", _K.EVENT, "The return was called off."),
    Fact("return.number", _K.COUNT, "Which return of this order it is, 1 for the first."),
    Fact("return.serial_matches", _K.FLAG, "The serial number is that of the order."),
    Fact("return.kept_by_buyer", _K.FLAG, "The platform refunded and lets the buyer keep the goods."),
    Fact("return.fair_use_exceeded", _K.FLAG, "The platform says that the buyer returns too often."),
    Fact(
        "return.not_returnable",
        _K.CODE,
        "Why the shop's system takes no return of this line.",
        codes=("final_sale", "returned", "return_window_expired", "unfulfilled", "other"),
    ),
    Fact(
        "return.decline_reason",
        _K.CODE,
        "Reason given for the refusal of the return.",
        codes=("final_sale", "return_period_ended", "other"),
    ),
    Fact(
        "return.missing",
        _K.FLAG,
        "The returned goods never came: lost, never sent, or the scan that says otherwise is false.",
        hint="warehouse",
    ),
    Fact("return.abuse", _K.FLAG, "The shop can show that the buyer abuses returns or replacements."),
    Fact(
        "return.signature",
        _K.FLAG,
        "The delivery of the return was signed for.",
        ask="whether the delivery of the return was signed for",
        hint="carrier",
    ),
    Fact("return.sent", _K.EVENT, "The buyer sent the goods back."),
    Fact("return.delivered_at", _K.EVENT, "The returned goods arrived."),
    Fact("return.first_scan", _K.EVENT, "First carrier scan of the return."),
    Fact("return.reason_fault", _K.CODE, "Whose fault the return is by its reason.", codes=("seller", "buyer")),
    Fact("return.condition", _K.CODE, "What came back.", codes=("as_sent", "used", "damaged", "different", "empty")),
    Fact("return.label", _K.CODE, "Who paid the label.", codes=("platform_prepaid", "seller", "buyer")),
    Fact("return.first_scan_refund", _K.FLAG, "The platform refunds at the first scan of the return."),
    Fact("withdrawal.declared", _K.EVENT, "The consumer declared withdrawal."),
    Fact("withdrawal.information_given", _K.FLAG, "The seller informed about the right of withdrawal."),
    Fact("withdrawal.button", _K.FLAG, "The shop's pages offer a function to withdraw: two steps, no login."),
    Fact("refund.issued", _K.EVENT, "The buyer was refunded in full."),
    Fact("refund.partly_issued", _K.EVENT, "The buyer was refunded in part."),
    Fact("refund.credited", _K.EVENT, "The refund has reached the buyer's account."),
    Fact("refund.part_offered", _K.EVENT, "The seller offered a part refund."),
    Fact("refund.part_answered", _K.EVENT, "The buyer answered the offer of a part refund."),
    Fact("refund.amount", _K.MONEY, "Refunded so far."),
    Fact("repair.in_progress", _K.SPANS, "Times during which the goods were being repaired."),
    Fact("repair.failed", _K.EVENT, "A repair or replacement did not cure the fault."),
    Fact("repair.completed", _K.EVENT, "The repaired goods came back to the buyer."),
    Fact(
        "replacement.forced",
        _K.EVENT,
        "New goods came instead of the repair that the buyer chose and the seller did not do.",
    ),
    Fact("replacement.refused", _K.EVENT, "The seller refused to replace the goods."),
    Fact("goods.opened", _K.FLAG, "The packaging was opened."),
    Fact("goods.intact", _K.FLAG, "The goods are intact.", ask="whether the goods are intact", hint="buyer"),
    Fact("goods.defect", _K.CODE, "How grave the fault is.", codes=("minor", "major")),
    Fact("goods.durable", _K.FLAG, "Goods that last, unlike food or cosmetics."),
    Fact("goods.gift", _K.FLAG, "A prize, a gift with the order, or goods taken in exchange for a little more."),
    Fact("goods.food", _K.FLAG, "Food.", ask="whether the goods are food"),
    Fact("goods.motor_vehicle", _K.FLAG, "A motor vehicle."),
    Fact("goods.installed", _K.EVENT, "The seller installed the goods, where that was part of the order."),
    Fact("delay.notified", _K.EVENT, "The seller told the buyer of a delay with a new date and a choice."),
    Fact("delay.consented", _K.EVENT, "The buyer agreed to wait."),
    Fact("customs.held", _K.EVENT, "Customs holds the parcel."),
    Fact("customs.forfeited", _K.EVENT, "Customs took the goods for good."),
    Fact(
        "sale.regime",
        _K.CODE,
        "China's customs code of the sale across the border.",
        codes=("1210", "9610", "9710", "9810"),
    ),
    Fact("customs.export_released", _K.EVENT, "Released for export; under 1210, the goods left the bonded zone."),
    Fact("customs.import_at", _K.EVENT, "Entered for import; in China, the declaration list was released."),
    Fact("customs.return_applied", _K.EVENT, "Customs was asked to accept the return."),
    Fact("customs.return_entered", _K.EVENT, "Returned goods are back: in the country, or in their bonded site."),
    Fact(
        "customs.export_tax_settled",
        _K.FLAG,
        "No export tax refund is open: it was paid back, or never taken, and the tax office certifies it.",
        ask="whether the tax office certifies that no export tax refund is open",
    ),
    Fact("customs.declared_value", _K.MONEY, "Value declared for import.", ask="the value declared for import"),
    Fact("customs.postal", _K.FLAG, "Came through the international postal network."),
    Fact("customs.gift", _K.FLAG, "A gift between persons, declared as such."),
    Fact("customs.traveller", _K.FLAG, "Carried by a traveller."),
    Fact(
        "customs.tariff_band",
        _K.CODE,
        "Band of the flat postal duty, where the carrier chose to pay that.",
        codes=("low", "middle", "high"),
    ),
    Fact(
        "customs.ioss_holder",
        _K.CODE,
        "Whose number for the EU import one-stop shop the parcel was declared under.",
        codes=("none", "seller", "platform"),
    ),
    Fact(
        "customs.hold_reason",
        _K.CODE,
        "Why customs holds it.",
        codes=(
            "missing_invoice",
            "missing_licence",
            "undervaluation",
            "counterfeit",
            "duty_unpaid",
            "buyer_documents",
            "other",
        ),
        ask="why customs holds the parcel",
        hint="carrier",
    ),
    # what the ways out would cost
    Fact("seller.settlement_currency", _K.CURRENCY, "Currency the seller is paid out in."),
    Fact("warehouse.returns_country", _K.COUNTRY, "Where the seller can take returns besides the place of origin."),
    Fact("return.freight_quote", _K.MONEY, "What the way back to the place of origin costs."),
    Fact("duty.drawback", _K.FLAG, "Duty paid comes back when the goods leave the country again."),
    Fact("goods.grade", _K.CODE, "State of the goods when they are back.", codes=("a", "b", "c", "d", "e")),
    Fact("goods.resale_share", _K.NUMBER, "Share of the item price that returned goods bring, from 0 to 1."),
    Fact("goods.repairable", _K.FLAG, "The fault can be repaired where the buyer is."),
    Fact("goods.missing_part_cost", _K.MONEY, "What the missing part costs the seller."),
    Fact("carrier.insured_amount", _K.MONEY, "What the carrier insured the parcel for."),
    # promises of the shop
    Fact("promise.fast_days", _K.COUNT, "Days after dispatch that a fast-delivery listing shows; late is refunded."),
    Fact(
        "promise.broken",
        _K.CODE,
        "Which promise to the buyer the shop broke.",
        codes=("discount", "gift", "after_sales", "free_shipping", "carrier", "early_receipt"),
    ),
    Fact("coupon.issued", _K.EVENT, "The platform gave the buyer a coupon for the delay."),
    Fact("promise.return_days", _K.COUNT, "Days to return that the shop promises."),
    Fact("promise.quality_months", _K.COUNT, "Months for which the shop promises something against faults."),
    Fact(
        "promise.quality_remedy",
        _K.CODE,
        "What the shop promises against faults.",
        codes=("replacement", "repair", "refund"),
    ),
    Fact(
        "promise.return_postage", _K.CODE, "Who pays return postage by the shop's promise.", codes=("seller", "buyer")
    ),
    # tables
    Fact("parcels", _K.TABLE, "Parcels of the order.", ask="the tracking of the parcel", columns=_PARCEL),
    Fact("lines", _K.TABLE, "Lines of the order.", columns=_LINE),
    Fact(
        "calendar",
        _K.TABLE,
        "Days that the seller's own places are closed or open besides the country's.",
        columns=_CALENDAR,
    ),
    Fact("health", _K.TABLE, "How close the shop is to the platform's lines.", columns=_HEALTH),
    Fact("experience", _K.TABLE, "What became of offers in the seller's own closed cases.", columns=_EXPERIENCE),
    Fact("prior_orders", _K.TABLE, "Earlier orders of the same buyer.", columns=_PRIOR),
    Fact("history", _K.TABLE, "The shop's orders, one a row, as metrics count them.", columns=_HISTORY),
    Fact("offences", _K.TABLE, "Offences the platform recorded against the shop.", columns=_OFFENCES),
)
BY_NAME: dict[str, Fact] = {f.name: f for f in FACTS}
COLUMNS: dict[str, dict[str, Fact]] = {f.name: {c.name: c for c in f.columns} for f in FACTS if f.columns}


def find(name: str) -> Fact | None:
    """A fact, or a table's column as `parcels.signature`."""
    if name in BY_NAME:
        return BY_NAME[name]
    table, _, column = name.partition(".")
    return COLUMNS.get(table, {}).get(column)


def question(name: str) -> str:
    """What to ask for, in English; the interface translates it."""
    fact = find(name)
    return (fact.ask or fact.meaning) if fact else name
