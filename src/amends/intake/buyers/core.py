"""What a source may say about a buyer."""

from __future__ import annotations

from dataclasses import dataclass

FIELDS = ("name", "email", "phone", "country", "language")


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """None means the source does not say; an import then leaves what is already known."""

    external_id: str
    name: str | None = None
    email: str | None = None  # lower case
    phone: str | None = None
    country: str | None = None  # ISO 3166 alpha-2
    language: str | None = None


def merged(first: BuyerRecord, second: BuyerRecord) -> BuyerRecord:
    """Two statements about one buyer: the first word on each field stands, gaps are filled from the second."""
    return BuyerRecord(
        first.external_id,
        *(one if one is not None else other for one, other in zip(_values(first), _values(second), strict=True)),
    )


def _values(record: BuyerRecord) -> tuple[str | None, ...]:
    return record.name, record.email, record.phone, record.country, record.language
