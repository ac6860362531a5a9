"""Similar closed cases, and the organisation's experience with each remedy.

Each process keeps the index of the organisations it was last asked about in memory, and reads what changed since
before every search.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from threading import Lock
from typing import Any

import numpy as np

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Organisation
from amends.judgement.policies.queries import book_of
from amends.judgement.precedents.core import (
    CODING,
    FIELDS,
    MOST_WORDS,
    Comparison,
    Counts,
    Features,
    Outcome,
    compare,
    encode,
    features_of,
    hashed_words,
    pack,
)
from amends.judgement.precedents.index import Asked, Index, order_of
from amends.judgement.precedents.models import Precedent, Tally, Watermark
from amends.judgement.precedents.ports import Encoder
from amends.judgement.precedents.shelves import Rows

MOST = 20  # cases of one answer
_KEPT = 8  # organisations whose index stays in memory
_CHUNK = 20_000
WIDTHS = ("all", "kind", "platform_kind")  # as the fact `experience` names them


@dataclass(frozen=True, slots=True)
class Match:
    """A closed case. `likeness` is 1 for the same structure; `words` how alike the texts are, None if unknown."""

    number: int
    closed_at: datetime
    likeness: float
    words: float | None
    comparison: Comparison
    outcome: Outcome
    features: Features


@dataclass(frozen=True, slots=True)
class Similar:
    """Most similar first. `searched` counts the closed cases of this kind; `method` says what compared the words."""

    matches: tuple[Match, ...]
    searched: int
    method: str


def similar(  # noqa: PLR0913 - what is asked, keyword-only
    scope: Scope,
    facts: Mapping[str, Any],
    text: str,
    k: int = 5,
    *,
    now: datetime,
    language: str = "",
    encoder: Encoder | None = None,
    leave_out: int = 0,
) -> Similar:
    """Closed cases like these typed facts as of `now` and these words; `leave_out` is the number of the case itself.

    The first search of an organisation in a process reads all its closed cases, 100,000 in a second or two.
    """
    scope.require(Permission.CASE_READ)
    mine = features_of(facts, now, book_of(scope).rates)
    salt = Organisation.objects.values_list("digest_salt", flat=True).get(pk=scope.organisation_id)
    embedding = encoder.encode([text])[0] if encoder is not None and text.strip() else b""
    asked = Asked(encode(mine), hashed_words(text, language, salt), embedding)
    own = Precedent.objects.filter(organisation_id=scope.organisation_id, case_number=leave_out)
    own_pk = (own.values_list("pk", flat=True).first() or 0) if leave_out else 0
    held = _held(scope)
    with held.lock:
        _bring_up_to_date(scope, held, encoder)
        answer = held.index.search(asked, max(1, min(k, MOST)), leave_out=own_pk)
    rows = Precedent.objects.filter(organisation_id=scope.organisation_id, forgotten=False).defer(
        "vector", "words", "embedding"
    )
    by_pk = rows.in_bulk([found.pk for found in answer.found])
    matches = tuple(_match(mine, by_pk[f.pk], f.share, f.words) for f in answer.found if f.pk in by_pk)
    return Similar(matches, answer.searched, answer.method)


def _match(mine: Features, row: Precedent, share: float, words: float | None) -> Match:
    if row.closed_at is None:
        raise ValueError(f"precedent {row.pk} is remembered without the day it was closed")
    theirs = Features.from_json(row.features)
    outcome = Outcome.from_json(row.outcome)
    return Match(row.case_number, row.closed_at, 1 - share, words, compare(mine, theirs), outcome, theirs)


class _Held:
    """The index of one organisation in this process, and up to where it has read."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.index = Index()
        self.read = ("", 0, "")  # stamp of the database, last change, encoder


_held_of: OrderedDict[int, _Held] = OrderedDict()
_choosing = Lock()


def _held(scope: Scope) -> _Held:
    with _choosing:
        held = _held_of.setdefault(scope.organisation_id, _Held())
        _held_of.move_to_end(scope.organisation_id)
        while len(_held_of) > _KEPT:
            _held_of.popitem(last=False)
        return held


def _bring_up_to_date(scope: Scope, held: _Held, encoder: Encoder | None) -> None:
    """Read what is newer than the last change seen; all of it where this is another database or another encoder, or
    where the database went back in time (a restored backup)."""
    mark = Watermark.objects.filter(organisation_id=scope.organisation_id).values_list("stamp", "change").first()
    stamp, change = mark or ("", 0)
    engine = encoder.name if encoder is not None else ""
    if held.read == (stamp, change, engine):
        return
    old_stamp, read, old_engine = held.read
    if (old_stamp, old_engine) != (stamp, engine) or change < read:
        held.index, read = Index(encoder.dimensions if encoder is not None else 0), 0
        held.read = (stamp, 0, engine)
    fill(scope, held.index, read, change, engine)
    held.read = (stamp, change, engine)


def fill(scope: Scope, index: Index, after: int, until: int, engine: str = "") -> None:
    """Bring an index from one change to a later one."""
    rows = Precedent.objects.filter(organisation_id=scope.organisation_id, change__gt=after, change__lte=until)
    if after:
        gone = np.fromiter(rows.values_list("pk", flat=True).iterator(_CHUNK), np.int64)
        index.remove(gone)
    names = ["pk", "case_number", "closed_at", "vector", "words"]
    names += ["embedding", "engine"] if index.dimensions else []
    remembered = rows.filter(forgotten=False)
    coded = remembered.filter(coding=CODING).order_by("change")
    for chunk in _chunks(coded.values_list(*names).iterator(_CHUNK)):
        index.add(_rows(chunk, index.dimensions, engine))
    older = remembered.exclude(coding=CODING).order_by("change")
    for chunk in _chunks(older.values_list(*names, "features").iterator(_CHUNK)):
        index.add(_rows([_coded_again(row) for row in chunk], index.dimensions, engine))


def _coded_again(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row of an older coding, with its vector made from its features."""
    return (*row[:3], pack(encode(Features.from_json(row[-1]))), *row[4:-1])


def _chunks(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    chunk: list[tuple[Any, ...]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _rows(chunk: list[tuple[Any, ...]], dimensions: int, engine: str) -> Rows:
    size = len(chunk)
    vectors = np.frombuffer(b"".join(row[3] for row in chunk), "<u2").reshape(size, len(FIELDS))
    words = np.frombuffer(b"".join(row[4] for row in chunk), "<u2").reshape(size, MOST_WORDS)
    embedding = np.zeros((size, dimensions), np.int8)
    for place, row in enumerate(chunk if dimensions else ()):
        if row[6] == engine and len(row[5]) == dimensions:
            embedding[place] = np.frombuffer(row[5], np.int8)
    pk = np.array([row[0] for row in chunk], np.int64)
    order = np.array([order_of(int(row[2].timestamp()), row[1]) for row in chunk], np.int64)
    return Rows(vectors.astype(np.uint16), pk, order, np.sort(words.astype(np.uint16), axis=1), embedding)


@dataclass(frozen=True, slots=True)
class Experience:
    """What became of one remedy in the closed cases of one width (`WIDTHS`)."""

    remedy: str
    width: str
    counts: Counts

    def as_fact(self) -> dict[str, Any]:
        """A row of the table fact `experience`."""
        c = self.counts
        return {
            "remedy": self.remedy, "width": self.width, "offered": c.offered, "accepted": c.accepted,
            "refused": c.refused, "escalated": c.escalated, "decided": c.decided, "lost": c.lost,
        }  # fmt: skip


_COLUMNS = tuple(field.name for field in fields(Counts))


def experience(scope: Scope, platform: str, kind: str) -> tuple[Experience, ...]:
    """Every remedy at the widths `all`, `kind`, `platform_kind`; widths without a case are left out. One query.

    `any` stands for what follows a refusal, `contest` for disputes fought (`core.tallies`).
    """
    scope.require(Permission.CASE_READ)
    sums: dict[tuple[str, str], Counts] = {}
    # Summed here: a handful of rows a platform and kind, and cheaper than having the database told eighteen sums.
    rows = Tally.objects.filter(organisation_id=scope.organisation_id)
    for remedy, of_kind, of_platform, *counted in rows.values_list("remedy", "kind", "platform", *_COLUMNS):
        widths = WIDTHS[: 1 + (of_kind == kind) + (of_kind == kind and of_platform == platform)]
        for width in widths:
            sums[remedy, width] = sums.get((remedy, width), Counts()).plus(Counts(*counted))
    ordered = sorted(sums.items(), key=lambda item: (item[0][0], WIDTHS.index(item[0][1])))
    return tuple(Experience(remedy, width, counts) for (remedy, width), counts in ordered if counts.n)
