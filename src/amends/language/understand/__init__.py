"""From a buyer's words to a reading: language, case leaf, tone, demands, threats and what the message names."""

from __future__ import annotations

from collections.abc import Iterable

from amends.language.detect import Detected, detect

from .core.reading import Anchor, Classifier, Reading, Scores, told
from .core.signals import Demand, Threat, Tone

__all__ = ["Anchor", "Classifier", "Demand", "Reading", "Scores", "Threat", "Tone", "told", "understand"]

ENTITY_CAP = 4000  # numbers often stand below the thousand characters that the classifier reads


def understand(
    text: str, *, language: str | None = None, priors: Iterable[str] = (), classifier: Classifier | None = None
) -> Reading:
    """Read one message. `language` skips detection; `priors` are as in `detect`.

    Never raises on a text: what cannot be read is `other` with probability 0. The first call in a process takes
    about a second to load the models, the first after an upgrade a few more to train them.
    """
    from .read import read

    own = tuple(priors)
    detected = Detected(language, 1.0, None, "given") if language else detect(text, own)
    return read(text, detected, own, classifier)
