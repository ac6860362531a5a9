"""Copying a SQLite installation into an empty PostgreSQL: every table in one transaction, then compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import dj_database_url
import psycopg
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, models, transaction

from amends.base.accounts.models import Organisation
from amends.base.ledger import core
from amends.base.ledger.models import Entry, Head
from amends.base.operations.errors import OperationError

TARGET = "target"
_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Moved:
    tables: dict[str, int]
    heads: dict[str, str]


def move(url: str, report: Callable[[str, int], None]) -> Moved:
    """Copy to `url`; `report(table, rows)` after each table. Raises OperationError and then leaves no row behind.

    Amends must be stopped. The SQLite file is only read and stays as it is.
    """
    if connection.vendor != "sqlite":
        raise OperationError(
            "not_sqlite", "DATABASE_URL is PostgreSQL already; there is nothing to move", "DATABASE_URL"
        )
    _open_target(url)
    try:
        call_command("migrate", database=TARGET, interactive=False, verbosity=0)
        moved = _copy_all(report)
    except (DatabaseError, psycopg.Error) as error:  # COPY speaks past Django
        raise OperationError("target_refused", f"PostgreSQL: {error}".strip(), "URL") from error
    finally:
        connections[TARGET].close()
    return moved


def tables_in_order() -> list[type[models.Model]]:
    """Every table we own, link tables included, each after the ones it points to."""
    ours = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    graph: TopologicalSorter[type[models.Model]] = TopologicalSorter()
    for model in sorted(ours, key=lambda m: m._meta.db_table):
        pointed = {f.related_model for f in model._meta.concrete_fields if f.is_relation}
        graph.add(model, *sorted((m for m in pointed if m in ours and m is not model), key=str))
    return list(graph.static_order())


def _open_target(url: str) -> None:
    try:
        wanted = dj_database_url.parse(url)
    except ValueError as error:
        raise OperationError("bad_url", f"not a database address: {url!r}", "URL") from error
    if not str(wanted.get("ENGINE", "")).endswith("postgresql"):
        message = "the target must be PostgreSQL: postgres://user:password@host:port/name"
        raise OperationError("bad_url", message, "URL")
    connections.settings[TARGET] = connections.configure_settings(
        {"default": connection.settings_dict, TARGET: wanted}
    )[TARGET]
    try:
        _refuse_full()
    except DatabaseError as error:
        raise OperationError("target_unreachable", f"PostgreSQL: {error}".strip(), "URL") from error


def _refuse_full() -> None:
    """A target may hold our own tables if they are empty (a move that failed before), and nothing else."""
    ours = {m._meta.db_table for m in tables_in_order()}
    filled_by_migrate = {"django_migrations", "django_content_type", "auth_permission"}
    with connections[TARGET].cursor() as cursor:
        for table in connections[TARGET].introspection.table_names(cursor):
            if table in filled_by_migrate:
                continue
            cursor.execute(f"SELECT 1 FROM {_quoted(table)} LIMIT 1")  # noqa: S608 - from the catalogue, quoted
            if table not in ours or cursor.fetchone():
                message = f"the target holds the table {table}: move only into an empty database"
                raise OperationError("not_empty", message, table)


def _quoted(name: str) -> str:
    return connections[TARGET].ops.quote_name(name)


def _copy_all(report: Callable[[str, int], None]) -> Moved:
    order, counts = tables_in_order(), {}
    with transaction.atomic(using=TARGET), transaction.atomic():
        _empty(order)
        for model in order:
            table = model._meta.db_table
            counts[table] = _copy(model)
            report(table, counts[table])
        _reset_sequences(order)
        _compare(order)
        heads = _compare_ledgers()
    return Moved(counts, heads)


def _empty(order: Sequence[type[models.Model]]) -> None:
    """Take out what `migrate` put in by itself (content types, permissions): the source brings its own."""
    names = ", ".join(_quoted(m._meta.db_table) for m in order)
    with connections[TARGET].cursor() as cursor:
        cursor.execute(f"TRUNCATE {names}")


def _copy(model: type[models.Model]) -> int:
    fields = model._meta.concrete_fields
    target, table = connections[TARGET], model._meta.db_table
    columns = ", ".join(_quoted(str(f.column)) for f in fields)
    copied, last = 0, None
    with target.cursor() as cursor:
        try:
            with cursor.copy(f"COPY {_quoted(table)} ({columns}) FROM STDIN") as stream:
                for row in _rows(model, fields):
                    last = row[0]
                    stream.write_row([f.get_db_prep_save(v, target) for f, v in zip(fields, row, strict=True)])
                    copied += 1
        except psycopg.DataError as error:
            # SQLite minds neither lengths nor NUL characters; PostgreSQL does, and says which column.
            message = f"{table}: a value PostgreSQL does not take: {str(error).strip()}"
            raise OperationError("value_refused", message, table, last_key=last) from error
    return copied


def _rows(model: type[models.Model], fields: Sequence[models.Field[Any, Any]]) -> Iterator[tuple[Any, ...]]:
    names = [f.attname for f in fields]
    return model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=_CHUNK)


def _reset_sequences(order: Sequence[type[models.Model]]) -> None:
    with connections[TARGET].cursor() as cursor:
        for statement in connections[TARGET].ops.sequence_reset_sql(no_style(), list(order)):
            cursor.execute(statement)


def _compare(order: Sequence[type[models.Model]]) -> None:
    for model in order:
        here, there = (model._base_manager.using(alias).count() for alias in ("default", TARGET))
        if here != there:
            table = model._meta.db_table
            raise OperationError("move_differs", f"{table}: {here} rows here, {there} there", table)


def _compare_ledgers() -> dict[str, str]:
    """Every head equal, and every entry's hash recomputed from what PostgreSQL now holds."""
    heads = {}
    for organisation in Organisation.objects.order_by("pk"):
        here, there = (_head(alias, organisation.pk) for alias in ("default", TARGET))
        if here != there:
            raise OperationError("move_differs", f"the ledger head of {organisation.slug} differs", organisation.slug)
        broken = core.verify(_sealed(organisation.pk))
        if broken:
            message = f"the ledger of {organisation.slug} does not hold at entry {broken.seq} ({broken.reason})"
            raise OperationError("ledger_broken", message, organisation.slug, seq=broken.seq)
        heads[organisation.slug] = here
    return heads


def _head(alias: str, organisation_id: int) -> str:
    row = Head.objects.using(alias).filter(organisation_id=organisation_id).values_list("seq", "hash").first()
    seq, digest = row or (0, core.GENESIS)
    return f"{seq}:{digest}"


def _sealed(organisation_id: int) -> Iterator[core.Sealed]:
    names = list(core.Sealed.__dataclass_fields__)
    rows = Entry.objects.using(TARGET).filter(organisation_id=organisation_id).order_by("seq").values_list(*names)
    for row in rows.iterator(chunk_size=_CHUNK):
        yield core.Sealed(*row)
