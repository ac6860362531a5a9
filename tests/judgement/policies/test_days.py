"""The seller's own closed and open days: kept, told to the ledger, gathered, counted."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from amends.base.accounts.core import ROLE_PERMISSIONS, NotAllowed, Role, Scope
from amends.base.accounts.models import Organisation
from amends.base.ledger.models import Entry
from amends.judgement.clocks.core import ClockSpec, Start, Unit, run
from amends.judgement.policies.days import calendar_rows, days, remove_day, set_days
from amends.judgement.rules.facts import read_facts
from amends.kernel.outcome import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, tzinfo=UTC)
FAIR = (date(2026, 12, 1), date(2026, 12, 3))
SPEC = ClockSpec(
    "dispatch", "seller", Start(("order.shipped",)), 3, Unit.BUSINESS_DAYS, "Asia/Shanghai", "CN", own_days=True
)


def _due(organisation: Organisation) -> datetime | None:
    facts = read_facts({"order.shipped": "2026-11-30T10:00:00+08:00", "calendar": calendar_rows(organisation.pk)})
    return run(SPEC, "X", facts, NOW).due


def test_closed_days_move_the_clocks_of_their_country(organisation: Organisation, scope: Scope) -> None:
    assert _due(organisation) == datetime.fromisoformat("2026-12-03T10:00:00+08:00")
    assert set_days(scope, "CN", FAIR, NOW, opened=False, note="fair") == 3
    assert _due(organisation) == datetime.fromisoformat("2026-12-08T10:00:00+08:00")
    assert set_days(scope, "CN", (date(2026, 12, 5), date(2026, 12, 5)), NOW, opened=True) == 1  # a Saturday
    assert _due(organisation) == datetime.fromisoformat("2026-12-07T10:00:00+08:00")
    set_days(scope, "US", FAIR, NOW, opened=False)
    assert _due(organisation) == datetime.fromisoformat("2026-12-07T10:00:00+08:00")


def test_a_later_word_replaces_an_earlier_one_and_both_are_told(scope: Scope) -> None:
    set_days(scope, "CN", FAIR, NOW, opened=False)
    set_days(scope, "CN", FAIR, NOW, opened=True)
    assert [row.open for row in days(scope)] == [True, True, True]
    remove_day(scope, days(scope)[0].pk, NOW)
    assert len(days(scope)) == 2
    assert list(Entry.objects.filter(subject_kind="calendar").order_by("seq").values_list("verb", flat=True)) == [
        "rule:days:set",
        "rule:days:set",
        "rule:days:removed",
    ]


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ((date(2026, 12, 3), date(2026, 12, 1)), "ends_before_it_begins"),
        ((date(2026, 1, 1), date(2026, 3, 2)), "too_many_days"),
    ],
)
def test_a_span_that_cannot_be_is_refused(scope: Scope, span: tuple[date, date], code: str) -> None:
    refused = set_days(scope, "CN", span, NOW, opened=False)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert days(scope) == []


def test_another_house_sees_and_removes_nothing(scope: Scope) -> None:
    set_days(scope, "CN", FAIR, NOW, opened=False)
    other = Scope(factories.make_organisation("rival").pk, scope.permissions)
    assert days(other) == []
    assert isinstance(remove_day(other, days(scope)[0].pk, NOW), Refusal)
    assert len(days(scope)) == 3


def test_who_may_not_change_settings_may_not_close_the_house(organisation: Organisation) -> None:
    agent = Scope(organisation.pk, ROLE_PERMISSIONS[Role.AGENT])
    with pytest.raises(NotAllowed):
        set_days(agent, "CN", FAIR, NOW, opened=False)
