"""What an outgoing text can say that a platform or a law has a view on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# In the order in which they are shown.
CODES: Final[tuple[str, ...]] = (
    "review_reward",
    "review_positive",
    "review_selected",
    "review_change",
    "review_request",
    "contact_details",
    "outside_link",
    "off_platform",
    "coupon",
    "close_dispute",
    "confirm_receipt",
    "odr_link",
    "split_payment",
    "false_declaration",
    "threat_to_buyer",
    "admit_fault",
    "blame_buyer",
    "flat_refusal",
    "stalling",
    "firm_promise",
    "instead_of_remedy",
)


class How(StrEnum):
    """By its shape (an address, a number), by listed words, or by its meaning."""

    FORM = "form"
    WORDS = "words"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Statement:
    """`start` and `end` cut the phrase out of the text. `strength` is a probability; forms and words are 1."""

    code: str
    start: int
    end: int
    how: How
    strength: float = 1.0

    def phrase(self, text: str) -> str:
        return text[self.start : self.end]


def strongest(found: list[Statement]) -> tuple[Statement, ...]:
    """One statement a code and place: where words and meaning agree on a sentence, the surer one is kept."""
    best: dict[str, Statement] = {}
    for one in found:
        kept = best.get(one.code)
        if kept is None or one.strength > kept.strength:
            best[one.code] = one
    return tuple(sorted(best.values(), key=lambda s: (CODES.index(s.code), s.start)))
