"""Verbs on imports: start one, map its columns, accept a layout."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from amends.base.accounts.core import ActorKind, Permission, Scope
from amends.base.accounts.models import Shop
from amends.base.files import queries as files
from amends.base.files.actions import store
from amends.base.files.models import StoredFile
from amends.base.jobs import enqueue
from amends.base.ledger.actions import record
from amends.intake.imports.core.layout import fingerprint
from amends.intake.imports.core.problems import FileRefused
from amends.intake.imports.models import ImportRun, SavedMapping
from amends.intake.imports.planning import from_mapping
from amends.intake.imports.readers import reader
from amends.intake.imports.running import limit, run
from amends.kernel.outcome import InputError, Problem

__all__ = ["accept_layout", "queue", "run", "save_mapping", "start"]


def start(  # noqa: PLR0913 - what is known of a file, all keyword-only after the file
    scope: Scope,
    content: Path | StoredFile,
    *,
    name: str,
    source: str,
    now: datetime,
    shop_id: int | None = None,
    layout: str = "",
    mapping: Mapping[str, Any] | None = None,
    max_bytes: int | None = None,
) -> ImportRun:
    """Keep a file or a folder by its hash and make a run of it, waiting. `queue` or `run` carries it out.

    `source` is browser, cli, api, folder or mail. Raises InputError for an unknown shop or layout, an empty or
    too large file, a folder with nothing to read; then nothing is kept.
    """
    scope.require(Permission.IMPORT_RUN)
    _check(scope, shop_id, layout)
    stored = content if isinstance(content, StoredFile) else _keep(scope, content, name, now, max_bytes or limit())
    if stored.organisation_id != scope.organisation_id:
        raise InputError([Problem("file_unknown", "file")])
    return ImportRun.objects.create(
        organisation_id=scope.organisation_id,
        shop_id=shop_id,
        file=stored,
        source=source,
        file_name=name[:255],
        layout=layout,
        mapping=dict(mapping or {}),
        created_at=now,
        created_by_id=scope.actor_id if scope.actor_kind is ActorKind.PERSON else None,
    )


def _check(scope: Scope, shop_id: int | None, layout: str) -> None:
    if shop_id is not None and not Shop.objects.filter(organisation_id=scope.organisation_id, pk=shop_id).exists():
        raise InputError([Problem("shop_unknown", "shop", {"shop": shop_id})])
    known = reader().layouts().values()
    if layout and not any(layout in (one.id, one.family) for one in known):
        raise InputError([Problem("unknown_layout", "layout", {"layout": layout})])


def _keep(scope: Scope, path: Path, name: str, now: datetime, most: int) -> StoredFile:
    """Store the bytes; of a folder, one archive that is the same for the same files."""
    try:
        if path.is_dir():
            with tempfile.TemporaryDirectory() as temporary:
                packed = Path(temporary) / "folder.zip"
                reader().pack(path, packed)
                _refuse_size(packed.stat().st_size, most)
                return store(scope, packed, f"{name}.zip", "application/zip", now, most)
        _refuse_size(path.stat().st_size, most)
    except FileRefused as refused:
        raise InputError([Problem(refused.code, name, refused.params)]) from None
    return store(scope, path, name, reader().media_type(path), now, most)


def _refuse_size(size: int, most: int) -> None:
    """By its length, before a byte is read."""
    if size == 0:
        raise FileRefused("empty")
    if size > most:
        raise FileRefused("too_big", size_mb=size >> 20, limit_mb=most >> 20)


def queue(scope: Scope, run_id: int, now: datetime) -> int:
    """Have a worker do the run. Returns the id of the job; asking twice is one job."""
    scope.require(Permission.IMPORT_RUN)
    row = ImportRun.objects.get(organisation_id=scope.organisation_id, pk=run_id)
    return enqueue(
        "imports.run",
        {"run_id": row.pk},
        now=now,
        organisation_id=scope.organisation_id,
        key=f"imports:{scope.organisation_id}",  # two runs of one organisation would write the same orders
        uniq=_uniq(row),
    )


def _uniq(row: ImportRun) -> str:
    """Asked twice it is one job; asked again after it ended, or with another mapping, it is a new one."""
    state = f"{row.finished_at}{json.dumps(row.mapping, sort_keys=True)}"
    return f"imports.run:{row.pk}:{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def save_mapping(scope: Scope, run_id: int, mapping: Mapping[str, Any], name: str, now: datetime) -> SavedMapping:
    """Keep the column map a person made, for this run and for later files with the same headings.

    `mapping` is `{"columns": {heading: target}, "kind", "platform", "zone", "currency", "date_order", "decimal"}`.
    The run waits again afterwards. Raises InputError with every problem of the mapping.
    """
    scope.require(Permission.IMPORT_RUN)
    row = ImportRun.objects.get(organisation_id=scope.organisation_id, pk=run_id)
    from_mapping(mapping)
    mark = fingerprint(mapping["columns"])
    kept = {**mapping, "name": name, "fingerprint": mark}
    with transaction.atomic():
        saved, _ = SavedMapping.objects.update_or_create(
            organisation_id=scope.organisation_id,
            fingerprint=mark,
            defaults={"name": name[:80], "mapping": kept, "created_at": now},
        )
        row.mapping, row.state, row.error = kept, ImportRun.State.WAITING, None
        row.save(update_fields=["mapping", "state", "error"])
        record(
            scope,
            at=now,
            verb="import:mapping:saved",
            subject_kind="import",
            subject_id=row.pk,
            payload={"fingerprint": mark, "columns": len(mapping["columns"])},
        )
    return saved


def accept_layout(scope: Scope, layout_id: str, now: datetime) -> None:
    """A person has looked at a preview and says that an unproven layout fits their files."""
    scope.require(Permission.IMPORT_RUN)
    if layout_id not in reader().layouts():
        raise InputError([Problem("unknown_layout", "layout", {"layout": layout_id})])
    with transaction.atomic():
        SavedMapping.objects.get_or_create(
            organisation_id=scope.organisation_id,
            fingerprint=f"layout:{layout_id}"[:64],
            defaults={"name": layout_id[:80], "mapping": {"accepted": layout_id}, "created_at": now},
        )
        record(scope, at=now, verb="import:layout:accepted", subject_kind="layout", subject_id=layout_id)


def file_path(scope: Scope, row: ImportRun) -> Path:
    """Where the original lies. FileNotFoundError when it is gone."""
    if row.file_id is None:
        raise FileNotFoundError(row.file_name)
    return files.path_of(scope, row.file_id)
