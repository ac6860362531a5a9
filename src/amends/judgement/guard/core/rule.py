"""A rule on texts: what it looks at, where it holds, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from amends.kernel.countries import GROUPS

Texts = Mapping[str, str]


class Verdict(StrEnum):
    """From the strongest. BLOCK: the text must be changed. GATE: a person gives a reason, which is logged with the
    name. SHAPE: there is a better form, shown beside it. LABEL: something must be added that says what this is."""

    BLOCK = "block"
    GATE = "gate"
    SHAPE = "shape"
    LABEL = "label"


STRENGTH: Final = {verdict: 4 - i for i, verdict in enumerate(Verdict)}
SURFACES: Final = ("draft", "template", "automation", "listing", "policy")
# What a caller knows of the situation beyond the words. Each is true, false or unknown; unknown fires nothing.
CONDITIONS: Final = (
    "automatic",  # nobody reads the text before it goes out
    "undisclosed",  # the buyer was not yet told that a machine writes
    "review_asked_before",
    "review_window_over",
    "past_deadline",  # the text names a later day than the one our answer is due by
    "remedy_not_allowed",  # the text offers what the judgement does not allow
    "remedy_owed",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule or a citation holds. Empty means everywhere. Countries are of the buyer; groups (EU, UK) too."""

    platforms: tuple[str, ...] = ()
    not_platforms: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()

    def holds(self, platform: str, country: str, surface: str) -> bool:
        return (
            (not self.platforms or platform in self.platforms)
            and platform not in self.not_platforms
            and (not self.countries or country_in(country, self.countries))
            and (not self.surfaces or surface in self.surfaces)
        )


@dataclass(frozen=True, slots=True)
class Cited:
    """One ground: a rule of the rulebook or a source with its address, and where it is the ground."""

    rule: str = ""
    source: str = ""
    title: str = ""
    url: str = ""
    retrieved: date | None = None
    where: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class GuardRule:
    """`says`: any of these statements. `when`: all of these conditions."""

    id: str
    verdict: Verdict
    title: Texts
    why: Texts
    instead: Texts
    says: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    where: Place = field(default_factory=Place)
    cites: tuple[Cited, ...] = ()
    confidence: str = "C"
    examples: tuple[Mapping[str, object], ...] = ()
    file: str = ""
    hash: str = ""


def country_in(country: str, wanted: tuple[str, ...]) -> bool:
    return any(country == one or country in GROUPS.get(one, frozenset()) for one in wanted)
