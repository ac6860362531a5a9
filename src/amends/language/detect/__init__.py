"""Language identification for short messages."""

from __future__ import annotations

from collections.abc import Iterable

from amends.kernel.languages import UNDETERMINED

from .core import KNOWN, Detected, candidates, decide, sanitise
from .engines import votes
from .spans import Span, spans_by

__all__ = ["KNOWN", "UNDETERMINED", "Detected", "Span", "detect", "sanitise", "spans"]


def detect(text: str, priors: Iterable[str] = ()) -> Detected:
    """The language of `text`; `priors` are languages or countries expected, strongest first (`("pt", "BR")`)."""
    clean = sanitise(text)
    needed = len(candidates(clean)) > 1  # a script with one language needs no vote
    return decide(clean, votes(clean) if needed else [], priors)


def spans(text: str, priors: Iterable[str] = ()) -> tuple[Span, ...]:
    """Which part of `text` is in which language: sentence by sentence, neighbours of one language as one span.

    Together they cover the text, as far as it is read (`sanitise` caps it). One span for a text of one language.
    """
    own = tuple(priors)
    return spans_by(sanitise(text, cap=4000), lambda part: detect(part, own), detect(text, own))
