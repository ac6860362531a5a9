"""Reading and checking the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from amends.base.accounts.core import Scope
from amends.base.ledger import core
from amends.base.ledger.models import Entry, Head


def entries(scope: Scope) -> QuerySet[Entry]:
    """Newest first."""
    return Entry.objects.filter(organisation_id=scope.organisation_id).order_by("-seq")


def entries_of(scope: Scope, subject_kind: str, subject_id: object) -> QuerySet[Entry]:
    """What was done to one thing, oldest first."""
    return Entry.objects.filter(
        organisation_id=scope.organisation_id, subject_kind=subject_kind, subject_id=str(subject_id)
    ).order_by("seq")


def head(scope: Scope) -> tuple[int, str]:
    row = Head.objects.filter(organisation_id=scope.organisation_id).first()
    return (row.seq, row.hash) if row else (0, core.GENESIS)


def _sealed(scope: Scope) -> Iterator[core.Sealed]:
    names = list(core.Sealed.__dataclass_fields__)
    rows = Entry.objects.filter(organisation_id=scope.organisation_id).order_by("seq").values_list(*names)
    for row in rows.iterator(chunk_size=2000):
        yield core.Sealed(*row)


def verify(scope: Scope) -> core.Break | None:
    """The first entry that does not hold, or None. A missing tail shows as a gap against the head row."""
    broken = core.verify(_sealed(scope))
    if broken:
        return broken
    count = Entry.objects.filter(organisation_id=scope.organisation_id).count()
    seq, _ = head(scope)
    return core.Break(count + 1, "gap") if count != seq else None
