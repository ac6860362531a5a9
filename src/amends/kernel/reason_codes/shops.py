"""Shop software: Shopify, and a shop of one's own."""

from __future__ import annotations

from amends.kernel.reason_codes.model import (
    ANY_NOT_AS_DESCRIBED,
    ANY_NOT_RECEIVED,
    SIZE,
    ReasonList,
    Status,
    exact,
    narrower,
    none,
    wider,
)

_SCHEMA = "Admin schema 2026-10 in npm @shopify/dev-mcp 1.16.0"

LISTS: tuple[ReasonList, ...] = (
    ReasonList(
        "shopify",
        "returns",
        "ReturnReason",
        Status.SOURCED,
        f"shopify.dev/docs/api/admin-graphql/2025-10/enums/ReturnReason; {_SCHEMA}",
        "A",
        codes=(
            narrower("COLOR", "Color", "change_of_mind", "the buyer did not like it"),
            wider("DEFECTIVE", "Damaged or defective", "quality", "damaged"),
            exact("NOT_AS_DESCRIBED", "Item not as described", "description"),
            exact("OTHER", "Other", "other"),
            wider("SIZE_TOO_LARGE", "Size was too large", *SIZE),
            wider("SIZE_TOO_SMALL", "Size was too small", *SIZE),
            narrower("STYLE", "Style", "change_of_mind", "the buyer did not like it"),
            exact("UNKNOWN", "Unknown", "other"),
            exact("UNWANTED", "Customer changed their mind", "change_of_mind"),
            exact("WRONG_ITEM", "Received the wrong item", "wrong_item"),
        ),
        note="Deprecated in the Customer API in favour of ReturnReasonDefinition, which a shop fills itself.",
    ),
    ReasonList(
        "shopify",
        "cancellations",
        "OrderCancelReason",
        Status.SOURCED,
        _SCHEMA,
        "B",
        codes=(
            exact("CUSTOMER", "", "cancellation"),
            wider("DECLINED", "", "payment_failed", "cancellation"),
            wider("FRAUD", "", "unauthorised", "cancellation"),
            narrower("INVENTORY", "", "cancellation"),
            narrower("OTHER", "", "cancellation"),
            narrower("STAFF", "", "cancellation"),
        ),
    ),
    ReasonList(
        "shopify",
        "payment disputes",
        "ShopifyPaymentsDisputeReason",
        Status.SOURCED,
        _SCHEMA,
        "B",
        codes=(
            narrower("BANK_CANNOT_PROCESS", "", "payment_failed"),
            exact("CREDIT_NOT_PROCESSED", "", "refund_missing"),
            narrower("CUSTOMER_INITIATED", "", "chargeback"),
            narrower("DEBIT_NOT_AUTHORIZED", "", "unauthorised"),
            exact("DUPLICATE", "", "duplicate_charge"),
            exact("FRAUDULENT", "", "unauthorised"),
            exact("GENERAL", "", "chargeback"),
            narrower("INCORRECT_ACCOUNT_DETAILS", "", "payment_failed"),
            narrower("INSUFFICIENT_FUNDS", "", "payment_failed"),
            narrower("NONCOMPLIANT", "", "chargeback"),
            wider("PRODUCT_NOT_RECEIVED", "", *ANY_NOT_RECEIVED),
            wider("PRODUCT_UNACCEPTABLE", "", *ANY_NOT_AS_DESCRIBED),
            wider("SUBSCRIPTION_CANCELLED", "", "cancellation", "chargeback"),
            wider("UNRECOGNIZED", "", "unauthorised", "chargeback"),
        ),
        note="SUBSCRIPTION_CANCELLED has two L here and one at Stripe.",
    ),
    none("own_shop", "A shop of one's own has no platform; it uses our leaves."),
)
