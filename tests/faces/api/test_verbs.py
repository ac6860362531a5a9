"""Doing things to a case over the API: simulated, refused, done once, guarded by version and by right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from amends.base.accounts.core import Permission, Role
from amends.base.accounts.models import Membership, Organisation, Shop, User
from amends.base.ledger.models import Entry
from amends.intake.conversations.models import Message
from amends.intake.orders.models import Order
from amends.resolution.cases.core.axes import BY_VERB, Verb
from amends.resolution.cases.models import Case, CaseFact
from amends.resolution.refunds.models import Refund
from tests import factories
from tests.faces.api.conftest import Api, MakeToken, codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(api: Api, make_order: Callable[..., Order], shop: Callable[..., Shop], fixed_time: datetime) -> Case:
    """C-1001 on an order of 41.80 USD, with a buyer's words to answer."""
    make_order(shop("ebay", site="US"), number="12-34567-89012")
    words = {"text": "It never arrived.", "language": "en", "at": "2026-11-19T20:00:00+00:00"}
    body = {"order": "12-34567-89012", "leaf": "in_transit_late", "message": words}
    assert api.post("/cases", body).status_code == 201
    return Case.objects.get()


def test_a_simulation_shows_and_does_nothing(api: Api, case: Case) -> None:
    before = Entry.objects.count()
    body = api.post("/cases/C-1001/simulate/settle", {"remedy": "partial_refund", "amount": "10.00"}).json()
    assert body["verb"] == "settle"
    assert [e["effect"] for e in body["effects"]] == ["set_axis", "agree", "create_refund", "set_axis"]
    refund = next(e["values"] for e in body["effects"] if e["effect"] == "create_refund")
    assert (refund["amount_minor"], refund["currency"], refund["state"]) == (10_00, "USD", "created")
    assert (body["refunded_after"], body["left_after"]) == ("10.00 USD", "31.80 USD")
    assert (Entry.objects.count(), Refund.objects.count(), Case.objects.get().version) == (before, 0, 1)


def test_a_verb_is_done(api: Api, case: Case) -> None:
    body = api.post("/cases/C-1001/refund", {"amount": "10.00"}).json()
    assert (body["number"], body["verb"], body["version"], body["repeated"]) == ("C-1001", "refund", 2, False)
    refund = Refund.objects.get(pk=body["refund_id"])
    assert (refund.amount_minor, refund.state) == (10_00, "created")
    seen = api.get("/cases/C-1001").json()
    assert (seen["committed"], seen["version"], seen["status"]) == ("10.00 USD", 2, "money_due")
    assert seen["refunds"][0]["amount"] == "10.00 USD"


@pytest.mark.parametrize("amount", ["12.50", 12, 12.5])
def test_amounts_are_exact_however_they_are_written(api: Api, case: Case, amount: Any) -> None:
    api.post("/cases/C-1001/refund", {"amount": amount})
    assert Refund.objects.get().amount_minor == (12_00 if amount == 12 else 12_50)


@pytest.mark.parametrize(
    ("verb", "args", "code"),
    [
        ("refund", {"amount": "41.81"}, "more_than_paid"),
        ("refund", {"amount": "0.001"}, "too_many_decimals"),
        ("refund", {}, "amount_missing"),
        ("offer", {"remedy": "flowers"}, "unknown_remedy"),
        ("answer", {"text": " "}, "text_missing"),
        ("close", {"root_cause": "bad luck"}, "root_cause_missing"),
        ("reopen", {}, "case_is_open"),
        ("approve_refund", {}, "no_refund_waits"),
        ("set_fact", {"fact": "no.such", "value": 1}, "unknown_fact"),
        ("snooze", {"until": "2026-11-19T00:00:00+00:00"}, "time_in_past"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    signed_in: Callable[[Role], Api], case: Case, verb: str, args: dict[str, Any], code: str
) -> None:
    before = Entry.objects.count()
    lead = signed_in(Role.LEAD)
    for path in (f"/cases/C-1001/{verb}", f"/cases/C-1001/simulate/{verb}"):
        response = lead.post(path, args)
        assert (response.status_code, response.json()["code"]) == (409, code)
        assert response.json()["detail"]
    assert (Entry.objects.count(), Case.objects.get().version) == (before, 1)


@pytest.mark.parametrize(
    ("args", "where", "code"),
    [
        ({"amuont": "5"}, "amuont", "extra_forbidden"),
        ({"until": "2026-11-21T00:00:00"}, "until", "timezone_aware"),
        ({"facts": "all"}, "facts", "list_type"),
        ([], "body", "model_type"),
    ],
)
def test_arguments_of_the_wrong_shape(api: Api, case: Case, args: Any, where: str, code: str) -> None:
    response = api.post("/cases/C-1001/snooze", args)
    assert response.status_code == 422
    assert codes(response) == [(where, code)]


def test_the_same_key_does_it_once(api: Api, case: Case) -> None:
    first = api.post("/cases/C-1001/refund", {"amount": "10.00"}, Idempotency_Key="r-1").json()
    again = api.post("/cases/C-1001/refund", {"amount": "10.00"}, Idempotency_Key="r-1").json()
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert again["refund_id"] == first["refund_id"]
    assert Refund.objects.count() == 1
    other = api.post("/cases/C-1001/refund", {"amount": "11.00"}, Idempotency_Key="r-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert api.post("/cases/C-1001/refund", {"amount": "10.00"}, Idempotency_Key="r-2").json()["repeated"] is False
    assert Refund.objects.count() == 2
    assert api.post("/cases/C-1001/note", {"text": "seen"}, Idempotency_Key="r-1").json()["repeated"] is False


def test_a_version_guards_against_another_hand(api: Api, case: Case) -> None:
    assert api.post("/cases/C-1001/prioritise", {"priority": 2}, If_Match='"1"').json()["version"] == 2
    late = api.post("/cases/C-1001/prioritise", {"priority": 0}, If_Match='"1"')
    assert (late.status_code, late.json()["code"]) == (412, "version_conflict")
    assert late.json()["params"] == {"expected": 1, "found": 2}
    body = api.post("/cases/C-1001/prioritise", {"priority": 0, "expected_version": 1})
    assert (body.status_code, body.json()["code"]) == (409, "version_conflict")
    assert api.post("/cases/C-1001/prioritise", {"priority": 1}, If_Match="*").status_code == 200
    assert api.post("/cases/C-1001/prioritise", {"priority": 1}, If_Match='"latest"').json()["code"] == "bad_if_match"
    assert Case.objects.get().priority == 1


@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_asks_for_its_right_before_it_looks(make_token: MakeToken, case: Case, verb: Verb) -> None:
    """Neither a case that is there nor one that is not tells anything to a token without the right."""
    everything_else = [p for p in Permission if p is not BY_VERB[verb].permission]
    bare = Api(make_token(*everything_else))
    for number in ("C-1001", "C-9999"):
        for path in (f"/cases/{number}/{verb.value}", f"/cases/{number}/simulate/{verb.value}"):
            response = bare.post(path, {})
            assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
            assert response.json()["params"] == {"permission": BY_VERB[verb].permission.value}
    assert Case.objects.get().version == 1


@pytest.mark.parametrize("path", ["/cases/C-1001/explode", "/cases/C-1001/simulate/explode", "/cases/C-9999/note"])
def test_no_such_verb_and_no_such_case(api: Api, case: Case, path: str) -> None:
    assert api.post(path, {"text": "x"}).status_code in (404, 422)
    assert api.post("/cases/C-9999/note", {"text": "x"}).json()["code"] == "not_found"


def test_a_token_is_no_second_person(
    api: Api, make_token: MakeToken, case: Case, organisation: Organisation, signed_in: Callable[[Role], Api]
) -> None:
    """Above the limit two people decide. Behind a token stands the one who made it, and a token approves nothing."""
    Organisation.objects.filter(pk=organisation.pk).update(refund_limit_minor=5_00)
    lead = signed_in(Role.LEAD)
    maker = User.objects.get(email="lead-api@acme.example")
    token = Api(make_token(maker=maker))
    assert token.post("/cases/C-1001/refund", {"amount": "10.00"}).status_code == 200
    refund = Refund.objects.get()
    assert (refund.state, refund.requested_by_id) == ("due", maker.pk)
    for machine in (token, api):
        refused = machine.post("/cases/C-1001/approve_refund")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_for_tokens")
    own = lead.post("/cases/C-1001/approve_refund")
    assert (own.status_code, own.json()["code"]) == (409, "needs_second_person")
    assert signed_in(Role.FINANCE).post("/cases/C-1001/approve_refund").status_code == 200
    refund.refresh_from_db()
    assert refund.state == "created"


def test_only_a_member_can_own_a_case(api: Api, case: Case, other_organisation: Organisation) -> None:
    stranger = factories.make_user(other_organisation, Role.AGENT)
    api.post("/cases/C-1001/assign", {"user_id": stranger.pk})
    assert Case.objects.get().owner_id is None
    Membership.objects.create(organisation_id=case.organisation_id, user=stranger, role="agent")
    api.post("/cases/C-1001/assign", {"user_id": stranger.pk})
    assert Case.objects.get().owner_id == stranger.pk
    api.post("/cases/C-1001/assign", {"user_id": None})
    assert Case.objects.get().owner_id is None


def test_facts_are_learnt_with_their_origin_and_judged(api: Api, case: Case) -> None:
    before = CaseFact.objects.count()
    told = {"facts": {"order.delivered": "2026-11-18T10:00:00+01:00"}, "origin": "carrier", "ref": "call of Monday"}
    learnt = api.post("/cases/C-1001/facts", told).json()
    assert learnt["number"] == "C-1001"
    fact = CaseFact.objects.get(key="order.delivered")
    assert (fact.value, fact.origin, fact.origin_ref) == ("2026-11-18T10:00:00+01:00", "carrier", "call of Monday")
    shown = {f["key"]: f for f in api.get("/cases/C-1001").json()["facts"]}
    assert shown["order.delivered"]["origin"] == "carrier"
    assert api.post("/cases/C-1001/facts", told).json()["judgement"] is None
    assert CaseFact.objects.count() == before + 1
    api.post("/cases/C-1001/facts", {"facts": {"order.delivered": None}})
    assert "order.delivered" not in {f["key"] for f in api.get("/cases/C-1001").json()["facts"]}


@pytest.mark.parametrize(
    ("facts", "where", "code"),
    [
        ({}, "facts", "too_short"),
        ({"order.delivered": "yesterday"}, "facts.order.delivered", "not_a_time"),
        ({"order.deliverd": None}, "facts.order.deliverd", "unknown_fact"),
        ({"known_at": "2026-11-18T10:00:00+01:00"}, "facts.known_at", "unknown_fact"),
        ({"case.demand_amount": "12 doubloons"}, "facts.case.demand_amount", "unknown_currency"),
    ],
)
def test_facts_that_cannot_be_read(api: Api, case: Case, facts: dict[str, Any], where: str, code: str) -> None:
    before = CaseFact.objects.count()
    response = api.post("/cases/C-1001/facts", {"facts": facts})
    assert response.status_code == 422
    assert (where, code) in codes(response)
    assert CaseFact.objects.count() == before


def test_an_answer_to_a_channel_that_cannot_send_is_handed_over(api: Api, case: Case) -> None:
    done = api.post("/cases/C-1001/answer", {"text": "We look into it."}).json()
    assert (done["sends"], done["undo_until"]) == (False, None)
    message = api.get(f"/messages/{done['message_id']}").json()
    assert (message["state"], message["direction"]) == ("draft", "out")
    handed = api.post(f"/messages/{done['message_id']}/handed-over").json()
    assert handed["state"] == "handed_over"
    assert api.post(f"/messages/{done['message_id']}/undo").json()["undone"] is False
    assert Message.objects.get(pk=done["message_id"]).state == "handed_over"


def test_an_answer_by_mail_can_be_taken_back(api: Api, case: Case, fixed_time: datetime) -> None:
    thread = case.thread
    assert thread is not None
    assert case.buyer is not None
    thread.channel = "mail"
    thread.save()
    case.buyer.email = "buyer@example.org"
    case.buyer.save()
    done = api.post("/cases/C-1001/answer", {"text": "We look into it."}).json()
    assert done["undo_until"] == (fixed_time + timedelta(seconds=10)).isoformat()
    undone = api.post(f"/messages/{done['message_id']}/undo").json()
    assert (undone["undone"], undone["message"]["state"]) == (True, "undone")
