"""Finding kept files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from amends.base.accounts.core import Scope
from amends.base.files import disk
from amends.base.files.models import StoredFile


def get(scope: Scope, file_id: int) -> StoredFile | None:
    return StoredFile.objects.filter(organisation_id=scope.organisation_id, pk=file_id).first()


def open_file(scope: Scope, file_id: int) -> BinaryIO:
    """The bytes, for reading; the caller closes. FileNotFoundError when this organisation has no such file."""
    return path_of(scope, file_id).open("rb")


def path_of(scope: Scope, file_id: int) -> Path:
    """Where the bytes lie, for readers that want a path. FileNotFoundError as above."""
    row = get(scope, file_id)
    if row is None:
        raise FileNotFoundError(f"no stored file {file_id}")
    return disk.path_of(row.sha256)


def is_whole(scope: Scope, file_id: int) -> bool:
    """Do the bytes still have their hash? Reads them all. False when the file is gone or not ours."""
    row = get(scope, file_id)
    return row is not None and disk.is_whole(row.sha256)
