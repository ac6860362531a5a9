"""Whether a text is a template, filled: then what it says is known in every language that has it."""

from __future__ import annotations

import re
from typing import Final

from amends.language.templates.core.book import SLOT

# Values that read the same in every language. A date, an amount or a count was written for one and stays out.
NEUTRAL: Final = frozenset({"order", "tracking", "carrier", "item"})
_SPACE: Final = re.compile(r"\s+")
_LONGEST: Final = 120


def filled(template: str, text: str) -> dict[str, str] | None:
    """The values of its slots if `text` is `template`, blanks aside. None where it is not, or where a slot is one whose
    value belongs to a language."""
    names = SLOT.findall(template)
    if not set(names) <= NEUTRAL:
        return None
    parts = [_SPACE.sub(" ", part) for part in SLOT.split(template.strip())[::2]]
    plain = _SPACE.sub(" ", text.strip())
    if any(part not in plain for part in parts):
        return None
    shape = re.escape(parts[0]) + "".join(
        f"(.{{1,{_LONGEST}}}?){re.escape(part)}" for part in parts[1:]
    )  # fmt: skip
    match = re.fullmatch(shape, plain)
    if match is None:
        return None
    values: dict[str, str] = {}
    for name, value in zip(names, match.groups(), strict=True):
        if values.setdefault(name, value) != value:
            return None  # one slot with two values is another text
    return values
