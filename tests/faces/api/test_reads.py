"""Messages, orders, judgements, rules, the ledger, jobs and the caller itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from amends.base.accounts.core import Permission, Role, Scope
from amends.base.accounts.models import ApiToken, Organisation, Shop
from amends.base.jobs.core import JobState
from amends.base.jobs.models import Job
from amends.base.ledger.models import Entry
from amends.intake.conversations.models import Message
from amends.intake.orders.models import Order
from amends.judgement.judge import judge, judgement_json
from amends.judgement.rules.facts import read_facts
from amends.judgement.rules.load import current
from tests.faces.api.conftest import Api, MakeToken, codes

pytestmark = pytest.mark.django_db
FACTS = {
    "platform": "ebay", "case.kind": "not_received", "order.placed_at": "2026-10-01T10:00:00+00:00",
    "order.ship_country": "US", "order.item_total": "41.80 USD",
}  # fmt: skip


def test_a_message_is_taken_in_once(api: Api, shop: Callable[..., Shop], fixed_time: datetime) -> None:
    body = {"shop_id": shop("shopee").pk, "text": "Where is it?", "buyer": "anna", "external_id": "m-1"}
    first, again = api.post("/messages", body), api.post("/messages", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["created"] is False
    assert again.json()["message"] == first.json()["message"]
    assert first.json()["message"]["at"] == fixed_time.isoformat()
    assert Job.objects.filter(kind="triage.message").count() == 1


def test_a_key_stands_in_for_the_platforms_id(api: Api, shop: Callable[..., Shop]) -> None:
    body = {"shop_id": shop("shopee").pk, "text": "Where is it?", "buyer": "anna"}
    assert api.post("/messages", body, Idempotency_Key="a").status_code == 201
    assert api.post("/messages", body, Idempotency_Key="a").status_code == 200
    assert api.post("/messages", body, Idempotency_Key="b").status_code == 201


def test_messages_page_by_page_and_by_case(api: Api, shop: Callable[..., Shop], fixed_time: datetime) -> None:
    store = shop("shopee")
    for n in range(5):
        api.post("/messages", {"shop_id": store.pk, "text": f"No. {n}", "buyer": f"b{n}", "external_id": str(n)})
    first = api.get("/messages", limit=3).json()
    assert [m["text"] for m in first["items"]] == ["No. 4", "No. 3", "No. 2"]
    second = api.get("/messages", limit=3, cursor=first["next"]).json()
    assert [m["text"] for m in second["items"]] == ["No. 1", "No. 0"]
    assert second["next"] is None
    words = {"text": "Broken", "language": "en"}
    made = api.post("/cases", {"shop_id": store.pk, "buyer": "b9", "leaf": "damaged", "message": words}).json()
    texts = [m["state"] for m in api.get("/messages", case=made["case"]["number"]).json()["items"]]
    assert texts == ["draft", "received"]
    assert [m["state"] for m in api.get("/messages", state="draft").json()["items"]] == ["draft"]
    thread = first["items"][0]["thread_id"]
    assert [m["text"] for m in api.get("/messages", thread=thread).json()["items"]] == ["No. 4"]
    assert api.get("/messages", case="C-9").status_code == 404


@pytest.mark.parametrize("path", ["/messages/1/undo", "/messages/1/handed-over"])
def test_a_message_that_is_not_ours_to_change(api: Api, path: str) -> None:
    assert api.post(path).json()["code"] == "not_found"


def test_a_received_message_is_not_handed_over(api: Api, shop: Callable[..., Shop]) -> None:
    body = {"shop_id": shop("shopee").pk, "text": "Where is it?", "buyer": "anna"}
    message_id = api.post("/messages", body).json()["message"]["id"]
    assert api.post(f"/messages/{message_id}/handed-over").status_code == 404
    assert Message.objects.get().state == "received"


def test_orders(api: Api, make_order: Callable[..., Order], shop: Callable[..., Shop]) -> None:
    store = shop("amazon")
    made = [make_order(store, number=f"000{n}") for n in range(1, 4)]
    first = api.get("/orders", limit=2).json()
    assert [o["number"] for o in first["items"]] == ["0003", "0002"]
    assert [o["number"] for o in api.get("/orders", limit=2, cursor=first["next"]).json()["items"]] == ["0001"]
    assert [o["number"] for o in api.get("/orders", number="#2").json()["items"]] == ["0002"]
    whole = api.get(f"/orders/{made[0].pk}").json()
    assert (whole["number"], whole["total"]) == ("0001", "41.80 USD")
    assert [(line["sku"], line["unit_price"]) for line in whole["lines"]] == [("MUG-1", "41.80 USD")]
    assert [(p["kind"], p["amount"]) for p in whole["payments"]] == [("paid", "41.80 USD")]
    assert whole["parcels"] == []


@pytest.mark.parametrize("path", ["/orders/999999", "/orders/" + "9" * 30, "/orders/x", "/messages/" + "9" * 30])
def test_what_is_not_there(api: Api, path: str) -> None:
    response = api.get(path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_judge_is_the_same_function(api: Api, now: datetime) -> None:
    at = "2026-11-20T02:00:00+00:00"
    book = current()
    expected = judgement_json(judge(read_facts(FACTS), book, now), book)
    before = Entry.objects.count()
    one = api.client.post(
        f"/api/v1/judge?at={at.replace('+', '%2B')}", FACTS, content_type="application/json", headers=api.headers
    )
    assert one.json() == expected
    both = api.client.post(
        f"/api/v1/judge?at={at.replace('+', '%2B')}", [FACTS, FACTS], content_type="application/json",
        headers=api.headers,
    )  # fmt: skip
    assert both.json() == [expected, expected]
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({"platfrom": "ebay"}, 422, [("platfrom", "unknown_fact")]),
        ({"platform": "mars"}, 422, [("platform", "unknown_code")]),
        (
            [{}, {"order.shipped": "x"}, {"no": 1}],
            422,
            [("[1].order.shipped", "not_a_time"), ("[2].no", "unknown_fact")],
        ),
        ([{}] * 201, 422, []),
        ('"facts"', 422, None),
        (None, 200, None),
        ([], 200, None),
    ],
)
def test_facts_that_cannot_be_judged(api: Api, body: Any, status: int, expected: list[tuple[str, str]] | None) -> None:
    response = api.post("/judge", body)
    assert response.status_code == status
    if expected is not None:
        assert codes(response) == expected


def test_the_moment_needs_a_zone(api: Api) -> None:
    response = api.client.post(
        "/api/v1/judge?at=2026-11-20T02:00:00", FACTS, content_type="application/json", headers=api.headers
    )
    assert codes(response) == [("at", "timezone_aware")]


def test_rules_are_listed_and_read(api: Api) -> None:
    book = current()
    listed: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = api.get("/rules", limit=40, cursor=cursor).json()
        listed += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert [(r["id"], r["version"]) for r in listed] == [(r.id, r.version) for r in book.rules]
    assert page["rulebook"] == book.hash
    rule = book.rules[0]
    whole = api.get(f"/rules/{rule.id}").json()
    assert [v["hash"] for v in whole["versions"]] == [v.hash for v in book.versions(rule.id)]
    assert whole["versions"][0]["title"]["en"] == rule.title["en"]
    only = api.get("/rules", platform="ebay", confidence="A", limit=100).json()["items"]
    assert {r["confidence"] for r in only} <= {"A"}
    assert rule.id in {r["id"] for r in api.get("/rules", text=rule.id).json()["items"]}
    assert api.get("/rules/no-such-rule").status_code == 404


def test_the_ledger_is_read_and_checked(
    api: Api, make_order: Callable[..., Order], shop: Callable[..., Shop], organisation: Organisation
) -> None:
    order = make_order(shop("ebay"))
    api.post("/cases", {"order": order.number, "leaf": "damaged"})
    head = api.get("/ledger/head").json()
    newest = Entry.objects.filter(organisation=organisation).order_by("-seq")[0]
    assert head == {"seq": newest.seq, "hash": newest.hash}
    page = api.get("/ledger", limit=1).json()
    assert (page["items"][0]["hash"], page["next"]) == (newest.hash, str(newest.seq))
    assert len(api.get("/ledger", cursor=page["next"]).json()["items"]) == newest.seq - 1
    of_case = api.get("/ledger", subject_kind="case", subject_id="C-1001", verb="case:case").json()["items"]
    assert [(e["verb"], e["actor_kind"]) for e in of_case] == [("case:case:opened", "token")]
    assert api.post("/ledger/verify").json() == {"holds": True, "broken_at": None, "reason": None, "head": head}
    Entry.objects.filter(pk=newest.pk).update(verb="case:case:closed")
    broken = api.post("/ledger/verify").json()
    assert (broken["holds"], broken["broken_at"], broken["reason"]) == (False, newest.seq, "content")


def test_jobs_are_watched_and_rerun(
    api: Api, organisation: Organisation, other_organisation: Organisation, now: datetime
) -> None:
    def job(house: Organisation, state: JobState) -> Job:
        return Job.objects.create(
            organisation=house, kind="test", state=int(state), due=now, created_at=now,
            last_error="Traceback\n  secret line\nValueError: why",
        )  # fmt: skip

    dead, theirs = job(organisation, JobState.DEAD), job(other_organisation, JobState.DEAD)
    listed = api.get("/jobs", state="dead").json()["items"]
    assert [(j["id"], j["state"], j["last_error"]) for j in listed] == [(dead.pk, "dead", "ValueError: why")]
    assert api.post(f"/jobs/{dead.pk}/rerun").json()["state"] == "waiting"
    assert api.post(f"/jobs/{dead.pk}/rerun").json()["code"] == "job_state"
    assert api.post(f"/jobs/{theirs.pk}/rerun").status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == JobState.DEAD
    assert api.get("/jobs", cursor="x").json()["code"] == "bad_cursor"


def test_who_am_i(
    api: Api,
    make_token: MakeToken,
    signed_in: Callable[[Role], Api],
    organisation: Organisation,
    shop: Callable[..., Shop],
) -> None:
    store = shop("ebay")
    body = Api(make_token(Permission.CASE_READ)).get("/me").json()
    assert (body["actor"], body["name"], body["permissions"]) == ("token", "test", ["case:read"])
    assert (body["organisation"]["slug"], body["shops"]) == (
        "acme", [{"id": store.pk, "name": store.name, "platform": "ebay"}],
    )  # fmt: skip
    person = signed_in(Role.VIEWER).get("/me").json()
    assert (person["actor"], person["name"], person["permissions"]) == (
        "person", "viewer", ["case:read", "order:read", "rule:read"],
    )  # fmt: skip


def test_the_use_of_a_token_is_noted_once_a_minute(
    api: Api, scope: Scope, monkeypatch: pytest.MonkeyPatch, now: datetime, django_assert_num_queries: Any
) -> None:
    api.get("/ledger/head")
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    with django_assert_num_queries(2):  # the token, the head
        api.get("/ledger/head")
    assert ApiToken.objects.get().last_used_at == first
