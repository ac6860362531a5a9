"""Encodings, separators and containers: the same table in many wrappings gives the same orders."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.connectors.files import templates
from amends.connectors.files.bytes_in import Source
from amends.connectors.files.charset import detect
from amends.connectors.files.sheetwriter import workbook
from amends.connectors.files.workbook import cell_text
from amends.intake.imports.core.problems import FileRefused
from amends.intake.orders.models import Order
from tests.importing import import_bytes, table, template

TEXT = template(
    {"order_number": "000123", "title": "蓝色杯子，两只装，大号", "ship_city": "北京市朝阳区", "quantity": 2}
)
TRADITIONAL = str.maketrans("蓝两装号阳区", "藍兩裝號陽區")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.translate(TRADITIONAL).encode("big5"), "big5"),
    ],
)
def test_encodings(scope, content, encoding):
    run = import_bytes(scope, content)
    assert (run.state, run.encoding, run.rejected) == ("done", encoding, 0)
    order = Order.objects.get()
    assert (order.number, order.ship_city[:1]) == ("000123", "北")
    assert order.lines.get().title[1:4] == "色杯子"


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["cp1252", "cp1251", "shift_jis", "euc_kr"])
def test_older_encodings_of_one_language(scope, encoding):
    text = {
        "cp1252": "Größe für schöne Tassen, französische Käufer",
        "cp1251": "Синяя кружка для чая, большая",
        "shift_jis": "あおいマグカップ、おおきいサイズ",
        "euc_kr": "파란색 머그컵 큰 사이즈 두 개",
    }[encoding]
    content = template(*({"title": text} for _ in range(20))).encode(encoding)
    run = import_bytes(scope, content)
    assert (run.state, run.rejected) == ("done", 0)
    assert Order.objects.first().lines.get().title == text


@pytest.mark.django_db
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_separators_and_line_ends(scope, separator, ending):
    rows = [["0007", "EUR", "2026-11-02T08:00:00Z", "12.50", 'a "quoted"' + separator + " cell\nof two lines"]]
    content = table(["order_number", "currency", "placed_at", "order_total", "title"], *rows, separator=separator)
    run = import_bytes(scope, content.replace("\r\n", ending))
    assert (run.state, run.accepted) == ("done", 1)
    assert Order.objects.get().lines.get().title == f'a "quoted"{separator} cell\nof two lines'


@pytest.mark.django_db
def test_the_hint_line_of_excel(scope):
    run = import_bytes(
        scope, "sep=;\n" + table(["order_number", "currency", "placed_at"], ["1", "EUR", "2026-11-02"], separator=";")
    )
    assert (run.state, run.accepted) == ("done", 1)


@pytest.mark.django_db
def test_containers_give_the_same_order(scope):
    plain = TEXT.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("orders.csv.gz", gzip.compress(plain))
        archive.writestr("__MACOSX/orders.csv", b"junk")
    row = dict(zip(*(line.split(",") for line in TEXT.splitlines()), strict=True))
    wrapped = {
        "a.csv": plain,
        "a.csv.gz": gzip.compress(plain),
        "a.zip": buffer.getvalue(),
        "a.jsonl": json.dumps(row).encode(),
        "a.json": json.dumps([row]).encode(),
        "a.xlsx": workbook({"orders": [list(row), list(row.values())]}),
    }
    for number, (name, content) in enumerate(wrapped.items()):
        run = import_bytes(scope, content, name)
        assert (name, run.state, run.accepted, run.unchanged) == (name, "done", 1, min(number, 1))
    assert Order.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("form", templates.FORMATS)
def test_the_template_imports_as_it_is(scope, form):
    name, content = templates.template(form)
    run = import_bytes(scope, content, name)
    assert (run.state, run.layout, run.rows, run.rejected) == ("done", "amends", 8, 0)
    order = Order.objects.get()
    assert order.lines.get().quantity == 2
    # The order says `paid so far 41.80`, the payments say one payment of 41.80: it is the same money.
    assert [(p.kind, p.external_id, p.amount_minor) for p in order.payments.order_by("pk")] == [
        ("paid", "PAY-1", 41_80),
        ("refunded", "REF-1", 5_00),
    ]
    assert (order.parcels.count(), order.return_requests.count(), order.reviews.count()) == (1, 1, 1)
    assert order.threads.get().messages.get().text.endswith("Una taza llegó rota.")
    again = import_bytes(scope, content, name)
    assert (again.accepted, again.unchanged) == (8, 8)


@pytest.mark.parametrize("kind", [layout.kind.value for layout in templates.kinds()])
def test_templates_of_one_kind(kind):
    name, content = templates.template("csv", kind)
    assert name == f"amends-{kind}.csv"
    assert len(content.decode("utf-8-sig").splitlines()) == 2


def test_our_workbooks_open_in_other_programs():
    rows = [["Ein Titel", "a<b&c"], ["000123", "=1+1"], ["x" * 30, "zwei\nZeilen"]]
    book = openpyxl.load_workbook(io.BytesIO(workbook({"Orders & more": rows, "second": [["z"]]})))
    assert book.sheetnames == ["Orders & more", "second"]
    assert [[cell.value for cell in row] for row in book["Orders & more"].rows] == rows
    assert book["second"]["A1"].data_type == "s"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (17.0, "17"),
        (17.5, "17.5"),
        (45384.34, "45384.34"),
        (8100000000000001.0, "8100000000000001"),
        (5.76e17, "5.76000000000000E+17"),
        (True, "true"),
        ("  x\t", "x"),
        ("", ""),
    ],
)
def test_cells_of_a_workbook_become_the_text_of_a_csv(cell, text):
    assert cell_text(cell) == text


@given(st.binary(max_size=400))
def test_any_bytes_have_an_encoding_or_a_reason(content):
    source = Source("x", lambda: io.BytesIO(content), len(content), 1 << 20)
    try:
        found = detect(source)
    except FileRefused as refused:
        code = refused.code
    else:
        code = "empty"
        content.decode(found.encoding, "surrogateescape" if not found.encoding.startswith("utf-16") else "replace")
    assert code in {"empty", "binary_file"}
