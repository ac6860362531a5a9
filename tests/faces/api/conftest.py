"""A client that speaks JSON, and tokens with the rights a test is about."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from amends.base.accounts.core import TOKEN_PREFIX, Permission, Role, Scope, system_scope
from amends.base.accounts.models import ApiToken, Organisation, User
from amends.base.team import actions
from tests import factories


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    """Requests of one test must not count against the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def fixed_time(monkeypatch: pytest.MonkeyPatch, now: datetime) -> datetime:
    """The shell's clock stands at `now`."""
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


class Api:
    """`api.get("/cases")`, `api.post("/judge", {…})`: the path below /api/v1, with a bearer token if there is one."""

    def __init__(self, token: str = "", client: Client | None = None) -> None:
        self.client = client or Client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/api/v1{path}", {} if body is None else body, content_type="application/json",
            headers=self.headers | named,
        )  # fmt: skip


MakeToken = Callable[..., str]


@pytest.fixture
def make_token(organisation: Organisation) -> MakeToken:
    """`make_token(Permission.CASE_READ, …)`: the text of a new token of `organisation`; no rights named: all."""

    def make(*scopes: Permission, of: Organisation | None = None, maker: User | None = None, **fields: Any) -> str:
        text = TOKEN_PREFIX + secrets.token_urlsafe(32)
        house = of or organisation
        row = actions.issue_token(
            system_scope(house.pk), "test", scopes or tuple(Permission), now=factories.NOW, token=text, **fields
        )
        if maker is not None:
            ApiToken.objects.filter(pk=row.pk).update(made_by=maker)
        return text

    return make


@pytest.fixture
def api(make_token: MakeToken) -> Api:
    """A client with a token that may do everything a token may."""
    return Api(make_token())


@pytest.fixture
def signed_in(organisation: Organisation) -> Callable[[Role], Api]:
    """`signed_in(Role.AGENT)`: a browser session of a new member."""

    def make(role: Role) -> Api:
        client = Client()
        client.force_login(factories.make_user(organisation, role, f"{role.value}-api@acme.example"))
        return Api(client=client)

    return make


def only(scope: Scope, *wanted: Permission) -> Scope:
    return Scope(scope.organisation_id, frozenset(wanted), scope.actor_kind, scope.actor_id)


def codes(response: Any) -> Collection[tuple[str, str]]:
    """(where, code) of every problem of a refusal."""
    return [(one["where"], one["code"]) for one in response.json()["errors"]]
