"""Closing a case remembers it, opening it again forgets it, and what is remembered is how it came out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from amends.base.accounts.core import Scope, system_scope
from amends.base.accounts.models import Organisation
from amends.base.jobs import JobState, registry
from amends.base.jobs.models import Job
from amends.base.jobs.worker import run_until_idle
from amends.flows.precedents import keep, rebuild, similar_to_case, similar_to_facts
from amends.flows.triage import triage_message
from amends.intake.conversations import actions as conversations
from amends.judgement.precedents.core import Offered, Outcome
from amends.judgement.precedents.models import Precedent, Tally
from amends.judgement.precedents.queries import experience
from amends.judgement.rules.facts import read_facts
from amends.language.understand import told
from amends.resolution.cases import actions
from amends.resolution.cases.models import Case, Offer
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Case]


@pytest.fixture(autouse=True)
def _handlers() -> None:
    registry.load_all()


@pytest.fixture
def make_case(organisation: Organisation, scope: Scope, now: datetime) -> Make:
    """An order on eBay, delivered two days ago, and the buyer's words about it."""
    shop = factories.make_shop(organisation, "ebay", site="US", name="Shop")

    def make(text: str = "The mug came broken", leaf: str = "damaged", **facts: Any) -> Case:
        order = factories.make_order(organisation, shop, delivered_at=now - timedelta(days=2))
        received = conversations.receive_text(
            scope, shop.pk, f"jane-{order.pk}", order.number, text, now - timedelta(hours=3), f"x-{order.pk}", now,
            language="en", triage=False,
        )  # fmt: skip
        triaged = triage_message(scope, received.message.pk, now, reading=told("en", leaf), facts=facts, draft=False)
        return Case.objects.get(pk=triaged.case_id)

    return make


def do(scope: Scope, case: Case, now: datetime, *steps: tuple[str, dict[str, Any]]) -> None:
    for verb, args in steps:
        done = actions.perform(scope, case.pk, verb, args, now)
        assert isinstance(done, actions.Performed), (verb, done)


CLOSE = ("close", {"root_cause": "packaging"})
AGREED = (
    ("offer", {"remedy": "partial_refund", "amount": "10.00"}),
    ("settle", {"remedy": "refund_full", "amount": "41.80"}),
    ("refund_done", {}),
    CLOSE,
)


def work(scope: Scope) -> int:
    """Let a worker do what waits; returns how many cases it brought in line."""
    jobs = Job.objects.filter(kind="precedents.keep", organisation_id=scope.organisation_id)
    before = jobs.filter(state=JobState.DONE).count()
    run_until_idle(lambda: factories.NOW + timedelta(days=2))
    assert not jobs.exclude(state=JobState.DONE).exists()
    return jobs.count() - before


def outcome_of(case: Case) -> Outcome:
    return Outcome.from_json(Precedent.objects.get(case_number=case.number).outcome)


def test_closing_remembers_and_opening_again_forgets(scope: Scope, make_case: Make, now: datetime) -> None:
    case = make_case()
    do(scope, case, now, CLOSE)
    assert work(scope) == 1
    row = Precedent.objects.get()
    assert (row.case_number, row.platform, row.kind, row.forgotten) == (case.number, "ebay", "not_as_described", False)
    assert row.closed_at == now
    do(scope, case, now, ("reopen", {}))
    assert work(scope) == 1
    assert Precedent.objects.get().forgotten
    assert experience(scope, "ebay", "not_as_described") == ()


def test_a_refused_closing_asks_for_nothing(scope: Scope, make_case: Make, now: datetime) -> None:
    case = make_case()
    actions.perform(scope, case.pk, "close", {"root_cause": ""}, now)
    assert not Job.objects.filter(kind="precedents.keep").exists()


def test_jobs_that_come_late_see_the_case_as_it_is(scope: Scope, make_case: Make, now: datetime) -> None:
    case = make_case()
    do(scope, case, now, CLOSE, ("reopen", {}), CLOSE)
    assert work(scope) == 3
    assert not Precedent.objects.get().forgotten


def test_words_that_open_a_case_again_forget_it(scope: Scope, make_case: Make, now: datetime) -> None:
    case = make_case()
    do(scope, case, now, CLOSE)
    work(scope)
    later = now + timedelta(days=1)
    order = case.order
    assert order is not None
    received = conversations.receive_text(
        scope, order.shop_id, f"jane-{order.pk}", order.number, "Still broken", later, "again", later,
        language="en", triage=False,
    )  # fmt: skip
    triage_message(scope, received.message.pk, later, reading=told("en", "damaged"), draft=False)
    assert Case.objects.get(pk=case.pk).closed_at is None
    assert work(scope) == 1
    assert Precedent.objects.get().forgotten


def test_what_was_agreed_is_remembered_and_the_offer_not_taken_is_refused(
    scope: Scope, make_case: Make, now: datetime
) -> None:
    case = make_case()
    do(scope, case, now, *AGREED)
    work(scope)
    states = list(Offer.objects.order_by("pk").values_list("remedy", "state"))
    assert states == [("partial_refund", "refused"), ("refund_full", "accepted")]
    found = outcome_of(case)
    assert (found.remedy, found.accepted, found.escalated, found.root_cause) == (
        "refund_full",
        True,
        False,
        "packaging",
    )
    assert found.offers == (Offered("partial_refund", "refused"), Offered("refund_full", "accepted"))
    assert (found.refunded, found.share) == ("41.80 USD", "1.00")


def test_an_offer_taken_is_one_offer(scope: Scope, make_case: Make, now: datetime) -> None:
    case = make_case()
    partly = {"remedy": "partial_refund", "amount": "10.45"}
    do(scope, case, now, ("offer", partly), ("settle", partly), ("refund_done", {}), CLOSE)
    work(scope)
    found = outcome_of(case)
    assert found.offers == (Offered("partial_refund", "accepted"),)
    assert (found.refunded, found.share) == ("10.45 USD", "0.25")


def test_a_decision_after_the_end_is_learnt(scope: Scope, make_case: Make, now: datetime) -> None:
    case = make_case()
    do(scope, case, now, CLOSE)
    work(scope)
    assert (outcome_of(case).escalated, outcome_of(case).ruled) == (False, "")
    facts = {"dispute.submitted": now.isoformat(), "dispute.decided": now.isoformat(), "dispute.decision": "for_buyer"}
    actions.add_facts(scope, case.pk, facts, now + timedelta(hours=1), origin="platform")
    assert work(scope) == 1
    assert (outcome_of(case).escalated, outcome_of(case).ruled) == (True, "lost")


def test_a_dispute_that_brought_the_case_is_no_escalation(scope: Scope, make_case: Make, now: datetime) -> None:
    brought = make_case(**{"dispute.submitted": (now - timedelta(days=1)).isoformat(), "dispute.channel": "platform"})
    handed_over = make_case()
    do(scope, brought, now, CLOSE)
    do(scope, handed_over, now, ("escalate", {"reason": "No agreement"}), CLOSE)
    work(scope)
    assert not outcome_of(brought).escalated
    assert outcome_of(handed_over).escalated


def test_a_case_settled_before_settlements_were_offers(scope: Scope, make_case: Make, now: datetime) -> None:
    case = make_case()
    do(scope, case, now, *AGREED)
    Offer.objects.all().delete()
    keep(scope, case.pk)
    assert outcome_of(case).remedy == "refund_full"


def test_similar_cases_of_a_case(scope: Scope, make_case: Make, now: datetime) -> None:
    like, unlike, mine = make_case(), make_case("Where is my parcel?", "in_transit_late"), make_case("It came broken")
    for case in (like, unlike):
        do(scope, case, now, CLOSE)
    work(scope)
    found = similar_to_case(scope, mine.number, now)
    assert found is not None
    assert [m.number for m in found.matches] == [like.number]
    assert found.matches[0].words is not None
    do(scope, mine, now, CLOSE)
    work(scope)
    again = similar_to_case(scope, mine.number, now)
    assert again is not None
    assert [m.number for m in again.matches] == [like.number]  # a closed case is not like itself
    assert similar_to_case(scope, 424242, now) is None


def test_similar_cases_of_bare_facts(scope: Scope, make_case: Make, now: datetime) -> None:
    case = make_case()
    do(scope, case, now, CLOSE)
    work(scope)
    found = similar_to_facts(scope, read_facts({"platform": "ebay", "case.leaf": "damaged"}), "broken mug", now)
    assert [m.number for m in found.matches] == [case.number]
    assert {i.code for i in found.matches[0].comparison.open} >= {"value", "ship_country"}


def test_another_organisations_case_is_no_case(
    scope: Scope, other_organisation: Organisation, make_case: Make, now: datetime
) -> None:
    case = make_case()
    do(scope, case, now, CLOSE)
    other = system_scope(other_organisation.pk)
    assert similar_to_case(other, case.number, now) is None
    assert not keep(other, case.pk)
    assert not Precedent.objects.exists()


def test_rebuilding_gives_the_same_and_mends_what_is_wrong(scope: Scope, make_case: Make, now: datetime) -> None:
    cases = [make_case() for _ in range(3)]
    for case in cases:
        do(scope, case, now, *AGREED)
    work(scope)
    rows = list(Precedent.objects.order_by("case_number").values_list("case_number", "features", "outcome", "words"))
    tallies = list(Tally.objects.order_by("remedy").values_list("remedy", "n", "offered", "accepted", "refused"))
    seen: list[tuple[int, int]] = []
    done = rebuild(scope, lambda *step: seen.append(step))
    assert (done.remembered, done.forgotten, seen) == (3, 0, [(1, 3), (2, 3), (3, 3)])
    assert (
        list(Precedent.objects.order_by("case_number").values_list("case_number", "features", "outcome", "words"))
        == rows
    )
    assert (
        list(Tally.objects.order_by("remedy").values_list("remedy", "n", "offered", "accepted", "refused")) == tallies
    )
    Case.objects.filter(pk=cases[0].pk).update(closed_at=None)  # nobody was told
    assert rebuild(scope).forgotten == 1
    found = similar_to_case(scope, cases[0].number, now)
    assert found is not None
    assert {m.number for m in found.matches} == {cases[1].number, cases[2].number}
