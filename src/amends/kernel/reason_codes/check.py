"""Whether the tables hold: every code maps, every leaf is reached, versions do not overlap, both ways agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

from amends.kernel.outcome import Problem
from amends.kernel.reason_codes.lookup import LISTS, codes_for, find, fold, leaf_of, platforms, versions
from amends.kernel.reason_codes.model import Exactness, ReasonCode, ReasonList, Status
from amends.kernel.taxonomy import LEAVES, Leaf

# Leaves that no platform gives a code of its own, and why not.
OWN_ONLY: Mapping[str, str] = MappingProxyType(
    {
        "address_change": "reaches us as a message; platforms only know it as one reason to cancel",
        "where_is_my_order": "reaches us as a message before there is a case on the platform",
        "question": "reaches us as a message; no platform opens a case for it",
        "thanks": "reaches us as a message; no platform opens a case for it",
    }
)


def problems(
    lists: tuple[ReasonList, ...] = LISTS,
    leaves: tuple[Leaf, ...] = LEAVES,
    own_only: Mapping[str, str] = OWN_ONLY,
    expected: tuple[str, ...] = (),
) -> list[Problem]:
    """Everything wrong with the tables; `expected` are platforms that must have an entry.

    `where` names the list and the code, or the leaf, or the platform.
    """
    known = {leaf.code for leaf in leaves}
    return [
        *(Problem("platform_missing", name) for name in expected if name not in platforms(lists)),
        *(problem for entry in lists for problem in _of_list(entry, known)),
        *_overlaps(lists),
        *_unreached(lists, known, own_only),
        *(problem for entry in lists for problem in _round_trip(entry, lists)),
    ]


def _of_list(entry: ReasonList, known: set[str]) -> Iterator[Problem]:
    if entry.since and entry.until and entry.until <= entry.since:
        yield Problem("validity_empty", entry.title)
    if (entry.status is Status.NONE) != (not entry.codes):
        yield Problem(
            "status_and_codes_disagree", entry.title, {"status": entry.status.value, "codes": len(entry.codes)}
        )
    if entry.codes and not (entry.source and entry.proof in ("A", "B", "C")):
        yield Problem("source_missing", entry.title)
    spelt = Counter(fold(name) for code in entry.codes for name in (code.code, *code.aliases))
    for name in (name for name, times in spelt.items() if times > 1):
        yield Problem("code_twice", f"{entry.title} {name}")
    for code in entry.codes:
        yield from _of_code(f"{entry.title} {code.code}", code, known)


def _of_code(where: str, code: ReasonCode, known: set[str]) -> Iterator[Problem]:
    if not fold(code.code):
        yield Problem("code_empty", where)
    if not code.leaves:
        yield Problem("code_unmapped", where)
    for leaf in code.leaves:
        if leaf not in known:
            yield Problem("unknown_leaf", where, {"leaf": leaf})
    if len(set(code.leaves)) != len(code.leaves):
        yield Problem("leaf_twice", where)
    if (len(code.leaves) > 1) != (code.exactness is Exactness.WIDER):
        yield Problem("exactness_and_leaves_disagree", where, {"exactness": code.exactness.value})


def _overlaps(lists: tuple[ReasonList, ...]) -> Iterator[Problem]:
    for (platform, name), same in versions(lists):
        for earlier, later in pairwise(same):
            if earlier.until is None or later.since is None or later.since < earlier.until:
                params = {"earlier": earlier.version, "later": later.version}
                yield Problem("versions_overlap", f"{platform} {name}", params)


def _unreached(lists: tuple[ReasonList, ...], known: set[str], own_only: Mapping[str, str]) -> Iterator[Problem]:
    """A wider code reaches no leaf: it names several and so none of them."""
    reached = {
        code.leaves[0]
        for entry in lists
        for code in entry.codes
        if len(code.leaves) == 1 and code.exactness is not Exactness.WIDER
    }
    for leaf in sorted(known - reached - set(own_only)):
        yield Problem("leaf_unreached", leaf)
    for leaf in sorted(set(own_only) & reached):
        yield Problem("own_only_but_reached", leaf)
    for leaf in sorted(name for name, reason in own_only.items() if name not in known or not reason):
        yield Problem("own_only_unknown_or_without_reason", leaf)


def _day_of(entry: ReasonList) -> date | None:
    """A day on which the list applies."""
    return entry.since or (entry.until - timedelta(days=1) if entry.until else None)


def _round_trip(entry: ReasonList, lists: tuple[ReasonList, ...]) -> Iterator[Problem]:
    """From code to leaves and back must end at the same code, under each of its spellings."""
    on = _day_of(entry)
    for code in entry.codes:
        where = f"{entry.title} {code.code}"
        for name in (code.code, *code.aliases):
            if code not in [f.code for f in find(entry.platform, name, on, name=entry.name, lists=lists)]:
                yield Problem("code_not_found_again", where, {"spelling": name})
        for leaf in leaf_of(entry.platform, code.code, on, name=entry.name, lists=lists):
            if code not in [f.code for f in codes_for(leaf, entry.platform, on, lists=lists)]:
                yield Problem("leaf_does_not_lead_back", where, {"leaf": leaf})
