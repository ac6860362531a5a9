"""What cases learn reaches the metrics of their shop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.base.accounts.core import system_scope
from amends.base.jobs import registry
from amends.flows.health import note_changed
from amends.judgement.health import queries
from amends.judgement.health.actions import read_until
from amends.judgement.health.models import Incident
from amends.resolution.cases import actions as cases
from tests import factories

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DAY = timedelta(days=1)


@pytest.fixture
def case(scope, organisation):
    shop = factories.make_shop(organisation, "aliexpress")
    order = factories.make_order(organisation, shop)
    facts = {"dispute.submitted": (NOW - DAY).isoformat()}
    return cases.open_case(scope, NOW, shop_id=shop.pk, order_id=order.pk, buyer_id=None, facts=facts)[0]


def kinds(scope, case) -> set[str]:
    return {i.kind for i in queries.incidents(scope, f"case:{case.number}")}


def test_a_case_brings_its_events_and_again_what_it_learns(scope, case) -> None:
    assert note_changed(scope, NOW) == 1
    assert kinds(scope, case) == {"dispute_opened_at"}
    cases.add_facts(scope, case.pk, {"dispute.escalated": NOW.isoformat()}, NOW + DAY, origin="platform")
    assert note_changed(scope, NOW + DAY) == 1
    assert kinds(scope, case) == {"dispute_opened_at", "escalated_at"}


def test_a_case_that_did_not_change_is_not_read_again(scope, case) -> None:
    note_changed(scope, NOW)
    assert note_changed(scope, NOW + DAY) == 1  # it was opened within the overlap before the mark
    assert note_changed(scope, NOW + 2 * DAY) == 0
    assert read_until(scope) == NOW + 2 * DAY


def test_a_fact_taken_back_takes_the_event_back(scope, case) -> None:
    note_changed(scope, NOW)
    cases.add_facts(scope, case.pk, {"dispute.submitted": None}, NOW + DAY, origin="person")
    note_changed(scope, NOW + DAY)
    assert kinds(scope, case) == set()


def test_the_dispute_counts_in_the_rate(scope, case) -> None:
    note_changed(scope, NOW)
    (found,) = queries.health(scope, NOW)
    rate = next(r.standing for r in found.metrics if r.standing.metric.name == "dispute_rate")
    assert (rate.numerator, rate.denominator) == (1, 1)


def test_another_house_is_left_alone(case) -> None:
    other = factories.make_organisation("rival")
    assert note_changed(system_scope(other.pk), NOW) == 0
    assert not Incident.objects.exists()


def test_it_repeats_by_itself() -> None:
    registry.load_all()
    assert registry.find("health.read") is not None
    assert registry.crons()["health.read"].schedule.every_seconds == 300
