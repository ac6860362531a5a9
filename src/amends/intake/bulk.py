"""What every upsert of intake shares: what a statement changes, how changes are counted, how rows are written.

Rows go to the database past the ORM's per-field machinery: an import writes several rows an order, and building a
model instance and an INSERT expression for each costs five times as much as the database itself. This is the one
place where intake writes SQL by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection, models

Values = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """Rows of one table that an import made, altered, or found as they were; `touched` are the orders concerned."""

    created: int = 0
    updated: int = 0
    same: int = 0
    touched: set[int | None] = field(default_factory=set)

    def made(self, order_id: int | None) -> None:
        self.created += 1
        self.touched.add(order_id)

    def found(self, order_id: int | None, *, changed: bool) -> None:
        if changed:
            self.updated += 1
            self.touched.add(order_id)
        else:
            self.same += 1

    def add(self, other: Tally) -> None:
        self.created += other.created
        self.updated += other.updated
        self.same += other.same
        self.touched |= other.touched


def apply(row: dict[str, Any], record: Any, fields: Iterable[str]) -> bool:
    """Copy what `record` states (not None) into `row`; dicts are merged key by key. True if anything differed."""
    changed = False
    for name in fields:
        value = getattr(record, name)
        if value is None:
            continue
        known = row[name]
        if value == known:
            continue
        if isinstance(value, dict):
            value = {**known, **value}
            if value == known:
                continue
        row[name] = value
        changed = True
    return changed


def stated(record: Any, fields: Iterable[str]) -> dict[str, Any]:
    """The fields the record speaks of, for a row that does not exist yet; the rest keep the table's defaults."""
    return {name: value for name in fields if (value := getattr(record, name)) is not None}


@cache
def defaults(model: type[models.Model]) -> Mapping[str, Any]:
    """What each column holds when nobody states it. Mutable defaults are shared: replace them, never change them."""
    return {f.attname: f.get_default() for f in model._meta.concrete_fields if not f.primary_key}


def upsert(model: type[models.Model], rows: Sequence[Values], unique: Sequence[str], update: Sequence[str]) -> None:
    """Insert rows, or overwrite the `update` columns of those that have the same `unique` columns.

    Rows are dicts by column attribute (`order_id`, not `order`) and hold at least every column but the key.
    Values are what the columns hold: zone-aware times, plain dicts for JSON.
    """
    if not rows:
        return
    columns = list(defaults(model))
    fields = {f.attname: f for f in model._meta.concrete_fields}
    prepare = [_preparation(fields[c]) for c in columns]
    statement = _statement(
        model._meta.db_table,
        [str(fields[c].column) for c in columns],
        [str(fields[c].column) for c in unique],
        [str(fields[c].column) for c in update],
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_prepared(row, columns, prepare) for row in rows])


def _statement(table: str, columns: list[str], unique: list[str], update: list[str]) -> str:
    quote = connection.ops.quote_name
    listed = ", ".join(quote(c) for c in columns)
    places = ", ".join(["%s"] * len(columns))
    sets = ", ".join(f"{quote(c)} = EXCLUDED.{quote(c)}" for c in update)
    target = ", ".join(quote(c) for c in unique)
    into = f"INSERT INTO {quote(table)} ({listed}) VALUES ({places})"  # noqa: S608 - names of our own models
    return f"{into} ON CONFLICT ({target}) DO UPDATE SET {sets}"


def _prepared(row: Values, columns: list[str], prepare: list[Callable[[Any], Any] | None]) -> list[Any]:
    return [row[c] if p is None or row[c] is None else p(row[c]) for c, p in zip(columns, prepare, strict=True)]


def _preparation(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a value of a column is handed to the database driver; None: as it is."""
    if isinstance(field, models.JSONField):
        return _json_for_sqlite if connection.vendor == "sqlite" else _json_for_postgresql
    if isinstance(field, models.DateTimeField) and connection.vendor == "sqlite":
        return _time_for_sqlite
    return None


def _json_for_sqlite(value: Any) -> str:
    return json.dumps(value) if value else ("{}" if isinstance(value, dict) else json.dumps(value))


def _json_for_postgresql(value: Any) -> Any:
    return connection.ops.adapt_json_value(value, None)


def _time_for_sqlite(value: datetime) -> str:
    """As Django stores times in SQLite: UTC without an offset."""
    return str(value.astimezone(UTC).replace(tzinfo=None))


def update(model: type[models.Model], rows: Sequence[Values], columns: Sequence[str]) -> None:
    """Overwrite some columns of rows that are known by their `id`."""
    if not rows:
        return
    fields = {f.attname: f for f in model._meta.concrete_fields}
    prepare = [*(_preparation(fields[c]) for c in columns), None]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(str(fields[c].column))} = %s" for c in columns)
    statement = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote('id')} = %s"  # noqa: S608 - own names
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_prepared(row, [*columns, "id"], prepare) for row in rows])


def ids(model: type[models.Model], key: str, values: Iterable[Any], **where: Any) -> dict[Any, int]:
    """Row ids by a column, for the rows just written."""
    found = model._default_manager.filter(**where, **{f"{key}__in": list(values)})
    return dict(found.values_list(key, "pk"))
