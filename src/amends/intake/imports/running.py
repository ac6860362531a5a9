"""Carrying out an import run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from amends.base.accounts.core import ActorKind, Permission, Scope
from amends.base.accounts.models import Shop
from amends.base.files import queries as files
from amends.base.ledger.actions import record
from amends.base.settings import env
from amends.intake.conversations.actions import receive_mail
from amends.intake.imports import planning
from amends.intake.imports.core.assemble import Assembler
from amends.intake.imports.core.layout import Layout
from amends.intake.imports.core.problems import FileRefused, Reject, Warn
from amends.intake.imports.core.records import Bundle, ShopHint
from amends.intake.imports.core.rows import RowReader, Settings, date_style
from amends.intake.imports.core.seen import Seen
from amends.intake.imports.models import ImportRun, RejectedRow, SavedMapping
from amends.intake.imports.planning import Plan, Planned
from amends.intake.imports.ports import Opened
from amends.intake.imports.readers import reader
from amends.intake.imports.shops import ShopFinder
from amends.intake.imports.writing import Writer
from amends.kernel.calendars import is_zone
from amends.kernel.outcome import InputError

BATCH = 1000  # bundles a transaction
Progress = Callable[[int, int, str], None]  # bytes read, bytes in all, a note


def run(run_id: int, now: datetime, progress: Progress | None = None) -> ImportRun:
    """Do one run from its beginning to its end. Safe to repeat: a second time finds everything as it is.

    Batches are transactions of their own, so a run that is killed leaves whole orders and starts anew when it is
    run again. A file that cannot be imported ends the run as failed, with the reason; it raises nothing.
    """
    row = ImportRun.objects.select_related("file", "shop").get(pk=run_id)
    scope = _scope(row)
    _begin(row, now)
    report = progress or _silent
    try:
        with _unmapped_database():
            _import(scope, row, now, report)
    except FileRefused as refused:
        _finish(scope, row, now, error={"code": refused.code, "params": refused.params})
    except InputError as error:  # a saved mapping that is no longer valid
        first = error.problems[0]
        _finish(scope, row, now, error={"code": first.code, "params": {**first.params, "where": first.where}})
    return row


def give_up(run_id: int, now: datetime) -> None:
    """Mark a run that a defect has ended."""
    row = ImportRun.objects.select_related("file").get(pk=run_id)
    _finish(_scope(row), row, now, error={"code": "internal", "params": {}})


@contextmanager
def _unmapped_database() -> Iterator[None]:
    """SQLite without its memory map: a long import touches every page, and each would count as memory of ours."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA mmap_size")
        before = int((cursor.fetchone() or (0,))[0])
        cursor.execute("PRAGMA mmap_size = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA mmap_size = {before}")


def _silent(_done: int, _total: int, _note: str) -> None:
    return


def _scope(row: ImportRun) -> Scope:
    """The rights of the machine, in the name of whoever started the run."""
    if row.created_by_id is None:
        return Scope(row.organisation_id, frozenset(Permission))
    return Scope(row.organisation_id, frozenset(Permission), ActorKind.PERSON, row.created_by_id)


def limit() -> int:
    """Largest file in bytes."""
    return env.read_int("AMENDS_MAX_IMPORT_MB") << 20


def _begin(row: ImportRun, now: datetime) -> None:
    with transaction.atomic():
        RejectedRow.objects.filter(organisation_id=row.organisation_id, run=row).delete()
        row.state, row.started_at, row.finished_at = ImportRun.State.RUNNING, now, None
        row.rows = row.accepted = row.rejected = row.unchanged = 0
        row.counts, row.warnings, row.error = {}, [], None
        row.save()


def _import(scope: Scope, row: ImportRun, now: datetime, progress: Progress) -> None:
    if row.file_id is None:
        raise FileRefused("file_missing")
    try:
        path = files.path_of(scope, row.file_id)
    except FileNotFoundError:
        raise FileRefused("file_missing") from None
    opened = reader().open(path, row.file_name, limit=limit())
    try:
        row.encoding = opened.encoding[:20]
        if opened.is_mail:
            _import_mail(scope, row, opened, now, progress)
            return
        plan = plan_of(scope, row, opened)
        if not plan.tables:
            _ask_for_mapping(row, plan)
            return
        _import_tables(scope, row, opened, plan, now, progress)
    finally:
        opened.close()


def plan_of(scope: Scope, row: ImportRun, opened: Opened) -> Plan:
    """The plan of a run: its own mapping, saved mappings, built-in layouts."""
    saved: dict[str, dict[str, Any]] = {
        m.fingerprint: m.mapping for m in SavedMapping.objects.filter(organisation_id=scope.organisation_id)
    }
    return planning.make(opened.sheets, reader().layouts(), saved, row.layout, row.mapping or None)


def _ask_for_mapping(row: ImportRun, plan: Plan) -> None:
    """No layout fits: a person maps the columns. Nothing is lost, the file is kept."""
    row.state = ImportRun.State.NEEDS_MAPPING
    row.warnings = [
        asdict(Warn("headings_unknown", {"member": sheet.member, "headings": list(headings)[:200]}))
        for sheet, _, headings in plan.unknown
    ]
    row.save()


def settings_of(row: ImportRun, planned: Planned, warnings: list[Warn]) -> Settings:
    """Zone and date order of one table: the layout's, the shop's, or what the file itself shows."""
    layout = planned.layout
    style = date_style(layout, list(planned.headings), planned.sheet.rows(planned.heading_row))
    if style.warning:
        warnings.append(Warn(style.warning, {"order": style.order, "member": planned.sheet.member}))
    shop = row.shop or _only_shop(row, layout)
    zone = layout.zone
    if zone == "shop":
        zone = shop.time_zone if shop and is_zone(shop.time_zone) else "UTC"
    assumed = Warn("zone_assumed", {"zone": zone})
    if style.naive and (layout.zone == "shop" or layout.unproven) and assumed not in warnings:
        warnings.append(assumed)
    return Settings(style.order, zone, shop.currency if shop else "")


def _only_shop(row: ImportRun, layout: Layout) -> Shop | None:
    """The organisation's shop on the layout's platform, when there is just one: its zone and its dollars count."""
    found = Shop.objects.filter(organisation_id=row.organisation_id, platform=layout.platform)[:2]
    return found[0] if len(found) == 1 else None


def _import_tables(scope: Scope, row: ImportRun, opened: Opened, plan: Plan, now: datetime, progress: Progress) -> None:
    warnings = list(plan.warnings)
    writer = Writer(scope, row, ShopFinder(scope, row.shop), now)
    members: dict[str, dict[str, Any]] = {}
    duplicates = skipped = 0
    for planned in plan.tables:
        names = planning.unmapped(planned)
        if names:
            warnings.append(Warn("columns_kept_raw", {"columns": names[:100], "member": planned.sheet.member}))
        row_reader = RowReader(planned.layout, list(planned.headings), settings_of(row, planned, warnings))
        assembler = Assembler(row_reader, Seen(), planned.sheet.member)
        rows = planning.joiner(planned, plan.lookups)(planned.sheet.rows(planned.heading_row))
        writer.width = len(planned.own_headings) if planned.layout.joins else None
        for bundles, rejects in _batches(assembler.walk(rows)):
            writer.write(planned.layout, bundles, rejects)
            _report(progress, opened, writer)
        duplicates += assembler.duplicates
        skipped += assembler.skipped
        members[planned.sheet.member or row.file_name] = {
            "layout": planned.layout.id,
            "rows": assembler.rows,
            "headings": list(planned.own_headings),
        }
    row.layout = _name_of(plan)
    _close(row, writer, duplicates)
    extra = {
        "duplicates": duplicates,
        "skipped": skipped,
        "members": members,
        "lookups": [lookup.sheet.member for lookup in plan.lookups.values()],
        "shops_made": writer.shops.made,
    }
    row.counts = writer.total.counts() | {k: v for k, v in extra.items() if v}
    row.warnings = [asdict(w) for w in warnings]
    _finish(scope, row, now)


def _batches(found: Iterable[Bundle | Reject]) -> Iterator[tuple[list[Bundle], list[Reject]]]:
    """Some hundred bundles at a time. An order that comes twice with its own fields is never twice in one batch."""
    bundles: list[Bundle] = []
    rejects: list[Reject] = []
    pending: set[tuple[ShopHint, str]] = set()
    for one in found:
        if isinstance(one, Reject):
            rejects.append(one)
            full = len(rejects) >= BATCH * 4
        else:
            key = (one.shop, one.number)
            if one.order is not None and key in pending:
                yield bundles, rejects
                bundles, rejects, pending = [], [], set()
            bundles.append(one)
            pending.add(key)
            full = len(bundles) >= BATCH
        if full:
            yield bundles, rejects
            bundles, rejects, pending = [], [], set()
    if bundles or rejects:
        yield bundles, rejects


def _name_of(plan: Plan) -> str:
    layouts = {p.layout.id for p in plan.tables}
    return layouts.pop() if len(layouts) == 1 and not plan.lookups else plan.tables[0].layout.family


def _close(row: ImportRun, writer: Writer, duplicates: int) -> None:
    total = writer.total
    row.accepted = total.accepted + duplicates
    row.unchanged = total.unchanged + duplicates
    row.rejected = total.rejected
    row.rows = row.accepted + row.rejected


def _report(progress: Progress, opened: Opened, writer: Writer) -> None:
    done, size = opened.position()
    progress(done, size, f"{writer.total.accepted + writer.total.rejected}")


def _import_mail(scope: Scope, row: ImportRun, opened: Opened, now: datetime, progress: Progress) -> None:
    """Every mail of a mailbox, through the same door as mail from a server; a refused one is a rejected row."""
    created = same = 0
    for number, raw in enumerate(opened.mails(), start=1):
        row.rows += 1
        try:
            received = receive_mail(scope, raw, now, row.file_name)
        except InputError as error:
            first = error.problems[0]
            RejectedRow.objects.create(
                organisation_id=scope.organisation_id, run=row, row=number, code=first.code, params=first.params
            )
            row.rejected += 1
            continue
        row.accepted += 1
        created += received.created
        same += not received.created
        done, size = opened.position()
        progress(done, size, f"{row.rows}")
    row.unchanged = same
    row.layout = "mail"
    row.counts = {"messages": {"created": created, "updated": 0, "same": same}}
    _finish(scope, row, now)


def _finish(scope: Scope, row: ImportRun, now: datetime, error: dict[str, Any] | None = None) -> None:
    """The end of a run and its one ledger entry: counts and the hash of the file, no names."""
    row.error, row.finished_at = error, now
    row.state = ImportRun.State.FAILED if error else ImportRun.State.DONE
    payload = {
        "file": row.file.sha256 if row.file else None,
        "layout": row.layout,
        "rows": row.rows,
        "accepted": row.accepted,
        "rejected": row.rejected,
        "unchanged": row.unchanged,
        "counts": {k: v for k, v in row.counts.items() if k != "members"},
        **({"error": error["code"]} if error else {}),
    }
    with transaction.atomic():
        row.save()
        verb = "import:run:failed" if error else "import:run:finished"
        record(scope, at=now, verb=verb, subject_kind="import", subject_id=row.pk, payload=payload)
