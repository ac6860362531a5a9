"""From SQLite to PostgreSQL: every row, every ledger entry, or nothing."""

from __future__ import annotations

from tests.base.operations.conftest import House
from tests.base.operations.test_backup import census


def test_everything_arrives_and_the_ledgers_hold(house, postgres_url, tmp_path):
    here = census(house)
    moved = house.run("move-database", postgres_url)
    assert moved["heads"] == here["heads"]

    there = House(house.home, postgres_url)
    found = census(there)
    assert found["heads"] == here["heads"]
    # `django_migrations` counts what was applied there; every other table is equal.
    assert {k: v for k, v in found["counts"].items() if k != "django_migrations"} == {
        k: v for k, v in here["counts"].items() if k != "django_migrations"
    }
    script = (
        "from amends.intake.orders.models import Order\n"
        "print([(o.number, sorted(o.extra.items()), o.placed_at.isoformat()) for o in Order.objects.order_by('pk')])\n"
    )
    assert there.python(script) == house.python(script)
    assert [entry["holds"] for entry in there.run("ledger", "verify")["ledgers"]] == [True, True]
    there.run("organisation", "add", "Next")  # sequences were set: no key is taken twice


def test_a_target_that_holds_something_is_refused(house, postgres_url):
    house.run("move-database", postgres_url)
    assert house.refuses("move-database", postgres_url)["code"] == "not_empty"


def test_a_value_postgresql_does_not_take_is_named_and_nothing_stays(house, postgres_url):
    house.python(
        "from amends.intake.orders.models import Order\nOrder.objects.filter(number='001').update(ship_city='a\\0b')\n"
    )
    error = house.refuses("move-database", postgres_url)
    assert (error["code"], error["where"]) == ("value_refused", "orders_order")
    house.python("from amends.intake.orders.models import Order\nOrder.objects.update(ship_city='b')\n")
    assert house.run("move-database", postgres_url)["tables"]["orders_order"] == 2  # the retry needs no cleaning


def test_a_foreign_table_is_refused(house, postgres_url):
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE somebody_elses (id int)")
    error = house.refuses("move-database", postgres_url)
    assert (error["code"], error["where"]) == ("not_empty", "somebody_elses")


def test_addresses_that_are_not_postgresql(house):
    assert house.refuses("move-database", "sqlite:///x.db")["code"] == "bad_url"
    assert house.refuses("move-database", "nonsense")["code"] == "bad_url"
    assert house.refuses("move-database", "postgres://nobody:x@127.0.0.1:1/none")["code"] == "target_unreachable"
