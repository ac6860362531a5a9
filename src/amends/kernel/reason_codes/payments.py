"""Payment services: PayPal and Stripe. PayPal's reasons for deciding stand apart; they are no reasons for a case."""

from __future__ import annotations

from amends.kernel.reason_codes.model import (
    ANY_NOT_AS_DESCRIBED,
    ANY_NOT_RECEIVED,
    ReasonList,
    Status,
    exact,
    narrower,
    wider,
)

_PAYPAL = "paypal/paypal-rest-api-specifications, openapi/customer_disputes_v1.json 1.10 @ec4d8f3 (2024-02-03)"

LISTS: tuple[ReasonList, ...] = (
    ReasonList(
        "paypal",
        "disputes",
        "1.10",
        Status.SOURCED,
        f"{_PAYPAL}, dispute_reason",
        "A",
        codes=(
            wider("MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "", *ANY_NOT_RECEIVED),
            wider("MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED", "", *ANY_NOT_AS_DESCRIBED, note="see the sub-reasons"),
            exact("UNAUTHORISED", "", "unauthorised"),
            exact("CREDIT_NOT_PROCESSED", "", "refund_missing"),
            exact("DUPLICATE_TRANSACTION", "", "duplicate_charge"),
            narrower("INCORRECT_AMOUNT", "", "chargeback"),
            narrower("PAYMENT_BY_OTHER_MEANS", "", "duplicate_charge"),
            wider("CANCELED_RECURRING_BILLING", "", "cancellation", "chargeback"),
            wider("PROBLEM_WITH_REMITTANCE", "", "payment_failed", "refund_missing"),
            exact("OTHER", "", "chargeback", "a payment dispute of no named kind"),
        ),
    ),
    ReasonList(
        "paypal",
        "sub-reasons",
        "1.10",
        Status.SOURCED,
        f"{_PAYPAL}, product_details and service_details, sub_reasons",
        "A",
        codes=(
            exact("DAMAGED", "", "damaged"),
            wider("DIFFERENT", "", "wrong_item", "description"),
            narrower("MISSING_PARTS", "", "short_shipment"),
            narrower("INCOMPLETE", "", "short_shipment", "of a service"),
            wider("OTHER", "", "description", "quality", "counterfeit"),
        ),
        note="They refine MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED and never come alone.",
    ),
    ReasonList(
        "stripe",
        "disputes",
        "16.1.0",
        Status.SOURCED,
        "Stripe Python client 16.1.0, stripe/_dispute.py (API 2026-10-28)",
        "B",
        codes=(
            narrower("bank_cannot_process", "", "payment_failed"),
            narrower("check_returned", "", "payment_failed"),
            exact("credit_not_processed", "", "refund_missing"),
            narrower("customer_initiated", "", "chargeback"),
            narrower("debit_not_authorized", "", "unauthorised"),
            exact("duplicate", "", "duplicate_charge"),
            exact("fraudulent", "", "unauthorised"),
            exact("general", "", "chargeback"),
            narrower("incorrect_account_details", "", "payment_failed"),
            narrower("insufficient_funds", "", "payment_failed"),
            narrower("noncompliant", "", "chargeback"),
            wider("product_not_received", "", *ANY_NOT_RECEIVED),
            wider("product_unacceptable", "", *ANY_NOT_AS_DESCRIBED),
            wider("subscription_canceled", "", "cancellation", "chargeback"),
            wider("unrecognized", "", "unauthorised", "chargeback"),
        ),
    ),
)
