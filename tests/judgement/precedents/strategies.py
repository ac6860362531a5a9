"""Cases drawn at random: any feature may be unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from amends.judgement.precedents.core import FIELDS, Features, Sort
from amends.judgement.precedents.core.features import region_of

CODES: dict[str, tuple[str, ...]] = {
    "kind": ("not_received",),
    "platform": ("ebay", "amazon", "aliexpress"),
    "leaf": ("delivered_not_received", "in_transit_late"),
    "site": ("us", "de"),
    "programme": ("mall",),
    "fulfilment": ("seller", "platform"),
    "ship_country": ("US", "DE", "FR", "GB"),
    "channel": ("none", "platform", "a_to_z"),
    "demand": ("refund", "replacement"),
    "hold_reason": ("undervaluation", "other"),
    "bank_reason": ("fraudulent", "general"),
}
_FLAGS = [one.name for one in FIELDS if one.sort is Sort.FLAG]


@st.composite
def features(draw: Any, kinds: tuple[str, ...] = CODES["kind"]) -> Features:
    known: dict[str, Any] = {name: draw(st.none() | st.sampled_from(codes)) for name, codes in CODES.items()}
    known["kind"] = draw(st.sampled_from(kinds))
    known |= {name: draw(st.none() | st.booleans()) for name in _FLAGS}
    known["region"] = region_of(known["ship_country"]) if known["ship_country"] else None
    cents = draw(st.none() | st.integers(0, 500_000))
    known["value"] = None if cents is None else Decimal(cents) / 100
    known["days"] = draw(st.none() | st.integers(0, 400))
    return Features(**known)


bags = st.lists(st.integers(1, 40), max_size=12).map(lambda words: tuple(sorted(words)))
