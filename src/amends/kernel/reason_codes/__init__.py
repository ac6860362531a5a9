"""What the platforms call things: their reason codes, by version and day, and the leaves of the taxonomy they mean.

The tables are our reading of the platforms' lists, not theirs; every list names its source. A code that no source
shows is not in them. Liability is never read off a code: the facts of the case decide.
"""

from amends.kernel.reason_codes.check import OWN_ONLY, problems
from amends.kernel.reason_codes.decided import PAYPAL_DECIDED, PAYPAL_DECIDED_SOURCE
from amends.kernel.reason_codes.lookup import (
    LISTS,
    NETWORKS,
    PAYMENT_SERVICES,
    Found,
    codes_for,
    find,
    leaf_of,
    lists_of,
    platforms,
    status_of,
    versions,
)
from amends.kernel.reason_codes.model import Exactness, Match, ReasonCode, ReasonList, Status

__all__ = [
    "LISTS",
    "NETWORKS",
    "OWN_ONLY",
    "PAYMENT_SERVICES",
    "PAYPAL_DECIDED",
    "PAYPAL_DECIDED_SOURCE",
    "Exactness",
    "Found",
    "Match",
    "ReasonCode",
    "ReasonList",
    "Status",
    "codes_for",
    "find",
    "leaf_of",
    "lists_of",
    "platforms",
    "problems",
    "status_of",
    "versions",
]
