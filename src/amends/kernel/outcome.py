"""Answers as values: yes, no, or a person must look; and why something was refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Answer(StrEnum):
    """The three outcomes of any automatic decision."""

    YES = "yes"
    NO = "no"
    NEEDS_PERSON = "needs_person"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a verb was not carried out. `code` is a message key; `rule_ids` are citable; `params` fill the message."""

    code: str
    rule_ids: tuple[str, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with input, named so that a person can mend it.

    `where` is a field path, a row and column, or a rule id; `code` is a message key; `params` fill the message.
    """

    code: str
    where: str = ""
    params: dict[str, Any] = field(default_factory=dict)


class InputError(ValueError):
    """Input refused as a whole, with every problem found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.where}: {p.code} {p.params or ''}".strip() for p in problems))
        self.problems = problems
