"""Word lists and anchor sentences as they ship, read once a process."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from .core.lexicon import Lexicon, compile_lexicon

HERE = Path(__file__).resolve().parent
LANGUAGES = ("zh", "en", "es", "pt", "de", "fr", "ru", "ja", "ar")


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
def fingerprint() -> str:
    """A digest of all that training reads; a changed sentence or word list is another model."""
    digest = hashlib.sha256()
    for folder in ("anchors", "data"):
        for language in LANGUAGES:
            digest.update(_read(folder, language).encode())
    for name in ("core/rules.py", "core/text.py", "core/lexicon.py", "classifier.py"):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()
