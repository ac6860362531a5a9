"""The sliding window, alone and around the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.faces.api import limits
from tests.faces.api.conftest import Api

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "current", "elapsed", "limit", "expected"),
    [
        (0, 0, 0.0, 10, limits.Verdict(10, 9, 0)),
        (0, 9, 30.0, 10, limits.Verdict(10, 0, 0)),
        (0, 10, 30.0, 10, limits.Verdict(10, 0, 36)),  # next window: ten fade to nine after a tenth of it
        (10, 0, 0.0, 10, limits.Verdict(10, 0, 6)),
        (10, 0, 6.0, 10, limits.Verdict(10, 0, 0)),
        (10, 4, 30.0, 10, limits.Verdict(10, 0, 0)),
        (10, 5, 30.0, 10, limits.Verdict(10, 0, 6)),
        (0, 1, 59.0, 1, limits.Verdict(1, 0, 61)),
    ],
)
def test_the_window_slides(before: int, current: int, elapsed: float, limit: int, expected: limits.Verdict) -> None:
    assert limits.weigh(before, current, elapsed, limit) == expected


@given(before=st.integers(0, 500), current=st.integers(0, 500), elapsed=st.floats(0, 59.9), limit=st.integers(1, 500))
def test_waiting_as_told_is_enough(before: int, current: int, elapsed: float, limit: int) -> None:
    """If nobody else asks meanwhile, a request after `retry_after` seconds is let in."""
    before, current = min(before, limit), min(current, limit)
    verdict = limits.weigh(before, current, elapsed, limit)
    windows, at = divmod(elapsed + verdict.retry_after, limits.WINDOW)
    then = {0: (before, current), 1: (current, 0)}.get(int(windows), (0, 0))
    assert limits.weigh(*then, at, limit).allowed


def test_callers_are_counted_apart_and_a_refusal_is_not_counted() -> None:
    assert [limits.take("a", 2, START).allowed for _ in range(4)] == [True, True, False, False]
    assert limits.take("b", 2, START).allowed
    assert limits.take("a", 2, START + timedelta(seconds=90)).allowed


@pytest.mark.django_db
def test_a_token_has_its_limit(api: Api, monkeypatch: pytest.MonkeyPatch, fixed_time: datetime) -> None:
    monkeypatch.setenv("AMENDS_API_TOKEN_RATE", "2")
    assert [api.get("/me").status_code for _ in range(3)] == [200, 200, 429]
    refused = api.get("/me")
    assert refused.headers["Retry-After"] == "90"  # the window began now; two fade to one half-way through the next
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many_requests"


@pytest.mark.django_db
def test_an_address_has_its_limit_even_with_wrong_tokens(monkeypatch: pytest.MonkeyPatch, fixed_time: datetime) -> None:
    monkeypatch.setenv("AMENDS_API_ADDRESS_RATE", "3")
    guesser = Api("amk_" + "x" * 32)
    assert [guesser.get("/me").status_code for _ in range(4)] == [401, 401, 401, 429]


@pytest.mark.django_db
def test_nought_means_no_limit(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_API_TOKEN_RATE", "0")
    monkeypatch.setenv("AMENDS_API_ADDRESS_RATE", "0")
    assert {api.get("/me").status_code for _ in range(5)} == {200}
