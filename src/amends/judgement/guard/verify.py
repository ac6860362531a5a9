"""Every rule's own examples are its test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.judgement.guard import check
from amends.judgement.guard.core.deciding import Context
from amends.judgement.guard.parse import current

NONE = "none"


def outcome(example: Mapping[str, Any]) -> str:
    """The verdict on an example, `none` where nothing is found."""
    context = Context(
        example.get("platform", ""), example.get("country", ""), example.get("surface", "draft"),
        {name: str(value).lower() == "true" for name, value in example.get("conditions", {}).items()},
    )  # fmt: skip
    verdict = check(example["text"], example.get("language", ""), context).verdict
    return verdict.value if verdict else NONE


def failures() -> list[str]:
    """One line an example that does not come out as written."""
    return [
        f"{rule.id}: {example['text']!r} is {got}, not {example['expect']}"
        for rule in current()
        for example in rule.examples
        for got in [outcome(example)]
        if got != example["expect"]
    ]
