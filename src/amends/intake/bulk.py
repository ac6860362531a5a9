"""What every upsert of intake shares: what a statement changes, how changes are counted, how rows are written.

Rows go to the database past the ORM's per-field machinery: an import writes several rows an order, and building a
model instance and an INSERT expression for each costs five times as much as the database itself. This is the one
place where intake writes SQL by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
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
    statement = _statement(
        model._meta.db_table,
        [str(fields[c].column) for c in columns],
        [str(fields[c].column) for c in unique],
        [str(fields[c].column) for c in update],
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(_prepared(rows, columns, fields)))


def _statement(table: str, columns: list[str], unique: list[str], update: list[str]) -> str:
    quote = connection.ops.quote_name
    listed = ", ".join(quote(c) for c in columns)
    places = ", ".join(["%s"] * len(columns))
    sets = ", ".join(f"{quote(c)} = EXCLUDED.{quote(c)}" for c in update)
    target = ", ".join(quote(c) for c in unique)
    into = f"INSERT INTO {quote(table)} ({listed}) VALUES ({places})"  # noqa: S608 - names of our own models
    return f"{into} ON CONFLICT ({target}) DO UPDATE SET {sets}"


def _prepared(
    rows: Sequence[Values], columns: Sequence[str], fields: Mapping[str, models.Field[Any, Any]]
) -> Iterator[list[Any]]:
    """Rows as parameters, in the order of the columns."""
    pick = itemgetter(*columns)
    special = [(n, p) for n, c in enumerate(columns) if (p := _preparation(fields[c])) is not None]
    for row in rows:
        values = list(pick(row))
        for position, prepare in special:
            if values[position] is not None:
                values[position] = prepare(values[position])
        yield values


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
    return str(value if value.tzinfo is UTC else value.astimezone(UTC))[: -len("+00:00")]


def update(model: type[models.Model], rows: Sequence[Values], columns: Sequence[str]) -> None:
    """Overwrite some columns of rows that are known by their `id`."""
    if not rows:
        return
    fields = {f.attname: f for f in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(str(fields[c].column))} = %s" for c in columns)
    statement = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote('id')} = %s"  # noqa: S608 - own names
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(_prepared(rows, [*columns, "id"], fields)))


def ids(model: type[models.Model], key: str, values: Iterable[Any], **where: Any) -> dict[Any, int]:
    """Row ids by a column, for the rows just written."""
    found = model._default_manager.filter(**where, **{f"{key}__in": list(values)})
    return dict(found.values_list(key, "pk"))
