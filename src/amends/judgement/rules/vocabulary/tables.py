"""Facts that are tables: one row a parcel, a line, an earlier order; what metrics and remedies count."""

from __future__ import annotations

from amends.judgement.rules.vocabulary.kinds import Fact, Kind

PARCEL = (
    Fact("number", Kind.TEXT, "Tracking number."),
    Fact("carrier", Kind.TEXT, "Carrier as declared."),
    Fact("shipped_at", Kind.INSTANT, "Handed to the carrier, as declared by the seller."),
    Fact("first_scan_at", Kind.INSTANT, "First scan by the carrier.", ask="the carrier's first scan", hint="carrier"),
    Fact("delivered_at", Kind.INSTANT, "Delivery scan."),
    Fact(
        "delivered_to_address",
        Kind.FLAG,
        "The delivery scan matches the order's address.",
        ask="proof that the delivery scan is at the order's address",
        hint="carrier",
    ),
    Fact(
        "signature",
        Kind.FLAG,
        "The delivery record carries a signature.",
        ask="proof of delivery with signature",
        hint="carrier",
    ),
    Fact(
        "status",
        Kind.CODE,
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
    Fact("delivered_country", Kind.COUNTRY, "Country of the delivery scan."),
    Fact("integrated_carrier", Kind.FLAG, "The platform reads this carrier's tracking itself."),
)
LINE = (
    Fact("sku", Kind.TEXT, "Seller's article code."),
    Fact("quantity", Kind.COUNT, "Units ordered."),
    Fact("unit_price", Kind.MONEY, "Price of one unit."),
    Fact("category", Kind.TEXT, "Category as the platform names it."),
    Fact("custom_made", Kind.FLAG, "Made to the buyer's order."),
    Fact("perishable", Kind.FLAG, "Perishable goods."),
)
PRIOR = (
    Fact("placed_at", Kind.INSTANT, "When the earlier order was placed."),
    Fact("undisputed", Kind.FLAG, "No dispute was ever opened on it."),
    Fact("age_days", Kind.COUNT, "Days between it and the disputed payment."),
    Fact("same_credential", Kind.FLAG, "Paid with the same card or account."),
    Fact("matches", Kind.COUNT, "Matching core elements (IP address, device, login, address)."),
    Fact("matches_ip_or_device", Kind.FLAG, "The IP address or the device is among the matches."),
    Fact("same_ip", Kind.FLAG, "Bought from the same IP address."),
    Fact("same_device", Kind.FLAG, "Bought on the same device."),
    Fact("same_login", Kind.FLAG, "Bought with the same login."),
    Fact("same_address", Kind.FLAG, "Sent to the same address."),
)

HEALTH = (
    Fact("metric", Kind.TEXT, "Name of the metric, as its rule calls it."),
    Fact("platform", Kind.TEXT, "Whose metric it is."),
    Fact("numerator", Kind.COUNT, "Cases that count against the shop in the window."),
    Fact("denominator", Kind.COUNT, "What they are divided by."),
    Fact("budget", Kind.COUNT, "How many more can be lost before the line."),
    Fact("expected", Kind.NUMBER, "How many more are expected in the window at the present pace."),
    Fact("breached", Kind.FLAG, "The line is crossed already."),
    Fact("price", Kind.MONEY, "What losing one more costs today, as an expectation."),
)
CALENDAR = (
    Fact("country", Kind.COUNTRY, "Country whose working days change; the warehouse's own country for a warehouse."),
    Fact("day", Kind.DATE, "The day, in that country."),
    Fact("open", Kind.FLAG, "True: worked although it would be off. False: closed although it would be worked."),
)
EXPERIENCE = (
    Fact("remedy", Kind.TEXT, "Code of the remedy, `contest` for disputes fought, `any` for what follows a refusal."),
    Fact("width", Kind.CODE, "Which closed cases were counted.", codes=("all", "kind", "platform_kind")),
    Fact("offered", Kind.COUNT, "How often it was offered."),
    Fact("accepted", Kind.COUNT, "How often the buyer took it."),
    Fact("refused", Kind.COUNT, "How often the buyer refused an offer."),
    Fact("escalated", Kind.COUNT, "How often a refusal went to the platform."),
    Fact("decided", Kind.COUNT, "How many disputes were decided."),
    Fact("lost", Kind.COUNT, "How many of them were lost."),
)

HISTORY = (
    Fact("times", Kind.COUNT, "How many orders the row stands for; one where it does not say."),
    Fact("placed_at", Kind.INSTANT, "When the order was placed."),
    Fact("paid_at", Kind.INSTANT, "When it was paid."),
    Fact("ship_by", Kind.INSTANT, "Latest dispatch promised to the platform."),
    Fact("promised_by", Kind.INSTANT, "Latest delivery date shown to the buyer."),
    Fact("fulfilment", Kind.CODE, "Who ships.", codes=("seller", "platform")),
    Fact("shipped_at", Kind.EVENT, "Dispatch was confirmed."),
    Fact("first_scan_at", Kind.EVENT, "First scan by the carrier."),
    Fact("delivered_at", Kind.EVENT, "Delivered."),
    Fact("confirmed_at", Kind.EVENT, "The buyer confirmed receipt, or the platform did for them."),
    Fact("tracked", Kind.FLAG, "Its scans are followed, so that a missing one is really missing."),
    Fact("tracking_valid", Kind.FLAG, "The declared number exists at the carrier and belongs to this parcel."),
    Fact("asked_at", Kind.EVENT, "First message of the buyer about a problem."),
    Fact("answered_at", Kind.EVENT, "First answer of the seller to it."),
    Fact("negative_feedback", Kind.EVENT, "The buyer left negative feedback."),
    Fact("cancelled_at", Kind.EVENT, "The order was cancelled."),
    Fact("cancelled_by", Kind.CODE, "Who cancelled it.", codes=("seller", "buyer", "platform")),
    Fact("return_requested_at", Kind.EVENT, "The buyer asked to return or to be refunded."),
    Fact("reason_fault", Kind.CODE, "Whose fault the return is by its reason.", codes=("seller", "buyer")),
    Fact("refunded", Kind.EVENT, "The buyer was refunded."),
    Fact("dispute_opened_at", Kind.EVENT, "A dispute was opened at the platform."),
    Fact("dispute_withdrawn", Kind.EVENT, "The buyer withdrew it."),
    Fact("escalated_at", Kind.EVENT, "The platform was asked to decide."),
    Fact("decided_at", Kind.EVENT, "The platform decided."),
    Fact("dispute_closed_at", Kind.EVENT, "The dispute is over."),
    Fact("ruled", Kind.CODE, "What the platform decided.", codes=("for_buyer", "for_seller", "split")),
    Fact("seller_liable", Kind.FLAG, "The platform held the seller liable."),
    Fact("claim_opened_at", Kind.EVENT, "A claim on the platform's guarantee was opened."),
    Fact("claim_denied", Kind.EVENT, "That claim was denied."),
    Fact("chargeback_at", Kind.EVENT, "The bank took the payment back."),
    Fact("fraud_reported", Kind.EVENT, "The bank reported the payment as fraudulent."),
)
OFFENCES = (
    Fact("ledger", Kind.TEXT, "The platform's point system that it counts in."),
    Fact("kind", Kind.TEXT, "The offence, as the penalty rule calls it."),
    Fact("at", Kind.INSTANT, "When the platform recorded it."),
    Fact("points", Kind.COUNT, "Points the platform gave, where it told."),
)

FACTS: tuple[Fact, ...] = (
    Fact("parcels", Kind.TABLE, "Parcels of the order.", ask="the tracking of the parcel", columns=PARCEL),
    Fact("lines", Kind.TABLE, "Lines of the order.", columns=LINE),
    Fact(
        "calendar",
        Kind.TABLE,
        "Days that the seller's own places are closed or open besides the country's.",
        columns=CALENDAR,
    ),
    Fact("health", Kind.TABLE, "How close the shop is to the platform's lines.", columns=HEALTH),
    Fact("experience", Kind.TABLE, "What became of offers in the seller's own closed cases.", columns=EXPERIENCE),
    Fact("prior_orders", Kind.TABLE, "Earlier orders of the same buyer.", columns=PRIOR),
    Fact("history", Kind.TABLE, "The shop's orders, one a row, as metrics count them.", columns=HISTORY),
    Fact("offences", Kind.TABLE, "Offences the platform recorded against the shop.", columns=OFFENCES),
)
