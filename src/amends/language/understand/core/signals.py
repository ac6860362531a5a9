"""What the buyer asks for, what they say they will do, and in which tone: lexical, negation-aware, explained."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from amends.kernel.money import Money

from .entities import MoneyFound
from .lexicon import Lexicon
from .text import SPACELESS, sentences

THREATS: Final = {
    "t_dispute": "dispute",
    "t_chargeback": "chargeback",
    "t_review": "negative_review",
    "t_court": "court",
    "t_platform": "platform",
    "t_authority": "authorities",
}
DEMANDS: Final = {
    "refund": "refund",
    "replacement": "replacement",
    "repair": "repair",
    "return_wish": "return",
    "cancel": "cancel",
}
_FILED: Final = frozenset({"chargeback", "dispute"})
SHOUTING: Final = re.compile(r"[!！]{2,}|[?？][!！]|[!！][?？]|😡|🤬|😠|💢")
_CAPITALS: Final = re.compile(r"[A-ZÀ-ÞА-Я]")
PERCENT: Final = re.compile(r"(\d{1,3})\s?(?:%|percent|por ciento|por cento|prozent|pour ?cent|процент|퍼센트|프로|٪)")
_LOUD_SHARE: Final = 0.7
_LOUD_LENGTH: Final = 15
_WHOLE: Final = 100
_COURTESY: Final = 4  # words
_COURTESY_SIGNS: Final = 12


class Tone(StrEnum):
    THREAT = "threat"
    ANGRY = "angry"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class Demand:
    """`share` is full, partial or empty (not said); `percent` a share of the price the buyer named."""

    kind: str
    share: str = ""
    amount: Money | None = None
    percent: int | None = None
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Threat:
    kind: str
    phrase: str


def demands(text: str, lexicon: Lexicon, money: tuple[MoneyFound, ...]) -> tuple[Demand, ...]:
    """Remedies the buyer asks for. A sum counts as demanded when it stands in the sentence that asks."""
    found: dict[str, Demand] = {}
    for sentence in sentences(text):
        masked = _masked(sentence, money)
        standing = lexicon.concepts_in(masked)
        partial = "partial" in standing
        wanted = {name for name in DEMANDS if name in standing} | ({"refund"} if partial else set())
        phrases = lexicon.phrases(masked, wanted | ({"partial"} if partial else set()))
        for name in sorted(wanted):
            phrase = phrases.get(name) or phrases.get("partial", "")
            demand = _demand(name, standing, sentence, money, phrase)
            known = found.get(demand.kind)
            if known is None or ((demand.share or demand.amount) and not (known.share or known.amount)):
                found[demand.kind] = demand
    return tuple(found.values())


def _masked(sentence: str, money: tuple[MoneyFound, ...]) -> str:
    """Each sum as the one word `0`, which the word lists know: "25.90 EUR back" has a stop too many for a gap."""
    for item in money:
        sentence = sentence.replace(item.text, " 0 ")
    return sentence


def _demand(name: str, standing: frozenset[str], sentence: str, money: tuple[MoneyFound, ...], phrase: str) -> Demand:
    kind = DEMANDS[name]
    if kind != "refund":
        return Demand(kind, phrase=phrase)
    percent = PERCENT.search(sentence)
    share = "partial" if "partial" in standing else "full" if "full" in standing else ""
    if percent:
        share = "full" if int(percent[1]) >= _WHOLE else "partial"
    sums = [item.money for item in money if item.text in sentence]
    return Demand(kind, share, sums[-1] if sums else None, int(percent[1]) if percent else None, phrase)


def threats(text: str, lexicon: Lexicon) -> tuple[Threat, ...]:
    """What the buyer says they will do. A chargeback already filed is no threat: it is the case's leaf."""
    standing = lexicon.concepts_in(text)
    phrases = lexicon.phrases(text, [name for name in THREATS if name in standing])
    return tuple(Threat(THREATS[name], phrase) for name, phrase in phrases.items())


def tone(text: str, lexicon: Lexicon, found: tuple[Threat, ...], leaf: str) -> Tone:
    """Threat before anger before warmth. A chargeback that has been filed is a fact, not a threat."""
    standing = lexicon.concepts_in(text)
    filed = leaf == "chargeback" and not lexicon.is_hypothetical(text)
    if any(not filed or threat.kind not in _FILED for threat in found) and leaf != "thanks":
        return Tone.THREAT
    if "insult" in standing or SHOUTING.search(text) or loud(text):
        return Tone.POSITIVE if leaf == "thanks" else Tone.ANGRY
    if leaf == "thanks" or ("praise" in standing and leaf in ("question", "other", "where_is_my_order")):
        return Tone.POSITIVE
    return Tone.NEUTRAL


def loud(text: str) -> bool:
    letters = [char for char in text if char.isalpha() and char.lower() != char.upper()]
    capitals = sum(bool(_CAPITALS.match(char)) for char in letters)
    return len(letters) >= _LOUD_LENGTH and capitals / len(letters) >= _LOUD_SHARE


def evidence(text: str, lexicon: Lexicon) -> str:
    """The text without its "if not, then" sentences and courtesies: neither says what happened.

    When nothing else was said, the whole text is kept.
    """
    parts = sentences(text)
    kept = [part for part in parts if not _conditional_threat(part, lexicon)]
    kept = [part for part in kept if not _courtesy(part, lexicon)] or kept
    return "\n".join(kept) if any(len(part) > 3 for part in kept) else text  # noqa: PLR2004 - more than a greeting


def _conditional_threat(sentence: str, lexicon: Lexicon) -> bool:
    standing = lexicon.concepts_in(sentence)
    return lexicon.is_hypothetical(sentence) and any(name in standing for name in THREATS)


def _courtesy(sentence: str, lexicon: Lexicon) -> bool:
    """A short sentence that only greets or thanks."""
    standing = lexicon.concepts_in(sentence)
    short = len(sentence) <= _COURTESY_SIGNS if lexicon.language in SPACELESS else len(sentence.split()) <= _COURTESY
    return short and bool(standing) and standing <= {"thanks", "chatter", "urgent"}
