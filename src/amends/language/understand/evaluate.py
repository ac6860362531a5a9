"""How well texts with a known language and leaf are read: the figures behind every claim about understanding."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from amends.kernel.languages import same

from . import Classifier, understand


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    language: str
    leaf: str


@dataclass(frozen=True, slots=True)
class Miss:
    text: str
    expected: str
    got: str
    probability: float


@dataclass(frozen=True, slots=True)
class Report:
    """Shares between 0 and 1. `calibration_gap` is the mean distance of stated probability from the share right."""

    count: int
    leaf_accuracy: float
    leaf_in_top: float
    macro_f1: float
    language_accuracy: float
    calibration_gap: float
    by_language: dict[str, float]
    detected: dict[str, float]  # by language: how often the language itself was seen, families counting as one
    misses: tuple[Miss, ...]


def load(paths: Iterable[Path]) -> list[Example]:
    """Read JSON lines of `{text, language, leaf}`."""
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [Example(row["text"], row["language"], row["leaf"]) for row in rows]


def held_out() -> list[Path]:
    """The shipped evaluation texts, one file a language, never learnt from: the split that training is judged on."""
    return sorted((Path(__file__).resolve().parent / "held_out").glob("*.jsonl"))


def evaluate(examples: Sequence[Example], classifier: Classifier | None = None) -> Report:
    """ValueError when there is nothing to measure."""
    if not examples:
        raise ValueError("no examples to measure")
    readings = [understand(example.text, classifier=classifier) for example in examples]
    pairs = [(example.leaf, reading.leaf) for example, reading in zip(examples, readings, strict=True)]
    right = [expected == got for expected, got in pairs]
    in_top = [
        expected in {got, *(leaf for leaf, _ in reading.alternatives)}
        for (expected, got), reading in zip(pairs, readings, strict=True)
    ]
    languages: dict[str, list[bool]] = {}
    seen: dict[str, list[bool]] = {}
    for example, reading, ok in zip(examples, readings, right, strict=True):
        languages.setdefault(example.language, []).append(ok)
        seen.setdefault(example.language, []).append(same(example.language, reading.language))
    return Report(
        count=len(examples),
        leaf_accuracy=_share(right),
        leaf_in_top=_share(in_top),
        macro_f1=macro_f1(pairs),
        language_accuracy=_share([same(e.language, r.language) for e, r in zip(examples, readings, strict=True)]),
        calibration_gap=calibration_gap([(r.probability, ok) for r, ok in zip(readings, right, strict=True)]),
        by_language={code: _share(oks) for code, oks in sorted(languages.items())},
        detected={code: _share(oks) for code, oks in sorted(seen.items())},
        misses=tuple(
            Miss(example.text, example.leaf, reading.leaf, reading.probability)
            for example, reading in zip(examples, readings, strict=True)
            if example.leaf != reading.leaf
        ),
    )


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Mean of the F1 of each expected class, small classes counting as much as large ones."""
    expected = Counter(e for e, _ in pairs)
    got = Counter(g for _, g in pairs)
    both = Counter(e for e, g in pairs if e == g)
    return sum(2 * both[leaf] / (n + got[leaf]) for leaf, n in expected.items()) / len(expected)


def calibration_gap(stated: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error over equal-width bins."""
    gap = 0.0
    for i in range(bins):
        inside = [(p, ok) for p, ok in stated if i / bins <= p < (i + 1) / bins or (i == bins - 1 and p == 1.0)]
        if inside:
            mean = sum(p for p, _ in inside) / len(inside)
            gap += abs(mean - _share([ok for _, ok in inside])) * len(inside) / len(stated)
    return gap
