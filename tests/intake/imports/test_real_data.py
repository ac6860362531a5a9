"""Real data, read in place where it lies."""

from __future__ import annotations

import pytest
from django.db.models import Count, Sum

from amends.intake.imports.models import RejectedRow
from amends.intake.orders.models import Line, Order, PaymentEvent
from amends.intake.reviews.models import Review
from tests.importing import balanced, import_path

pytestmark = [pytest.mark.django_db, pytest.mark.data]


def test_olist_comes_in_whole_and_twice_without_duplicates(scope, shared):
    folder = shared / "data" / "olist"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    first = import_path(scope, folder)
    assert (first.state, first.layout, first.rejected) == ("done", "olist", 0)
    assert RejectedRow.objects.count() == 0
    assert balanced(first)
    assert (Order.objects.count(), Line.objects.count()) == (17_677, 19_604)
    assert (PaymentEvent.objects.count(), Review.objects.count()) == (18_839, 17_711)
    assert Order.objects.aggregate(n=Count("buyer", distinct=True)) == {"n": 17_481}
    assert set(Order.objects.values_list("shop__platform", "currency").distinct()) == {("olist", "BRL")}
    # 261e71d2…: bought 2018-01-20 12:15:57 in São Paulo (two hours behind UTC in summer).
    order = Order.objects.get(number="261e71d2349c713eafa9f3df5972b95d")
    assert order.placed_at.isoformat() == "2018-01-20T14:15:57+00:00"
    assert order.total_minor == order.payments.aggregate(s=Sum("amount_minor"))["s"]
    second = import_path(scope, folder)
    assert (second.rows, second.accepted, second.unchanged) == (first.rows, first.rows, first.rows)
    assert second.file == first.file
    assert Order.objects.count() == 17_677


def test_tau_retail_comes_in_whole(scope, shared):
    path = shared / "data" / "tau_retail" / "db.json.gz"
    if not path.is_file():
        pytest.skip(f"no {path}")
    first = import_path(scope, path)
    assert (first.state, first.layout, first.rejected) == ("done", "tau_retail", 0)
    assert Order.objects.count() == 1_000
    assert dict(Order.objects.values_list("status").annotate(n=Count("pk"))) == {
        "pending": 423,
        "delivered": 373,
        "processed": 102,
        "cancelled": 102,
    }
    order = Order.objects.get(number="#W2611340")
    assert (order.total_minor, order.currency, order.placed_at) == (536_65, "USD", None)
    assert (order.buyer.name, order.ship_country, order.parcels.get().number) == ("James Li", "US", "357962501027")
    assert order.payments.get().amount_minor == 536_65
    second = import_path(scope, path)
    assert second.unchanged == second.rows == first.rows
