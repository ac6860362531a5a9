"""What precedents ask of a sentence encoder, if one is installed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol

GROUP = "amends.encoders"


class Encoder(Protocol):
    """Texts as directions: the nearer two texts in meaning, the smaller the angle between them."""

    name: str  # with its version: vectors of two names are never compared
    dimensions: int

    def encode(self, texts: Sequence[str]) -> list[bytes]:
        """One signed byte a dimension."""
        ...


@cache
def installed() -> Encoder | None:
    """The first encoder that a package offers under the entry point `amends.encoders`; None where there is none, and
    then shared words decide."""
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    if not points:
        return None
    found: Encoder = points[0].load()()
    return found
