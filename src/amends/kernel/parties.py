"""Who can bear a loss. Incident reasons carry the same names as a prefix."""

from __future__ import annotations

from enum import StrEnum


class Party(StrEnum):
    SELLER = "seller"
    BUYER = "buyer"
    CARRIER = "carrier"
    PLATFORM = "platform"
    ISSUER = "issuer"
    CUSTOMS = "customs"
    FORCE_MAJEURE = "force_majeure"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How well a rule is known. A: official and dated; B: official, undated or old; C: third party; D: unverified."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def may_act(self) -> bool:
        return self in (Confidence.A, Confidence.B)


def weakest(grades: list[Confidence]) -> Confidence | None:
    return max(grades, default=None)  # "A" < "B" < "C" < "D"
