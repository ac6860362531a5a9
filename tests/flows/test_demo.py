"""The demo: labelled, complete, honest about itself, and gone in one step."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.apps import apps

from amends.base.accounts.core import system_scope
from amends.base.accounts.models import Organisation, User
from amends.base.ledger import queries as ledger
from amends.flows import demo
from amends.intake.buyers.models import Buyer
from amends.intake.conversations.models import Message
from amends.intake.orders.models import Order
from amends.resolution.cases import lists, queries
from amends.resolution.cases.models import Case

pytestmark = pytest.mark.django_db


def test_the_demo_is_complete_and_labelled(now: datetime) -> None:
    organisation = demo.load(now)
    scope = system_scope(organisation.pk)
    assert organisation.is_demo
    assert organisation.name.startswith("Demo")
    assert organisation.shops.count() == 3
    assert Order.objects.filter(organisation=organisation).count() >= 60
    cases = Case.objects.filter(organisation=organisation)
    assert cases.count() == 25
    languages = Buyer.objects.filter(organisation=organisation, cases__isnull=False).values_list("language", flat=True)
    assert set(languages) == {"ar", "de", "en", "es", "fr", "ja", "pt", "ru"}
    statuses = set()
    for case in cases:
        view = queries.case_view(scope, case.number, now)
        assert view is not None
        assert view.judgement is not None
        statuses.add(view.status.value)
    assert {"to_do", "overdue", "waiting_buyer", "closed"} <= statuses
    assert ledger.verify(scope) is None


def test_the_most_urgent_case_is_a_parcel_lost_by_the_carrier(now: datetime) -> None:
    """The newcomer's first case must show a carrier's liability with its rule."""
    organisation = demo.load(now)
    today = lists.today(system_scope(organisation.pk), now, now + timedelta(hours=14))
    view = queries.case_view(system_scope(organisation.pk), today.due[0].case.number, now)
    assert view is not None
    assert view.body["liability"][0]["party"] == "carrier"
    assert view.body["liability"][0]["rule"]


def test_demo_answers_are_handed_over_and_never_called_sent(now: datetime) -> None:
    demo.load(now)
    states = set(Message.objects.filter(direction="out").exclude(state="draft").values_list("state", flat=True))
    assert states == {"handed_over"}


def test_loading_twice_is_loading_once(now: datetime) -> None:
    assert demo.load(now) == demo.load(now)
    assert Organisation.objects.count() == 1


def test_removing_leaves_nothing(now: datetime, organisation: Organisation) -> None:
    demo.load(now)
    assert demo.remove(now)
    assert not demo.remove(now)
    assert list(Organisation.objects.all()) == [organisation]
    assert not User.objects.exists()
    for model in apps.get_models():
        if any(f.name == "organisation" for f in model._meta.fields):
            assert not model._base_manager.exclude(organisation=organisation).exclude(organisation=None).exists(), model
