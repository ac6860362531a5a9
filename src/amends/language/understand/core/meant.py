"""Demands, threats and tone by meaning: what the regressions say of each sentence, made into the same words as the
word lists use. The phrase shown to the agent is the whole sentence, since no word of it was recognised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from amends.language.detect.core import Detected
from amends.language.understand.core.entities import Entities, MoneyFound
from amends.language.understand.core.reading import OTHER, Reading
from amends.language.understand.core.signals import DEMANDS, PERCENT, SHOUTING, THREATS, Demand, Threat, Tone, loud

CLEAR: Final = 0.5  # a signal below it is not claimed
_WHOLE: Final = 100
Signals = Sequence[Mapping[str, float]]


def nothing(detected: Detected, found: Entities) -> Reading:
    """A message without words: emoji, a number, a picture's name. Nothing is claimed of it."""
    return Reading(
        language=detected.language, language_probability=detected.probability, read_as="", leaf=OTHER,
        probability=0.0, alternatives=(), tone=Tone.NEUTRAL, demands=(), threats=(), entities=found,
        nearest_anchors=(), concepts=(), method="none",
    )  # fmt: skip


def threats(sentences: Sequence[str], signals: Signals) -> tuple[Threat, ...]:
    """Each threat once, with the sentence that speaks it most clearly."""
    best: dict[str, tuple[float, str]] = {}
    for sentence, row in zip(sentences, signals, strict=True):
        for name, kind in THREATS.items():
            strength = row.get(name, 0.0)
            if strength >= max(CLEAR, best.get(kind, (0.0, ""))[0]):
                best[kind] = (strength, sentence)
    return tuple(Threat(kind, sentence) for kind, (_, sentence) in best.items())


def demands(sentences: Sequence[str], signals: Signals, money: Sequence[MoneyFound]) -> tuple[Demand, ...]:
    """Each remedy once. A sum counts as demanded when it stands in the sentence that asks."""
    found: dict[str, Demand] = {}
    for sentence, row in zip(sentences, signals, strict=True):
        partial = row.get("partial", 0.0) >= CLEAR
        for name, kind in DEMANDS.items():
            asked = row.get(name, 0.0) >= CLEAR or (kind == "refund" and partial)
            if asked and kind not in found:
                found[kind] = _demand(kind, sentence, money, partial=partial)
    return tuple(found.values())


def _demand(kind: str, sentence: str, money: Sequence[MoneyFound], *, partial: bool) -> Demand:
    if kind != "refund":
        return Demand(kind, phrase=sentence)
    percent = PERCENT.search(sentence)
    share = "partial" if partial else ""
    if percent:
        share = "full" if int(percent[1]) >= _WHOLE else "partial"
    sums = [item.money for item in money if item.text in sentence]
    return Demand(kind, share, sums[-1] if sums else None, int(percent[1]) if percent else None, sentence)


def tone(text: str, signals: Signals, found: Sequence[Threat], leaf: str) -> Tone:
    """Threat before anger before warmth, as with word lists."""
    if found and leaf != "thanks":
        return Tone.THREAT
    if SHOUTING.search(text) or loud(text) or _highest(signals, "angry") >= CLEAR:
        return Tone.POSITIVE if leaf == "thanks" else Tone.ANGRY
    if leaf == "thanks" or (_highest(signals, "positive") >= CLEAR and leaf in ("question", OTHER)):
        return Tone.POSITIVE
    return Tone.NEUTRAL


def _highest(signals: Signals, name: str) -> float:
    return max((row.get(name, 0.0) for row in signals), default=0.0)
