"""Finding orders by number, text and address, never across organisations."""

from __future__ import annotations

import pytest

from amends.base.accounts.core import system_scope
from amends.intake.orders import queries
from tests.factories import make_buyer, make_order, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders(organisation):
    shop = make_shop(organisation, "amazon")
    buyer = make_buyer(organisation, shop, email="jane@example.com")
    numbers = ("111-0000001-0000001", "000123456", "#1001", "W2611340")
    return {n: make_order(organisation, shop, number=n, buyer=buyer) for n in numbers}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("111-0000001-0000001", "111-0000001-0000001"),
        ("123456", "000123456"),
        ("0123456", "000123456"),
        ("1001", "#1001"),
        ("#1001", "#1001"),
        ("#w2611340", "W2611340"),
    ],
)
def test_by_number(scope, orders, asked, found):
    assert [o.number for o in queries.find_by_number(scope, asked)] == [found]


@pytest.mark.parametrize("asked", ["", "#", "0", "111", "11340"])
def test_half_a_number_is_no_number(scope, orders, asked):
    assert queries.find_by_number(scope, asked) == []


def test_the_same_number_in_two_shops_gives_both_the_exact_one_first(scope, organisation, orders):
    make_order(organisation, make_shop(organisation, "shopify"), number="1001")
    assert [o.number for o in queries.find_by_number(scope, "1001")] == ["1001", "#1001"]


def test_numbers_inside_a_text_in_their_order(scope, orders):
    text = "Hello, my parcel of #1001 came, but order w2611340 did not. (111-0000001-0000001 is fine.) Tel 000999888"
    assert [c.order.number for c in queries.find_by_text(scope, text)] == ["#1001", "W2611340", "111-0000001-0000001"]
    assert queries.find_by_text(scope, "where is it?") == []


def test_by_address_and_beginning(scope, orders):
    assert len(queries.by_buyer_email(scope, " Jane@Example.com")) == 4
    assert queries.by_buyer_email(scope, "") == []
    assert [o.number for o in queries.starting_with(scope, "1234")] == ["000123456"]


def test_nothing_of_another_organisation(orders, other_organisation):
    other = system_scope(other_organisation.pk)
    order = orders["#1001"]
    assert queries.by_id(other, order.pk) is None
    assert queries.find_by_number(other, "#1001") == []
    assert queries.find_by_text(other, "#1001 W2611340") == []
    assert queries.by_buyer_email(other, "jane@example.com") == []
    assert queries.by_buyer(other, order.buyer_id) == []
    assert queries.starting_with(other, "1") == queries.recent(other) == []
    assert queries.lines(other, order.pk) == queries.payments(other, order.pk) == []
    assert queries.return_requests(other, order.pk) == []


def test_the_number_index_is_used(scope, orders):
    """A list of a hundred thousand orders must not be walked for each message that arrives."""
    from django.db import connection

    from amends.intake.orders.models import Order, number_key

    if connection.vendor != "sqlite":
        pytest.skip("the planner of PostgreSQL prefers a scan while the table is this small")
    found = Order.objects.filter(organisation_id=scope.organisation_id).alias(key=number_key()).filter(key="1001")
    assert "order_number_key" in found.explain()
