"""Keeping a file."""

from __future__ import annotations

from datetime import datetime

from amends.base.accounts.core import Scope
from amends.base.files import core, disk
from amends.base.files.disk import Source
from amends.base.files.models import StoredFile


def store(
    scope: Scope, source: Source, name: str, media_type: str, now: datetime, max_bytes: int | None = None
) -> StoredFile:
    """Keep the bytes of a stream (from where it stands to its end), a path or a bytes object.

    The same bytes in the same organisation are the same row, with the name of the first time. The bytes are on
    the disk before the row exists; a rollback leaves bytes that nobody points to, which does no harm. Writes no
    ledger entry: a file is kept on behalf of an action (an import, a mail), and that action enters its hash.
    Raises InputError `file_too_large`.
    """
    written = disk.write(source, max_bytes)
    row = StoredFile(
        organisation_id=scope.organisation_id,
        sha256=written.sha256,
        size=written.size,
        name=core.safe_name(name),
        media_type=media_type[:100],
        created_at=now,
    )
    StoredFile.objects.bulk_create([row], ignore_conflicts=True)
    return StoredFile.objects.get(organisation_id=scope.organisation_id, sha256=written.sha256)
