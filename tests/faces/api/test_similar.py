"""Similar closed cases over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amends.base.accounts.core import Scope
from amends.base.accounts.models import Shop
from amends.flows.precedents import keep
from amends.intake.orders.models import Order
from amends.resolution.cases import actions
from amends.resolution.cases.models import Case
from tests.faces.api.conftest import Api

pytestmark = pytest.mark.django_db
WORDS = {"text": "The parcel never arrived.", "language": "en", "at": "2026-11-19T20:00:00+00:00"}


@pytest.fixture
def opened(
    api: Api, scope: Scope, make_order: Callable[..., Order], shop: Callable[..., Shop], fixed_time: datetime
) -> Callable[..., str]:
    """`opened("12-1", total_minor=…)`: the number of a new case; `closed=True` also closes and remembers it."""
    store = shop("ebay", site="US")

    def make(order_number: str, *, closed: bool = False, **order: Any) -> str:
        made = make_order(store, number=order_number, **order)
        body = {"order": made.number, "leaf": "in_transit_late", "message": WORDS | {"external_id": order_number}}
        number = str(api.post("/cases", body).json()["case"]["number"])
        if closed:
            assert api.post(f"/cases/{number}/close", {"root_cause": "carrier_delay"}).status_code == 200
            assert keep(scope, Case.objects.get(number=int(number[2:])).pk)
        return number

    return make


def test_what_is_alike_and_what_differs(api: Api, opened: Callable[..., str], fixed_time: datetime) -> None:
    then = opened("12-1", closed=True, total_minor=20_00)
    now = opened("12-2", total_minor=60_00)
    response = api.get(f"/cases/{now}/similar")
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["searched"], body["method"]) == (1, "bm25")
    (item,) = body["items"]
    assert (item["number"], item["words_likeness"]) == (then, 1.0)
    assert datetime.fromisoformat(item["closed_at"]) == fixed_time
    assert item["differs"] == [{"code": "value", "mine": "60.00", "theirs": "20.00", "ratio": "3.00"}]
    assert {"code": "leaf", "mine": "in_transit_late", "theirs": "in_transit_late", "ratio": None} in item["alike"]
    assert item["outcome"]["root_cause"] == "carrier_delay"
    assert (item["outcome"]["accepted"], item["outcome"]["offers"]) == (None, [])


def test_nothing_yet(api: Api, opened: Callable[..., str]) -> None:
    assert api.get(f"/cases/{opened('12-1')}/similar").json() == {"searched": 0, "method": "", "items": []}


def test_at_most_as_many_as_asked_for(api: Api, opened: Callable[..., str]) -> None:
    for n in range(3):
        opened(f"12-{n}", closed=True)
    mine = opened("12-9")
    assert len(api.get(f"/cases/{mine}/similar", k=2).json()["items"]) == 2
    assert api.get(f"/cases/{mine}/similar", k=0).status_code == 422
    assert api.get(f"/cases/{mine}/similar", k=21).status_code == 422
    assert api.get("/cases/C-4242/similar").status_code == 404


def test_as_many_queries_for_five_as_for_one(api: Api, opened: Callable[..., str]) -> None:
    mine = opened("12-99")
    counts = []
    for n in range(5):
        opened(f"12-{n}", closed=True)
        api.get(f"/cases/{mine}/similar")
        with CaptureQueriesContext(connection) as seen:
            assert len(api.get(f"/cases/{mine}/similar").json()["items"]) == n + 1
        counts.append(len(seen))
    assert counts[0] == counts[-1]


def test_opened_again_it_is_gone(api: Api, scope: Scope, opened: Callable[..., str]) -> None:
    then, mine = opened("12-1", closed=True), opened("12-2")
    assert len(api.get(f"/cases/{mine}/similar").json()["items"]) == 1
    case = Case.objects.get(number=int(then[2:]))
    assert isinstance(actions.perform(scope, case.pk, "reopen", {}, case.changed_at), actions.Performed)
    keep(scope, case.pk)
    assert api.get(f"/cases/{mine}/similar").json()["items"] == []
