"""Remembering a closed case, and forgetting one that was opened again.

No ledger entry of their own: what is remembered is worked out from the case, whose closing and opening have theirs,
and `rebuild` may work it out again at any time.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Organisation
from amends.judgement.policies.queries import book_of
from amends.judgement.precedents.core import (
    CODING,
    Counts,
    Outcome,
    encode,
    features_of,
    hashed_words,
    pack,
    pack_words,
    tallies,
)
from amends.judgement.precedents.models import Precedent, Tally, Watermark
from amends.judgement.precedents.ports import Encoder


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed case as its flow tells it. `facts` are typed. `text` is what the buyer wrote; it is not stored."""

    number: int
    closed_at: datetime
    facts: Mapping[str, Any]
    outcome: Outcome
    text: str = ""
    language: str = ""


@transaction.atomic
def remember(scope: Scope, closed: Closed, encoder: Encoder | None = None) -> Precedent:
    """Remember a case, or remember it anew. It is compared as it was when it was closed."""
    scope.require(Permission.CASE_WORK)
    change = _next_change(scope)
    known = _row(scope, closed.number)
    features = features_of(closed.facts, closed.closed_at, book_of(scope).rates)
    salt = Organisation.objects.values_list("digest_salt", flat=True).get(pk=scope.organisation_id)
    embedding = encoder.encode([closed.text])[0] if encoder is not None and closed.text.strip() else b""
    row, _ = Precedent.objects.update_or_create(
        organisation_id=scope.organisation_id,
        case_number=closed.number,
        defaults={
            "change": change,
            "forgotten": False,
            "closed_at": closed.closed_at,
            "platform": features.platform or "",
            "kind": features.kind or "",
            "features": features.to_json(),
            "coding": CODING,
            "vector": pack(encode(features)),
            "words": pack_words(hashed_words(closed.text, closed.language, salt)),
            "engine": encoder.name if encoder is not None and embedding else "",
            "embedding": embedding,
            "outcome": closed.outcome.to_json(),
        },
    )
    _keep_tallies(scope, known, row)
    return row


@transaction.atomic
def forget(scope: Scope, number: int) -> bool:
    """Empty the row of a case; the empty row tells every index to take the case out. False: it was not there."""
    scope.require(Permission.CASE_WORK)
    change = _next_change(scope)
    known = _row(scope, number)
    if known is None:
        return False
    Precedent.objects.filter(organisation_id=scope.organisation_id, pk=known.pk).update(
        change=change, forgotten=True, closed_at=None, platform="", kind="", features={}, coding=0, vector=b"",
        words=b"", engine="", embedding=b"", outcome={},
    )  # fmt: skip
    _keep_tallies(scope, known, None)
    return True


def _row(scope: Scope, number: int) -> Precedent | None:
    """Read after the change was numbered, which only one at a time can do."""
    rows = Precedent.objects.filter(organisation_id=scope.organisation_id, forgotten=False)
    return rows.filter(case_number=number).first()


def _next_change(scope: Scope) -> int:
    """Holds the organisation's row until the transaction ends, so that changes are seen in their order."""
    Watermark.objects.get_or_create(organisation_id=scope.organisation_id, defaults={"stamp": secrets.token_hex(16)})
    Watermark.objects.filter(organisation_id=scope.organisation_id).update(change=F("change") + 1)
    return Watermark.objects.values_list("change", flat=True).get(organisation_id=scope.organisation_id)


def _keep_tallies(scope: Scope, old: Precedent | None, new: Precedent | None) -> None:
    """Take out what a case added before and add what it adds now."""
    deltas: dict[tuple[str, str, str], Counts] = {}
    for row, sign in ((old, -1), (new, 1)):
        if row is not None:
            for remedy, counts in tallies(Outcome.from_json(row.outcome)).items():
                place = (row.platform, row.kind, remedy)
                deltas[place] = deltas.get(place, Counts()).plus(counts, sign)
    for (platform, kind, remedy), counts in sorted(deltas.items()):
        if counts == Counts():
            continue
        tally, _ = Tally.objects.get_or_create(
            organisation_id=scope.organisation_id, platform=platform, kind=kind, remedy=remedy
        )
        moved = {name: F(name) + number for name, number in asdict(counts).items()}
        Tally.objects.filter(organisation_id=scope.organisation_id, pk=tally.pk).update(**moved)
