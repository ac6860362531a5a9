"""The steps of one reading, in order."""

from __future__ import annotations

from amends.language.detect import Detected, sanitise
from amends.language.detect.core import dominant_script, prior_languages, scripts, strip_noise

from . import ENTITY_CAP
from .classifier import default_classifier
from .classifier.meaning import default_meaning
from .core import meant
from .core.entities import Entities, entities
from .core.reading import Classifier, Reading, choose, method_name
from .core.rules import fired
from .core.signals import demands, evidence, threats, tone
from .core.text import clauses, own_words
from .loading import LANGUAGES, lexicon

_BY_SCRIPT = {"han": "zh", "kana": "ja", "cyrillic": "ru", "arabic": "ar", "hangul": "ko", "latin": "en"}
_OTHER_SCRIPTS = frozenset(_BY_SCRIPT.values()) - {_BY_SCRIPT["latin"]}
_CLAUSES = 8  # of a message are looked at one by one for what they ask and threaten


def reading_language(text: str, detected: Detected, priors: tuple[str, ...]) -> str:
    """The language whose word lists to read by. Empty when none fits: then only the meaning is read."""
    base = detected.language.split("-")[0]
    if base in LANGUAGES:
        return base
    if base != "und":
        return ""
    script = dominant_script(scripts(strip_noise(text)))
    fallback = _BY_SCRIPT.get(script, "")
    expected = [code for code in (*prior_languages(priors), detected.second or "") if code in LANGUAGES]
    if script == "latin":
        return next((code for code in expected if code not in _OTHER_SCRIPTS), fallback)
    return fallback


def read(text: str, detected: Detected, priors: tuple[str, ...], classifier: Classifier | None) -> Reading:
    """A reading of `text`; see `understand`."""
    whole = sanitise(own_words(sanitise(text, cap=ENTITY_CAP)), cap=ENTITY_CAP)
    clean = sanitise(whole)
    language = reading_language(clean, detected, priors)
    found = entities(whole, language or "en")
    if not any(char.isalpha() for char in strip_noise(clean)):
        return meant.nothing(detected, found)
    asked = classifier or default_classifier()
    if not language:
        return _by_meaning(clean, detected, found, asked)
    words = lexicon(language)
    basis = evidence(clean, words)
    concepts = words.concepts_in(basis)
    scores = asked.score(strip_noise(basis), language, concepts)
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


def _by_meaning(clean: str, detected: Detected, found: Entities, asked: Classifier) -> Reading:
    """A language without word lists: leaf, demands, threats and tone by the direction of the sentences alone."""
    bare = strip_noise(clean)  # the same text for leaf and signals, so that it is encoded once
    scores = asked.score(bare, detected.language, frozenset())
    leaf, probability, alternatives = choose(scores)
    meaning = default_meaning()
    parts = clauses(bare)[:_CLAUSES] if meaning.hints(meaning.encode([bare])[0]) else []
    parts = parts or [bare]
    signals = meaning.signals_of(meaning.encode(parts))
    warned = meant.threats(parts, signals)
    return Reading(
        language=detected.language,
        language_probability=detected.probability,
        read_as=detected.language if detected.language != "und" else "",
        leaf=leaf,
        probability=probability,
        alternatives=alternatives,
        tone=meant.tone(clean, signals, warned, leaf),
        demands=meant.demands(parts, signals, found.money),
        threats=warned,
        entities=found,
        nearest_anchors=scores.nearest,
        concepts=(),
        method=scores.engine,
    )
