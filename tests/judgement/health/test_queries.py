"""Health over imported orders, payments, reviews, parcels and incidents: equal to a plain recount, and fenced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.base.accounts.core import NotAllowed, Permission, Scope, system_scope
from amends.base.accounts.models import Organisation, Shop
from amends.base.ledger.models import Entry
from amends.intake.orders.models import Order, PaymentEvent
from amends.intake.reviews.models import Review
from amends.intake.tracking.models import Parcel
from amends.judgement.health import actions, queries
from amends.judgement.health.core import Event
from amends.judgement.health.models import Incident, Offence
from amends.judgement.health.wire import csv_rows, exact, metric_wire, shop_wire
from amends.judgement.judge import judge
from amends.judgement.policies.actions import override_number
from amends.judgement.policies.queries import book_of
from amends.judgement.rules.facts import read_facts
from amends.judgement.rules.load import current
from amends.kernel.outcome import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def amazon(organisation: Organisation) -> Shop:
    return factories.make_shop(organisation, "amazon", site="US")


def many(organisation: Organisation, shop: Shop, count: int, **fields: Any) -> list[Order]:
    return Order.objects.bulk_create(
        Order(
            organisation=organisation, shop=shop, number=f"{shop.pk}-{fields.get('mark', 'n')}-{i}", currency="USD",
            updated_at=NOW, **({"placed_at": NOW - 10 * DAY} | {k: v for k, v in fields.items() if k != "mark"}),
        )
        for i in range(count)
    )  # fmt: skip


def reading(scope: Scope, shop: Shop, name: str, at: datetime = NOW) -> dict[str, Any]:
    (found,) = queries.health(scope, at, shop.pk)
    return next(metric_wire(r) for r in found.metrics if r.standing.metric.name == name)


def test_orders_and_everything_that_went_wrong_with_them(scope, organisation, amazon) -> None:
    orders = many(organisation, amazon, 400)
    PaymentEvent.objects.create(
        organisation=organisation, order=orders[0], kind="charged_back", external_id="1", amount_minor=1,
        currency="USD", at=NOW - DAY,
    )  # fmt: skip
    for stars, order in ((1, orders[1]), (2, orders[2]), (3, orders[3])):
        Review.objects.create(
            organisation=organisation,
            shop=amazon,
            order=order,
            external_id=str(stars),
            rating=stars,
            posted_at=NOW - DAY,
        )
    claim = [Event("dispute_opened_at", NOW - DAY), Event("claim_opened_at", NOW - DAY)]
    actions.keep(scope, "case:1", amazon.pk, orders[4].pk, claim)
    actions.keep(scope, "case:2", amazon.pk, orders[5].pk, [*claim, Event("claim_denied", NOW - DAY)])
    many(organisation, amazon, 5, mark="old", placed_at=NOW - 61 * DAY)
    found = reading(scope, amazon, "order_defect_rate")
    assert (found["numerator"], found["denominator"], found["rate"]) == (4, 400, "0.0100")
    assert (found["breached"], found["budget"], found["rule"], found["confidence"]) == (True, 0, "AMZ-ODR-RATE", "B")
    assert sum(found["bars"]) == 4


def test_an_earlier_day_is_shown_as_it_was_then(scope, organisation, amazon) -> None:
    order, *_ = many(organisation, amazon, 100)
    actions.keep(scope, "case:1", amazon.pk, order.pk, [Event("claim_opened_at", NOW - DAY)])
    assert reading(scope, amazon, "order_defect_rate")["numerator"] == 1
    assert reading(scope, amazon, "order_defect_rate", NOW - 2 * DAY)["numerator"] == 0
    assert reading(scope, amazon, "order_defect_rate", NOW - 11 * DAY)["denominator"] == 0


def test_a_scan_proves_the_number_and_a_parcel_without_one_proves_nothing(scope, organisation, amazon) -> None:
    first, second = many(organisation, amazon, 2, shipped_at=NOW - 8 * DAY, fulfilment="seller")
    for order, scan in ((first, NOW - 7 * DAY), (second, None)):
        Parcel.objects.create(organisation=organisation, order=order, number="1", first_scan_at=scan)
    found = reading(scope, amazon, "valid_tracking_rate")
    assert (found["numerator"], found["denominator"]) == (1, 1)


def test_an_old_order_is_found_by_what_happens_to_it_now(scope, organisation) -> None:
    shop = factories.make_shop(organisation, "aliexpress")
    (old,) = many(organisation, shop, 1, placed_at=NOW - 400 * DAY)
    actions.keep(scope, "case:1", shop.pk, old.pk, [Event("dispute_opened_at", NOW - DAY)])
    actions.keep(scope, "case:2", shop.pk, None, [Event("dispute_opened_at", NOW - DAY)])  # an order never imported
    found = reading(scope, shop, "dispute_rate")
    assert (found["numerator"], found["denominator"], found["budget"], found["limit"]) == (2, 2, None, None)


def test_what_a_source_says_replaces_what_it_said(scope, organisation, amazon) -> None:
    (order,) = many(organisation, amazon, 1)
    assert actions.keep(scope, "case:1", amazon.pk, order.pk, [Event("decided_at", NOW, "for_buyer", None)])
    assert not actions.keep(scope, "case:1", amazon.pk, order.pk, [Event("decided_at", NOW, "for_buyer", None)])
    assert actions.keep(scope, "case:1", amazon.pk, order.pk, [Event("decided_at", NOW, "for_buyer", True)])
    (row,) = queries.incidents(scope, "case:1")
    assert (row.kind, row.detail, row.seller_liable) == ("decided_at", "for_buyer", True)
    assert actions.keep(scope, "case:1", amazon.pk, order.pk, [])
    assert not Incident.objects.exists()


def test_nothing_of_another_house_is_counted(scope, organisation, amazon) -> None:
    other = factories.make_organisation("rival")
    theirs = factories.make_shop(other, "amazon", site="US")
    many(other, theirs, 3)
    assert queries.health(scope, NOW, theirs.pk) == ()
    assert {one.shop.pk for one in queries.health(scope, NOW)} == {amazon.pk}
    assert queries.health(system_scope(other.pk), NOW)[0].orders == 3


def test_reading_needs_the_right() -> None:
    with pytest.raises(NotAllowed):
        queries.health(Scope(1, frozenset({Permission.RULE_READ})), NOW)


def test_the_rows_are_facts_that_price_the_metric_in_a_judgement(scope, organisation, amazon) -> None:
    orders = many(organisation, amazon, 300)
    for number, order in enumerate(orders[:2]):
        actions.keep(scope, f"case:{number}", amazon.pk, order.pk, [Event("claim_opened_at", NOW - DAY)])
    rows = queries.counted_rows(scope, amazon, book_of(scope), NOW)
    assert [r["metric"] for r in rows] == ["order_defect_rate"]  # no case is lost by a late dispatch
    row = next(r for r in rows if r["metric"] == "order_defect_rate")
    assert (row["numerator"], row["denominator"], row["budget"], row["breached"]) == (2, 300, 0, False)
    wire = {
        "platform": "amazon", "case.kind": "not_as_described", "order.total_with_tax_and_postage": "50.00 USD",
        "dispute.channel": "a_to_z", "dispute.submitted": "2026-06-14T00:00:00Z",
    }  # fmt: skip
    plain, informed = (judge(read_facts(f), current(), NOW) for f in (wire, wire | {"health": rows}))
    contest = [next(r for r in j.remedies if r.code == "contest") for j in (plain, informed)]
    assert contest[1].cost.amount > contest[0].cost.amount


def test_a_judgement_uses_what_was_counted_while_it_is_fresh(scope, organisation, amazon) -> None:
    many(organisation, amazon, 200)
    assert actions.count_again(scope, NOW) == 1
    assert actions.count_again(scope, NOW + timedelta(minutes=20)) == 0
    many(organisation, amazon, 100, mark="later")

    def counted(at: datetime) -> list[int]:
        rows = queries.kept_rows(scope, amazon, at)
        return [r["denominator"] for r in rows if r["metric"] == "order_defect_rate"]

    assert counted(NOW + timedelta(minutes=5)) == [200]
    assert counted(NOW + timedelta(days=7)) == []  # too old to say anything
    assert counted(NOW - timedelta(minutes=5)) == []  # counted after that day
    assert actions.count_again(scope, NOW + timedelta(minutes=30)) == 1
    assert counted(NOW + timedelta(minutes=31)) == [300]


def test_offences_of_one_ledger_follow_the_rules_and_another_stands_apart(scope, organisation) -> None:
    shop = factories.make_shop(organisation, "aliexpress")
    for days in range(6):
        made = actions.record_offence(
            scope, NOW, shop_id=shop.pk, ledger="transaction", kind="broken_promise", at=NOW - (30 - days) * DAY
        )
        assert isinstance(made, Offence)
    last = actions.record_offence(
        scope, NOW, shop_id=shop.pk, ledger="transaction", kind="false_shipment", at=NOW - DAY, points=12
    )
    actions.record_offence(scope, NOW, shop_id=shop.pk, ledger="other", kind="x", at=NOW - DAY)
    (found,) = queries.health(scope, NOW, shop.pk)
    other, transaction = (shop_wire(found)["ledgers"][i] for i in (0, 1))
    assert (transaction["total"], transaction["consequence"], transaction["next_at"]) == (19, "freeze", 24)
    assert [r["rule"] for r in transaction["rules"]] == ["AE-POINTS", "AE-COMMIT-POINTS"]
    assert (other["total"], other["unsure"], other["rules"]) == (0, 0, [])
    assert isinstance(last, Offence)
    assert isinstance(actions.strike_offence(scope, last.pk, NOW), Offence)
    assert shop_wire(queries.health(scope, NOW, shop.pk)[0])["ledgers"][1]["total"] == 7
    assert isinstance(actions.strike_offence(scope, last.pk, NOW), Refusal)
    assert Entry.objects.filter(verb__startswith="health:offence:").count() == 9


def test_an_offence_needs_a_shop_of_the_house_a_past_and_the_right(scope, organisation) -> None:
    shop = factories.make_shop(organisation, "aliexpress")
    foreign = factories.make_shop(factories.make_organisation("rival"), "aliexpress")
    words = {"ledger": "transaction", "kind": "x"}
    assert actions.record_offence(scope, NOW, shop_id=foreign.pk, at=NOW, **words) == Refusal("no_such_shop")
    assert actions.record_offence(scope, NOW, shop_id=shop.pk, at=NOW + DAY, **words) == Refusal("in_the_future")
    with pytest.raises(NotAllowed):
        actions.record_offence(Scope(organisation.pk, frozenset()), NOW, shop_id=shop.pk, at=NOW, **words)
    assert not Offence.objects.exists()


def test_the_number_of_queries_does_not_grow(scope, organisation, amazon, django_assert_max_num_queries) -> None:
    many(organisation, amazon, 60)
    with django_assert_max_num_queries(10):
        queries.health(scope, NOW, amazon.pk)


def test_a_line_is_written_as_the_rule_writes_it() -> None:
    rules = ("AMZ-ODR-RATE", "VAMP", "AMZ-VTR", "EB-DEFECT-RATE")
    assert [exact(current().find(r).metric.limit.rate) for r in rules] == ["0.01", "0.015", "0.95", "0.02"]


def test_the_csv_has_a_line_a_metric(scope, organisation, amazon) -> None:
    many(organisation, amazon, 10)
    heading, *rows = csv_rows(queries.health(scope, NOW))
    assert len(rows) == 4
    assert {len(row) for row in rows} == {len(heading)}
    odr = dict(zip(heading, next(r for r in rows if "AMZ-ODR-RATE" in r), strict=True))
    assert (odr["denominator"], odr["limit_rate"], odr["breached"], odr["budget"]) == (10, "0.01", "false", 0)


def test_a_house_sets_its_own_line(scope, organisation, amazon) -> None:
    orders = many(organisation, amazon, 1000)
    actions.keep(scope, "case:1", amazon.pk, orders[0].pk, [Event("claim_opened_at", NOW - DAY)])
    assert reading(scope, amazon, "order_defect_rate")["budget"] == 8
    override_number(scope, "AMZ-ODR-RATE", "metric.limit.rate", "0.005", NOW, reason="calm", citation="our own aim")
    found = reading(scope, amazon, "order_defect_rate")
    assert (found["budget"], found["limit"]["rate"]) == (3, "0.005")
    assert found["version"] != "open"
