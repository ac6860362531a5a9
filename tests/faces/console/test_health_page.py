"""The page of account health and its CSV."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from amends.base.accounts.core import Role
from amends.faces.console import words
from amends.intake.orders.models import Order
from amends.judgement.health import actions
from amends.judgement.health.core import Event
from amends.judgement.rules.load import current
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop(organisation, scope):
    now = timezone.now()
    made = factories.make_shop(organisation, "ebay", name="=Lamp corner", site="US")
    orders = Order.objects.bulk_create(
        Order(
            organisation=organisation, shop=made, number=str(i), currency="USD", updated_at=now, placed_at=now - 9 * DAY
        )
        for i in range(100)
    )  # fmt: skip
    for order in orders[:2]:
        events = [Event("escalated_at", now - 3 * DAY), Event("decided_at", now - DAY, "for_buyer")]
        actions.keep(scope, f"case:{order.number}", made.pk, order.pk, events)
    return made


def _html(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def _row(page: str, metric: str) -> str:
    row = re.search(rf'<tr data-metric="{metric}">(.*?)</tr>', page, re.DOTALL)
    assert row is not None
    return row[1]


def test_a_row_says_rate_line_budget_price_and_rule(signed_in, shop) -> None:
    row = _row(_html(signed_in(Role.VIEWER).get("/health")), "transaction_defect_rate")
    assert "2.00%" in row
    assert "2 / 100" in row
    assert re.search(r'class="pill (ok|soon)">.*?</svg>2</span>', row, re.DOTALL)  # four are borne, two are spent
    assert "top rated" in row
    assert "/rules/EB-DEFECT-RATE" in row
    assert "<rect" in row
    assert "US$" in row


def test_a_crossed_line_is_said_in_words(signed_in, shop, scope) -> None:
    now = timezone.now()
    for order in Order.objects.filter(shop=shop).order_by("pk")[2:5]:
        events = [Event("escalated_at", now - 3 * DAY), Event("decided_at", now - DAY, "for_buyer")]
        actions.keep(scope, f"case:{order.number}", shop.pk, order.pk, events)
    page = _html(signed_in().get("/health"))
    assert "crossed" in _row(page, "transaction_defect_rate")
    assert "1 line crossed" in page


def test_in_chinese_and_in_the_navigation(signed_in, shop) -> None:
    page = _html(signed_in(language="zh-hans").get("/health"))
    assert 'href="/health"' in page
    assert 'aria-current="page"' in page


def test_without_orders_it_says_what_to_do(signed_in, organisation) -> None:
    factories.make_shop(organisation, "ebay")
    page = _html(signed_in().get("/health"))
    assert "No orders to count yet" in page
    assert 'href="/imports"' in page


def test_a_shop_of_another_house_is_not_shown(signed_in, shop) -> None:
    other = factories.make_organisation("rival")
    page = _html(signed_in(house=other).get(f"/health?shop={shop.pk}"))
    assert "Lamp corner" not in page


def test_the_csv_holds_the_same_and_no_formula(signed_in, shop) -> None:
    response = signed_in().get("/health/export")
    assert "health.csv" in response["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    row = next(r for r in rows if r["metric"] == "transaction_defect_rate")
    assert (row["numerator"], row["denominator"], row["budget"], row["limit_count"]) == ("2", "100", "2", "4")
    assert row["shop"] == "'=Lamp corner"


def test_every_metric_of_the_rulebook_has_a_word() -> None:
    named = {rule.metric.name for rule in current().rules if rule.metric}
    assert named - set(words.LABELS["metric"]) == set()
    levels = {level.name for rule in current().rules if rule.metric for level in rule.metric.levels}
    assert levels - set(words.LABELS["account_level"]) == set()
    ledgers = {rule.penalty.ledger for rule in current().rules if rule.penalty}
    assert ledgers - set(words.LABELS["point_ledger"]) == set()


def test_the_number_of_queries_does_not_grow_with_the_orders(signed_in, shop, django_assert_max_num_queries) -> None:
    client = signed_in()
    client.get("/health")
    with django_assert_max_num_queries(20):
        client.get("/health")
