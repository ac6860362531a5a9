"""The folder `AMENDS_HOME/in`: files put there are imported by themselves.

A file is taken at the second look that finds it with the same size and time, so one that is still being copied
waits. It moves to `in/done` when its run was made, to `in/failed` when it was refused. `in/mail` belongs to the mail
channel. With several organisations, files go into a folder named by the organisation's slug.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from amends.base.accounts.core import system_scope
from amends.base.accounts.models import Organisation
from amends.intake.imports.actions import queue, start
from amends.kernel.outcome import InputError

_OURS = frozenset({"done", "failed", "mail"})
_SEEN = ".seen.json"  # what the last look found: name → [size, time]


def look(now: datetime) -> int:
    """One look. Returns how many runs were made."""
    root = Path(settings.HOME) / "in"
    root.mkdir(parents=True, exist_ok=True)
    made = 0
    for folder, organisation in _folders(root):
        found = {p.name: _state(p) for p in _candidates(folder)}
        before = _remembered(folder)
        for name, state in found.items():
            if before.get(name) == state:
                made += _take(folder, name, organisation, now)
        _remember(folder, {n: s for n, s in found.items() if (folder / n).exists()})
    return made


def _folders(root: Path) -> Iterator[tuple[Path, Organisation]]:
    organisations = list(Organisation.objects.filter(is_demo=False).order_by("pk"))
    if len(organisations) == 1:
        yield root, organisations[0]
    for organisation in organisations:
        folder = root / organisation.slug
        if folder.is_dir():
            yield folder, organisation


def _candidates(folder: Path) -> Iterator[Path]:
    slugs = set(Organisation.objects.values_list("slug", flat=True))
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith((".", "~$")) or path.name.endswith((".part", ".tmp", ".crdownload"))
        if hidden or path.is_symlink() or (path.is_dir() and (path.name in _OURS or path.name in slugs)):
            continue
        yield path


def _state(path: Path) -> list[int]:
    """Size and time of last change; of a folder, of everything in it."""
    if path.is_dir():
        inside = [p.stat() for p in path.rglob("*") if p.is_file()]
        return [sum(s.st_size for s in inside), max((s.st_mtime_ns for s in inside), default=0)]
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _remembered(folder: Path) -> dict[str, list[int]]:
    try:
        found = json.loads((folder / _SEEN).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(folder: Path, states: dict[str, list[int]]) -> None:
    (folder / _SEEN).write_text(json.dumps(states), "utf-8")


def _take(folder: Path, name: str, organisation: Organisation, now: datetime) -> int:
    scope = system_scope(organisation.pk)
    path = folder / name
    try:
        with transaction.atomic():
            run = start(scope, path, name=name, source="folder", now=now)
            queue(scope, run.pk, now)
    except InputError as error:
        _move(path, folder / "failed", now)
        note = "\n".join(f"{p.code} {p.params}" for p in error.problems)
        (folder / "failed" / f"{name}.reason.txt").write_text(note + "\n", "utf-8")
        return 0
    _move(path, folder / "done", now)
    return 1


def _move(path: Path, into: Path, now: datetime) -> None:
    """Under its own name, or with the time before it when that is taken."""
    into.mkdir(exist_ok=True)
    target = into / path.name
    if target.exists():
        target = into / f"{now:%Y%m%d-%H%M%S}-{path.name}"
    shutil.move(path, target)
