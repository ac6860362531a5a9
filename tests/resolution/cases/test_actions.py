"""Verbs on real rows: one transaction, one ledger entry, nothing changed on refusal, nothing across organisations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from amends.base.accounts.core import ActorKind, Role, Scope, system_scope
from amends.base.accounts.models import Organisation, Shop, User
from amends.base.ledger import queries as ledger
from amends.intake.conversations import actions as conversations
from amends.intake.conversations.models import Message
from amends.intake.orders.models import Order, PaymentEvent
from amends.kernel.outcome import Refusal
from amends.resolution.cases import actions, lists, queries
from amends.resolution.cases.models import Case, CaseFact, Offer, StoredJudgement
from amends.resolution.refunds.models import Refund
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(scope: Scope, shop: Callable[..., Shop], make_order: Callable[..., Order], now: datetime) -> Case:
    """A buyer on eBay wrote three hours ago about a parcel that did not come."""
    sold_on = shop("ebay", site="US")
    order = make_order(
        sold_on,
        total_minor=75_500,
        items_minor=72_000,
        ship_country="US",
        placed_at=now - timedelta(days=20),
        promised_by=now - timedelta(days=6),
    )
    received = conversations.receive_text(
        scope,
        sold_on.pk,
        "jane-1",
        order.number,
        "It never arrived!",
        now - timedelta(hours=3),
        "ext-1",
        now,
        language="en",
    )
    thread = received.message.thread
    opened, created = actions.open_case(
        scope,
        now,
        shop_id=sold_on.pk,
        order_id=order.pk,
        buyer_id=thread.buyer_id,
        thread_id=thread.pk,
        leaf="delivered_not_received",
        title="It never arrived!",
        dedup_key="message:1",
    )
    assert created
    return Case.objects.get(pk=opened.pk)


def person(scope: Scope, user: User) -> Scope:
    return Scope(scope.organisation_id, scope.permissions, ActorKind.PERSON, user.pk)


def done(result: actions.Performed | Refusal) -> actions.Performed:
    assert isinstance(result, actions.Performed), result
    return result


def test_opening_twice_with_one_key_gives_one_case(scope: Scope, case: Case, now: datetime) -> None:
    again, created = actions.open_case(scope, now, shop_id=None, order_id=None, buyer_id=None, dedup_key="message:1")
    assert (again.pk, created) == (case.pk, False)
    assert Case.objects.count() == 1


def test_an_opened_case_is_judged_and_has_a_clock(scope: Scope, case: Case) -> None:
    view = queries.case_view(scope, case.number, case.opened_at)
    assert view is not None
    assert view.judgement is not None
    assert view.state.next_due_at is not None
    assert view.facts["order.total_with_tax_and_postage"].value == "755.00 USD"
    assert [i.kind for i in view.timeline if i.kind == "message"] == ["message"]


def test_an_answer_where_the_channel_cannot_send_is_handed_over_never_sent(
    scope: Scope, case: Case, now: datetime
) -> None:
    result = done(actions.perform(scope, case.pk, "answer", {"text": "We are looking into it.", "language": "en"}, now))
    assert result.sends is False
    message = Message.objects.get(pk=result.message_id)
    assert message.state != Message.State.SENT
    conversations.mark_handed_over(scope, message.pk, now)
    assert Message.objects.get(pk=message.pk).state == Message.State.HANDED_OVER


def test_every_verb_writes_one_entry_of_its_own(scope: Scope, case: Case, now: datetime) -> None:
    steps: list[tuple[str, dict[str, Any]]] = [
        ("note", {"text": "Called the carrier."}),
        ("prioritise", {"priority": "1"}),
        ("reclassify", {"leaf": "in_transit_late"}),
        ("set_fact", {"fact": "parcels.signature", "value": "false"}),
        ("offer", {"remedy": "partial_refund", "amount": "20.00"}),
        ("settle", {"remedy": "refund_full", "amount": "20.00"}),
        ("refund_done", {}),
        ("escalate", {"reason": "No agreement."}),
        ("close", {"root_cause": "carrier_lost"}),
        ("reopen", {}),
    ]
    for verb, args in steps:
        before = [e.verb for e in ledger.entries_of(scope, "case", case.number)].count(f"case:{verb}:done")
        done(actions.perform(scope, case.pk, verb, args, now))
        after = [e.verb for e in ledger.entries_of(scope, "case", case.number)].count(f"case:{verb}:done")
        assert after == before + 1, verb
    assert ledger.verify(scope) is None


def test_the_ledger_holds_no_words_of_the_buyer_or_the_agent(scope: Scope, case: Case, now: datetime) -> None:
    done(actions.perform(scope, case.pk, "answer", {"text": "Secret words", "language": "en"}, now))
    done(actions.perform(scope, case.pk, "note", {"text": "Jane lives at 5 Elm Street"}, now))
    written = "".join(str(e.payload) for e in ledger.entries(scope))
    for personal in ("Secret", "Elm", "arrived", "jane-1"):
        assert personal not in written


def test_a_refusal_changes_nothing(scope: Scope, case: Case, now: datetime) -> None:
    head = ledger.head(scope)
    result = actions.perform(scope, case.pk, "refund", {"amount": "755.01"}, now)
    assert isinstance(result, Refusal)
    assert result.code == "more_than_paid"
    assert (ledger.head(scope), Refund.objects.count(), Case.objects.get(pk=case.pk).version) == (head, 0, case.version)


def test_two_agents_on_one_case(scope: Scope, case: Case, now: datetime) -> None:
    done(actions.perform(scope, case.pk, "prioritise", {"priority": "2"}, now, expected_version=case.version))
    second = actions.perform(scope, case.pk, "prioritise", {"priority": "0"}, now, expected_version=case.version)
    assert second == Refusal("version_conflict", params={"expected": 1, "found": 2})
    assert Case.objects.get(pk=case.pk).priority == 2


def test_the_same_key_twice_refunds_once(scope: Scope, case: Case, now: datetime) -> None:
    first = done(actions.perform(scope, case.pk, "refund", {"amount": "10.00"}, now, key="click-1"))
    second = done(actions.perform(scope, case.pk, "refund", {"amount": "10.00"}, now, key="click-1"))
    assert second.repeated
    assert second.refund_id == first.refund_id
    assert [r.amount_minor for r in Refund.objects.all()] == [1000]


def test_refunds_over_all_cases_of_an_order_share_one_bound(scope: Scope, case: Case, now: datetime) -> None:
    done(actions.perform(scope, case.pk, "refund", {"amount": "700.00"}, now))
    other, _ = actions.open_case(
        scope,
        now,
        shop_id=case.shop_id,
        order_id=case.order_id,
        buyer_id=case.buyer_id,
        leaf="damaged",
        dedup_key="second",
    )
    refused = actions.perform(scope, other.pk, "refund", {"amount": "55.01"}, now)
    assert isinstance(refused, Refusal)
    assert refused.params["left"] == 5500
    done(actions.perform(scope, other.pk, "refund", {"amount": "55.00"}, now))


def test_a_refund_seen_in_an_import_counts(scope: Scope, case: Case, now: datetime) -> None:
    PaymentEvent.objects.create(
        organisation_id=scope.organisation_id,
        order_id=case.order_id,
        kind="refunded",
        external_id="r1",
        amount_minor=75_000,
        currency="USD",
        at=now,
    )
    refused = actions.perform(scope, case.pk, "refund", {"amount": "5.01"}, now)
    assert isinstance(refused, Refusal)
    assert refused.params["left"] == 500


def test_above_the_limit_two_people_are_needed(
    scope: Scope, case: Case, agent_user: User, owner_user: User, now: datetime
) -> None:
    Organisation.objects.filter(pk=scope.organisation_id).update(refund_limit_minor=1_000)
    first = done(actions.perform(person(scope, agent_user), case.pk, "refund", {"amount": "20.00"}, now))
    assert Refund.objects.get(pk=first.refund_id).state == "due"
    same = actions.perform(person(scope, agent_user), case.pk, "approve_refund", {}, now)
    assert isinstance(same, Refusal)
    done(actions.perform(person(scope, owner_user), case.pk, "approve_refund", {}, now))
    approved = Refund.objects.get(pk=first.refund_id)
    assert (approved.state, approved.requested_by, approved.approved_by) == ("created", agent_user, owner_user)


def test_simulate_shows_and_changes_nothing(scope: Scope, case: Case, now: datetime) -> None:
    head = ledger.head(scope)
    shown = actions.simulate(
        scope, case.pk, "settle", {"remedy": "refund_full", "amount": "100.00", "text": "Hello"}, now
    )
    assert isinstance(shown, actions.Simulation)
    assert (shown.refund_after_minor, shown.left_after_minor, shown.sends) == (10_000, 65_500, False)
    assert "HOUSE-FIRST-ANSWER" in shown.clocks_stopped or shown.clocks_stopped
    assert (ledger.head(scope), Offer.objects.count(), Refund.objects.count()) == (head, 0, 0)
    assert actions.simulate(
        scope, case.pk, "settle", {"remedy": "refund_full", "amount": "9999"}, now
    ) == actions.perform(scope, case.pk, "settle", {"remedy": "refund_full", "amount": "9999"}, now)


def test_learning_a_fact_judges_again_and_says_what_changed(scope: Scope, case: Case, now: datetime) -> None:
    order = Order.objects.get(pk=case.order_id)
    order.parcels.create(
        organisation_id=scope.organisation_id,
        number="1Z999",
        carrier="UPS",
        delivered_to_address=True,
        delivered_at=now - timedelta(days=7),
        shipped_at=now - timedelta(days=12),
        status="delivered",
    )
    actions.judge_again(scope, case.pk, now)
    before = StoredJudgement.objects.filter(case=case).order_by("-id").first()
    assert before is not None
    assert before.body["decision"] == "undetermined"
    assert "parcels.signature" in [u["fact"] for u in before.body["unknowns"]]
    result = done(actions.perform(scope, case.pk, "set_fact", {"fact": "parcels.signature", "value": "false"}, now))
    after = StoredJudgement.objects.filter(case=case).order_by("-id").first()
    assert after is not None
    assert after.body["decision"] == "for_buyer"
    assert {"what": "decision", "from": "undetermined", "to": "for_buyer"} in result.changes
    done(actions.perform(scope, case.pk, "set_fact", {"fact": "parcels.signature", "value": "true"}, now))
    assert StoredJudgement.objects.filter(case=case).order_by("-id")[0].body["decision"] == "for_seller"
    done(actions.perform(scope, case.pk, "set_fact", {"fact": "parcels.signature", "value": ""}, now))
    assert StoredJudgement.objects.filter(case=case).order_by("-id")[0].body["decision"] == "undetermined"
    assert CaseFact.objects.filter(case=case, key="parcels.signature").count() == 3  # insert-only


def test_judging_again_with_nothing_new_stores_nothing(scope: Scope, case: Case, now: datetime) -> None:
    count = StoredJudgement.objects.count()
    assert actions.judge_again(scope, case.pk, now) is None
    assert StoredJudgement.objects.count() == count


def test_another_organisation_sees_and_does_nothing(
    scope: Scope, case: Case, other_organisation: Organisation, now: datetime
) -> None:
    other = system_scope(other_organisation.pk)
    assert queries.case_view(other, case.number, now) is None
    assert queries.state_of(other, case.pk) is None
    assert actions.perform(other, case.pk, "note", {"text": "x"}, now) == Refusal("no_such_case")
    assert actions.simulate(other, case.pk, "note", {"text": "x"}, now) == Refusal("no_such_case")
    assert lists.inbox(other, "all", now).rows == ()
    assert lists.search(other, "jane").cases == ()
    assert Case.objects.get(pk=case.pk).version == case.version


def test_a_stranger_cannot_become_the_owner(
    scope: Scope, case: Case, other_organisation: Organisation, now: datetime
) -> None:
    stranger = make_user(other_organisation, Role.AGENT)
    done(actions.perform(scope, case.pk, "assign", {"user_id": str(stranger.pk)}, now))
    assert Case.objects.get(pk=case.pk).owner is None


@pytest.mark.parametrize("text", ["C-{number}", "{number}", "{order}", "never arrived", "jane-1"])
def test_search_finds_by_number_order_words_and_name(scope: Scope, case: Case, text: str) -> None:
    order = Order.objects.get(pk=case.order_id)
    hits = lists.search(scope, text.format(number=case.number, order=order.number))
    assert [c.pk for c in hits.cases] == [case.pk]


def test_the_inbox_pages_without_gaps_or_repeats(scope: Scope, now: datetime) -> None:
    for number in range(7):
        actions.open_case(
            scope, now, shop_id=None, order_id=None, buyer_id=None, title=f"case {number}", dedup_key=str(number)
        )
    seen: list[int] = []
    cursor = ""
    while True:
        page = lists.inbox(scope, "open", now, cursor=cursor, limit=3)
        seen += [c.number for c in page.rows]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == sorted(set(seen))
    assert len(seen) == 7
    assert [c.number for c in lists.inbox(scope, "open", now, cursor="not-a-cursor", limit=3).rows] == seen[:3]
