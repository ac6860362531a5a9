"""Learning from agents' corrections: an organisation's own model, taken only where it reads no worse.

Only coefficients are kept, never the corrected words, and what one organisation teaches serves no other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from amends.base.accounts.core import Permission, Scope
from amends.base.settings import env
from amends.language.understand.classifier import MixedClassifier, default_classifier, keeping
from amends.language.understand.classifier.meaning import Meaning, Taught, default_meaning
from amends.language.understand.classifier.wording import default_wording
from amends.language.understand.evaluate import Example, Report, evaluate, held_out, load
from amends.language.understand.loading import fingerprint
from amends.language.understand.models import Correction

MOST = 20_000  # corrections learnt from, the newest
_REPEATS = 3  # how often a correction counts: it is this seller's own case, an anchor is anybody's


@dataclass(frozen=True, slots=True)
class Trained:
    """`before` and `after` on the shipped evaluation split; `own_*` on the corrections left out of learning."""

    learnt: int
    left_out: int
    before: Report
    after: Report
    own_before: float | None
    own_after: float | None
    taken: bool


def note(scope: Scope, now: datetime, *, text: str, language: str, predicted: str, corrected: str) -> Correction | None:
    """Keep what an agent put right. None where nothing was wrong or there are no words to learn from."""
    if not text.strip() or predicted == corrected:
        return None
    return Correction.objects.create(
        organisation_id=scope.organisation_id, text=text[:4000], language=language[:12], predicted=predicted,
        corrected=corrected, at=now, by_id=scope.user_id,
    )  # fmt: skip


def corrections(scope: Scope) -> list[Correction]:
    scope.require(Permission.CASE_READ)
    return list(Correction.objects.filter(organisation_id=scope.organisation_id).order_by("-pk")[:MOST])


def train(scope: Scope) -> Trained | None:
    """A model that has also seen this organisation's corrections. None where there are none.

    Every fifth correction is left out of learning and read afterwards. The model is taken when it reads the shipped
    split no worse than the one in use and its own left-out corrections no worse either; else nothing changes.
    """
    scope.require(Permission.SETTINGS_WRITE)
    known = [row for row in corrections(scope) if row.corrected in default_meaning().leaves]
    if not known:
        return None
    out = [row for row in known if row.pk % 5 == 0]
    kept = [row for row in known if row.pk % 5 != 0]
    taught = Taught(
        tuple(row.text for row in kept) * _REPEATS,
        tuple(row.corrected for row in kept) * _REPEATS,
        hashlib.sha256("\n".join(f"{row.pk}:{row.corrected}" for row in kept).encode()).hexdigest()[:16],
    )
    now_used = classifier_for(scope.organisation_id)
    candidate = MixedClassifier(default_wording(), Meaning(taught, keep=False))
    examples = load(held_out())
    before, after = evaluate(examples, now_used), evaluate(examples, candidate)
    own = [Example(row.text, row.language or "en", row.corrected) for row in out]
    own_before = evaluate(own, now_used).leaf_accuracy if own else None
    own_after = evaluate(own, candidate).leaf_accuracy if own else None
    taken = after.leaf_accuracy >= before.leaf_accuracy and (own_after or 0.0) >= (own_before or 0.0)
    if taken:
        keeping.keep(_file(scope.organisation_id), _key(), candidate.meaning.leaf_arrays())
        _own.cache_clear()
    return Trained(len(kept), len(out), before, after, own_before, own_after, taken)


def _file(organisation_id: int) -> Path:
    return env.home() / "models" / "understand" / f"organisation-{organisation_id}.npz"


def _key() -> str:
    return f"own:{default_meaning().engine.name}:{fingerprint()}"


def classifier_for(organisation_id: int) -> MixedClassifier:
    """The organisation's own model where it has one that fits the shipped anchors, else the shipped one."""
    path = _file(organisation_id)
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        return default_classifier()
    return _own(path, stamp) or default_classifier()


@lru_cache(maxsize=16)
def _own(path: Path, stamp: int) -> MixedClassifier | None:  # noqa: ARG001 - the stamp is the key
    arrays = keeping.load(path, _key())
    return MixedClassifier(default_wording(), default_meaning().taught_by(arrays)) if arrays is not None else None
