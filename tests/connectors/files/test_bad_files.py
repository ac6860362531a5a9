"""Files that cannot be read end with a named reason; nothing is stored of them and nothing crashes."""

from __future__ import annotations

import gzip
import io
import os
import zipfile

import pytest

from amends.base.ledger.models import Entry
from amends.intake.imports.actions import start
from amends.intake.imports.messages import SENTENCES, sentence
from amends.intake.orders.models import Order
from amends.kernel.outcome import InputError
from tests.factories import NOW
from tests.importing import import_bytes, reasons, table, template

pytestmark = pytest.mark.django_db

GOOD = template({}, {})


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("blank.csv", b"\n\n  \n", "empty"),
        ("cut.csv.gz", gzip.compress(GOOD.encode() * 500)[:-30], "truncated_gzip"),
        ("bad.csv.gz", b"\x1f\x8b" + b"\x00" * 50, "damaged_archive"),
        ("empty.csv.gz", gzip.compress(b""), "empty"),
        ("nuls.csv", b"\x00" * 4096, "binary_file"),
        ("random.bin", b"\x00\x01\x02\xff" + b"a,b,c\n\x00\x00" * 50, "binary_file"),
        ("cut.zip", zipped(a__csv=GOOD)[:-40], "damaged_archive"),
        ("nothing.zip", zipped(readme__md="hello"), "empty_archive"),
        ("cut.json", b'{"orders": {"1": ', "damaged_json"),
        ("list.json", b"[1, 2, 3]", "json_not_known"),
        ("doc.json", b'{\n"a": 1\n}', "json_not_known"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged_workbook"),
        ("new.xlsx", zipped(**{"[Content_Types]__xml": "<Types/>"}), "damaged_workbook"),
        (
            "quote.csv",
            ("order_number,currency,placed_at\n" + '1,EUR,"' + "x" * 2_000_000).encode(),
            "quote_never_closed",
        ),
        (
            "title.csv",
            b"amazon-order-id\tlast-updated-date\tfulfillment-channel\titem-price\n1\t2\t3\t4\n",
            "missing_headings",
        ),
    ],
)
def test_the_run_fails_with_a_name(scope, name, content, code):
    run = import_bytes(scope, content, name)
    assert (run.state, run.error["code"], run.rows) == ("failed", code, 0)
    assert Order.objects.count() == 0
    assert "%(" not in sentence(code, run.error["params"])
    last = Entry.objects.order_by("-seq").first()
    assert (last.verb, last.payload["error"]) == ("import:run:failed", code)


def test_an_empty_file_is_refused_before_it_is_kept(scope, tmp_path):
    path = tmp_path / "empty.csv"
    path.touch()
    with pytest.raises(InputError) as caught:
        start(scope, path, name="empty.csv", source="cli", now=NOW)
    assert caught.value.problems[0].code == "empty"


def test_two_gigabytes_are_refused_by_their_length(scope, tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        os.truncate(stream.fileno(), 2 << 30)
    with pytest.raises(InputError) as caught:
        start(scope, path, name="huge.csv", source="cli", now=NOW)
    problem = caught.value.problems[0]
    assert (problem.code, problem.params) == ("too_big", {"size_mb": 2048, "limit_mb": 1024})


def test_a_small_archive_of_a_huge_file_is_refused(scope, monkeypatch):
    monkeypatch.setenv("AMENDS_MAX_IMPORT_MB", "1")
    run = import_bytes(scope, gzip.compress(b"a,b\n" * 6_000_000), "bomb.csv.gz")
    assert run.error["code"] == "too_big"


def test_the_missing_headings_and_those_found_are_named(scope):
    content = table(["amazon-order-id", "last-updated-date", "fulfillment-channel", "item-price"], [1, 2, 3, 4])
    run = import_bytes(scope, content)
    assert run.error["params"]["missing"] == ["purchase-date"]
    assert "amazon-order-id" in sentence("missing_headings", run.error["params"])


def test_a_nul_in_one_row_rejects_that_row_only(scope):
    run = import_bytes(scope, template({"title": "a"}, {"title": "b\0c"}, {"title": "d"}))
    assert reasons(run) == [(3, "", "nul_character")]
    assert run.accepted == 2


def test_one_wrong_byte_in_a_utf8_file_rejects_its_row_only(scope):
    rows = [{"title": "Größe Ä Ö Ü ß"} for _ in range(6)]
    content = template(*rows).encode().replace("Größe".encode(), b"Gr\xf6\xdfe", 1)
    run = import_bytes(scope, content)
    assert run.encoding == "utf-8"
    assert (reasons(run), run.accepted) == ([(2, "", "undecodable")], 5)


def test_lines_that_are_no_objects_are_rows_that_are_rejected(scope):
    good = '{"order_number": "%s", "currency": "EUR", "placed_at": "2026-11-02T08:00:00Z"}'
    run = import_bytes(scope, "\n".join([good % "0001", "{broken", good % "0002", "[1]"]), "orders.jsonl")
    assert reasons(run) == [(2, "", "bad_json"), (4, "", "bad_json")]
    assert set(Order.objects.values_list("number", flat=True)) == {"0001", "0002"}


def test_a_number_whose_digits_excel_dropped_is_refused_as_an_id(scope):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["order_number", "currency", "placed_at"])
    book.active.append([576000000000000001, "EUR", "2026-11-02"])
    book.active.append([8100000000000001, "EUR", "2026-11-02"])
    book.active.append(["576000000000000001", "EUR", "2026-11-02"])
    book.active.append([17, "EUR", "2026-11-02"])
    buffer = io.BytesIO()
    book.save(buffer)
    run = import_bytes(scope, buffer.getvalue(), "orders.xlsx")
    assert reasons(run) == [(2, "order_number", "id_digits_lost")]
    assert list(Order.objects.order_by("pk").values_list("number", flat=True)) == [
        "8100000000000001",
        "576000000000000001",
        "17",
    ]


def test_formulas_are_never_evaluated(scope):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["order_number", "currency", "placed_at", "title", "order_total"])
    book.active.append(["1", "EUR", "2026-11-02", "=CMD()", "=1+1"])
    buffer = io.BytesIO()
    book.save(buffer)
    run = import_bytes(scope, buffer.getvalue(), "orders.xlsx")
    # The workbook carries no computed values, so the cells are empty: nothing is stated, and nothing is made up.
    assert (run.rejected, Order.objects.get().extra["total_basis"]) == (0, "unknown")
    text = import_bytes(scope, template({"order_number": "2", "title": "=CMD|' /C calc'!A0", "sku": "+1-2"}))
    assert text.rejected == 0
    line = Order.objects.get(number="2").lines.get()
    assert (line.title, line.sku) == ("=CMD|' /C calc'!A0", "+1-2")


def test_every_code_a_file_or_row_can_get_has_a_sentence():
    """The codes raised in the code, found by reading it."""
    import re
    from pathlib import Path

    from amends import connectors, intake

    folders = [Path(intake.__path__[0]) / "imports", Path(connectors.__path__[0]) / "files"]
    source = "\n".join(p.read_text("utf-8") for folder in folders for p in folder.rglob("*.py"))
    raised = set(re.findall(r'(?:FileRefused|BadValue|Warn)\(\s*"(\w+)"', source))
    assert raised - set(SENTENCES) == set()


def test_a_wrong_byte_far_into_a_chinese_file_rejects_its_row_only(scope):
    rows = [{"order_number": str(n), "title": "陶瓷杯子，两只装，蓝色"} for n in range(12_000)]
    content = template(*rows).encode("gb18030")
    cut = content.rindex(b"11990")
    run = import_bytes(scope, content[:cut] + b"11990\xff" + content[cut + 6 :])
    assert (run.encoding, run.accepted, run.rejected) == ("gb18030", 11_999, 1)
    assert reasons(run)[0][2] == "undecodable"
