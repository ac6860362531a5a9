"""A text with its glossary words marked, for showing an original under its translation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """`becomes` is what the glossary makes of a marked word; `kept` that it stays as it is."""

    text: str
    marked: bool = False
    becomes: str = ""


def marked(text: str, found: Mapping[str, Any]) -> list[Part]:
    """The original cut at the glossary words that were held to."""
    out: list[Part] = []
    at = 0
    for hit in sorted(found.get("hits", ()), key=lambda one: one["start"]):
        if hit["start"] < at:
            continue
        out.append(Part(text[at : hit["start"]]))
        out.append(Part(text[hit["start"] : hit["end"]], True, hit["target"] or text[hit["start"] : hit["end"]]))
        at = hit["end"]
    return [part for part in (*out, Part(text[at:])) if part.text]
