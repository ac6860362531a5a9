"""A file over the API: kept, run by a worker, watched, its rejects fetched and mended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.base.accounts.models import Organisation
from amends.base.jobs.models import Job
from amends.intake.imports import actions
from amends.intake.imports.models import ImportRun
from amends.intake.orders.models import Order
from tests.faces.api.conftest import Api, MakeToken, codes

pytestmark = pytest.mark.django_db
SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku\n"
    "#1001,a@example.org,paid,2026-11-01 10:00:00 +0000,unfulfilled,USD,10.00,0.00,0.00,10.00,"
    "2026-11-01 10:00:00 +0000,1,Mug,10.00,MUG\n"
    "#1002,b@example.org,paid,2026-11-01 10:00:00 +0000,unfulfilled,XXQ,10.00,0.00,0.00,10.00,"
    "2026-11-01 10:00:00 +0000,1,Mug,10.00,MUG\n"
)


def send(api: Api, name: str, content: bytes, **fields: Any) -> Any:
    form = {"file": SimpleUploadedFile(name, content)} | fields
    return api.client.post("/api/v1/imports", form, headers=api.headers)


def test_a_file_is_kept_run_and_watched(api: Api, now: datetime) -> None:
    response = send(api, "orders_export.csv", SHOPIFY.encode())
    assert response.status_code == 202, response.content
    run = response.json()
    assert (run["state"], run["file_name"], run["rows"]) == ("waiting", "orders_export.csv", 0)
    assert Job.objects.get(kind="imports.run").args == {"run_id": run["id"]}
    actions.run(run["id"], now)
    seen = api.get(f"/imports/{run['id']}").json()
    assert (seen["state"], seen["rows"], seen["accepted"], seen["rejected"]) == ("done", 2, 1, 1)
    assert Order.objects.get().number == "#1001"
    rejects = api.get(f"/imports/{run['id']}/rejects").json()
    assert [(r["row"], r["column"], r["code"]) for r in rejects["items"]] == [(3, "Currency", "unknown_currency")]
    assert rejects["items"][0]["message"]
    file = api.get(f"/imports/{run['id']}/rejects/file")
    assert file.headers["Content-Disposition"] == 'attachment; filename="orders_export-rejected.csv"'
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert b"#1002" in b"".join(file.streaming_content)
    assert [r["id"] for r in api.get("/imports").json()["items"]] == [run["id"]]


def test_files_that_are_refused(api: Api) -> None:
    assert codes(send(api, "a.csv", b"")) != []
    assert codes(send(api, "a.csv", b"x,y\n1,2\n", layout="no-such")) == [("layout", "unknown_layout")]
    assert codes(send(api, "a.csv", b"x,y\n1,2\n", shop_id=99_999)) == [("shop", "shop_unknown")]
    missing = api.client.post("/api/v1/imports", {}, headers=api.headers)
    assert codes(missing) == [("file", "missing")]
    assert not ImportRun.objects.exists()
    assert not Job.objects.exists()


def test_a_foreign_run_is_not_there(api: Api, make_token: MakeToken, other_organisation: Organisation) -> None:
    run = send(api, "orders_export.csv", SHOPIFY.encode()).json()
    stranger = Api(make_token(of=other_organisation))
    for path in (f"/imports/{run['id']}", f"/imports/{run['id']}/rejects", f"/imports/{run['id']}/rejects/file"):
        assert stranger.get(path).status_code == 404
    assert stranger.get("/imports").json()["items"] == []
