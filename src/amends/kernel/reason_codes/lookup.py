"""Both ways through the tables: from a platform's code to our leaves, and from a leaf to the platform's codes.

Everything is a pure function of the tables; the day is passed in. A day of None asks for the lists in force without
an end. What is not found is an empty answer, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from amends.kernel.reason_codes import aliexpress, amazon, ebay, networks, others, payments, shopee, shops, tiktok_shop
from amends.kernel.reason_codes.model import Exactness, Match, ReasonCode, ReasonList, Status

LISTS: tuple[ReasonList, ...] = (
    *aliexpress.LISTS,
    *amazon.LISTS,
    *ebay.LISTS,
    *shops.LISTS,
    *shopee.LISTS,
    *tiktok_shop.LISTS,
    *others.LISTS,
    *payments.LISTS,
    *networks.LISTS,
)
NETWORKS = ("visa", "mastercard", "amex", "discover")
PAYMENT_SERVICES = ("stripe",)
_ORDER = (Match.WHOLE, Match.SUFFIX, Match.PREFIX)
_CLOSENESS = {Exactness.EXACT: 0, Exactness.NARROWER: 1, Exactness.WIDER: 2}


@dataclass(frozen=True, slots=True)
class Found:
    """A code and the list it stands in. Several lists of a platform may know the same code."""

    in_list: ReasonList
    code: ReasonCode


def fold(code: str) -> str:
    """The form codes are compared in: case and outer blanks do not count."""
    return code.strip().casefold()


def lists_of(platform: str, on: date | None = None, *, lists: tuple[ReasonList, ...] = LISTS) -> tuple[ReasonList, ...]:
    """The platform's lists in force, and those of the platforms it points to, its own first."""
    own = tuple(entry for entry in lists if entry.platform == platform and entry.applies(on))
    further = dict.fromkeys(name for entry in own for name in entry.see if name != platform)
    return own + tuple(entry for name in further for entry in lists if entry.platform == name and entry.applies(on))


def status_of(platform: str, *, lists: tuple[ReasonList, ...] = LISTS) -> Status | None:
    """How well a platform is sourced, by the weakest of its own lists; None for a platform without an entry."""
    ranks = list(Status)
    return max((e.status for e in lists if e.platform == platform), key=ranks.index, default=None)


def _spellings(entry: ReasonList, text: str) -> tuple[str, ...]:
    """The text as given, then without each prefix that comes and goes."""
    stripped = (text.removeprefix(fold(start)) for start in entry.strip)
    return tuple(dict.fromkeys((text, *stripped)))


def _matches(code: ReasonCode, text: str) -> bool:
    names = tuple(fold(name) for name in (code.code, *code.aliases))
    match code.match:
        case Match.WHOLE:
            return text in names
        case Match.PREFIX:
            return text.startswith(names)
        case Match.SUFFIX:
            return text.endswith(names)


def _in_list(entry: ReasonList, text: str) -> ReasonCode | None:
    """The code of one list that the text means: a whole match first, else the longest end that fits."""
    found = [code for code in entry.codes for said in _spellings(entry, text) if _matches(code, said)]
    return min(found, key=lambda c: (_ORDER.index(c.match), -len(c.code)), default=None)


def find(
    platform: str, code: str, on: date | None = None, *, name: str = "", lists: tuple[ReasonList, ...] = LISTS
) -> tuple[Found, ...]:
    """Where a platform's code stands, in each of its lists that knows it; `name` asks one list only.

    A code that a list knows whole hides the ends of longer codes in the platform's other lists.
    """
    text = fold(code)
    if not text:
        return ()
    found = [
        Found(entry, known)
        for entry in lists_of(platform, on, lists=lists)
        if not name or entry.name == name
        if (known := _in_list(entry, text)) is not None
    ]
    whole = [f for f in found if f.code.match is Match.WHOLE]
    return tuple(whole or found)


def leaf_of(
    platform: str, code: str, on: date | None = None, *, name: str = "", lists: tuple[ReasonList, ...] = LISTS
) -> tuple[str, ...]:
    """The leaves a code may mean, in the order of the platform's lists; empty when no list knows the code.

    More than one leaf means that the code alone does not settle the case: the facts do, or a person.
    """
    found = find(platform, code, on, name=name, lists=lists)
    return tuple(dict.fromkeys(leaf for f in found for leaf in f.code.leaves))


def codes_for(
    leaf: str, platform: str, on: date | None = None, *, lists: tuple[ReasonList, ...] = LISTS
) -> tuple[Found, ...]:
    """The platform's codes that may mean a leaf, those that mean it alone first."""
    found = (
        Found(entry, code)
        for entry in lists_of(platform, on, lists=lists)
        for code in entry.codes
        if leaf in code.leaves
    )
    return tuple(sorted(found, key=lambda f: _CLOSENESS[f.code.exactness]))


def platforms(lists: tuple[ReasonList, ...] = LISTS) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.platform for entry in lists))


def versions(lists: tuple[ReasonList, ...] = LISTS) -> Iterator[tuple[tuple[str, str], list[ReasonList]]]:
    """Each list of each platform with all its versions, oldest first."""
    keys = dict.fromkeys((entry.platform, entry.name) for entry in lists)
    for key in keys:
        same = [entry for entry in lists if (entry.platform, entry.name) == key]
        yield key, sorted(same, key=lambda entry: entry.since or date.min)
