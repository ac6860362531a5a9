from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from amends.base.jobs import registry
from tests import factories


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(registry, "_handlers", {})
    monkeypatch.setattr(registry, "_crons", {})


class Hands:
    """A clock that a test moves. Calling it tells the time."""

    def __init__(self) -> None:
        self.at = factories.NOW

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def ran() -> Callable[[], list[object]]:
    """Registers `test.note`, whose runs append its `what`; `ran()` gives the list."""
    seen: list[object] = []

    @registry.job("test.note")
    def note(_context: object, what: object) -> None:
        seen.append(what)

    return lambda: seen
