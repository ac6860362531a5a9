"""The two statistical detectors, loaded on first use (one second, 120 MB) and shared by all threads."""

from __future__ import annotations

from functools import cache
from typing import Any

from .core import KNOWN, Vote, strip_noise
from .words import words_vote

_OWN_NAMES = {"nb": "no"}  # our code -> py3langid's label
_TOP = 4


@cache
def _langid() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([_OWN_NAMES.get(code, code) for code in KNOWN])
    return identifier


def _langid_vote(words: str) -> Vote:
    back = {label: code for code, label in _OWN_NAMES.items()}
    ranked = _langid().rank(words)[:_TOP]
    return Vote("py3langid", tuple((back.get(label, label), float(p)) for label, p in ranked))


def _cld2_vote(words: str) -> Vote:
    import pycld2

    try:
        _, _, details = pycld2.detect(words, bestEffort=True)
    except pycld2.error:  # it refuses some code points that Python accepts; the other engine still votes
        return Vote("pycld2", ())
    back = {"no": "nb", "iw": "he", "zh-Hant": "zh"}
    guesses = [(back.get(code, code), percent / 100) for _, code, percent, _ in details if code != "un"]
    return Vote("pycld2", tuple(guess for guess in guesses if guess[0] in KNOWN))


def votes(text: str) -> list[Vote]:
    """What each detector says of a sanitised text, single letters and numbers taken out before they look."""
    words = " ".join(strip_noise(text).split())
    if not words:
        return []
    # Shouting confuses both detectors, which learnt from ordinary prose.
    words = words.lower() if words.isupper() else words
    return [_langid_vote(words), _cld2_vote(words), words_vote(words)]


def alone(text: str) -> str:
    """What py3langid says by itself, for measuring whether the others earn their place."""
    back = {label: code for code, label in _OWN_NAMES.items()}
    label = str(_langid().classify(text)[0])
    return back.get(label, label)
