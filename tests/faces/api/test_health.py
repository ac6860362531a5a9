"""Account health over the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from amends.base.accounts.core import Permission
from amends.base.accounts.models import Organisation
from amends.intake.orders.models import Order
from amends.judgement.health import actions
from amends.judgement.health.core import Event
from tests import factories
from tests.faces.api.conftest import Api, MakeToken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop(organisation: Organisation, scope, now: datetime):
    made = factories.make_shop(organisation, "amazon", name="Hearth", site="US")
    orders = Order.objects.bulk_create(
        Order(
            organisation=organisation, shop=made, number=str(i), currency="USD", updated_at=now,
            placed_at=now - 20 * DAY,
        )
        for i in range(500)
    )  # fmt: skip
    for order in orders[:2]:
        actions.keep(scope, f"case:{order.number}", made.pk, order.pk, [Event("claim_opened_at", now - 5 * DAY)])
    return made


def test_each_metric_with_its_line_what_is_left_and_its_price(api: Api, shop, fixed_time) -> None:
    body = api.get("/health").json()
    (found,) = body["shops"]
    assert found["shop"] == {"id": shop.pk, "name": "Hearth", "platform": "amazon"}
    odr = next(m for m in found["metrics"] if m["metric"] == "order_defect_rate")
    assert (odr["numerator"], odr["denominator"], odr["rate"]) == (2, 500, "0.0040")
    assert odr["limit"] == {"rate": "0.01", "count": None, "reached": True}
    assert (odr["breached"], odr["budget"], odr["rule"], odr["confidence"], odr["source"]) == (
        False, 2, "AMZ-ODR-RATE", "B", "S15",
    )  # fmt: skip
    assert odr["window"] == {"days": 60, "months": None, "calendar_month": False}
    assert sum(odr["bars"]) == 2
    parts = {k: Decimal(v.split()[0]) for k, v in odr["price_parts"].items()}
    expected = Decimal(odr["crossing"]) * parts["crossing_the_line"] + parts["any_loss"]
    assert abs(Decimal(odr["price"].split()[0]) - expected) < Decimal("0.01")
    assert odr["price_basis"] == "prior"


def test_one_shop_another_day_and_what_is_not_there(api: Api, shop, fixed_time) -> None:
    before = api.get("/health", shop=shop.pk, at="2026-11-01T00:00:00Z").json()
    assert before["at"] == "2026-11-01T00:00:00+00:00"
    odr = next(m for m in before["shops"][0]["metrics"] if m["metric"] == "order_defect_rate")
    assert odr["numerator"] == 0
    assert api.get("/health", shop=shop.pk + 999).status_code == 404
    assert api.get("/health", at="yesterday").status_code == 422
    assert api.get("/health", at="2026-11-01T00:00:00").status_code == 422  # no zone


def test_a_metric_without_a_line_has_no_budget(api: Api, organisation, now, fixed_time) -> None:
    store = factories.make_shop(organisation, "aliexpress")
    factories.make_order(organisation, store, now=now)
    (found,) = api.get("/health", shop=store.pk).json()["shops"]
    rate = next(m for m in found["metrics"] if m["metric"] == "seller_liability_rate")
    assert (rate["limit"], rate["budget"], rate["rate"]) == (None, None, None)
    assert found["ledgers"][0]["total"] == 0
    assert [r["rule"] for r in found["ledgers"][0]["rules"]] == ["AE-POINTS", "AE-COMMIT-POINTS"]


def test_it_needs_the_right_to_read_cases(make_token: MakeToken, shop) -> None:
    assert Api(make_token(Permission.CASE_READ)).get("/health").status_code == 200
    assert Api(make_token(Permission.RULE_READ)).get("/health").status_code == 403
