"""What a source may say about a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

REVIEW_FIELDS = (
    "rating",
    "title",
    "text",
    "language",
    "posted_at",
    "answered_at",
    "extra",
)


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """None means the source does not say. `rating` is 1 to 5."""

    external_id: str
    rating: int | None = None
    title: str | None = None
    text: str | None = None
    language: str | None = None
    posted_at: datetime | None = None
    answered_at: datetime | None = None
    extra: dict[str, Any] | None = None
