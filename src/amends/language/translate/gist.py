"""Where no engine serves a pair: what the message is about, in the agent's language, never called a translation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from amends.language.encode import WORDS, encoder
from amends.language.encode.core import Vectors
from amends.language.understand import Reading
from amends.language.understand.core.text import sentences

NEAREST = 3
_PARTS = 6  # sentences of a message that are looked at beside the whole
_NEIGHBOURS = 12
_READ = 0.06  # how much a reading's probability moves a sentence: about twice the usual margin between two


@dataclass(frozen=True, slots=True)
class Sentence:
    """A canonical sentence in the reader's language. `similarity` is a cosine: good for ranking, not a probability."""

    text: str
    leaf: str
    similarity: float


@dataclass(frozen=True, slots=True)
class GistCard:
    """`reading` carries intent, tone, demands, threats and entities; `nearest` three sentences that buyers say.

    It is shown with the words "not a translation". Nothing is ever sent on its strength.
    """

    reading: Reading
    reader: str
    nearest: tuple[Sentence, ...]
    engine: str

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": "gist",
            "is_translation": False,
            "reader": self.reader,
            "nearest": [{"text": s.text, "leaf": s.leaf, "similarity": round(s.similarity, 3)} for s in self.nearest],
            "engine": self.engine,
            "reading": self.reading.to_json(),
        }


@cache
def _canonical() -> tuple[tuple[dict[str, str], ...], Vectors]:
    path = Path(__file__).resolve().parent / "canonical.yaml"
    rows = tuple(yaml.safe_load(path.read_text(encoding="utf-8"))["sentences"])
    return rows, encoder().encode([row["en"] for row in rows])


def gist(text: str, reading: Reading, reader: str = "en") -> GistCard:
    """`reader`: the agent's language; any but Chinese is shown English. Nearest sentences need an encoder that knows
    languages; without one the card has only what was read."""
    shown = "zh" if reader.startswith("zh") else "en"
    engine = encoder()
    if engine.name == WORDS or not any(char.isalpha() for char in text):
        return GistCard(reading, shown, (), engine.name)
    rows, vectors = _canonical()
    parts = [text, *sentences(text)[:_PARTS]]
    similar = (vectors @ engine.encode(parts).T).max(axis=1)
    # Some sentences are near to everything: what they are to each other is taken off. And what the whole message was
    # read as, with word lists where there are some, says more than one sentence's direction.
    usual = np.sort(vectors @ vectors.T, axis=1)[:, -_NEIGHBOURS:-1].mean(axis=1)
    leaves = {reading.leaf: reading.probability, **dict(reading.alternatives)}
    likely = np.array([leaves.get(row["leaf"], 0.0) for row in rows])
    order = np.argsort(-(similar - usual + _READ * likely))[:NEAREST]
    return GistCard(
        reading,
        shown,
        tuple(Sentence(rows[i][shown], rows[i]["leaf"], float(similar[i])) for i in order),
        engine.name,
    )
