"""What an engine is asked and what it answers: plain values, shared by every engine and by the router."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Terms(StrEnum):
    """How an engine can be held to a glossary."""

    MASK = "mask"  # it cannot: terms travel as tokens
    NATIVE = "native"  # it has a parameter for them
    PROMPT = "prompt"  # they are written into its instructions, and checked afterwards


@dataclass(frozen=True, slots=True)
class Caps:
    """What an engine can take. `batch` is how many segments one call may carry."""

    terms: Terms = Terms.MASK
    max_chars: int = 2000
    batch: int = 32
    formality: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary row for one direction. An empty `target` means: leave the source word as it is."""

    source: str
    target: str = ""
    forms: tuple[str, ...] = ()  # other spellings and inflections of the source
    context: str = ""  # shown to the agent; engines with instructions are told it


@dataclass(frozen=True, slots=True)
class Ask:
    """Segments to translate, masked already where the engine cannot take terms. Codes are those of our table."""

    segments: tuple[str, ...]
    source: str
    target: str
    terms: tuple[Term, ...] = ()
    formal: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """One text a segment, in order. `model` names exactly what translated: a hash, or the service's own version."""

    segments: tuple[str, ...]
    model: str = ""
    detail: dict[str, str] = field(default_factory=dict)


class EngineFailed(Exception):
    """An engine did not translate. `code` is a word for programs: `unreachable`, `refused`, `quota`, `bad_answer`,
    `too_long`, `no_pair`, `crashed`, `timeout`. The message carries no buyer's words and no secret."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
