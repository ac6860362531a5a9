"""One text through one or two engines: cut, masked, translated, checked, and never worse than the source.

Pure: the engines come in as functions. A segment whose tokens do not come back is tried again with the other token
style, and stays in the source language if that fails too; the reader is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from amends.language.translate.core.checks import Violation, violations
from amends.language.translate.core.engine import Answer, Ask, Caps, EngineFailed, Term, Terms
from amends.language.translate.core.masking import Hit, Masked, Style, hits, mask, spoilt, unmask, wordless
from amends.language.translate.core.segments import Segment, join, split

Translate = Callable[[Ask], Answer]
# Half characters and NUL stop engines and tables; a sign of the same length stands in their place.
_UNSPEAKABLE: Final = re.compile("[\\x00\\ud800-\\udfff]")


@dataclass(frozen=True, slots=True)
class Step:
    """One leg: who translates from where to where, and what it can take."""

    translate: Translate
    caps: Caps
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Translated:
    """`fallbacks`: segments left as they were. `models`: one a leg."""

    text: str
    segments: int
    fallbacks: int
    violations: tuple[Violation, ...]
    hits: tuple[Hit, ...]
    models: tuple[str, ...]


def run(
    text: str, steps: Sequence[Step], terms: Sequence[Term] = (), detect: Callable[[str], str] | None = None
) -> Translated:
    """Raises EngineFailed when an engine as such fails; what single sentences lose is told in the result.

    With two steps the tokens survive both, so that terms and numbers are put back only at the end.
    """
    text = _UNSPEAKABLE.sub("\ufffd", text)
    source, target = steps[0].source, steps[-1].target
    most = min(step.caps.max_chars for step in steps)
    parts = split(text, source, most)
    spoken = [i for i, part in enumerate(parts) if part.speaks]
    out, models, fallen = _through(parts, spoken, steps, terms)
    told = join(parts, tuple(out.get(i, part.text) for i, part in enumerate(parts)))
    wrong = list(violations(text, told, (source, target), terms, detect)) if spoken else []
    wrong += [Violation("untranslated", parts[i].text[:60]) for i in fallen]
    return Translated(told, len(spoken), len(fallen), tuple(dict.fromkeys(wrong)), hits(text, terms), models)


def _through(
    parts: Sequence[Segment], spoken: Sequence[int], steps: Sequence[Step], terms: Sequence[Term]
) -> tuple[dict[int, str], tuple[str, ...], list[int]]:
    out: dict[int, str] = {}
    models: tuple[str, ...] = ()
    waiting = list(spoken)
    for style in Style:
        masked = {i: mask(parts[i].text, _masked_terms(steps, terms), style) for i in waiting}
        for i in [i for i in waiting if wordless(masked[i])]:
            one = masked.pop(i)
            out[i] = unmask(one.text, one.slots)
        answers, used = _engines(masked, steps, terms) if masked else ({}, ())
        models = models or used
        for i, one in masked.items():
            if not spoilt(answers[i], one.slots) and not _broken(parts[i].text, answers[i]):
                out[i] = unmask(answers[i], one.slots)
        waiting = [i for i in masked if i not in out]
    return out, models, waiting


def _masked_terms(steps: Sequence[Step], terms: Sequence[Term]) -> Sequence[Term]:
    """An engine that takes a glossary takes it natively only when it does the whole way alone."""
    alone = len(steps) == 1 and steps[0].caps.terms is not Terms.MASK
    return () if alone else terms


def _engines(
    masked: dict[int, Masked], steps: Sequence[Step], terms: Sequence[Term]
) -> tuple[dict[int, str], tuple[str, ...]]:
    order = list(masked)
    texts = [masked[i].text for i in order]
    models: list[str] = []
    for step in steps:
        given = () if step.caps.terms is Terms.MASK or len(steps) > 1 else tuple(terms)
        done: list[str] = []
        for start in range(0, len(texts), step.caps.batch):
            ask = Ask(tuple(texts[start : start + step.caps.batch]), step.source, step.target, given)
            answer = step.translate(ask)
            if len(answer.segments) != len(ask.segments):
                raise EngineFailed("bad_answer", "the engine answered with another number of segments")
            done += answer.segments
            model = answer.model
        models.append(model)
        texts = done
    return dict(zip(order, texts, strict=True)), tuple(models)


def _broken(source: str, output: str) -> bool:
    """What no reader could use: nothing, or babble many times as long."""
    return not output.strip() or len(output) > 6 * len(source) + 40
