"""Word lists and anchor sentences as they ship, read once a process."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from .core.lexicon import Lexicon, compile_lexicon

HERE = Path(__file__).resolve().parent
LANGUAGES = ("zh", "en", "es", "pt", "de", "fr", "ru", "ja", "ar", "ko")  # those with word lists
_ASKS = {"refund", "replacement", "repair", "return_wish", "cancel", "partial"}
_MONEY_OR_GOODS = frozenset({"refund", "replacement", "partial"})
TROUBLES = frozenset({
    "tracking_invalid", "wrong_address", "in_transit_late", "customs_detained", "parcel_returned",
    "delivered_not_received", "short_shipment", "wrong_item", "damaged", "quality", "description", "counterfeit",
    "change_of_mind", "cancellation", "refund_missing", "payment_failed", "duplicate_charge", "unauthorised",
})  # fmt: skip
_JOINED = {
    "zh": ("，", "，", "。"), "en": (" and ", ", ", ". ", " so "), "es": (" y ", ", ", ". "), "pt": (" e ", ", ", ". "),
    "de": (" und ", ", ", ". "), "fr": (" et ", ", ", ". "), "ru": (" и ", ", ", ". "), "ja": ("。", "、", "ので"),
    "ar": (" و", "، ", ". "), "ko": (" ", ". ", ", "),
}  # fmt: skip
_THREATENS = {"t_dispute", "t_chargeback", "t_review", "t_court", "t_platform", "t_authority"}


@dataclass(frozen=True, slots=True)
class AnchorSet:
    """The training sentences of one language: texts and their leaves, in step."""

    language: str
    texts: tuple[str, ...]
    leaves: tuple[str, ...]


def _read(folder: str, language: str) -> str:
    return (HERE / folder / f"{language}.yaml").read_text(encoding="utf-8")


@cache
def lexicon(language: str) -> Lexicon:
    """KeyError for a language without a word list."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return compile_lexicon(language, yaml.safe_load(_read("data", language)))


@cache
def anchors(language: str) -> AnchorSet:
    data = yaml.safe_load(_read("anchors", language))
    pairs = [(line.strip(), leaf) for leaf, block in data["anchors"].items() for line in block.splitlines()]
    pairs = [(text, leaf) for text, leaf in pairs if text]
    return AnchorSet(language, tuple(text for text, _ in pairs), tuple(leaf for _, leaf in pairs))


@cache
def compounds(language: str) -> AnchorSet:
    """Each sentence about trouble once more with a demand behind it: "it came broken and I want my money back" is about
    the break. How a demand is joined on differs from sentence to sentence, as with buyers."""
    known = anchors(language)
    asked = [line for names, line in _signals(language) if names <= _MONEY_OR_GOODS and names]
    if not asked:
        return AnchorSet(language, (), ())
    joined = [
        (f"{text.rstrip('.!。！')}{_JOINED[language][i % len(_JOINED[language])]}{asked[i % len(asked)]}", leaf)
        for i, (text, leaf) in enumerate(zip(known.texts, known.leaves, strict=True))
        if leaf in TROUBLES
    ]
    return AnchorSet(language, tuple(text for text, _ in joined), tuple(leaf for _, leaf in joined))


@cache
def _signals(language: str) -> tuple[tuple[frozenset[str], str], ...]:
    """(signals, sentence) as written for one language; empty where nothing is."""
    path = HERE / "signals" / f"{language}.yaml"
    if not path.exists():
        return ()
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["signals"]
    return tuple(
        (frozenset(labels.split("+")) - {"none"}, line.strip())
        for labels, block in blocks.items()
        for line in block.splitlines()
        if line.strip()
    )


@cache
def anchor_languages() -> tuple[str, ...]:
    """Languages with anchor sentences: those with word lists first, then the others by code."""
    others = sorted(path.stem for path in (HERE / "anchors").glob("*.yaml") if path.stem not in LANGUAGES)
    return (*LANGUAGES, *others)


@cache
def signal_rows() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """(sentences written for demands, threats and tones, anchor sentences as the word lists read them), each with the
    signals that stand in it. Names: `refund`, `t_court`, `angry`, `positive` …; an empty set is a counter-example."""
    written: dict[str, frozenset[str]] = {}
    for path in sorted((HERE / "signals").glob("*.yaml")):
        written.update({line: names for names, line in _signals(path.stem)})
    weak = {
        text: lexicon(language).concepts_in(text) & (_ASKS | _THREATENS)
        for language in LANGUAGES
        for text in anchors(language).texts
    }
    return written, weak


@cache
def fingerprint() -> str:
    """A digest of all that training reads; a changed sentence or word list is another model."""
    digest = hashlib.sha256()
    for folder in ("anchors", "data", "signals"):
        for path in sorted((HERE / folder).glob("*.yaml")):
            digest.update(path.read_bytes())
    for name in (
        "loading.py",
        "core/rules.py",
        "core/text.py",
        "core/lexicon.py",
        "classifier/wording.py",
        "classifier/meaning.py",
    ):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()
