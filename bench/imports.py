"""Importing: orders a second, how far that is from the bare database, and the memory of a million rows.

    python -m bench.imports            # the speed part
    python -m bench.imports --million  # and the memory part, several minutes

Bars: at least 3,000 orders/s on SQLite, at least an eighth of a bare `executemany` of the same database rows in
the same run, at most 300 MB for a file of 1,000,000 rows.
"""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

ORDERS = 20_000
MILLION = 1_000_000
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HEADINGS = (
    "order_number", "status", "currency", "placed_at", "paid_at", "promised_by", "shipped_at", "order_total",
    "paid_total", "ship_name", "ship_address1", "ship_city", "ship_postal_code", "ship_country", "buyer_id",
    "buyer_name", "buyer_email", "line_id", "sku", "title", "quantity", "unit_price", "carrier", "tracking_number",
)  # fmt: skip


def rows(count: int) -> Iterator[tuple[object, ...]]:
    """Orders of one line each, every one with a buyer, a payment and a parcel."""
    for n in range(count):
        placed = NOW - timedelta(minutes=n % 400_000)
        price = f"{10 + n % 90}.{n % 100:02d}"
        yield (
            f"81{n:014d}", "shipped", "EUR", placed.isoformat(), (placed + timedelta(minutes=5)).isoformat(),
            (placed + timedelta(days=20)).isoformat(), (placed + timedelta(days=2)).isoformat(), price, price,
            f"Name {n % 5000}", f"{n % 300} Test Street", "Berlin", f"{10000 + n % 9000}", "DE", f"buyer{n % 200_000}",
            f"Name {n % 5000}", f"buyer{n % 200_000}@example.com", str(n), f"SKU-{n % 700}", f"Test article {n % 700}",
            1, price, "DHL", f"LP{n:012d}",
        )  # fmt: skip


def write_file(path: Path, count: int) -> None:
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        writer.writerows(rows(count))


class Report(Protocol):
    """What the collector of figures must offer."""

    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        """`bar` is the figure to reach: at least, or at most."""
        ...


def run(report: Report) -> None:
    """Speed and ratio in a process of its own, so that its database and its memory are nobody else's.

    AMENDS_BENCH_MILLION=1 adds the file of a million rows, which takes minutes.
    """
    figures = _in_child("speed", ORDERS)
    report.add("import sqlite: orders", figures["orders_per_s"], "/s", bar=3000)
    report.add("import sqlite: share of a bare executemany", figures["ratio"], "", bar=0.125)
    report.add("import sqlite: the same file again, rows", figures["again_per_s"], "/s")
    if os.environ.get("AMENDS_BENCH_MILLION") == "1":
        run_million(report)


def run_million(report: Report) -> None:
    figures = _in_child("memory", MILLION)
    report.add("import sqlite: memory for 1,000,000 rows", figures["mb"], "MB", bar=300, at_most=True)
    report.add("import sqlite: orders of 1,000,000 rows", figures["orders_per_s"], "/s")


def _in_child(what: str, count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as home:
        environment = os.environ | {
            "AMENDS_HOME": home,
            "AMENDS_SECRET_KEY": "bench",
            "DJANGO_SETTINGS_MODULE": "amends.base.settings.main",
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.imports", f"--child={what}", str(count)],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
    return {k: float(v) for k, v in (line.split("=") for line in done.stdout.split() if "=" in line)}


def _child(what: str, count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    path = Path(os.environ["AMENDS_HOME"]) / "orders.csv"
    write_file(path, count)
    if what == "memory":
        seconds = _import(path, count)
        print(f"mb={resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} orders_per_s={count / seconds:.0f}")
        return
    seconds = _import(path, count)
    again = _import(path, 0)
    bare = _bare()
    print(f"orders_per_s={count / seconds:.0f} ratio={bare / seconds:.3f} again_per_s={count / again:.0f}")


def _import(path: Path, fresh: int) -> float:
    """Seconds of a run. AssertionError if it did not take in exactly what it should."""
    from amends.base.accounts.core import system_scope
    from amends.base.accounts.models import Organisation
    from amends.intake.imports.actions import run as run_import
    from amends.intake.imports.actions import start

    organisation, _ = Organisation.objects.get_or_create(slug="bench", defaults={"name": "Bench", "digest_salt": "x"})
    row = start(system_scope(organisation.pk), path, name=path.name, source="cli", now=NOW)
    before = time.perf_counter()
    row = run_import(row.pk, NOW)
    seconds = time.perf_counter() - before
    if row.state != "done" or row.rejected or row.counts["orders"]["created"] != fresh:
        raise AssertionError(f"{row.state} {row.error} {row.counts}")
    return seconds


def _bare() -> float:
    """Seconds SQLite takes for the same rows of the same tables, given as ready tuples, in the same batches."""
    from django.db import connection

    tables = ("buyers_buyer", "orders_order", "orders_line", "orders_paymentevent", "tracking_parcel")
    total = 0.0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - the names above
            found = cursor.fetchall()
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
            cursor.execute(cursor.fetchone()[0].replace(f'"{table}"', f'"bare_{table}"', 1))
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND type = 'index' AND sql > ''", [table])
            for (sql,) in cursor.fetchall():
                words = sql.replace(f'ON "{table}"', f'ON "bare_{table}"')
                cursor.execute(words.replace('INDEX "', 'INDEX "bare_', 1))
            places = ", ".join(["?"] * len(found[0]))
            before = time.perf_counter()
            for start in range(0, len(found), 500):
                connection.connection.execute("BEGIN IMMEDIATE")
                connection.connection.executemany(
                    f"INSERT INTO bare_{table} VALUES ({places})",  # noqa: S608 - the names above
                    found[start : start + 500],
                )
                connection.connection.commit()
            total += time.perf_counter() - before
    return total


class _Printer:
    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, at_most: bool = False) -> None:
        verdict = "" if bar is None else ("ok" if (value <= bar if at_most else value >= bar) else "MISSED")
        print(f"{name:45} {value:12,.3f} {unit:3} {'' if bar is None else f'bar {bar:,}':>10} {verdict}")


if __name__ == "__main__":
    children = [a for a in sys.argv[1:] if a.startswith("--child=")]
    if children:
        _child(children[0].partition("=")[2], int(sys.argv[2]))
    else:
        run(_Printer())
        if "--million" in sys.argv:
            run_million(_Printer())
