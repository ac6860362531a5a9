"""One test for each trap of sellers' files: headings, repeated rows, ids, money, dates, unknown columns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amends.base.accounts.models import Shop
from amends.intake.imports.models import RejectedRow
from amends.intake.orders.models import Order
from tests.importing import balanced, import_bytes, reasons, table, template

pytestmark = pytest.mark.django_db


def test_headings_match_by_name_wherever_they_stand(scope):
    content = table(["Placed_At ", "colour", "*CURRENCY*", '"order_number"'], ["2026-11-02", "red", "EUR", "0001"])
    run = import_bytes(scope, content)
    assert run.accepted == 1
    order = Order.objects.get()
    assert (order.number, order.extra["colour"]) == ("0001", "red")
    assert {"code": "columns_kept_raw", "params": {"columns": ["colour"], "member": ""}} in run.warnings


def test_repeated_headings_do_not_overwrite_each_other(scope):
    import_bytes(
        scope, table(["order_number", "currency", "placed_at", "x", "x"], ["1", "EUR", "2026-11-02", "a", "b"])
    )
    order = Order.objects.get()
    assert (order.extra["x"], order.extra["x__2"]) == ("a", "b")


def test_order_money_repeated_on_each_row_is_counted_once(scope):
    rows = [{"order_number": "1", "order_total": "30.00", "line_id": str(n), "unit_price": "10.00"} for n in (1, 2, 3)]
    run = import_bytes(scope, template(*rows))
    assert (run.accepted, Order.objects.get().total_minor, Order.objects.get().lines.count()) == (3, 30_00, 3)


def test_ids_keep_their_zeros_and_their_digits(scope):
    import_bytes(
        scope, template({"order_number": "000123"}, {"order_number": "123"}, {"order_number": "576000000000000001\t"})
    )
    assert set(Order.objects.values_list("number", flat=True)) == {"000123", "123", "576000000000000001"}


def test_unknown_and_foreign_currencies_are_rejected(scope):
    run = import_bytes(
        scope,
        template(
            {"currency": "XQX"}, {"currency": ""}, {"order_total": "£5"}, {"order_total": "€5"}, {"currency": "eur"}
        ),
    )
    assert reasons(run) == [
        (2, "currency", "unknown_currency"),
        (3, "order_total", "currency_missing"),
        (4, "order_total", "currency_sign_differs"),
    ]
    assert balanced(run)


def test_every_problem_of_a_row_is_named(scope):
    run = import_bytes(scope, template({"placed_at": "yesterday", "order_total": "much", "quantity": "-1", "sku": "A"}))
    row = RejectedRow.objects.get(run=run)
    assert (row.column, row.code) == ("placed_at", "not_a_date")
    assert {(one["column"], one["code"]) for one in row.params["also"]} == {
        ("order_total", "not_a_number"),
        ("quantity", "negative_count"),
    }


def test_a_missing_required_value_rejects_the_row(scope):
    run = import_bytes(scope, template({"order_number": ""}, {"placed_at": ""}, {}))
    assert reasons(run) == [(2, "order_number", "missing_required"), (3, "placed_at", "missing_required")]


@pytest.mark.parametrize(
    ("dates", "expected", "warnings"),
    [
        (["03/04/2026", "04/13/2026"], ["2026-03-04", "2026-04-13"], []),
        (["03/04/2026", "13/04/2026"], ["2026-04-03", "2026-04-13"], []),
        (["2026-04-03", "2026/4/13"], ["2026-04-03", "2026-04-13"], []),
    ],
)
def test_day_and_month_are_decided_by_the_file(scope, dates, expected, warnings):
    run = import_bytes(scope, template(*({"placed_at": date} for date in dates)))
    assert [f"{order.placed_at:%Y-%m-%d}" for order in Order.objects.order_by("number")] == expected
    assert [w["code"] for w in run.warnings if w["code"] != "zone_assumed"] == warnings


def test_dates_that_nothing_settles_are_rejected_not_guessed(scope):
    run = import_bytes(
        scope, template({"placed_at": "03/04/2026"}, {"placed_at": "05/05/2026"}, {"placed_at": "2026-05-06"})
    )
    assert reasons(run) == [(2, "placed_at", "date_ambiguous")]
    assert "dates_ambiguous" in [w["code"] for w in run.warnings]


def test_the_decision_looks_at_the_whole_file(scope):
    """Six thousand ambiguous dates, and the last row settles them all."""
    rows = [{"order_number": str(n), "placed_at": "03/04/2026"} for n in range(6000)] + [{"placed_at": "03/14/2026"}]
    run = import_bytes(scope, template(*rows))
    assert (run.accepted, run.rejected) == (6001, 0)
    assert Order.objects.get(number="5999").placed_at == datetime(2026, 3, 4, tzinfo=UTC)


def test_times_without_a_zone_are_those_of_the_shop(scope, shop):
    taipei = shop("other", time_zone="Asia/Taipei")
    run = import_bytes(scope, template({"placed_at": "2026-11-05 08:00"}), shop_id=taipei.pk)
    assert Order.objects.get().placed_at == datetime(2026, 11, 5, tzinfo=UTC)
    assert {"code": "zone_assumed", "params": {"zone": "Asia/Taipei"}} in run.warnings


def test_an_unknown_country_is_kept_raw(scope):
    import_bytes(scope, template({"ship_country": "Narnia"}, {"ship_country": "巴西"}))
    first, second = Order.objects.order_by("number")
    assert (first.ship_country, first.extra["ship_country"], second.ship_country) == ("", "Narnia", "BR")


def test_equal_rows_are_one_and_contradicting_ones_are_rejected(scope):
    line = {"order_number": "1", "line_id": "L1", "sku": "A", "quantity": 1}
    run = import_bytes(
        scope,
        template(
            line,
            line,  # the same again, next to it
            line | {"quantity": 2},  # the same line, another quantity
            {"order_number": "2"},
            line,  # and once more, far from the first
            {"order_number": "2", "order_total": "11.00"},  # the same order, another total
            {"order_number": "2", "currency": "USD"},
            {"order_number": "3", "buyer_id": "x"},
            {"order_number": "3", "buyer_id": "y", "line_id": "L2"},
        ),
    )
    assert reasons(run) == [
        (4, "order_number", "contradicts_row"),
        (7, "order_number", "contradicts_row"),
        (8, "order_number", "contradicts_row"),
        (10, "buyer_id", "contradicts_row"),
    ]
    assert [r.params["row"] for r in RejectedRow.objects.order_by("row")] == [2, 5, 5, 9]
    assert (run.accepted, run.counts["duplicates"], Order.objects.count()) == (5, 2, 3)
    assert Order.objects.get(number="1").lines.get().quantity == 1


def test_an_order_is_taken_in_whole_or_not_at_all(scope):
    rows = [{"order_number": "1", "line_id": str(n), "quantity": q} for n, q in ((1, 1), (2, "many"), (3, 1))]
    run = import_bytes(scope, template(*rows, {"order_number": "2"}))
    assert reasons(run) == [
        (2, "", "order_incomplete"),
        (3, "quantity", "not_a_count"),
        (4, "", "order_incomplete"),
    ]
    assert list(Order.objects.values_list("number", flat=True)) == ["2"]


def test_a_row_with_more_cells_than_headings_is_rejected(scope):
    run = import_bytes(
        scope, "order_number,currency,placed_at\n1,EUR,2026-11-02\n2,EUR,2026-11-02,surplus\n3,EUR,2026-11-02,,\n"
    )
    assert reasons(run) == [(3, "column 4", "too_many_cells")]
    assert run.accepted == 2


def test_a_poorer_file_blanks_nothing(scope):
    import_bytes(scope, template({"status": "shipped", "ship_name": "Jane Test", "buyer_id": "jane", "colour": "red"}))
    import_bytes(scope, template({"status": "delivered", "size": "L"}))
    order = Order.objects.get()
    assert (order.status, order.ship_name, order.buyer.external_id) == ("delivered", "Jane Test", "jane")
    assert (order.extra["colour"], order.extra["size"]) == ("red", "L")


def test_open_totals_follow_lines_that_come_later(scope):
    first = template(
        {"order_number": "1", "order_total": "", "shipping_total": "2.00", "line_id": "1", "unit_price": "5.00"}
    )
    import_bytes(scope, first)
    order = Order.objects.get()
    assert (order.total_minor, order.extra["total_basis"]) == (7_00, "lines")
    lines = table(["order_number", "currency", "line_id", "unit_price", "quantity"], ["1", "EUR", "2", "3.00", "2"])
    run = import_bytes(scope, lines)
    assert run.layout == "amends_lines"
    order.refresh_from_db()
    assert (order.items_minor, order.shipping_minor, order.total_minor) == (11_00, 2_00, 13_00)
    import_bytes(scope, template({"order_number": "1", "order_total": "12.34"}))
    order.refresh_from_db()
    assert (order.total_minor, "total_basis" in order.extra) == (12_34, False)


def test_shops_are_found_by_platform_and_name_or_made(scope, shop):
    mine = shop("shopify", name="My shop")
    import_bytes(scope, template({"platform": "Shopify", "shop": "My shop"}, {"platform": "wish", "shop": "Other"}, {}))
    assert Order.objects.get(number="A-1").shop == mine
    assert set(Shop.objects.values_list("platform", "name")) == {
        ("shopify", "My shop"),
        ("wish", "Other"),
        ("other", "Imported orders"),
    }


def test_two_shops_that_fit_are_a_question_not_a_guess(scope, shop):
    shop("amazon", site="DE", name="One")
    shop("amazon", site="DE", name="Two")
    headings = [
        "amazon-order-id",
        "last-updated-date",
        "fulfillment-channel",
        "item-price",
        "purchase-date",
        "sales-channel",
        "currency",
    ]
    run = import_bytes(scope, table(headings, ["1", "", "", "", "2026-11-02T00:00:00Z", "Amazon.de", "EUR"]))
    assert (run.state, run.error["code"], run.error["params"]["shops"]) == ("failed", "shop_ambiguous", "One, Two")


def test_a_report_without_channels_finds_its_orders_in_the_right_shop(scope, shop, make_order):
    make_order(shop("amazon", site="US"), number="113-1")
    german = make_order(shop("amazon", site="DE"), number="113-2")
    headings = ["Order ID", "Return request date", "Amazon RMA ID", "Return Reason", "Currency code"]
    run = import_bytes(
        scope,
        table(headings, ["113-2", "14-Nov-2026", "R1", "DEFECTIVE", "EUR"], ["113-9", "14-Nov-2026", "R2", "", "EUR"]),
    )
    assert german.return_requests.get().reason == "DEFECTIVE"
    assert reasons(run) == [(3, "", "order_unknown")]


def test_an_unknown_sales_channel_is_a_shop_of_its_own(scope, shop):
    shop("amazon", site="DE", name="One")
    shop("amazon", site="DE", name="Two")
    headings = [
        "amazon-order-id",
        "last-updated-date",
        "fulfillment-channel",
        "item-price",
        "purchase-date",
        "sales-channel",
        "currency",
    ]
    run = import_bytes(scope, table(headings, ["1", "", "", "", "2026-11-02T00:00:00Z", "Non-Amazon US", "USD"]))
    assert (run.state, Order.objects.get().shop.site) == ("done", "non-amaz")


def test_the_only_shop_of_a_platform_lends_its_zone_and_its_dollars(scope, shop):
    shop("ebay", site="AU", currency="AUD", time_zone="Australia/Sydney")
    headings = ["Sales Record Number", "Order Number", "Item Number", "Sold For", "Sale Date"]
    import_bytes(scope, table(headings, ["1", "11-1", "99", "$10.00", "Nov-02-26"]))
    order = Order.objects.get()
    assert (order.currency, order.placed_at) == ("AUD", datetime(2026, 11, 1, 13, tzinfo=UTC))


def test_a_row_that_cannot_be_read_holds_back_its_order(scope):
    rows = "1,EUR,2026-11-02,a\n1,EUR,2026-11-02,b,surplus\n2,EUR,2026-11-02,c\n"
    run = import_bytes(scope, "order_number,currency,placed_at,sku\n" + rows)
    assert reasons(run) == [(2, "", "order_incomplete"), (3, "column 5", "too_many_cells")]
    assert list(Order.objects.values_list("number", flat=True)) == ["2"]
