"""What triage promises besides being right: once is enough, people come first, and nothing crosses organisations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from amends.base.accounts.core import Role, system_scope
from amends.base.jobs import registry, worker
from amends.base.ledger.models import Entry
from amends.flows.scratch import Scratch
from amends.flows.triage import is_for_triage, triage_message
from amends.intake.conversations.actions import receive_mail, receive_text
from amends.intake.conversations.models import Message, Thread
from amends.intake.orders.models import Order
from amends.intake.tracking.models import Parcel
from amends.language.understand import understand
from amends.resolution.cases import actions as cases
from amends.resolution.cases.models import Case, CaseFact, StoredJudgement, Task
from tests import factories
from tests.flows import corpus

pytestmark = pytest.mark.django_db

LATE = "27-12303-45768"  # an eBay order eleven days over its date, handed over in time


def mail(
    words: str, *, sender: str = "omar.khatib@example.ae", subject: str = "hello", number: int = 1, reply: str = ""
) -> bytes:
    head = [
        f"From: {sender}", "To: optic@shop.example", f"Subject: {subject}", f"Message-ID: <t{number}@example.ae>",
        f"Date: Thu, 19 Nov 2026 {number:02d}:00:00 +0000", "Content-Type: text/plain; charset=utf-8",
    ]  # fmt: skip
    head += [f"In-Reply-To: <{reply}>"] if reply else []
    return ("\n".join(head) + f"\n\n{words}\n").encode()


def everything() -> dict[str, int]:
    tables = (Case, StoredJudgement, CaseFact, Task, Message, Thread, Entry)
    return {table.__name__: table.objects.count() for table in tables}


def scratch_order(scratch: Scratch) -> Order:
    return Order.objects.select_related("buyer__shop__organisation").get(organisation_id=scratch.scope.organisation_id)


def test_triage_twice_changes_nothing():
    scratch = corpus.load()
    for name in ("en-01.eml", "de-01.eml", "en-05.eml", "zh-05.eml", "en-09.eml"):
        first = corpus.send(scratch, name)
        before, draft = everything(), (first.draft.pk, first.draft.text, first.draft.at)
        again = triage_message(scratch.scope, first.message.pk, corpus.world_now())
        assert everything() == before
        assert (again.opened, again.judged, again.case_id) == (False, False, first.case.pk)
        kept = Message.objects.get(pk=again.draft_id)
        assert (kept.pk, kept.text, kept.at) == draft


def test_the_same_mail_again_is_the_same_message_and_case():
    scratch = corpus.load(LATE)
    first, second = corpus.send(scratch, "ar-02.eml"), corpus.send(scratch, "ar-02.eml")
    assert (second.message.pk, second.case.pk) == (first.message.pk, first.case.pk)
    assert Case.objects.count() == 1


def test_a_second_mail_in_the_thread_joins_the_case_and_its_photos_decide():
    scratch = corpus.load("27-12155-45404")
    first = corpus.put_right(scratch, corpus.send(scratch, "en-07.eml"), "quality")
    assert first.judgement.body["decision"] == "undetermined"
    assert list(Task.objects.filter(done_at=None).values_list("params", flat=True)) == [{"fact": "case.photos"}]
    second = corpus.send(scratch, "en-08.eml")
    assert (second.case.pk, second.triaged.opened, second.case.order.number) == (first.case.pk, False, "27-12155-45404")
    assert second.judgement.body["decision"] == "for_buyer"
    assert {"what": "decision", "from": "undetermined", "to": "for_buyer"} in second.judgement.changes
    assert {"what": "learnt", "from": "case.photos", "to": None} in second.judgement.changes
    assert not Task.objects.filter(done_at=None).exists()
    assert Message.objects.filter(state=Message.State.DRAFT).count() == 1


def test_facts_that_change_are_shown_when_it_is_run_again():
    scratch = corpus.load(LATE)
    first = corpus.send(scratch, "ar-02.eml")
    assert first.judgement.body["decision"] == "for_buyer"
    parcel = Parcel.objects.get()
    parcel.delivered_at, parcel.status, parcel.delivered_to_address = corpus.world_now(), "delivered", True
    parcel.signature = True
    parcel.save()
    again = triage_message(scratch.scope, first.message.pk, corpus.world_now())
    assert again.judged
    newest = StoredJudgement.objects.order_by("-pk").first()
    assert StoredJudgement.objects.count() == 2
    assert newest.body["decision"] == "for_seller"
    assert {"what": "decision", "from": "for_buyer", "to": "for_seller"} in newest.changes


def test_an_order_of_another_organisation_is_not_found():
    theirs, ours = corpus.load(LATE), corpus.load("27-12340-45859")
    got = corpus.send(ours, "ar-02.eml")
    assert (got.case.order, got.case.organisation_id) == (None, ours.scope.organisation_id)
    assert got.draft.template == "ask_order_number"
    assert LATE not in str(got.judgement.facts)
    assert not Case.objects.filter(organisation_id=theirs.scope.organisation_id).exists()


def test_a_number_that_is_not_ours_speaks_against_the_writers_only_order():
    scratch = corpus.load(LATE)
    other = mail("My order 27-99999-11111 has not arrived. Where is it?")
    assert corpus.send(scratch, "x", other).case.order is None


def test_the_only_recent_order_of_a_known_address_is_meant():
    scratch = corpus.load(LATE)
    got = corpus.send(scratch, "x", mail("My parcel has still not arrived. It is more than a week late!"))
    assert got.case.order.number == LATE
    assert "order_by_buyer" in got.message.flags
    assert got.message.thread.order_id == got.case.order_id


def test_between_two_orders_nothing_is_chosen():
    scratch = corpus.load(LATE)
    buyer = scratch_order(scratch).buyer
    factories.make_order(buyer.shop.organisation, buyer.shop, buyer=buyer, now=corpus.world_now())
    assert corpus.send(scratch, "x", mail("My parcel has still not arrived. It is late!")).case.order is None


def test_an_old_order_is_not_what_is_meant():
    scratch = corpus.load(LATE)
    order = scratch_order(scratch)
    order.placed_at = corpus.world_now() - timedelta(days=200)
    order.save()
    assert corpus.send(scratch, "x", mail("My parcel has still not arrived. It is late!")).case.order is None


def test_a_tracking_number_finds_the_order_and_a_stranger_is_flagged():
    scratch = corpus.load(LATE)
    words = "Parcel LZ123456785US has been late for a week. Where is it?"
    mine = corpus.send(scratch, "x", mail(words))
    assert mine.case.order.number == LATE
    assert [flag for flag in mine.message.flags if flag != "no_date"] == ["order_by_tracking"]
    theirs = corpus.send(scratch, "x", mail(words, sender="somebody@example.org", number=2))
    assert theirs.case.order.number == LATE
    assert {"order_by_tracking", "sender_not_buyer"} <= set(theirs.message.flags)


def test_thanks_does_not_change_what_the_case_is_about():
    scratch = corpus.load(LATE)
    first = corpus.send(scratch, "ar-02.eml")
    thanks = mail("شكرا جزيلا لكم على المساعدة السريعة!", reply=first.message.message_id, number=3)
    second = corpus.send(scratch, "x", thanks)
    assert second.triaged.reading.leaf == "thanks"
    assert (second.case.pk, second.case.leaf) == (first.case.pk, "in_transit_late")
    assert second.draft.template == "thanks"


def test_a_vague_first_word_is_made_precise_by_the_next():
    scratch = corpus.load(LATE)
    first = corpus.send(scratch, "x", mail("Hello, when will my lens get here?"))
    assert first.case.leaf == "where_is_my_order"
    late = mail("It is two weeks late now and still has not arrived.", reply="t1@example.ae", number=2)
    second = corpus.send(scratch, "x", late)
    assert (second.case.pk, second.case.leaf) == (first.case.pk, "in_transit_late")
    assert second.judgement.body["decision"] == "for_buyer"


def test_asking_again_does_not_move_the_day_of_withdrawal():
    scratch = corpus.load("302-4123757-2318453")
    first = corpus.send(scratch, "de-01.eml")
    asked = CaseFact.objects.get(key="withdrawal.declared").value
    again = mail("Ich möchte den Artikel zurückgeben. Wohin soll ich ihn schicken?", sender="sabine.krause@example.de",
                 reply=first.message.message_id, number=9)  # fmt: skip
    second = corpus.send(scratch, "x", again)
    assert second.case.pk == first.case.pk
    assert list(CaseFact.objects.filter(key="withdrawal.declared").values_list("value", flat=True)) == [asked]
    assert second.clocks["EU-WD-14"]["met_at"] == "2026-11-18T18:05:00+00:00"


def test_a_threat_is_urgent():
    scratch = corpus.load("27-12340-45859")
    got = corpus.send(scratch, "ar-04.eml")
    assert {threat.kind for threat in got.triaged.reading.threats} == {"dispute", "negative_review"}
    assert (got.case.priority, got.judgement.facts["case.threat"]) == (2, True)


def test_a_persons_draft_is_never_overwritten():
    scratch = corpus.load(LATE)
    first = corpus.send(scratch, "ar-02.eml")
    first.draft.automatic, first.draft.text = False, "كتبتها بنفسي"
    first.draft.save()
    more = mail("لم يصل الطلب بعد!", reply=first.message.message_id, number=3)
    second = corpus.send(scratch, "x", more)
    assert second.triaged.draft_id is None
    assert list(Message.objects.filter(state=Message.State.DRAFT).values_list("text", flat=True)) == ["كتبتها بنفسي"]


def test_an_earlier_mail_read_again_leaves_the_answer_to_the_later_one():
    scratch = corpus.load(LATE)
    first = corpus.send(scratch, "x", mail("Hello, when will my lens get here?"))
    late = mail("It is two weeks late now and still has not arrived.", reply="t1@example.ae", number=2)
    second = corpus.send(scratch, "x", late)
    again = triage_message(scratch.scope, first.message.pk, corpus.world_now())
    assert again.draft_id is None
    assert Message.objects.get(state=Message.State.DRAFT).template == second.draft.template == "delay_choice"


def test_a_reading_that_is_given_is_taken():
    scratch = corpus.load(LATE)
    message = receive_mail(scratch.scope, mail(f"Order {LATE}: hm."), corpus.world_now(), "x").message
    reading = replace(understand("hm"), leaf="in_transit_late", language="fr")
    got = corpus.outcome(
        scratch, message, triage_message(scratch.scope, message.pk, corpus.world_now(), reading=reading)
    )
    assert (got.case.leaf, got.draft.language, got.message.thread.buyer.name) == ("in_transit_late", "fr", "عمر الخطيب")


def test_what_a_machine_says_is_nobodys_case():
    scratch = corpus.load(LATE)
    robot = mail("I am away until Monday.").replace(b"Subject:", b"Auto-Submitted: auto-replied\nSubject:")
    message = receive_mail(scratch.scope, robot, corpus.world_now(), "x").message
    assert not is_for_triage(message)


def test_the_job_does_it_through_the_worker(organisation, make_order, now):
    scope = system_scope(organisation.pk)
    order = make_order(number="8171220344009999")
    words = f"My order {order.number} has not arrived, it is two weeks late."
    receive_text(scope, order.shop_id, order.buyer.external_id, order.number, words, now, "m-1", now)
    assert not Case.objects.exists()
    registry.load_all()  # as the worker process does
    assert worker.run_until_idle(lambda: now) == 1
    case = Case.objects.get()
    assert (case.order_id, case.leaf) == (order.pk, "in_transit_late")
    assert StoredJudgement.objects.filter(case=case).count() == 1
    assert Message.objects.get(state=Message.State.DRAFT).thread_id == case.thread_id
    assert worker.run_until_idle(lambda: now) == 0


def test_a_closed_case_is_opened_by_new_words_only():
    scratch = corpus.load(LATE)
    first = corpus.send(scratch, "ar-02.eml")
    agent = factories.make_user(first.case.organisation, Role.AGENT)
    Case.objects.filter(pk=first.case.pk).update(closed_at=corpus.world_now() - timedelta(hours=1), owner=agent)
    triage_message(scratch.scope, first.message.pk, corpus.world_now())
    assert Case.objects.get().closed_at is not None
    cases.judge_again(scratch.scope, first.case.pk, corpus.world_now())
    more = mail("لم يصل الطلب بعد!", reply=first.message.message_id).replace(b"01:00:00", b"23:30:00")
    late = corpus.send(scratch, "x", more.replace(b"Thu, 19", b"Fri, 20").replace(b"23:30:00", b"01:30:00"))
    assert (late.case.pk, late.case.closed_at) == (first.case.pk, None)
