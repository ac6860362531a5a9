"""Account health: metrics, standings, points."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

METRICS: dict[str, Any] = {
    "late_shipment_rate_10d": _("late shipment rate, short window"),
    "valid_tracking_rate": _("valid tracking rate"),
    "transaction_defect_rate": _("transaction defect rate"),
    "cases_without_resolution_rate": _("cases closed without resolution"),
    "online_rate_5d": _("first scan within five days"),
    "card_monitoring_rate": _("card disputes and fraud"),
    "response_rate": _("response rate"),
    "refund_rate": _("refund rate"),
    "seller_fault_return_rate": _("seller-fault return rate"),
}
LABELS: dict[str, dict[str, Any]] = {
    "account_level": {"top_rated": _("top rated"), "above_standard": _("above standard")},
    "point_ledger": {"transaction": _("transaction class")},
    "consequence": {
        "none": _("nothing follows yet"),
        "freeze": _("account rests"),
        "freeze_over": _("freeze is over"),
        "closed": _("account closed"),
    },
}
LEDGER: dict[str, Any] = {
    "health:offence:recorded": _("Offence recorded"),
    "health:offence:struck": _("Offence taken back"),
}
