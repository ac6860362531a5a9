"""Every caller at every address: let in or refused as written in `matrix`, and a refusal changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import URLResolver, get_resolver

from amends.base.accounts.core import Permission
from amends.faces.urls import CLOSED
from tests.faces.matrix import API_ROWS, ELSEWHERE, KNOWN, PUBLIC, ROWS, VERBS, Row
from tests.faces.world import MARK, Caller, World, build, digest, token_with


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once: every request is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = build()
        made.ids["organisation"] = made.organisation.pk
        yield made
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AMENDS_API_TOKEN_RATE", "0")
    monkeypatch.setenv("AMENDS_API_ADDRESS_RATE", "0")
    yield
    cache.clear()


def _filled(world: World, values: Any) -> Any:
    """Ids of the world in place of `{names}`, files in place of their text."""
    if isinstance(values, dict):
        return {k: _filled(world, v) for k, v in values.items()}
    if isinstance(values, str) and values.startswith("{") and values.endswith("}"):
        return world.ids[values[1:-1]]
    return values


def _ask(world: World, caller: Caller, row: Row) -> tuple[int, bytes]:
    """The status and the whole answer; whatever it did is undone."""
    if row.body is not None or (row.is_api and row.method == "POST" and not row.form):
        given: dict[str, Any] = {"data": _filled(world, row.body or {}), "content_type": "application/json"}
    else:
        form = _filled(world, row.form)
        if "file" in form:
            form["file"] = SimpleUploadedFile("upload.csv", form["file"].encode())
        given = {"data": form} if row.method == "POST" else {}
    send = caller.client.post if row.method == "POST" else caller.client.get
    response = send(world.path(row.path), headers=caller.headers, **given)
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[arg-type]
    return response.status_code, content


def _expected(row: Row, caller: Caller) -> int:
    if row.right == PUBLIC:
        return row.ok
    signed_in = caller.known and (row.is_api or not caller.headers)
    if not signed_in:
        return 401 if row.is_api else 302  # a page sends a stranger to the sign-in
    if not caller.own:
        return 403 if row.people_only and caller.headers else row.foreign
    if row.right != KNOWN and row.right not in caller.rights:
        return row.denied
    return 403 if row.people_only and caller.headers else row.ok


def _callers(world: World, row: Row) -> dict[str, Caller]:
    found = dict(world.callers)
    if isinstance(row.right, Permission):
        found["token with the right"] = token_with(world, row.right, *row.also)
        others = [p for p in Permission if p is not row.right]
        found["token with every other right"] = token_with(world, *others)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_at_every_address(world: World, row: Row) -> None:
    callers = _callers(world, row)
    refused = {name: one for name, one in callers.items() if not _may_change(row, one)}
    untouched = digest()
    wrong = [told for name, one in refused.items() if (told := _told(world, row, name, one))]
    if digest() != untouched:
        wrong.append(f"something changed, though it was refused to {', '.join(refused)}")
    for name in callers.keys() - refused.keys():
        with transaction.atomic():
            wrong.append(_told(world, row, name, callers[name]))
            transaction.set_rollback(True)
    if any(wrong):
        pytest.fail("\n".join(filter(None, wrong)), pytrace=False)


def _told(world: World, row: Row, name: str, caller: Caller) -> str:
    """What is wrong with the answer, if anything."""
    status, content = _ask(world, caller, row)
    if status != _expected(row, caller):
        return f"{name}: {status} instead of {_expected(row, caller)}: {content[:300]!r}"
    return f"{name} reads {MARK}" if not caller.own and MARK.encode() in content else ""


def _may_change(row: Row, caller: Caller) -> bool:
    """Who may is allowed to; a stranger only where the address is about the caller's own house."""
    if row.right == PUBLIC:
        return True
    if not caller.own:
        return row.own_house
    return caller.known and (row.right == KNOWN or row.right in caller.rights)


def _routes(patterns: Any, start: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = start + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def test_no_address_is_left_out() -> None:
    """Add a row to `matrix` for what this names."""
    served = {route for route, _ in _routes(get_resolver().url_patterns) if not route.startswith(ELSEWHERE)}
    assert served == {row.route for row in ROWS}


def test_no_method_of_the_api_is_left_out() -> None:
    from amends.faces.api.app import api

    served = {
        (method, "api/v1/" + path.strip("/").replace("{", "<").replace("}", ">"))
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    told = {(row.method, row.route) for row in API_ROWS} - {
        ("GET", "api/v1/openapi.json"), ("GET", "api/v1/"), ("GET", "api/^(?P<rest>.*)$"),
    }  # fmt: skip
    assert told == served


def test_every_verb_has_its_row_and_every_row_is_told_once() -> None:
    from amends.resolution.cases.core.axes import BY_VERB

    assert {verb: right for verb, (right, _, _) in VERBS.items()} == {v: t.permission for v, t in BY_VERB.items()}
    assert [str(row) for row, count in Counter(ROWS_BY_NAME).items() if count > 1] == []


ROWS_BY_NAME = [str(row) for row in ROWS]


@pytest.mark.django_db
@pytest.mark.parametrize("closed", CLOSED)
def test_the_doors_the_house_has_closed(client: Any, closed: str) -> None:
    assert client.get(f"/account/{closed}").status_code == 404
    assert client.post(f"/account/{closed}", {"email": "a@example.org"}).status_code == 404
