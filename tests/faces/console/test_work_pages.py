"""Rules, imports, orders, audit and jobs in the console."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from amends.base.accounts.core import Role
from amends.base.jobs import enqueue
from amends.base.jobs.models import Job
from amends.base.ledger.models import Entry
from amends.intake.imports import actions as imports
from amends.intake.imports.models import ImportRun, SavedMapping
from amends.intake.orders.models import Order

pytestmark = pytest.mark.django_db


def _html(response) -> str:
    return b"".join(response).decode() if response.streaming else response.content.decode()


def test_rules_are_found_and_show_source_examples_and_versions(signed_in) -> None:
    client = signed_in(Role.VIEWER)
    found = _html(client.get("/rules?q=signature&platform=ebay"))
    assert "EB-SIG" in found
    assert "AE-RESP" not in found
    assert "AMZ-SAFET-OPEN" not in found
    page = _html(client.get("/rules/AMZ-FBM-REFUND?version=2026-01-26"))
    assert "Examples, run just now" in page
    assert "differs" not in page
    assert "<ins>" in page
    assert client.get("/rules/NO-SUCH").status_code == 404


def test_rules_of_one_platform_come_from_all_its_files(signed_in) -> None:
    client = signed_in(Role.VIEWER)
    amazon = _html(client.get("/rules?platform=amazon"))
    assert all(
        rule in amazon for rule in ("AMZ-A2Z-APPEAL", "AMZ-BUYSHIP", "AMZ-FBM-REFUND", "AMZ-SAFET-OPEN", "AMZ-MSG")
    )
    assert "EB-SIG" not in amazon
    assert "AE-ONLINE-5D-CN" in _html(client.get("/rules?platform=aliexpress"))
    offered = re.findall(r'<option value="([^"]*)"', amazon)
    assert {"amazon", "ebay", "aliexpress", "mercado_libre", "tiktok_shop", "eu", "asia_pacific", "general"} <= set(
        offered
    )
    assert not any(name.startswith(("amazon_", "ebay_", "aliexpress_", "cards_", "default_")) for name in offered)


def test_a_citation_opens_as_a_sheet(signed_in) -> None:
    sheet = _html(signed_in().get("/rules/EB-SIG", headers={"HX-Request": "true", "HX-Target": "sheet-body"}))
    assert sheet.startswith('<header class="dialog-head">')
    assert "<html" not in sheet


def test_rules_read_chinese(signed_in) -> None:
    assert "签名" in _html(signed_in(language="zh-hans").get("/rules/EB-SIG"))


CSV = 'Case ref,Bestellnr,Summe,Datum\nA,ORD-1,"12,50",2026-11-01\nB,ORD-2,x,2026-11-02\n'


def _upload(client, name: str, text: str) -> ImportRun:
    client.post("/imports/upload", {"file": SimpleUploadedFile(name, text.encode())})
    return ImportRun.objects.get()


def test_an_unknown_file_is_mapped_tried_and_imported(signed_in) -> None:
    client = signed_in()
    run = _upload(client, "unknown.csv", CSV)
    imports.run(run.pk, timezone.now())
    run.refresh_from_db()
    assert run.state == "needs_mapping"
    assert f"/imports/{run.pk}/mapping" in _html(client.get(f"/imports/{run.pk}"))
    assert "Bestellnr" in _html(client.get(f"/imports/{run.pk}/mapping"))
    form = {
        "column-0": "", "column-1": "order.number", "column-2": "order.total", "column-3": "order.placed_at",
        "kind": "orders", "platform": "own_shop", "zone": "Europe/Berlin", "currency": "EUR", "date_order": "ymd",
        "decimal": "comma", "name": "Our shop",
    }  # fmt: skip
    tried = _html(client.post(f"/imports/{run.pk}/mapping", form))
    assert "1 row would be rejected" in tried
    assert SavedMapping.objects.count() == 0
    client.post(f"/imports/{run.pk}/mapping", form | {"save": "1"})
    imports.run(run.pk, timezone.now())
    run.refresh_from_db()
    assert (run.state, run.rows, run.accepted, run.rejected) == ("done", 2, 1, 1)
    assert Order.objects.get().total_minor == 1250
    page = _html(client.get(f"/imports/{run.pk}"))
    assert "is not an amount" in page
    rejects = _html(client.get(f"/imports/{run.pk}/rejects"))
    assert "amends_reason" in rejects
    assert "ORD-2" in rejects


def test_rejects_are_explained_in_the_readers_language(signed_in) -> None:
    client = signed_in(language="zh-hans")
    run = _upload(client, "unknown.csv", CSV)
    imports.run(run.pk, timezone.now())
    form = {"column-1": "order.number", "column-2": "order.total", "column-3": "order.placed_at", "kind": "orders"}
    form |= {"currency": "EUR", "zone": "UTC", "decimal": "comma", "platform": "own_shop", "save": "1"}
    client.post(f"/imports/{run.pk}/mapping", form)
    imports.run(run.pk, timezone.now())
    assert "不是金额" in _html(client.get(f"/imports/{run.pk}/rejects"))


def test_an_empty_upload_is_refused_by_name(signed_in) -> None:
    page = _html(signed_in().post("/imports/upload", {"file": SimpleUploadedFile("nothing.csv", b"")}, follow=True))
    assert "nothing.csv" in page or "Choose a file first." in page
    assert not ImportRun.objects.exists()


def test_progress_is_a_card_that_asks_again_until_it_is_done(signed_in) -> None:
    client = signed_in()
    run = _upload(client, "unknown.csv", CSV)
    header = {"HX-Request": "true", "HX-Target": "run-card"}
    waiting = client.get(f"/imports/{run.pk}", headers=header)
    assert 'hx-trigger="every 1s"' in _html(waiting)
    assert "HX-Refresh" not in waiting
    imports.run(run.pk, timezone.now())
    assert client.get(f"/imports/{run.pk}", headers=header)["HX-Refresh"] == "true"


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_our_template_can_be_taken_away(signed_in, form: str) -> None:
    answer = signed_in().get(f"/imports/template/{form}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]


def test_layouts_say_how_well_they_are_proven(signed_in) -> None:
    page = _html(signed_in(Role.VIEWER).get("/imports/layouts"))
    assert "unproven" in page
    assert "It fits my files" not in page


def test_the_audit_lists_filters_verifies_and_finds_a_change(signed_in, make_case) -> None:
    case, client = make_case(), signed_in()
    client.post(f"/cases/C-{case.number}/do/note", {"text": "hello"})
    page = _html(client.get(f"/audit?subject=case&id=C-{case.number}&verb=case:note"))
    assert "case:note:done" in page
    assert "case:case:opened" not in page
    assert "The chain holds" in _html(client.get("/audit/verify"))
    lines = [json.loads(line) for line in _html(client.get("/audit/export")).splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, Entry.objects.count() + 1))
    Entry.objects.filter(seq=1).update(verb="case:case:forged")
    assert "breaks at entry 1" in _html(client.get("/audit/verify"))


def test_a_dead_job_is_seen_and_runs_again(signed_in, organisation, now) -> None:
    job_id = enqueue("imports.run", {"run_id": 1}, now=now, organisation_id=organisation.pk)
    Job.objects.filter(pk=job_id).update(state=3, last_error="it broke")
    client = signed_in()
    page = _html(client.get("/jobs?state=dead"))
    assert "it broke" in page
    assert "gave up" in page
    client.post(f"/jobs/{job_id}", {"do": "rerun"})
    assert Job.objects.get(pk=job_id).state == 0


def test_orders_are_listed_and_shown(signed_in, make_case) -> None:
    case, client = make_case(), signed_in(Role.VIEWER)
    assert case.order.number in _html(client.get(f"/orders?q={case.order.number[:6]}"))
    page = _html(client.get(f"/orders/{case.order_id}"))
    assert "US$41.80" in page
    assert f"/cases/C-{case.number}" in page
