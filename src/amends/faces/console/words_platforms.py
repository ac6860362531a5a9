"""Platforms, channels, countries of sale: names as their owners write them, and the words around parcels."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

LABELS: dict[str, dict[str, Any]] = {
    "platform": {
        "aliexpress": _("AliExpress"),
        "amazon": "Amazon",
        "ebay": "eBay",
        "shopify": "Shopify",
        "shopee": "Shopee",
        "wish": "Wish",
        "olist": "Olist",
        "tau_retail": "tau retail",
        "own_shop": _("own shop"),
        "template": _("Amends template"),
        "mail": _("mail"),
        "other": _("other"),
        "law": _("law"),
        "carrier": _("carrier"),
        "house": _("house"),
    },
    "channel": {"mail": _("mail"), "amazon": "Amazon", "ebay": "eBay", "aliexpress": _("AliExpress"), "api": _("API")},
    "milestone": {
        "unknown": _("unknown"),
        "registered": _("registered"),
        "info_received": _("announced to the carrier"),
        "accepted": _("handed to the carrier"),
        "picked_up": _("handed to the carrier"),
        "in_transit": _("in transit"),
        "export_customs": _("export customs"),
        "customs": _("in customs"),
        "customs_held": _("held by customs"),
        "import_customs": _("import customs"),
        "out_for_delivery": _("out for delivery"),
        "attempt_failed": _("delivery failed"),
        "available_for_pickup": _("waiting to be picked up"),
        "delivered": _("delivered"),
        "exception": _("exception"),
        "lost": _("lost"),
        "returned": _("returned to sender"),
        "returning": _("on the way back"),
    },
    "payment": {
        "paid": _("paid"),
        "refunded": _("refunded"),
        "charged_back": _("charged back"),
        "chargeback_reversed": _("chargeback reversed"),
    },
    "money": {
        "none": _("none"),
        "offered": _("offered"),
        "due": _("due"),
        "created": _("created"),
        "in_transit": _("on its way"),
        "done": _("done"),
        "failed": _("failed"),
        "cancelled": _("cancelled"),
        "external": _("made elsewhere"),
        "reversed": _("reversed"),
        "waiting_approval": _("waits for approval"),
    },
    "fulfilment": {"seller": _("sent by the seller"), "platform": _("sent by the platform")},
    "message_state": {
        "received": _("received"),
        "draft": _("draft"),
        "queued": _("leaves in a moment"),
        "sending": _("being sent"),
        "sent": _("sent"),
        "failed": _("failed"),
        "undone": _("taken back"),
        "handed_over": _("handed over"),
        "note": _("note"),
    },
}
