"""Two classes (logistics, product) by three phases, fourteen leaves, plus payment and enquiry.

The two classes and three phases are the sellers' own way of sorting disputes. The fourteen leaves follow
the 2013 AliExpress headings with two changes of ours: "products received" is a finding, not a claim, and
became "delivered, not received"; "returned after receipt" is filed as a return. The number fourteen is a
seed claim, not the platform's current count.

What the platforms call these things stands in `amends.kernel.reason_codes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CaseClass(StrEnum):
    LOGISTICS = "logistics"
    PRODUCT = "product"
    PAYMENT = "payment"
    ENQUIRY = "enquiry"


class Phase(StrEnum):
    SENDING = "sending"
    TRANSPORT = "transport"
    SIGN_OFF = "sign_off"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Leaf:
    """`kind` is the fact `case.kind` that rules read; several leaves share one kind."""

    code: str
    klass: CaseClass
    phase: Phase
    kind: str


LEAVES: tuple[Leaf, ...] = (
    # logistics
    Leaf("tracking_invalid", CaseClass.LOGISTICS, Phase.SENDING, "not_received"),
    Leaf("carrier_changed", CaseClass.LOGISTICS, Phase.SENDING, "not_received"),
    Leaf("wrong_address", CaseClass.LOGISTICS, Phase.SENDING, "not_received"),
    Leaf("in_transit_late", CaseClass.LOGISTICS, Phase.TRANSPORT, "not_received"),
    Leaf("customs_detained", CaseClass.LOGISTICS, Phase.TRANSPORT, "not_received"),
    Leaf("parcel_returned", CaseClass.LOGISTICS, Phase.TRANSPORT, "not_received"),
    Leaf("delivered_not_received", CaseClass.LOGISTICS, Phase.SIGN_OFF, "not_received"),
    Leaf("buyer_refused", CaseClass.LOGISTICS, Phase.SIGN_OFF, "not_received"),
    # product
    Leaf("short_shipment", CaseClass.PRODUCT, Phase.SENDING, "not_as_described"),
    Leaf("wrong_item", CaseClass.PRODUCT, Phase.SENDING, "not_as_described"),
    Leaf("damaged", CaseClass.PRODUCT, Phase.TRANSPORT, "not_as_described"),
    Leaf("quality", CaseClass.PRODUCT, Phase.SIGN_OFF, "not_as_described"),
    Leaf("description", CaseClass.PRODUCT, Phase.SIGN_OFF, "not_as_described"),
    Leaf("counterfeit", CaseClass.PRODUCT, Phase.SIGN_OFF, "not_as_described"),
    # outside the two classes
    Leaf("returned_after_receipt", CaseClass.ENQUIRY, Phase.NONE, "return"),
    Leaf("change_of_mind", CaseClass.ENQUIRY, Phase.NONE, "return"),
    Leaf("cancellation", CaseClass.ENQUIRY, Phase.NONE, "cancellation"),
    Leaf("address_change", CaseClass.ENQUIRY, Phase.NONE, "enquiry"),
    Leaf("where_is_my_order", CaseClass.ENQUIRY, Phase.NONE, "enquiry"),
    Leaf("question", CaseClass.ENQUIRY, Phase.NONE, "enquiry"),
    Leaf("thanks", CaseClass.ENQUIRY, Phase.NONE, "enquiry"),
    Leaf("other", CaseClass.ENQUIRY, Phase.NONE, "enquiry"),
    Leaf("refund_missing", CaseClass.PAYMENT, Phase.NONE, "refund_not_processed"),
    Leaf("payment_failed", CaseClass.PAYMENT, Phase.NONE, "payment"),
    Leaf("duplicate_charge", CaseClass.PAYMENT, Phase.NONE, "duplicate_charge"),
    Leaf("chargeback", CaseClass.PAYMENT, Phase.NONE, "chargeback"),
    Leaf("unauthorised", CaseClass.PAYMENT, Phase.NONE, "unauthorised"),
)

BY_CODE: dict[str, Leaf] = {leaf.code: leaf for leaf in LEAVES}
KINDS: tuple[str, ...] = tuple(dict.fromkeys(leaf.kind for leaf in LEAVES))
LOGISTICS_AND_PRODUCT: tuple[Leaf, ...] = tuple(
    leaf for leaf in LEAVES if leaf.klass in (CaseClass.LOGISTICS, CaseClass.PRODUCT)
)


def kind_of(leaf_code: str) -> str:
    """The rule-facing kind of a leaf; an unknown leaf is an enquiry, since nothing may be presumed of it."""
    leaf = BY_CODE.get(leaf_code)
    return leaf.kind if leaf else "enquiry"
