"""The ledger: what was done, by whom, and whether the chain still holds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from amends.base.accounts.core import Permission
from amends.base.ledger import queries
from amends.base.ledger.models import Entry
from amends.faces.api.door import caller, guarded
from amends.faces.api.reading import PAGE, Cursor, Limit, row_cursor

router = Router(tags=["ledger"])


class EntryDocument(BaseModel):
    seq: int
    at: datetime
    actor_kind: str = Field(description="person, token, system or buyer")
    actor_id: int | None
    verb: str
    subject_kind: str
    subject_id: str
    payload: dict[str, Any]
    prev_hash: str
    hash: str


class EntryPage(BaseModel):
    items: list[EntryDocument]
    next: str | None


class HeadDocument(BaseModel):
    seq: int
    hash: str


class VerifiedDocument(BaseModel):
    holds: bool
    broken_at: int | None = Field(description="The first entry that does not hold.")
    reason: str | None = Field(description="content, link or gap")
    head: HeadDocument


@guarded(router.get, "/ledger", Permission.LEDGER_READ, response=EntryPage, summary="List ledger entries")
def list_entries(
    request: HttpRequest,
    subject_kind: Annotated[str, Query(max_length=24, description="case, message, refund, import …")] = "",
    subject_id: Annotated[str, Query(max_length=40, description="Of a case, its number: `C-1001`.")] = "",
    verb: Annotated[str, Query(max_length=60, description="Beginning of the verb: `case:refund`.")] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> EntryPage:
    """Newest first."""
    rows = queries.entries(caller(request).scope)
    if subject_kind:
        rows = rows.filter(subject_kind=subject_kind)
    if subject_id:
        rows = rows.filter(subject_id=subject_id.removeprefix("C-"))
    if verb:
        rows = rows.filter(verb__startswith=verb)
    if (before := row_cursor(cursor)) is not None:
        rows = rows.filter(seq__lt=before)
    page = list(rows[: limit + 1])
    more = str(page[limit - 1].seq) if len(page) > limit else None
    return EntryPage(items=[_entry(one) for one in page[:limit]], next=more)


@guarded(router.get, "/ledger/head", Permission.LEDGER_READ, response=HeadDocument, summary="Read the newest seal")
def ledger_head(request: HttpRequest) -> HeadDocument:
    """Keep it elsewhere: whoever holds an old seal can tell whether history was rewritten."""
    seq, seal = queries.head(caller(request).scope)
    return HeadDocument(seq=seq, hash=seal)


@guarded(router.post, "/ledger/verify", Permission.LEDGER_READ, response=VerifiedDocument, summary="Check the chain")
def verify_ledger(request: HttpRequest) -> VerifiedDocument:
    """Walks every entry; writes nothing. It takes about a second for every hundred thousand entries."""
    scope = caller(request).scope
    broken = queries.verify(scope)
    seq, seal = queries.head(scope)
    return VerifiedDocument(
        holds=broken is None, broken_at=broken.seq if broken else None, reason=broken.reason if broken else None,
        head=HeadDocument(seq=seq, hash=seal),
    )  # fmt: skip


def _entry(entry: Entry) -> EntryDocument:
    return EntryDocument(
        seq=entry.seq, at=entry.at, actor_kind=entry.actor_kind, actor_id=entry.actor_id, verb=entry.verb,
        subject_kind=entry.subject_kind, subject_id=entry.subject_id, payload=entry.payload,
        prev_hash=entry.prev_hash, hash=entry.hash,
    )  # fmt: skip
