"""`amends import`, `amends imports`, `amends import-template`, as a person and as a program calls them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from amends.faces.cli import cli
from amends.intake.imports.models import ImportRun
from amends.intake.orders.models import Order
from tests.importing import template

pytestmark = pytest.mark.django_db


def amends(*words, expect=0):
    result = CliRunner().invoke(cli, [str(w) for w in words])
    assert result.exit_code == expect, result.output
    return result.output


@pytest.fixture
def orders(tmp_path, organisation):
    path = tmp_path / "orders.csv"
    path.write_text(template({}, {"currency": "?"}, {"colour": "red"}))
    return path


def test_import_for_programs(orders):
    made = json.loads(amends("import", orders, "--json"))
    assert (made["state"], made["layout"], made["rows"], made["accepted"], made["rejected"]) == (
        "done",
        "amends_orders",
        3,
        2,
        1,
    )
    assert made["counts"]["orders"] == {"created": 2, "updated": 0, "same": 0}
    assert "colour" in made["warnings"][0]["message"]
    assert json.loads(amends("import", orders, "--json"))["unchanged"] == 2


def test_import_for_people(orders):
    shown = amends("import", orders)
    assert "3 rows: 2 accepted (0 unchanged), 1 rejected" in shown
    assert "row 3, currency: “?” is not a currency" in shown


def test_rejects_are_listed_and_written(orders, tmp_path):
    amends("import", orders)
    run = ImportRun.objects.get().pk
    listed = json.loads(amends("imports", "rejects", run, "--json"))["rejects"]
    assert [(r["file"], r["row"], r["column"], r["code"]) for r in listed] == [
        ("orders.csv", 3, "currency", "unknown_currency")
    ]
    target = tmp_path / "mend.csv"
    amends("imports", "rejects", run, target)
    target.write_text(target.read_text("utf-8-sig").replace(",?,", ",EUR,"))
    assert json.loads(amends("import", target, "--json"))["accepted"] == 1
    assert Order.objects.count() == 3


def test_lists(orders):
    amends("import", orders)
    assert "orders.csv" in amends("imports", "list")
    run = json.loads(amends("imports", "list", "--json"))["runs"][0]
    assert json.loads(amends("imports", "show", run["id"], "--json")) == run
    assert "ebay_orders" in amends("imports", "layouts")
    assert {one["proof"] for one in json.loads(amends("imports", "layouts", "--json"))["layouts"]} == {"A", "C", "O"}


def test_the_worker_can_do_it_later(orders):
    made = json.loads(amends("import", orders, "--no-wait", "--json"))
    assert (made["state"], Order.objects.count()) == ("waiting", 0)


def test_what_goes_wrong_is_said(orders, tmp_path):
    from amends.faces.cli.frame import Failure

    for words, code in (
        (("import", orders, "--shop", "Nowhere"), "shop_unknown"),
        (("import", orders, "--layout", "wish"), "unknown_layout"),
        (("imports", "show", "99"), "run_unknown"),
    ):
        result = CliRunner().invoke(cli, [str(w) for w in words], standalone_mode=False)
        assert isinstance(result.exception, Failure)
        assert result.exception.code == code
    (tmp_path / "x.csv").write_bytes(b"\0" * 1000)
    failed = json.loads(amends("import", tmp_path / "x.csv", "--json", expect=1))
    assert (failed["state"], failed["error"]["code"]) == ("failed", "binary_file")


@pytest.mark.parametrize(("form", "start"), [("csv", b"PK"), ("xlsx", b"PK"), ("jsonl", b"{")])
def test_the_template(tmp_path, organisation, form, start):
    target = tmp_path / f"template.{form}"
    amends("import-template", target, "--format", form)
    assert target.read_bytes().startswith(start)
    assert json.loads(amends("import", target, "--json"))["rejected"] == 0
