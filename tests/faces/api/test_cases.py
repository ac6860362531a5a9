"""Cases over the API: opened, read, listed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amends.base.accounts.core import Permission, Role, Scope, system_scope
from amends.base.accounts.models import Organisation, Shop, User
from amends.base.jobs.models import Job
from amends.base.ledger.models import Entry
from amends.intake.conversations.models import Message
from amends.intake.orders.models import Order
from amends.resolution.cases.models import Case
from tests import factories
from tests.faces.api.conftest import Api, MakeToken, codes

pytestmark = pytest.mark.django_db
MakeOrder = Callable[..., Order]
WORDS = {"text": "The parcel never arrived.", "language": "en", "at": "2026-11-19T20:00:00+00:00"}


@pytest.fixture
def order(make_order: MakeOrder, shop: Callable[..., Shop], fixed_time: datetime) -> Order:
    return make_order(shop("ebay", site="US"), number="12-34567-89012")


def test_a_case_about_an_order_is_judged_at_once(api: Api, order: Order) -> None:
    response = api.post("/cases", {"order": order.number, "leaf": "in_transit_late"})
    assert response.status_code == 201, response.content
    body = response.json()
    assert response.headers["Location"] == "/api/v1/cases/C-1001"
    assert (body["created"], body["message_id"], body["draft"]) == (True, None, None)
    assert body["case"]["number"] == "C-1001"
    assert (body["case"]["leaf"], body["case"]["kind"]) == ("in_transit_late", "not_received")
    assert body["case"]["order"] == {"id": order.pk, "number": "12-34567-89012"}
    assert body["judgement"]["body"]["decision"] in {"for_buyer", "for_seller", "undetermined", "no_rule"}
    case = Case.objects.get()
    assert body["judgement"]["hash"] == case.judgement_hash
    assert list(Entry.objects.order_by("seq").values_list("verb", flat=True))[-2:] == [
        "case:case:opened", "case:judgement:given",
    ]  # fmt: skip


def test_words_with_language_and_leaf_are_answered_with_a_draft(api: Api, order: Order) -> None:
    response = api.post("/cases", {"order": order.number, "leaf": "in_transit_late", "message": WORDS})
    assert response.status_code == 201, response.content
    body = response.json()
    message = Message.objects.get(pk=body["message_id"])
    assert (message.text, message.language) == (WORDS["text"], "en")
    assert body["draft"]["state"] == "draft"
    assert body["draft"]["language"] == "en"
    assert body["case"]["title"] == WORDS["text"]
    assert not Job.objects.filter(kind="triage.message").exists()
    case = Case.objects.get()
    assert (case.order_id, case.thread_id, case.leaf) == (order.pk, message.thread_id, "in_transit_late")


def test_words_alone_wait_for_a_job(api: Api, order: Order) -> None:
    response = api.post("/cases", {"order": order.number, "message": {"text": "Where is it?"}})
    assert response.status_code == 202
    body = response.json()
    assert (body["case"], body["created"]) == (None, True)
    assert Job.objects.get(kind="triage.message").args == {"message_id": body["message_id"]}
    assert not Case.objects.exists()


def test_words_need_the_right_to_import(make_token: MakeToken, order: Order) -> None:
    clerk = Api(make_token(Permission.CASE_READ, Permission.CASE_WORK))
    refused = clerk.post("/cases", {"order": order.number, "leaf": "damaged", "message": WORDS})
    assert (refused.status_code, refused.json()["params"]) == (403, {"permission": "import:run"})
    assert not Message.objects.exists()
    assert clerk.post("/cases", {"order": order.number, "leaf": "damaged"}).status_code == 201


def test_a_kind_alone_is_a_fact_and_no_guess_at_the_leaf(api: Api, order: Order) -> None:
    api.post("/cases", {"order": order.number, "kind": "not_received"})
    facts = {f["key"]: (f["value"], f["origin"]) for f in api.get("/cases/1001").json()["facts"]}
    assert facts["case.kind"] == ("not_received", "person")
    assert facts["case.leaf"] == ("other", "computed")


def test_the_same_key_opens_one_case(api: Api, order: Order) -> None:
    wish = {"order": order.number, "leaf": "damaged"}
    first = api.post("/cases", wish, Idempotency_Key="k-1")
    again = api.post("/cases", wish, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["case"]["number"] == first.json()["case"]["number"]
    assert again.json()["created"] is False
    assert Case.objects.count() == 1
    other = api.post("/cases", wish | {"leaf": "quality"}, Idempotency_Key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert api.post("/cases", wish, Idempotency_Key="k-2").status_code == 201


def test_a_key_is_the_callers_own(api: Api, make_token: MakeToken, order: Order) -> None:
    wish = {"order": order.number, "leaf": "damaged"}
    assert api.post("/cases", wish, Idempotency_Key="k").status_code == 201
    assert Api(make_token()).post("/cases", wish, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("given", [{"language": "en"}, {}])
def test_the_same_words_are_taken_in_once(api: Api, order: Order, given: dict[str, str]) -> None:
    wish = {"order": order.number, "message": {"text": "Broken on arrival."} | given}
    if given:
        wish["leaf"] = "damaged"
    first = api.post("/cases", wish, Idempotency_Key="m")
    again = api.post("/cases", wish, Idempotency_Key="m")
    assert first.json()["message_id"] == again.json()["message_id"]
    assert Message.objects.filter(direction="in").count() == 1
    assert Case.objects.count() == (1 if given else 0)
    changed = wish | {"message": {"text": "Something else."} | given}
    assert api.post("/cases", changed, Idempotency_Key="m").status_code == 422
    assert Message.objects.filter(direction="in").count() == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "schlüssel"])
def test_a_key_that_could_be_mistaken_is_refused(api: Api, order: Order, key: str) -> None:
    response = api.post("/cases", {"order": order.number, "leaf": "damaged"}, Idempotency_Key=key)
    assert (response.status_code, response.json()["code"]) == (422, "bad_idempotency_key")


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({}, [("order", "nothing_to_go_on")]),
        ({"order": "no-such", "leaf": "damaged"}, [("order", "unknown_order")]),
        ({"order": "12-34567-89012", "leaf": "cursed"}, [("leaf", "unknown_leaf")]),
        ({"order": "12-34567-89012", "leaf": "damaged", "kind": "return"}, [("kind", "leaf_and_kind")]),
        ({"order": "12-34567-89012", "colour": "red"}, [("colour", "extra_forbidden")]),
        ({"order": "12-34567-89012", "priority": 7}, [("priority", "literal_error")]),
        ({"message": WORDS}, [("shop_id", "shop_missing")]),
        ({"message": WORDS, "shop_id": 999_999}, [("shop_id", "unknown_shop")]),
        ({"order": "12-34567-89012", "message": {"text": " "}}, [("message.text", "missing")]),
        (
            {"order": "12-34567-89012", "message": {"text": "x", "at": "2026-11-19T20:00:00"}},
            [("message.at", "timezone_aware")],
        ),
        ({"order": "12-34567-89012", "facts": {"order.colour": 1}}, [("facts.order.colour", "unknown_fact")]),
        ({"order": "12-34567-89012", "facts": {"order.shipped": "soon"}}, [("facts.order.shipped", "not_a_time")]),
    ],
)
def test_wrong_input_is_named_and_nothing_is_made(
    api: Api, order: Order, wish: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    response = api.post("/cases", wish)
    assert response.status_code == 422, response.content
    assert codes(response) == expected
    assert not Case.objects.exists()
    assert not Message.objects.exists()


def test_one_number_in_two_shops_asks_which(api: Api, make_order: MakeOrder, shop: Callable[..., Shop]) -> None:
    first, second = shop("ebay"), shop("amazon")
    make_order(first, number="777")
    make_order(second, number="0777")
    make_order(second, number="888")
    make_order(first, number="888")
    response = api.post("/cases", {"order": "888", "leaf": "damaged"})
    assert codes(response) == [("order", "several_orders")]
    named = api.post("/cases", {"order": "888", "leaf": "damaged", "shop_id": second.pk})
    assert named.json()["case"]["shop"]["id"] == second.pk
    exact = api.post("/cases", {"order": "777", "leaf": "damaged"})
    assert exact.json()["case"]["order"]["number"] == "777"


def test_another_organisations_order_is_not_there(
    api: Api, other_organisation: Organisation, shop: Callable[..., Shop]
) -> None:
    theirs = factories.make_order(other_organisation, factories.make_shop(other_organisation), number="555")
    assert codes(api.post("/cases", {"order": "555", "leaf": "damaged"})) == [("order", "unknown_order")]
    response = api.post("/cases", {"message": WORDS, "shop_id": theirs.shop_id})
    assert codes(response) == [("shop_id", "unknown_shop")]


def test_a_case_shows_all_that_its_page_shows(api: Api, order: Order) -> None:
    api.post("/cases", {"order": order.number, "leaf": "in_transit_late", "message": WORDS})
    body = api.get("/cases/C-1001").json()
    assert body["paid"] == "41.80 USD"
    assert body["committed"] == "0.00 USD"
    assert {f["key"] for f in body["facts"]} >= {"platform", "order.number", "buyer.contacted", "case.kind"}
    assert {c["rule"] for c in body["judgement"]["body"]["clocks"]} == {
        c["rule"] for c in Case.objects.get().judgements.get().body["clocks"]
    }
    assert {i["kind"] for i in body["timeline"]} == {"order", "message", "money", "rule", "person"}
    choices = {c["verb"]: c["possible"] for c in body["choices"]}
    assert choices["refund"] is True
    assert choices["reopen"] is False
    assert next(c for c in body["choices"] if c["verb"] == "reopen")["refusal"]["code"] == "case_is_open"


@pytest.mark.parametrize("number", ["C-1002", "1002", "C-", "x", "9" * 40, "-1", "１００１"])
def test_no_case_is_404_however_it_is_spelt(api: Api, order: Order, number: str) -> None:
    api.post("/cases", {"order": order.number, "leaf": "damaged"})
    response = api.get(f"/cases/{number}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.fixture
def many(scope: Scope, organisation: Organisation, now: datetime) -> list[Case]:
    """Thirty open cases, due one after the other, and three closed ones."""
    store = factories.make_shop(organisation)
    rows = [
        Case(
            organisation=organisation, number=n, shop=store, leaf="damaged", opened_at=now, changed_at=now,
            buyer=factories.make_buyer(organisation, store), order=factories.make_order(organisation, store),
            next_due_at=now + timedelta(hours=n), closed_at=now if n > 30 else None,
        )
        for n in range(1, 34)
    ]  # fmt: skip
    return Case.objects.bulk_create(rows)


def test_the_list_goes_page_by_page(api: Api, many: list[Case], fixed_time: datetime) -> None:
    first = api.get("/cases", limit=20).json()
    assert [row["number"] for row in first["items"]] == [f"C-{n}" for n in range(1, 21)]
    second = api.get("/cases", limit=20, cursor=first["next"]).json()
    assert [row["number"] for row in second["items"]] == [f"C-{n}" for n in range(21, 31)]
    assert second["next"] is None
    closed = api.get("/cases", filter="closed").json()
    assert [(row["number"], row["status"]) for row in closed["items"]] == [
        ("C-33", "closed"), ("C-32", "closed"), ("C-31", "closed"),
    ]  # fmt: skip


def test_the_list_costs_the_same_number_of_queries_however_long(
    api: Api, many: list[Case], fixed_time: datetime
) -> None:
    api.get("/cases")  # notes the use of the token, once a minute
    counts = []
    for limit in (1, 25, 100):
        with CaptureQueriesContext(connection) as seen:
            api.get("/cases", limit=limit, filter="all")
        counts.append(len(seen))
    assert counts == [3, 3, 3]  # the token, the cases, the refunds of their orders


def test_a_status_in_the_list_is_the_one_on_the_page(api: Api, many: list[Case], fixed_time: datetime) -> None:
    for verb, body in (
        ("snooze", {"until": (fixed_time + timedelta(minutes=5)).isoformat()}),
        ("refund", {"amount": 5}),
    ):
        number = "C-1" if verb == "snooze" else "C-2"
        assert api.post(f"/cases/{number}/{verb}", body).status_code == 200
    rows = {row["number"]: row["status"] for row in api.get("/cases", limit=100, filter="all").json()["items"]}
    assert (rows["C-1"], rows["C-2"], rows["C-31"]) == ("snoozed", "money_due", "closed")
    for number in ("C-1", "C-2", "C-3", "C-31"):
        assert api.get(f"/cases/{number}").json()["status"] == rows[number]


@pytest.mark.parametrize("cursor", ["x", "WzEsMl0", "bnVsbA", "WyIyMDI2LTExLTIwIiwxXQ", "é"])
def test_a_foreign_cursor_is_refused(api: Api, cursor: str) -> None:
    response = api.get("/cases", cursor=cursor)
    assert (response.status_code, response.json()["code"]) == (422, "bad_cursor")


def test_mine_is_for_people(api: Api, signed_in: Callable[[Role], Api], many: list[Case]) -> None:
    assert api.get("/cases", filter="mine").json()["code"] == "not_for_tokens"
    agent = signed_in(Role.AGENT)
    me = User.objects.get(email="agent-api@acme.example")
    assert agent.post("/cases/C-7/assign", {"user_id": me.pk}).status_code == 200
    assert [row["number"] for row in agent.get("/cases", filter="mine").json()["items"]] == ["C-7"]


def test_search_finds_cases_and_orders(api: Api, make_token: MakeToken, order: Order) -> None:
    api.post("/cases", {"order": order.number, "leaf": "damaged"})
    body = api.get("/search", text=order.number).json()
    assert [c["number"] for c in body["cases"]] == ["C-1001"]
    assert [o["number"] for o in body["orders"]] == [order.number]
    blind = Api(make_token(Permission.CASE_READ)).get("/search", text=order.number).json()
    assert ([c["number"] for c in blind["cases"]], blind["orders"]) == (["C-1001"], [])


def test_a_foreign_case_is_not_there(
    api: Api, make_token: MakeToken, order: Order, other_organisation: Organisation
) -> None:
    api.post("/cases", {"order": order.number, "leaf": "damaged"})
    stranger = Api(make_token(of=other_organisation))
    assert stranger.get("/cases").json()["items"] == []
    for path in ("/cases/C-1001", "/cases/C-9999"):
        assert stranger.get(path).json() == api.get("/cases/C-9999").json()
    assert system_scope(other_organisation.pk).organisation_id != order.organisation_id
