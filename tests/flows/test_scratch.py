"""The scratch world: what is described is what is there, and every slip is named by its path."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from amends.base.accounts.models import Organisation, Shop
from amends.flows.scratch import load_world
from amends.intake.orders.models import Line, Order, PaymentEvent
from amends.intake.tracking.models import Parcel
from amends.kernel.outcome import InputError
from tests.flows import corpus

NOW = "2026-11-20T02:00:00+00:00"
SMALL: dict[str, Any] = {
    "now": NOW,
    "shops": [{"key": "a", "platform": "ebay", "site": "US", "name": "A", "currency": "USD", "mail": "a@shop.example"}],
    "orders": [
        {
            "number": "27-00001-00001", "shop": "a", "country": "US", "shipping": "2.00",
            "buyer": {"name": "B", "email": "B@Example.com"},
            "lines": [{"sku": "S", "title": "Mug", "quantity": 2, "unit_price": "10.50"}],
            "placed": "2026-11-01T00:00:00+00:00", "paid": "2026-11-01T00:05:00+00:00",
            "parcels": [{"number": "LX123456785CN", "signature": None, "delivered_to_address": False}],
            "facts": {"dispute.submitted": "2026-11-19T00:00:00Z"},
        }
    ],
}  # fmt: skip


def changed(path: str, value: Any) -> dict[str, Any]:
    """SMALL with one value replaced; a path like `orders.0.total`."""
    whole = copy.deepcopy(SMALL)
    at: Any = whole
    *way, last = path.split(".")
    for step in way:
        at = at[int(step) if step.isdecimal() else step]
    at[last] = value
    return whole


@pytest.mark.django_db
def test_what_is_described_is_made():
    scratch = load_world(SMALL, corpus.world_now())
    order = Order.objects.get(organisation_id=scratch.scope.organisation_id)
    assert (order.items_minor, order.shipping_minor, order.total_minor) == (21_00, 2_00, 23_00)
    assert (order.buyer.email, order.buyer.country, order.fulfilment) == ("b@example.com", "US", "seller")
    assert Line.objects.get(order=order).quantity == 2
    payment = PaymentEvent.objects.get(order=order)
    assert (payment.kind, payment.amount_minor, payment.at) == ("paid", 23_00, order.paid_at)
    parcel = Parcel.objects.get(order=order)
    assert (parcel.signature, parcel.delivered_to_address, parcel.status) == (None, False, "unknown")
    assert scratch.facts == {order.pk: {"dispute.submitted": "2026-11-19T00:00:00Z"}}


@pytest.mark.django_db
def test_two_worlds_stand_beside_each_other():
    first, second = load_world(SMALL, corpus.world_now()), load_world(SMALL, corpus.world_now())
    assert first.scope.organisation_id != second.scope.organisation_id
    assert Shop.objects.count() == 2


@pytest.mark.django_db
def test_the_worlds_relay_address_is_kept_without_its_tag():
    described = changed("orders.0.buyer", {"name": "R", "email": "k3v9+8f21@marketplace.amazon.com"})
    scratch = load_world(described, corpus.world_now())
    order = Order.objects.get(organisation_id=scratch.scope.organisation_id)
    assert order.buyer.email == "k3v9@marketplace.amazon.com"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("described", "where", "code"),
    [
        ([], "", "not_an_object"),
        ({}, "shops", "missing"),
        (changed("shops.0.platform", "ebey"), "shops[0].platform", "unknown_code"),
        (changed("shops.0.nmae", "x"), "shops[0].nmae", "unknown_field"),
        (changed("orders.0.number", None), "orders[0].number", "missing"),
        (changed("orders.0.number", 27), "orders[0].number", "not_text"),
        (changed("orders.0.shop", "b"), "orders[0].shop", "unknown_code"),
        (changed("orders.0.total", 23.0), "orders[0].total", "not_a_number"),
        (changed("orders.0.total", "23.001"), "orders[0].total", "too_many_digits"),
        (changed("orders.0.total", "-1"), "orders[0].total", "negative_money"),
        (changed("orders.0.total", "12,50"), "orders[0].total", "not_a_number"),
        (changed("orders.0.currency", "EURO"), "orders[0].lines[0].unit_price", "unknown_currency"),
        (changed("orders.0.placed", "2026-11-01T00:00:00"), "orders[0].placed", "zone_missing"),
        (changed("orders.0.placed", "yesterday"), "orders[0].placed", "not_a_time"),
        (changed("orders.0.country", "XX"), "orders[0].country", "unknown_country"),
        (changed("orders.0.buyer", None), "orders[0].buyer", "missing"),
        (changed("orders.0.lines", []), "orders[0].lines", "missing"),
        (changed("orders.0.lines", {}), "orders[0].lines", "missing"),
        (changed("orders.0.lines.0.quantity", 0), "orders[0].lines[0].quantity", "not_a_count"),
        (changed("orders.0.parcels.0.signature", "yes"), "orders[0].parcels[0].signature", "not_a_flag"),
        (changed("orders.0.parcels.0.status", "lossst"), "orders[0].parcels[0].status", "unknown_code"),
        (changed("orders.0.payments", [{"kind": "paid", "id": "1"}]), "orders[0].payments[0].amount", "missing"),
        (changed("orders.0.facts", {"dispute.sumbitted": NOW}), "orders[0].facts.dispute.sumbitted", "unknown_fact"),
        (changed("orders.0.facts", []), "orders[0].facts", "not_an_object"),
        (changed("orders", SMALL["orders"] * 2), "orders[1]", "twice"),
        (changed("shops", SMALL["shops"] * 2), "shops[1]", "twice"),
    ],
)
def test_a_slip_is_named_and_nothing_is_made(described, where, code):
    with pytest.raises(InputError) as refused:
        load_world(described, corpus.world_now())
    assert (where, code) in [(problem.where, problem.code) for problem in refused.value.problems]
    assert not Organisation.objects.exists()


def test_every_slip_is_found_at_once():
    described = changed("orders.0.total", "x")
    described["orders"][0]["country"] = "??"
    del described["shops"][0]["name"]
    with pytest.raises(InputError) as refused:
        load_world(described, corpus.world_now())
    assert [problem.where for problem in refused.value.problems] == [
        "shops[0].name",
        "orders[0].total",
        "orders[0].country",
    ]
