"""A messy file and its mended rejects, and the sum that always holds: accepted + rejected = rows."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.connectors.files import templates
from amends.intake.imports.models import RejectedRow
from amends.intake.imports.rejects import escaped, reject_file, reject_file_name
from amends.intake.orders.models import Order
from tests.importing import balanced, import_bytes, reasons, table, template

pytestmark = pytest.mark.django_db

HEADINGS = [
    "placed_at", "颜色", "order_number", "currency", "order_total", "title", "ship_country", "备注",
    "quantity", "buyer_id",
]  # fmt: skip
BREAKS = [
    ("placed_at", "02/30/2026"),
    ("placed_at", "soon"),
    ("currency", "BITCOIN"),
    ("order_total", "=1+1"),
    ("quantity", "a few"),
    ("order_number", "8.1E+15"),
]


def messy_rows(count: int):
    """(rows, what was broken: line → column and right value). US dates, Chinese texts, one row in twenty broken."""
    rows, broken = [], {}
    for n in range(count):
        row = {
            "placed_at": f"{n % 12 + 1:02d}/{n % 28 + 1:02d}/2026 {n % 12 + 1}:{n % 60:02d} {'AM' if n % 2 else 'PM'}",
            "颜色": "红色",
            "order_number": f"{n:012d}",
            "currency": "USD",
            "order_total": f"${1000 + n:,}.{n % 100:02d}",
            "title": "=SUM(A1:A9)" if n % 50 == 0 else "陶瓷杯子，两只装",
            "ship_country": ("巴西", "Brazil", "US", "Deutschland")[n % 4],
            "备注": "请尽快发货",
            "quantity": n % 3 + 1,
            "buyer_id": f"buyer{n % 90}",
        }
        if n % 20 == 7:
            column, value = BREAKS[n // 20 % len(BREAKS)]
            broken[n + 2] = column, row[column]
            row[column] = value
        rows.append(row)
    return rows, broken


def test_a_messy_file_and_its_mended_rejects(scope):
    rows, broken = messy_rows(1000)
    content = table(HEADINGS, *([row[h] for h in HEADINGS] for row in rows), separator=";").encode("gb18030")
    run = import_bytes(scope, content, "日报表.csv")
    assert (run.state, run.encoding, run.rows, run.rejected) == ("done", "gb18030", 1000, 50)
    assert balanced(run)
    assert [(row, column) for row, column, _ in reasons(run)] == [(row, column) for row, (column, _) in broken.items()]
    assert Order.objects.count() == 950
    first = Order.objects.get(number="000000000000")
    assert (first.total_minor, first.ship_country, first.extra["颜色"]) == (1000_00, "BR", "红色")
    assert first.lines.get().title == "=SUM(A1:A9)"

    text = b"".join(reject_file(scope, run.pk)).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(int(line["amends_row"]), line["amends_column"]) for line in lines] == [
        (row, column) for row, (column, _) in broken.items()
    ]
    assert lines[0]["amends_reason"] == "“02/30/2026” is not a date"
    for line in lines:
        column, right = broken[int(line["amends_row"])]
        line[column] = str(right)
    second = import_bytes(scope, table(list(lines[0]), *(line.values() for line in lines)), "mended.csv")
    assert (second.rows, second.accepted, second.rejected) == (50, 50, 0)
    assert (Order.objects.count(), second.layout) == (1000, "amends_orders")
    assert not Order.objects.filter(extra__has_key="amends_row").exists()
    whole = table(
        HEADINGS,
        *(
            [(row | {b: v for b, v in [broken.get(n, ("", ""))] if b})[h] for h in HEADINGS]
            for n, row in enumerate(rows, start=2)
        ),
    )
    third = import_bytes(scope, whole, "whole.csv")
    assert (third.accepted, third.unchanged) == (1000, 1000)


def test_rejects_of_other_forms(scope):
    """JSON lines come back as JSON lines; several tables as a zip of CSVs."""
    line = {"order_number": "1", "currency": "?", "placed_at": "2026-11-02T08:00:00Z", "title": "=x"}
    run = import_bytes(scope, json.dumps(line) + "\n", "a.jsonl")
    assert reject_file_name(run) == "a-rejected.jsonl"
    back = json.loads(b"".join(reject_file(scope, run.pk)))
    assert back == line | {"amends_row": 1, "amends_column": "currency", "amends_reason": "“?” is not a currency"}
    assert import_bytes(scope, json.dumps(back | {"currency": "EUR"}), "a.jsonl").accepted == 1
    name, content = templates.template("csv")
    run = import_bytes(scope, content, name)
    assert run.rejected == 0
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("o.csv", template({"order_number": "9", "currency": "?"}))
        archive.writestr(
            "p.csv", table(["order_number", "currency", "payment_kind", "amount"], ["9", "EUR", "paid", "5"])
        )
    run = import_bytes(scope, broken.getvalue(), "two.zip")
    assert (run.accepted, run.rejected, reject_file_name(run)) == (0, 2, "two-rejected.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(reject_file(scope, run.pk)))) as archive:
        files = {n: archive.read(n).decode("utf-8-sig") for n in archive.namelist()}
    assert set(files) == {"o.csv", "p.csv"}
    mended = io.BytesIO()
    with zipfile.ZipFile(mended, "w") as archive:
        archive.writestr("o.csv", files["o.csv"].replace(",?,", ",EUR,"))
        archive.writestr("p.csv", files["p.csv"])
    again = import_bytes(scope, mended.getvalue(), "mended.zip")
    assert (again.accepted, again.rejected) == (2, 0)
    assert Order.objects.get(number="9").payments.get().amount_minor == 5_00


def test_the_same_messy_file_twice_changes_nothing(scope):
    rows, _ = messy_rows(200)
    content = table(HEADINGS, *([row[h] for h in HEADINGS] for row in rows))
    import_bytes(scope, content)
    before = list(Order.objects.order_by("pk").values())
    second = import_bytes(scope, content)
    assert (second.accepted, second.unchanged, second.rejected) == (190, 190, 10)
    assert list(Order.objects.order_by("pk").values()) == before


CELL = st.one_of(
    st.sampled_from(
        ["", "1", "0001", "EUR", "USD", "2026-11-02", "03/04/2026", "13/04/2026", "12.50", "£5", "=1+1", "'x"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
NAMES = [
    "order_number",
    "currency",
    "placed_at",
    "order_total",
    "line_id",
    "quantity",
    "unit_price",
    "buyer_id",
    "note",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, min_size=0, max_size=11), max_size=25), st.permutations(NAMES))
def test_accepted_and_rejected_are_all_rows(scope, rows, headings):
    """Whatever stands in the cells: no crash, every row accounted for, and a second time nothing is new."""
    content = table(headings, *rows)
    data_rows = sum(1 for row in csv.reader(io.StringIO(content, newline="")) if any(c.strip() for c in row)) - 1
    run = import_bytes(scope, content)
    assert run.state == "done"
    assert balanced(run)
    assert run.rows == data_rows
    again = import_bytes(scope, content)
    assert (again.rows, again.rejected, again.unchanged) == (run.rows, run.rejected, again.accepted)
    RejectedRow.objects.all().delete()


@given(st.text(max_size=20))
def test_no_cell_of_an_export_is_a_formula(text):
    shown = escaped(text)
    assert shown[:1] not in ("=", "@", "\t", "\r")
    assert shown[:1] not in ("+", "-") or re.fullmatch(r"[+-][\d.,]+|[+-]", shown)
