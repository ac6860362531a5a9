"""What sorts of facts there are, and what one of them says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    INSTANT = "instant"  # zone-aware time, an attribute
    EVENT = "event"  # zone-aware time of something that happened
    MONEY = "money"  # "41.80 USD"
    COUNT = "count"
    NUMBER = "number"  # decimal string
    CODE = "code"  # one of `codes`
    TEXT = "text"
    FLAG = "flag"
    COUNTRY = "country"
    LANGUAGE = "language"
    ZONE = "zone"
    CURRENCY = "currency"
    DATE = "date"  # a calendar day, without time or zone
    TABLE = "table"
    SPANS = "spans"  # list of {from, to}; `to` absent while it lasts


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    kind: Kind
    meaning: str
    ask: str = ""  # what to ask for when a rule needs it and it is unknown
    codes: tuple[str, ...] = ()
    columns: tuple[Fact, ...] = ()
    hint: str = field(default="")  # who usually knows: platform, carrier, buyer, warehouse
