"""Writing to the ledger, always inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from amends.base.accounts.core import Scope
from amends.base.ledger import core
from amends.base.ledger.models import Entry, Head


def record(
    scope: Scope,
    *,
    at: datetime,
    verb: str,
    subject_kind: str,
    subject_id: object,
    payload: Mapping[str, Any] | None = None,
) -> Entry:
    """Append one entry. `verb` is `subject:object:action`, e.g. `case:refund:recorded`.

    Raises RuntimeError outside a transaction: an action and its entry are one or nothing.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a ledger entry needs the action's transaction")
    heads = Head.objects.select_for_update()
    head = heads.filter(organisation_id=scope.organisation_id).first()
    if head is None:  # the first entry; whoever comes second waits in get_or_create, then at the lock
        Head.objects.get_or_create(organisation_id=scope.organisation_id, defaults={"seq": 0, "hash": core.GENESIS})
        head = heads.get(organisation_id=scope.organisation_id)
    fields: dict[str, Any] = {
        "organisation_id": scope.organisation_id,
        "seq": head.seq + 1,
        "at": at,
        "actor_kind": scope.actor_kind.value,
        "actor_id": scope.actor_id,
        "verb": verb,
        "subject_kind": subject_kind,
        "subject_id": str(subject_id),
        "payload": dict(payload or {}),
        "prev_hash": head.hash,
    }
    entry = Entry(**fields, hash=core.entry_hash(**fields))
    entry.save(force_insert=True)
    head.seq, head.hash = entry.seq, entry.hash
    head.save(update_fields=["seq", "hash"])
    return entry
