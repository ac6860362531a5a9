"""Upserts of orders and what hangs on them, given records directly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amends.intake.buyers.actions import upsert as upsert_buyers
from amends.intake.buyers.core import BuyerRecord
from amends.intake.buyers.models import Buyer
from amends.intake.orders.actions import upsert_orders
from amends.intake.orders.core import LineRecord, OrderRecord, OrderUpsert, PaymentRecord, ReturnRecord
from amends.intake.orders.models import Line, Order, PaymentEvent
from amends.intake.reviews.actions import upsert_reviews
from amends.intake.reviews.core import ReviewRecord
from amends.intake.reviews.models import Review
from amends.intake.tracking.actions import upsert_parcels
from amends.intake.tracking.core import ParcelRecord
from amends.intake.tracking.models import Parcel
from amends.intake.tracking.queries import by_number
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def write(scope, shop, *items):
    return upsert_orders(scope, shop.pk, items, run_id=1, now=NOW)


def test_every_kind_of_value_survives_the_fast_path(scope, shop):
    """The hand-written SQL stores what the ORM would, on both databases."""
    its_shop = shop("amazon")
    record = OrderRecord(
        "0001", "KWD", status="x", total_minor=2**40, placed_at=NOW - timedelta(microseconds=1), paid_at=None,
        ship_address={"line1": "Straße “1”"}, extra={"a": [1, {"b": "ü"}], "n": None},
    )  # fmt: skip
    written = write(scope, its_shop, OrderUpsert("0001", record, row=7))
    order = Order.objects.get()
    assert (order.pk, order.number, order.total_minor, order.paid_at) == (written.ids["0001"], "0001", 2**40, None)
    assert (order.placed_at, order.updated_at) == (NOW - timedelta(microseconds=1), NOW)
    assert (order.ship_address, order.extra) == ({"line1": "Straße “1”"}, {"a": [1, {"b": "ü"}], "n": None})
    assert (order.source_row, order.import_run_id, order.fulfilment) == (7, 1, "")
    upsert_parcels(scope, [(order.pk, ParcelRecord("T1", signature=False, is_return=True))])
    parcel = Parcel.objects.get()
    assert (parcel.signature, parcel.delivered_to_address, parcel.is_return) == (False, None, True)


def test_an_attached_row_of_an_unknown_order_is_reported(scope, shop):
    written = write(scope, shop(), OrderUpsert("nowhere", lines=(LineRecord("1"),)))
    assert (written.unknown, written.ids, Line.objects.count()) == ({"nowhere"}, {}, 0)


def test_a_batch_takes_the_same_number_of_queries_whatever_its_size(scope, shop):
    its_shop = shop()

    def items(count, start):
        return [
            OrderUpsert(
                str(n),
                OrderRecord(str(n), "EUR"),
                lines=(LineRecord("1", unit_price_minor=100),),
                payments=(PaymentRecord("paid", "p", 100, "EUR"),),
            )
            for n in range(start, start + count)
        ]

    def queries_of(batch):
        with CaptureQueriesContext(connection) as captured:
            write(scope, its_shop, *batch)
        return len({q["sql"].split(" VALUES")[0].split(" IN (")[0] for q in captured})

    assert queries_of(items(3, 0)) == queries_of(items(60, 1000))


def test_a_hint_never_overrules(scope, shop):
    its_shop = shop()
    write(scope, its_shop, OrderUpsert("1", OrderRecord("1", "EUR", total_minor=500)))
    second_hand = OrderUpsert(
        "1", OrderRecord("1", "EUR", total_minor=900), hint=True, returns=(ReturnRecord("R", reason="x"),)
    )
    write(scope, its_shop, second_hand)
    assert (Order.objects.get().total_minor, Order.objects.get().return_requests.get().reason) == (500, "x")


def test_a_nameless_buyer_does_not_replace_a_known_one(scope, shop):
    its_shop = shop()
    ids, _ = upsert_buyers(scope, its_shop.pk, [BuyerRecord("jane"), BuyerRecord("order:1", name="Jane")])
    record = OrderRecord("1", "EUR")
    write(scope, its_shop, OrderUpsert("1", record, buyer_id=ids["order:1"], buyer_is_nameless=True))
    write(scope, its_shop, OrderUpsert("1", record, buyer_id=ids["jane"]))
    assert Order.objects.get().buyer.external_id == "jane"
    write(scope, its_shop, OrderUpsert("1", record, buyer_id=ids["order:1"], buyer_is_nameless=True))
    assert Order.objects.get().buyer.external_id == "jane"


def test_an_erased_buyer_stays_erased(scope, shop):
    its_shop = shop()
    upsert_buyers(scope, its_shop.pk, [BuyerRecord("jane", name="Jane", email="jane@example.com")])
    Buyer.objects.update(name="", email="", erased_at=NOW)
    _, tally = upsert_buyers(scope, its_shop.pk, [BuyerRecord("jane", name="Jane", email="jane@example.com")])
    assert (Buyer.objects.get().name, Buyer.objects.get().email, tally.same) == ("", "", 1)


def test_money_named_later_is_not_booked_twice(scope, shop):
    its_shop = shop()
    running = PaymentRecord("paid", "total", 30_00, "EUR", so_far="")
    write(scope, its_shop, OrderUpsert("1", OrderRecord("1", "EUR"), payments=(running,)))
    named = (PaymentRecord("paid", "P1", 10_00, "EUR"), PaymentRecord("paid", "P2", 20_00, "EUR"))
    for _ in range(2):
        write(scope, its_shop, OrderUpsert("1", payments=named))
        write(scope, its_shop, OrderUpsert("1", OrderRecord("1", "EUR"), payments=(running, *named)))
    events = PaymentEvent.objects.order_by("external_id").values_list("external_id", "amount_minor")
    assert list(events) == [("P1", 10_00), ("P2", 20_00)]


def test_reviews_with_and_without_an_order(scope, shop):
    its_shop = shop()
    written = write(
        scope, its_shop, OrderUpsert("1", OrderRecord("1", "EUR")), OrderUpsert("2", OrderRecord("2", "EUR"))
    )
    said = [
        (written.ids["1"], ReviewRecord("R", 5)),
        (written.ids["2"], ReviewRecord("R", 5)),
        (None, ReviewRecord("S", 1)),
    ]
    assert upsert_reviews(scope, its_shop.pk, said).created == 3
    again = upsert_reviews(scope, its_shop.pk, [*said[:2], (None, ReviewRecord("S", 2))])
    assert (again.created, again.updated, again.same) == (0, 1, 2)
    assert list(Review.objects.order_by("rating").values_list("external_id", "rating")) == [
        ("S", 2),
        ("R", 5),
        ("R", 5),
    ]


def test_parcels_are_found_by_number_however_it_is_typed(scope, shop, other_organisation):
    from amends.base.accounts.core import system_scope

    written = write(scope, shop(), OrderUpsert("1", OrderRecord("1", "EUR")))
    upsert_parcels(scope, [(written.ids["1"], ParcelRecord("LP00012345CN", carrier="Post"))])
    assert [p.order.number for p in by_number(scope, " lp000 12345 cn ")] == ["1"]
    assert by_number(system_scope(other_organisation.pk), "LP00012345CN") == []
    assert by_number(scope, "") == []
