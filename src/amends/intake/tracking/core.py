"""What a source may say about a parcel. Times are zone-aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

PARCEL_FIELDS = (
    "carrier",
    "service",
    "is_return",
    "shipped_at",
    "delivered_at",
    "status",
    "signature",
    "extra",
)


@dataclass(frozen=True, slots=True)
class ParcelRecord:
    """None means the source does not say."""

    number: str
    carrier: str | None = None
    service: str | None = None
    is_return: bool | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    status: str | None = None
    signature: bool | None = None
    extra: dict[str, Any] | None = None


def number_key(text: str) -> str:
    """A tracking number as it is compared: without spaces and in upper case."""
    return "".join(text.split()).upper()
