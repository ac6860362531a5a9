"""`amends health` and `amends offence` as an operator types them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.faces.cli import main
from amends.judgement.health.models import Offence
from amends.resolution.cases import actions as cases
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def amends(capsys):
    def call(*words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == code
        said = capsys.readouterr()
        return said.out

    return call


@pytest.fixture
def shop(organisation, scope):
    now = datetime.now(UTC)
    made = factories.make_shop(organisation, "aliexpress", name="Lamp corner")
    order = factories.make_order(organisation, made, now=now)
    facts: dict[str, Any] = {"dispute.submitted": (now - timedelta(days=1)).isoformat()}
    cases.open_case(scope, now, shop_id=made.pk, order_id=order.pk, buyer_id=None, facts=facts)
    return made


def test_cases_are_read_before_they_are_counted(amends, shop) -> None:
    (found,) = json.loads(amends("health", "--json"))["shops"]
    rate = next(m for m in found["metrics"] if m["metric"] == "dispute_rate")
    assert (rate["numerator"], rate["denominator"]) == (1, 1)


def test_for_people_one_row_a_metric_and_the_points(amends, shop) -> None:
    amends("offence", "--shop", "Lamp corner", "--kind", "broken_promise", "--at", "2026-11-01T00:00:00Z")
    text = amends("health", "--shop", "Lamp corner")
    assert "dispute_rate" in text
    assert "AE-DISPUTE-RATE C" in text
    assert "Lamp corner: 1 points in transaction, none, next at 12" in text


def test_another_day(amends, shop) -> None:
    (found,) = json.loads(amends("health", "--at", "2026-01-01T00:00:00Z", "--json"))["shops"]
    assert found["orders"] == 0


def test_what_cannot_be_is_said(amends, shop) -> None:
    assert json.loads(amends("health", "--shop", "nowhere", "--json", code=1))["error"]["code"] == "unknown_shop"
    assert json.loads(amends("health", "--at", "soon", "--json", code=1))["error"]["code"] == "not_a_time"
    late = ("offence", "--shop", "Lamp corner", "--kind", "x", "--at", "2199-01-01T00:00:00Z", "--json")
    assert json.loads(amends(*late, code=1))["error"]["code"] == "in_the_future"
    assert not Offence.objects.exists()
