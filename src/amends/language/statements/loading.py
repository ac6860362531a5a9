"""Word patterns and teaching sentences as they ship, read once a process."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from amends.language.statements.core.statement import CODES

HERE = Path(__file__).resolve().parent
SUBJECTS: Final = (
    "review", "five", "change", "reward", "discount", "dispute", "close", "receipt", "early", "after", "condition",
    "outside", "split", "cheaper", "declare", "threat", "person", "fault", "buyer_fault", "refuse", "promise", "wait",
    "instead", "not", "contact", "platform", "happy", "unhappy", "photo",
)  # fmt: skip


class BadStatements(ValueError):
    """A file of sentences or patterns is wrong; the message names file and class."""


def folded(text: str) -> str:
    """What patterns are matched on: as long as the text, so that places stay true."""
    return "".join(_folded(char) for char in text)


def _folded(char: str) -> str:
    low = unicodedata.normalize("NFKC", char).lower()
    return low if len(low) == 1 else char


@cache
def patterns() -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    """Language → (class, pattern)."""
    found: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {}
    for path in sorted((HERE / "patterns").glob("*.yaml")):
        rows: list[tuple[str, re.Pattern[str]]] = []
        for code, expressions in (yaml.safe_load(path.read_text(encoding="utf-8"))["patterns"] or {}).items():
            if code not in CODES:
                raise BadStatements(f"{path.name}: there is no class {code!r}")
            for expression in expressions:
                try:
                    rows.append((code, re.compile(expression)))
                except re.error as error:
                    raise BadStatements(f"{path.name}: {code}: {error} in {expression!r}") from error
        found[path.stem] = tuple(rows)
    return found


@cache
def subjects() -> dict[str, dict[str, re.Pattern[str]]]:
    """Language → subject → pattern of words that name it. Every language has every subject of `SUBJECTS`."""
    found: dict[str, dict[str, re.Pattern[str]]] = {}
    for path in sorted((HERE / "words").glob("*.yaml")):
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))["subjects"]
        if list(rows) != list(SUBJECTS):
            raise BadStatements(f"{path.name}: subjects {sorted(set(rows) ^ set(SUBJECTS))}, or another order")
        try:
            found[path.stem] = {
                subject: re.compile("|".join(str(words).split(", "))) for subject, words in rows.items()
            }
        except re.error as error:
            raise BadStatements(f"{path.name}: {error} in {error.pattern!r}") from error
    return found


@cache
def taught() -> tuple[tuple[str, str, frozenset[str]], ...]:
    """(language, sentence, classes). No class: a counter-example."""
    rows: list[tuple[str, str, frozenset[str]]] = []
    for path in sorted((HERE / "sentences").glob("*.yaml")):
        for label, block in yaml.safe_load(path.read_text(encoding="utf-8"))["says"].items():
            classes = frozenset(label.split("+")) - {"none"}
            if strange := classes - set(CODES):
                raise BadStatements(f"{path.name}: there is no class {sorted(strange)}")
            rows += [(path.stem, line.strip(), classes) for line in block.splitlines() if line.strip()]
    return tuple(rows)


@cache
def fingerprint() -> str:
    """A digest of all that training reads, but the phrasebook, which has its own."""
    digest = hashlib.sha256()
    for folder in ("sentences", "words"):
        for path in sorted((HERE / folder).glob("*.yaml")):
            digest.update(path.read_bytes())
    for name in ("meaning.py", "features.py", "loading.py"):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()
