"""The published schema is the code's, and says what a caller must know."""

from __future__ import annotations

import pytest
from django.test import Client

from amends.base.accounts.core import Permission
from amends.faces.api import snapshot


@pytest.mark.parametrize("name", ["openapi.json", "api.md"])
def test_the_snapshot_is_the_codes(name: str) -> None:
    """Made again by `python -m amends.faces.api.snapshot`; look at the difference before you commit it."""
    path = snapshot.FOLDER / name
    assert path.read_text("utf-8") == snapshot.pages()[path]


@pytest.mark.django_db
def test_it_is_served() -> None:
    served = Client().get("/api/v1/openapi.json").json()
    assert served["openapi"] == "3.1.0"
    assert served == snapshot.schema()


def test_every_operation_says_its_right_and_its_refusals() -> None:
    rights = {p.value for p in Permission}
    for path, operations in snapshot.schema()["paths"].items():
        for method, operation in operations.items():
            right = operation["x-permission"]
            assert right in rights or path == "/api/v1/me", (method, path)
            assert operation["responses"]["default"]["content"]["application/problem+json"]
            assert operation["security"] == [{"ApiTokenDoor": []}, {"SessionDoor": []}]
            assert operation["summary"]
