"""Language identification for short messages."""

from __future__ import annotations

from collections.abc import Iterable

from .core import FIRST_CLASS, KNOWN, UNDETERMINED, Detected, candidates, decide, sanitise
from .engines import votes

__all__ = ["FIRST_CLASS", "KNOWN", "UNDETERMINED", "Detected", "detect", "sanitise"]


def detect(text: str, priors: Iterable[str] = ()) -> Detected:
    """The language of `text`; `priors` are languages or countries expected, strongest first (`("pt", "BR")`)."""
    clean = sanitise(text)
    needed = len(candidates(clean)) > 1  # a script with one language needs no vote
    return decide(clean, votes(clean) if needed else [], priors)
