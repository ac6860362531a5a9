"""What was understood of one message, with how sure and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from amends.kernel.taxonomy import kind_of

from .entities import Entities
from .rules import Rule
from .signals import Demand, Threat, Tone

OTHER: Final = "other"
THRESHOLD: Final = 0.30  # below it no leaf is claimed: "other", with what it might have been
_ALTERNATIVES: Final = 3


@dataclass(frozen=True, slots=True)
class Anchor:
    """A sentence of the anchor file close to the message: the classifier's reason in words."""

    text: str
    leaf: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Scores:
    """`probabilities` sum to 1 over the leaves a classifier knows."""

    probabilities: Mapping[str, float]
    nearest: tuple[Anchor, ...]
    engine: str


class Classifier(Protocol):
    """What reads intent: TF-IDF today, a sentence encoder later. Same scores, same anchors."""

    def score(self, text: str, language: str, concepts: frozenset[str]) -> Scores: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """`language` is what was detected (it may be `und`); `read_as` the language whose words were used to read it.

    `method` names the engine and the first strong phrase, e.g. `tfidf-2+rule:says_delivered`.
    """

    language: str
    language_probability: float
    read_as: str
    leaf: str
    probability: float
    alternatives: tuple[tuple[str, float], ...]
    tone: Tone
    demands: tuple[Demand, ...]
    threats: tuple[Threat, ...]
    entities: Entities
    nearest_anchors: tuple[Anchor, ...]
    concepts: tuple[str, ...]
    method: str

    @property
    def kind(self) -> str:
        """The rule-facing `case.kind` of the leaf."""
        return kind_of(self.leaf)

    def to_json(self) -> dict[str, Any]:
        """JSON types only. Money is the wire form `"12.50 USD"`."""
        return {
            "language": self.language,
            "language_probability": round(self.language_probability, 3),
            "read_as": self.read_as,
            "leaf": self.leaf,
            "kind": self.kind,
            "probability": round(self.probability, 3),
            "alternatives": [{"leaf": leaf, "probability": round(p, 3)} for leaf, p in self.alternatives],
            "tone": self.tone.value,
            "demands": [_demand_json(demand) for demand in self.demands],
            "threats": [{"kind": threat.kind, "phrase": threat.phrase} for threat in self.threats],
            "entities": _entities_json(self.entities),
            "nearest_anchors": [
                {"text": a.text, "leaf": a.leaf, "similarity": round(a.similarity, 3)} for a in self.nearest_anchors
            ],
            "concepts": list(self.concepts),
            "method": self.method,
        }


def told(language: str, leaf: str, threats: tuple[Threat, ...] = ()) -> Reading:
    """A reading that somebody gave, with nothing read into the words."""
    return Reading(
        language=language,
        language_probability=1.0,
        read_as=language,
        leaf=leaf,
        probability=1.0,
        alternatives=(),
        tone=Tone.THREAT if threats else Tone.NEUTRAL,
        demands=(),
        threats=threats,
        entities=Entities(),
        nearest_anchors=(),
        concepts=(),
        method="given",
    )


def choose(scores: Scores, threshold: float = THRESHOLD) -> tuple[str, float, tuple[tuple[str, float], ...]]:
    """The leaf, its probability, and up to three others. Below the threshold the best becomes an alternative."""
    ranked = sorted(scores.probabilities.items(), key=lambda pair: -pair[1])
    if not ranked:
        return OTHER, 0.0, ()
    best, probability = ranked[0]
    if probability < threshold and best != OTHER:
        return OTHER, scores.probabilities.get(OTHER, 0.0), tuple(ranked[:_ALTERNATIVES])
    return best, probability, tuple(ranked[1 : _ALTERNATIVES + 1])


def method_name(engine: str, rules: tuple[Rule, ...], leaf: str) -> str:
    """The engine, and the strong phrase that agrees with the leaf if one fired."""
    agreeing = next((rule for rule in rules if rule.leaf == leaf), None)
    return f"{engine}+rule:{agreeing.name}" if agreeing else engine


def _demand_json(demand: Demand) -> dict[str, Any]:
    return {
        "kind": demand.kind,
        "share": demand.share,
        "amount": str(demand.amount) if demand.amount else None,
        "percent": demand.percent,
        "phrase": demand.phrase,
    }


def _entities_json(found: Entities) -> dict[str, Any]:
    return {
        "orders": [{"number": o.number, "platform": o.platform} for o in found.orders],
        "tracking": [{"number": t.number, "form": t.form, "checked": t.checked} for t in found.tracking],
        "money": [{"amount": str(m.money), "text": m.text, "ambiguous": m.ambiguous} for m in found.money],
        "dates": [
            {"text": d.text, "year": d.year, "month": d.month, "day": d.day, "ambiguous": d.ambiguous}
            for d in found.dates
        ],
        "sizes": list(found.sizes),
        "has_email": found.has_email,
        "has_url": found.has_url,
    }
