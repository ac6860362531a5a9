"""Runs: repeated, interrupted, of other organisations, by the job and by the folder."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test.utils import CaptureQueriesContext

from amends.base.accounts.core import ROLE_PERMISSIONS, NotAllowed, Role, Scope, system_scope
from amends.base.files.models import StoredFile
from amends.base.jobs.models import Job
from amends.base.ledger.models import Entry
from amends.base.ledger.queries import verify
from amends.intake.buyers.models import Buyer
from amends.intake.conversations.models import Message
from amends.intake.imports import queries, watching
from amends.intake.imports.actions import accept_layout, queue, run, save_mapping, start
from amends.intake.imports.models import ImportRun, RejectedRow
from amends.intake.imports.rejects import reject_file
from amends.intake.orders.models import Line, Order, PaymentEvent
from amends.kernel.outcome import InputError
from tests.factories import NOW
from tests.importing import import_bytes, reasons, table, template

pytestmark = pytest.mark.django_db

FILE = template(
    {
        "line_id": "1",
        "quantity": 2,
        "unit_price": "5.00",
        "buyer_id": "x",
        "paid_total": "10.00",
        "tracking_number": "T1",
    },
    {"line_id": "1", "quantity": 1, "unit_price": "10.00", "buyer_id": "y", "buyer_email": "Y@example.com"},
    {"currency": "nothing"},
)


def counts(run):
    return {
        table: tuple(run.counts[table].values())
        for table in run.counts
        if isinstance(run.counts[table], dict) and "same" in run.counts[table]
    }


def test_counts_ledger_and_the_original(scope):
    run = import_bytes(scope, FILE, "report.csv")
    assert (run.rows, run.accepted, run.rejected, run.unchanged) == (3, 2, 1, 0)
    assert counts(run) == {
        "buyers": (2, 0, 0),
        "lines": (2, 0, 0),
        "orders": (2, 0, 0),
        "payments": (1, 0, 0),
        "shipments": (1, 0, 0),
    }
    entry = Entry.objects.get(verb="import:run:finished")
    assert (entry.subject_id, entry.payload["file"]) == (str(run.pk), run.file.sha256)
    assert (entry.payload["accepted"], entry.payload["rejected"]) == (2, 1)
    assert "example.com" not in json.dumps(entry.payload)
    assert verify(scope) is None
    order = Order.objects.get(number="A-1")
    assert (order.import_run_id, order.source_row) == (run.pk, 2)
    assert Buyer.objects.get(external_id="y").email == "y@example.com"


def test_the_second_time_writes_nothing(scope, django_assert_num_queries):
    from django.db import connection

    import_bytes(scope, FILE)
    with CaptureQueriesContext(connection) as captured:
        second = import_bytes(scope, FILE)
    assert (second.accepted, second.unchanged, second.rejected) == (2, 2, 1)
    assert counts(second)["orders"] == (0, 0, 2)
    tables = ("buyers_buyer", "orders_order", "orders_line", "orders_paymentevent", "tracking_parcel")
    writes = [
        q["sql"]
        for q in captured
        if q["sql"].startswith(("INSERT", "UPDATE")) and any(f'"{t}"' in q["sql"].split("(")[0] for t in tables)
    ]
    assert writes == []
    assert StoredFile.objects.count() == 1  # the same bytes are kept once


def test_a_changed_row_is_an_update_of_that_order(scope):
    import_bytes(scope, FILE)
    second = import_bytes(
        scope, FILE.replace("A-1,EUR,2026-11-02T08:00:00Z,10.00", "A-1,EUR,2026-11-02T08:00:00Z,11.00")
    )
    assert counts(second)["orders"] == (0, 1, 1)
    assert (second.accepted, second.unchanged) == (2, 1)
    assert Order.objects.get(number="A-1").total_minor == 11_00


def test_an_interrupted_run_starts_anew(scope, monkeypatch):
    """Killed after the first batch: run again, the finished batch is found unchanged and nothing is doubled."""
    from amends.intake.imports import running

    monkeypatch.setattr(running, "BATCH", 10)
    rows = [{"order_number": str(n), "currency": "EUR" if n % 7 else "?"} for n in range(1, 61)]
    content = template(*rows)
    with pytest.MonkeyPatch.context() as patch:

        class Killed(BaseException):
            pass

        def kill(*_args):
            raise Killed

        patch.setattr(running, "_report", kill)
        with pytest.raises(Killed):
            import_bytes(scope, content)
    half = ImportRun.objects.get()
    assert (half.state, Order.objects.count() > 0) == ("running", True)
    whole = run(half.pk, NOW)
    assert (whole.state, whole.rows, whole.accepted, whole.rejected) == ("done", 60, 52, 8)
    assert (Order.objects.count(), RejectedRow.objects.count()) == (52, 8)
    assert Entry.objects.filter(verb="import:run:finished").count() == 1


def test_nothing_crosses_organisations(scope, other_organisation):
    other = system_scope(other_organisation.pk)
    import_bytes(other, template({"order_number": "SECRET-1"}))
    message = table(
        ["order_number", "message_text", "sent_at", "message_id"],
        ["SECRET-1", "where is it?", "2026-11-19T10:00:00Z", "M1"],
    )
    run = import_bytes(scope, message)
    assert (run.rejected, reasons(run)) == (1, [(2, "", "order_unknown")])
    assert Message.objects.count() == 0
    payments = table(["order_number", "currency", "payment_kind", "amount"], ["SECRET-1", "EUR", "paid", "5"])
    assert reasons(import_bytes(scope, payments)) == [(2, "", "order_unknown")]
    assert PaymentEvent.objects.count() == 0
    mine = import_bytes(scope, template({"order_number": "SECRET-1", "order_total": "7.00"}))
    assert mine.counts["orders"]["created"] == 1
    assert Order.objects.get(organisation_id=other.organisation_id).total_minor == 10_00
    with pytest.raises(ImportRun.DoesNotExist):
        reject_file(other, run.pk)
    assert queries.get(other, run.pk) is None
    assert queries.rejects(other, run.pk) == []
    with pytest.raises(ImportRun.DoesNotExist):
        queries.preview(other, run.pk)
    with pytest.raises(InputError):
        start(other, run.file, name="x", source="api", now=NOW)


def test_only_those_who_may_import(organisation, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(FILE)
    viewer = Scope(organisation.pk, ROLE_PERMISSIONS[Role.VIEWER])
    with pytest.raises(NotAllowed):
        start(viewer, path, name="x", source="api", now=NOW)
    with pytest.raises(NotAllowed):
        queries.runs(viewer)
    assert ImportRun.objects.count() == StoredFile.objects.count() == 0


def test_a_shop_or_layout_nobody_knows(scope, tmp_path, other_organisation):
    from tests.factories import make_shop

    path = tmp_path / "orders.csv"
    path.write_text(FILE)
    theirs = make_shop(other_organisation)
    for options in ({"shop_id": theirs.pk}, {"layout": "wish_orders"}):
        with pytest.raises(InputError):
            start(scope, path, name="x", source="cli", now=NOW, **options)
    assert StoredFile.objects.count() == 0


def test_a_chosen_layout_reads_what_its_headings_would_not_tell(scope):
    content = table(["Name", "Created at", "Currency", "Total"], ["#1", "2026-11-02", "USD", "5.00"])
    assert import_bytes(scope, content).state == "needs_mapping"
    run = import_bytes(scope, content, layout="shopify_orders")
    assert (run.state, run.layout, Order.objects.get().total_minor) == ("done", "shopify_orders", 5_00)


def test_messages_become_conversations_and_only_fresh_ones_are_triaged(scope):
    import_bytes(scope, template({"order_number": "1", "buyer_id": "jane"}))
    headings = ["order_number", "message_id", "sent_at", "message_text", "buyer_id"]
    rows = [
        ["1", "M1", (NOW - timedelta(days=1)).isoformat(), "Where is my parcel?", "jane"],
        ["1", "M2", (NOW - timedelta(days=300)).isoformat(), "Thank you!", "jane"],
    ]
    run = import_bytes(scope, table(headings, *rows))
    assert (run.accepted, run.counts["messages"]["created"]) == (2, 2)
    assert {m.text for m in Message.objects.all()} == {"Where is my parcel?", "Thank you!"}
    assert Message.objects.first().thread.order.number == "1"
    assert Job.objects.filter(kind="triage.message").count() == 1
    again = import_bytes(scope, table(headings, *rows))
    assert (again.unchanged, Message.objects.count()) == (2, 2)


def test_mail_files_go_through_the_door_of_mail(scope):
    mail = (
        b"From: Jane <jane@example.com>\r\nTo: shop@example.com\r\nSubject: %s\r\nMessage-ID: <%s@x>\r\n"
        b"Date: Thu, 19 Nov 2026 10:00:00 +0000\r\n\r\nHello\r\n"
    )
    one = import_bytes(scope, mail % (b"a", b"1"), "one.eml")
    assert (one.state, one.layout, one.accepted, Message.objects.count()) == ("done", "mail", 1, 1)
    box = (
        b"From x@y Thu Nov 19 10:00:00 2026\r\n"
        + mail % (b"a", b"1")
        + b"\r\nFrom x@y Thu Nov 19 10:00:00 2026\r\n"
        + mail % (b"b", b"2")
        + b">From here\r\n"
    )
    many = import_bytes(scope, box, "box")
    assert (many.accepted, many.unchanged, Message.objects.count()) == (2, 1, 2)
    assert Message.objects.get(subject="b").text.strip().endswith("From here")


def test_the_job_does_the_run(scope, tmp_path):
    from amends.base.jobs import registry
    from amends.base.jobs.worker import run_until_idle

    registry.load_all()
    path = tmp_path / "orders.csv"
    path.write_text(FILE)
    made = start(scope, path, name="orders.csv", source="browser", now=NOW)
    assert queue(scope, made.pk, NOW) == queue(scope, made.pk, NOW)
    run_until_idle(lambda: NOW)
    made.refresh_from_db()
    assert (made.state, made.accepted) == ("done", 2)


@pytest.fixture
def folder():
    """The watched folder, empty before and after."""
    import shutil

    root = Path(settings.HOME) / "in"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    yield root
    shutil.rmtree(root, ignore_errors=True)


def test_the_watched_folder_waits_until_a_file_stands_still(organisation, folder):
    path = folder / "daily.csv"
    path.write_bytes(FILE[:50].encode())
    assert watching.look(NOW) == 0
    path.write_bytes(FILE.encode())  # still growing
    assert watching.look(NOW) == 0
    assert watching.look(NOW) == 1
    made = ImportRun.objects.get()
    assert (made.file_name, made.source, Job.objects.get(kind="imports.run").args) == (
        "daily.csv",
        "folder",
        {"run_id": made.pk},
    )
    assert sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) == ["done"]
    assert (folder / "done" / "daily.csv").read_bytes() == FILE.encode()
    path.write_bytes(FILE.encode())  # the next day's file has the same name
    assert (watching.look(NOW), watching.look(NOW + timedelta(minutes=1))) == (0, 1)
    assert len(list((folder / "done").iterdir())) == 2


def test_what_is_refused_goes_to_the_failed_folder_with_its_reason(organisation, folder):
    (folder / "empty.csv").touch()
    (folder / ".hidden").touch()
    (folder / "half.csv.part").write_text("x")
    watching.look(NOW)
    assert watching.look(NOW) == 0
    assert (folder / "failed" / "empty.csv").exists()
    assert (folder / "failed" / "empty.csv.reason.txt").read_text().startswith("empty")
    assert (folder / "half.csv.part").exists()


def test_several_organisations_have_folders_of_their_own(organisation, other_organisation, folder):
    (folder / "lost.csv").write_text(FILE)
    (folder / other_organisation.slug).mkdir()
    (folder / other_organisation.slug / "theirs.csv").write_text(FILE)
    watching.look(NOW)
    assert watching.look(NOW) == 1
    assert ImportRun.objects.get().organisation == other_organisation
    assert (folder / "lost.csv").exists()


def test_an_unproven_layout_is_accepted_by_a_person(scope, other_organisation):
    def unproven(its_scope):
        return {one.layout.id for one in queries.list_layouts(its_scope) if one.unproven}

    assert unproven(scope) == {
        "aliexpress_orders", "amazon_orders", "ebay_orders", "shopee_orders_ph", "shopee_orders_th", "shopee_orders_tw",
        "shopify_orders",
    }  # fmt: skip
    accept_layout(scope, "ebay_orders", NOW)
    assert "ebay_orders" not in unproven(scope)
    assert "ebay_orders" in unproven(system_scope(other_organisation.pk))
    assert Entry.objects.get().verb == "import:layout:accepted"


UNKNOWN = table(["Bestellnr", "Datum", "Betrag", "Käufer-Mail", "Farbe"],
                ["0001", "13.11.2026", "1.234,50 €", "jane@example.com", "rot"],
                ["0002", "14.11.2026", "99,00 €", "max@example.com", "blau"], separator=";")  # fmt: skip


def test_an_unknown_file_is_mapped_once(scope):
    first = import_bytes(scope, UNKNOWN, "erp.csv")
    assert (first.state, first.rows, Order.objects.count()) == ("needs_mapping", 0, 0)
    seen = queries.preview(scope, first.pk)
    assert (seen.layout, seen.headings[0], len(seen.rows)) == (None, "Bestellnr", 2)
    guesses = {g.heading: g.target for g in seen.proposal.guesses}
    assert guesses["Käufer-Mail"] == "buyer.email"
    assert (seen.proposal.date_order, seen.proposal.decimal) == ("dmy", "comma")
    mapping = {
        "columns": {
            "Bestellnr": "order.number", "Datum": "order.placed_at", "Betrag": "order.total",
            "Käufer-Mail": "buyer.email", "Farbe": "",
        },
        "kind": "orders", "zone": "Europe/Berlin", "date_order": "dmy", "decimal": "comma",
    }  # fmt: skip
    tried = queries.preview(scope, first.pk, mapping)
    assert [row.problems for row in tried.rows] == [(), ()]
    wrong = mapping | {"columns": mapping["columns"] | {"Farbe": "order.paid_at"}}
    assert queries.preview(scope, first.pk, wrong).rows[0].problems[0][0] == "Farbe"
    save_mapping(scope, first.pk, mapping, "our ERP", NOW)
    done = run(first.pk, NOW)
    assert (done.state, done.layout, done.accepted) == ("done", "mapping", 2)
    order = Order.objects.get(number="0001")
    assert (order.currency, order.total_minor, order.extra["Farbe"]) == ("EUR", 1234_50, "rot")
    assert Entry.objects.filter(verb="import:mapping:saved").count() == 1
    later = import_bytes(scope, UNKNOWN.replace("0001", "0003"), "erp2.csv")
    assert (later.state, later.counts["orders"]) == ("done", {"created": 1, "updated": 0, "same": 1})


def test_a_wrong_mapping_is_refused_with_reasons(scope):
    run = import_bytes(scope, UNKNOWN, "erp.csv")
    with pytest.raises(InputError) as caught:
        save_mapping(scope, run.pk, {"columns": {"Datum": "order.colour"}, "zone": "Mars"}, "x", NOW)
    assert {p.code for p in caught.value.problems} == {"unknown_field", "unknown_zone"}
    run.refresh_from_db()
    assert run.state == "needs_mapping"


def test_a_known_file_has_a_preview_too(scope):
    run = import_bytes(scope, FILE)
    seen = queries.preview(scope, run.pk)
    assert seen.layout.id == "amends_orders"
    assert [row.problems for row in seen.rows] == [(), (), (("currency", "“nothing” is not a currency"),)]
    assert Line.objects.count() == 2  # a preview stores nothing


def test_a_second_mapping_is_a_new_job(scope):
    first = import_bytes(scope, UNKNOWN, "erp.csv")
    mapping = {"columns": {"Bestellnr": "order.number", "Datum": "", "Betrag": "", "Käufer-Mail": "", "Farbe": ""}}
    jobs = set()
    for name, currency in (("one", "EUR"), ("one", "EUR"), ("two", "USD")):
        save_mapping(scope, first.pk, mapping | {"currency": currency}, name, NOW)
        jobs.add(queue(scope, first.pk, NOW))
    assert len(jobs) == 2


def test_a_defect_ends_the_run_and_keeps_the_job(scope, tmp_path, monkeypatch):
    from amends.base.jobs import registry
    from amends.base.jobs.worker import run_until_idle
    from amends.intake.imports import jobs

    registry.load_all()
    path = tmp_path / "orders.csv"
    path.write_text(FILE)
    made = start(scope, path, name="orders.csv", source="browser", now=NOW)
    queue(scope, made.pk, NOW)

    def broken(*_args):
        raise RuntimeError("a defect")

    monkeypatch.setattr(jobs, "run", broken)
    run_until_idle(lambda: NOW)
    made.refresh_from_db()
    assert (made.state, made.error["code"]) == ("failed", "internal")
    assert "a defect" in Job.objects.get(kind="imports.run").last_error


def test_rows_without_an_order_or_a_shop(scope, shop):
    headings = ["message_id", "sent_at", "message_text", "buyer_id"]
    content = table(headings, ["M1", NOW.isoformat(), "Do you ship to Chile?", "jane"])
    assert reasons(import_bytes(scope, content)) == [(2, "", "shop_needed")]
    mine = shop("shopee")
    assert import_bytes(scope, content, shop_id=mine.pk).accepted == 1
    assert Message.objects.get().thread.shop == mine
