"""A house rule on open cases: tried before it is written, judged again after, undone without a trace on the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from amends.base.accounts.core import Scope, system_scope
from amends.base.jobs.models import Job
from amends.base.ledger.models import Entry
from amends.flows import house_rules
from amends.judgement.policies.models import HouseRule
from amends.judgement.rules.models import RuleVersion
from amends.kernel.outcome import InputError, Refusal
from amends.resolution.cases import actions as cases
from amends.resolution.cases import jobs
from amends.resolution.cases.judging import rejudge
from amends.resolution.cases.models import Case, CaseClock, StoredJudgement
from tests import factories

pytestmark = pytest.mark.django_db
WHY = {"reason": "Faster than asked", "citation": "Team rule of May"}
FIRST = ("HOUSE-FIRST-ANSWER", "clock.runs.hours")
OWN = """\
id: OWN-LATE
title: {en: What is late is refunded, zh: 迟到即退款}
applies: {case.kind: not_received}
confidence: A
then: {decision: for_buyer, outcome: {refund: full, funded_by: seller}}
overrides: [HOUSE-SELLER-ANSWERS]
examples:
  - name: any
    given: {}
    expect: {decision: for_buyer}
"""


@pytest.fixture
def case(scope: Scope, shop: Callable[..., Any], make_order: Callable[..., Any], now: datetime) -> Case:
    """A buyer of an own shop asked two hours ago."""
    order = make_order(shop("own_shop"))
    made, _ = cases.open_case(
        scope, now, order_id=order.pk, shop_id=order.shop_id, buyer_id=order.buyer_id, leaf="in_transit_late",
        facts={"buyer.contacted": (now - timedelta(hours=2)).isoformat()}, origin="person",
    )  # fmt: skip
    return made


def override(scope: Scope, now: datetime, value: str = "12") -> HouseRule:
    row = house_rules.override_number(scope, *FIRST, value, now, **WHY)
    assert isinstance(row, HouseRule), row
    return row


def due(case: Case) -> datetime | None:
    rows = CaseClock.objects.filter(organisation_id=case.organisation_id, case=case, rule_id=FIRST[0])
    return rows.values_list("due_at", flat=True).first()


class _Run:
    """A job as the worker hands it over."""

    def __init__(self, scope: Scope, now: datetime) -> None:
        self.scope, self.now, self.job_id, self.attempt, self.organisation_id = scope, now, 1, 1, scope.organisation_id

    def progress(self, done: int, total: int, note: str = "") -> None:
        assert done < total, note

    def finish(self) -> None:
        raise AssertionError("never asked for")


def run_jobs(scope: Scope, now: datetime) -> int:
    waiting = Job.objects.filter(organisation_id=scope.organisation_id, kind="cases.rejudge", state=0).order_by("pk")
    done = 0
    while (job := waiting.first()) is not None:
        jobs.rejudge_open(_Run(scope, now), **job.args)
        Job.objects.filter(organisation_id=scope.organisation_id, pk=job.pk).update(state=2)
        done += 1
    return done


def test_an_override_moves_the_clocks_of_open_cases(scope: Scope, case: Case, now: datetime) -> None:
    asked = now - timedelta(hours=2)
    assert due(case) == asked + timedelta(hours=24)
    row = override(scope, now)
    assert due(case) == asked + timedelta(hours=24), "not before the job"
    assert run_jobs(scope, now) == 1
    assert due(case) == asked + timedelta(hours=12)
    house_rules.withdraw(scope, row.pk, now)
    run_jobs(scope, now)
    assert due(case) == asked + timedelta(hours=24)


def test_a_judgement_names_the_house_rule_and_keeps_its_words(scope: Scope, case: Case, now: datetime) -> None:
    override(scope, now)
    run_jobs(scope, now)
    body = StoredJudgement.objects.filter(organisation_id=scope.organisation_id, case=case).latest("pk").body
    cited = {c["rule"]: c for c in body["citations"]}
    assert (cited[FIRST[0]]["version"], cited[FIRST[0]]["house"]) == ("open+house.1", True)
    assert cited[FIRST[0]]["source"]["title"] == WHY["citation"]
    assert {c["house"] for rule, c in cited.items() if rule != FIRST[0]} <= {False}
    kept = RuleVersion.objects.get(organisation_id=scope.organisation_id, rule_id=FIRST[0])
    assert (kept.version, kept.body["clock"]["runs"]) == ("open+house.1", {"hours": "12"})
    assert RuleVersion.objects.filter(organisation=None, rule_id=FIRST[0], version="open").exists()


def test_the_preview_says_which_examples_and_cases_move_and_changes_nothing(
    scope: Scope, case: Case, now: datetime
) -> None:
    entries = Entry.objects.filter(organisation_id=scope.organisation_id).count()
    shown = house_rules.preview_override(scope, *FIRST, "12", now)
    assert isinstance(shown, house_rules.Preview)
    assert shown.tried == 1
    asked = now - timedelta(hours=2)
    assert [(m.case.pk, m.clocks) for m in shown.moved] == [
        (case.pk, ((FIRST[0], asked + timedelta(hours=24), asked + timedelta(hours=12)),))
    ]
    assert [e.name for e in shown.examples] == ["answered in the last second"]
    assert all(e.after and not e.before for e in shown.examples)
    assert Entry.objects.filter(organisation_id=scope.organisation_id).count() == entries
    assert not HouseRule.objects.filter(organisation_id=scope.organisation_id).exists()


def test_the_preview_refuses_what_the_action_would(scope: Scope, now: datetime) -> None:
    refused = house_rules.preview_override(scope, "EU-WD-14", "clock.runs.days", "2", now)
    assert isinstance(refused, Refusal)
    assert refused.code == "law_only_better_for_buyer"


def test_an_own_rule_is_previewed_tried_and_then_decides(scope: Scope, case: Case, now: datetime) -> None:
    shown = house_rules.preview_own(scope, OWN, now)
    assert isinstance(shown, house_rules.Preview)
    assert [m.after for m in shown.moved] == ["for_buyer"]
    tried = house_rules.try_own(scope, OWN, case.number, now)
    assert isinstance(tried, dict)
    assert (tried["decision"], tried["cited"]) == ("for_buyer", True)
    elsewhere = house_rules.try_own(scope, OWN, {"platform": "own_shop", "case.kind": "return"}, now)
    assert isinstance(elsewhere, dict)
    assert not elsewhere["cited"]
    house_rules.add_rule(scope, OWN, now=now, **WHY)
    run_jobs(scope, now)
    body = StoredJudgement.objects.filter(organisation_id=scope.organisation_id, case=case).latest("pk").body
    assert body["decision"] == "for_buyer"
    assert "OWN-LATE" in [c["rule"] for c in body["citations"] if c["role"] == "decides"]


def test_what_cannot_be_tried_is_said(scope: Scope, now: datetime) -> None:
    with pytest.raises(InputError):
        house_rules.try_own(scope, OWN, 4711, now)
    with pytest.raises(InputError):
        house_rules.try_own(scope, OWN, {"no.such.fact": "1"}, now)
    found = house_rules.try_own(scope, "id: OWN-X", {}, now)
    assert not isinstance(found, dict)


def test_another_organisations_cases_stay_as_they_are(
    scope: Scope, case: Case, other_organisation: Any, now: datetime
) -> None:
    rival = system_scope(other_organisation.pk)
    store = factories.make_shop(other_organisation, "own_shop")
    order = factories.make_order(other_organisation, store)
    theirs, _ = cases.open_case(
        rival, now, order_id=order.pk, shop_id=store.pk, buyer_id=order.buyer_id, leaf="in_transit_late",
        facts={"buyer.contacted": (now - timedelta(hours=2)).isoformat()}, origin="person",
    )  # fmt: skip
    override(scope, now)
    run_jobs(scope, now)
    assert due(theirs) == now + timedelta(hours=22)
    assert rejudge(rival, theirs, now) is None
    assert house_rules.preview_override(rival, *FIRST, "6", now).tried == 1  # type: ignore[union-attr]


def test_many_open_cases_are_walked_in_batches(
    scope: Scope, case: Case, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 1)
    order = factories.make_order(case.shop.organisation, case.shop)  # type: ignore[union-attr]
    cases.open_case(
        scope, now, order_id=order.pk, shop_id=order.shop_id, buyer_id=order.buyer_id, leaf="in_transit_late",
        facts={"buyer.contacted": (now - timedelta(hours=2)).isoformat()}, origin="person",
    )  # fmt: skip
    override(scope, now)
    assert run_jobs(scope, now) == 3  # two cases, and the run that finds none
    rows = CaseClock.objects.filter(organisation_id=scope.organisation_id, rule_id=FIRST[0])
    assert set(rows.values_list("due_at", flat=True)) == {now + timedelta(hours=10)}
