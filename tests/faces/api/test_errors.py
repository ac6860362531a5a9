"""Refusals as programs and people see them: one shape, the reader's language, nothing given away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from amends.base.accounts.core import Permission, Role
from amends.base.accounts.models import ApiToken, Membership, Organisation, User
from amends.faces.api import problems
from tests import factories
from tests.faces.api.conftest import Api, MakeToken

pytestmark = pytest.mark.django_db
MEMBERS = {"type", "title", "status", "detail", "code", "params", "rule_ids", "errors"}


def test_a_stranger_is_told_how_to_come_in() -> None:
    response = Api().get("/cases")
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="amends"'
    assert response.headers["Content-Type"] == "application/problem+json"
    assert set(response.json()) == MEMBERS
    assert response.json()["type"] == "urn:amends:problem:unauthenticated"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Bearer amk_" + "x" * 40, "Basic YTpi", "bearer"])
def test_a_wrong_token_opens_nothing(header: str) -> None:
    response = Client().get("/api/v1/cases", headers={"Authorization": header})
    assert response.status_code == 401


def test_a_revoked_and_an_expired_token_look_like_an_unknown_one(make_token: MakeToken, now: datetime) -> None:
    revoked, expired = make_token(), make_token(expires_at=now - timedelta(days=900))
    ApiToken.objects.filter(expires_at=None).update(revoked_at=now)
    answers = [Api(text).get("/me").json() for text in (revoked, expired, "amk_unknown")]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["code"] == "bad_token"


def test_a_bad_token_is_not_saved_by_a_session(signed_in: Callable[[Role], Api]) -> None:
    browser = signed_in(Role.OWNER)
    browser.headers = {"Authorization": "Bearer amk_wrong"}
    assert browser.get("/me").status_code == 401


def test_a_token_lives_only_in_its_organisation(
    make_token: MakeToken, organisation: Organisation, other_organisation: Organisation
) -> None:
    assert Api(make_token(of=other_organisation)).get("/me").json()["organisation"]["slug"] == "rival"


def test_a_browser_needs_the_csrf_token(organisation: Organisation) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_user(organisation, Role.OWNER))
    browser = Api(client=client)
    assert browser.get("/me").status_code == 200
    refused = browser.post("/ledger/verify")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    client.cookies["csrftoken"] = token = "a" * 32
    assert browser.post("/ledger/verify", X_CSRFToken=token).status_code == 200


def test_a_token_needs_no_csrf_token(make_token: MakeToken) -> None:
    assert Api(make_token(), Client(enforce_csrf_checks=True)).post("/ledger/verify").status_code == 200


def test_a_person_without_an_organisation(organisation: Organisation) -> None:
    user = factories.make_user(organisation, Role.OWNER)
    Membership.objects.all().delete()
    client = Client()
    client.force_login(user)
    assert Api(client=client).get("/me").json()["code"] == "no_organisation"


def test_a_person_who_left_is_nobody(organisation: Organisation) -> None:
    user = factories.make_user(organisation, Role.OWNER)
    client = Client()
    client.force_login(user)
    User.objects.update(is_active=False)
    assert Api(client=client).get("/me").status_code == 401


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/cases/", "/cases/C-1/note/x", "/v2"])
def test_addresses_that_are_none_answer_in_json(api: Api, path: str) -> None:
    response = api.get(path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_another_method(api: Api) -> None:
    response = api.client.delete("/api/v1/cases", headers=api.headers)
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b"\xff\xfe", 400, "bad_json"),
        (b'{"facts": NaN}', 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (b'{"order": "a\\u0000b"}', 422, "bad_character"),
        (b'{"order": "\\ud800"}', 422, "bad_character"),
        (b'{"\\u0000": 1}', 422, "bad_character"),
        (b"", 422, "invalid_input"),
    ],
)
def test_bodies_that_are_no_requests(api: Api, body: bytes, status: int, code: str) -> None:
    response = api.client.post("/api/v1/cases", body, content_type="application/json", headers=api.headers)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_query_with_a_nul(api: Api) -> None:
    assert api.get("/search", text="a\x00").json()["code"] == "bad_character"


def test_a_body_that_is_too_large_is_not_read(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_API_MAX_BODY_KB", "1")
    response = api.client.post("/api/v1/judge", b"{" + b" " * 1023 + b"}", content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert response.json()["params"] == {"most": 1}
    fits = api.client.post(
        "/api/v1/judge", b"{" + b" " * 1022 + b"}", content_type="application/json", headers=api.headers
    )
    assert fits.status_code == 200


def test_an_upload_has_a_limit_of_its_own(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_MAX_UPLOAD_MB", "0")
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = api.client.post(
        "/api/v1/imports", {"file": SimpleUploadedFile("a.csv", b"x" * 70_000)}, headers=api.headers
    )
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_the_reader_is_answered_in_their_language(api: Api) -> None:
    plain = api.get("/cases/C-1").json()
    chinese = api.client.get("/api/v1/cases/C-1", headers=api.headers | {"Accept-Language": "zh-CN"}).json()
    assert plain["code"] == chinese["code"] == "not_found"
    assert plain["title"] == "Not here"
    assert chinese["title"] != plain["title"]
    assert chinese["detail"] != plain["detail"]


def test_what_breaks_is_logged_and_not_shown(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret place")

    monkeypatch.setattr("amends.faces.api.routes.ledger.queries.head", broken)
    response = api.get("/ledger/head")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert b"secret" not in response.content
    assert "the secret place" in caplog.text


def test_a_right_that_is_missing_is_named(make_token: MakeToken) -> None:
    response = Api(make_token(Permission.CASE_READ)).get("/ledger/head")
    assert response.status_code == 403
    assert response.json()["params"] == {"permission": "ledger:read"}
    assert "ledger:read" in response.json()["detail"]


def test_rights_are_asked_before_the_body_is_read(make_token: MakeToken) -> None:
    blind = Api(make_token(Permission.CASE_READ))
    response = blind.client.post("/api/v1/cases", b"{", content_type="application/json", headers=blind.headers)
    assert response.status_code == 403


def test_answers_are_not_cached(api: Api) -> None:
    assert api.get("/me").headers["Cache-Control"] == "no-store"


def test_a_problem_names_the_place_as_a_caller_writes_it() -> None:
    error = {"loc": ("body", "payload", "lines", 0, "sku"), "type": "missing", "ctx": {}}
    assert problems._problem(error).where == "lines[0].sku"
