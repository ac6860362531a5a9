"""The steps of one reading, in order."""

from __future__ import annotations

from amends.language.detect import FIRST_CLASS, Detected, sanitise
from amends.language.detect.core import dominant_script, prior_languages, scripts, strip_noise

from . import ENTITY_CAP
from .classifier import default_classifier
from .core.entities import entities
from .core.reading import OTHER, Classifier, Reading, Scores, choose, method_name
from .core.rules import fired
from .core.signals import Tone, demands, evidence, threats, tone
from .core.text import own_words
from .loading import lexicon

_BY_SCRIPT = {"han": "zh", "kana": "ja", "cyrillic": "ru", "arabic": "ar", "latin": "en"}


def reading_language(text: str, detected: Detected, priors: tuple[str, ...]) -> str:
    """The first-class language whose words to read by. Empty when none fits, and then nothing is claimed."""
    base = detected.language.split("-")[0]
    if base in FIRST_CLASS:
        return base
    if base != "und":
        return ""
    script = dominant_script(scripts(strip_noise(text)))
    fallback = _BY_SCRIPT.get(script, "")
    expected = [code for code in (*prior_languages(priors), detected.second or "") if code in FIRST_CLASS]
    if script == "latin":
        return next((code for code in expected if code not in ("zh", "ja", "ru", "ar")), fallback)
    return fallback


def read(text: str, detected: Detected, priors: tuple[str, ...], classifier: Classifier | None) -> Reading:
    """A reading of `text`; see `understand`."""
    whole = sanitise(own_words(sanitise(text, cap=ENTITY_CAP)), cap=ENTITY_CAP)
    clean = sanitise(whole)
    language = reading_language(clean, detected, priors)
    found = entities(whole, language or "en")
    if not language or not clean.strip():
        return Reading(
            language=detected.language, language_probability=detected.probability, read_as=language, leaf=OTHER,
            probability=0.0, alternatives=(), tone=Tone.NEUTRAL, demands=(), threats=(), entities=found,
            nearest_anchors=(), concepts=(), method="none",
        )  # fmt: skip
    words = lexicon(language)
    basis = evidence(clean, words)
    concepts = words.concepts_in(basis)
    scores: Scores = (classifier or default_classifier()).score(strip_noise(basis), language, concepts)
    leaf, probability, alternatives = choose(scores)
    warned = threats(clean, words)
    return Reading(
        language=detected.language,
        language_probability=detected.probability,
        read_as=language,
        leaf=leaf,
        probability=probability,
        alternatives=alternatives,
        tone=tone(clean, words, warned, leaf),
        demands=demands(clean, words, found.money),
        threats=warned,
        entities=found,
        nearest_anchors=scores.nearest,
        concepts=tuple(sorted(concepts)),
        method=method_name(scores.engine, fired(concepts), leaf),
    )
