from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from amends.base.accounts.core import NotAllowed, Scope, system_scope
from amends.base.accounts.models import Organisation, Shop
from amends.base.files.models import StoredFile
from amends.base.jobs.models import Job
from amends.base.ledger import queries as ledger
from amends.intake.buyers.models import Buyer
from amends.intake.conversations import queries
from amends.intake.conversations.actions import MAIL_LIMIT, queue_answer, receive_mail, receive_text
from amends.intake.conversations.models import Message, Thread
from amends.intake.orders.models import Order
from amends.kernel.outcome import InputError
from tests import factories
from tests.intake.conversations.mails import raw_mail

pytestmark = pytest.mark.django_db

MakeOrder = Callable[..., Order]
MakeShop = Callable[..., Shop]


def receive(scope: Scope, now: datetime, **facts: str) -> Message:
    return receive_mail(scope, raw_mail(**facts), now, "imap").message


def test_a_mail_becomes_a_message_of_a_known_buyer_about_a_known_order(
    scope: Scope, now: datetime, make_order: MakeOrder, shop: MakeShop
) -> None:
    seller = shop("shopify", mail_address="help@acme.example")
    buyer = factories.make_buyer(seller.organisation, seller, email="ann@mail.example")
    order = make_order(seller, number="100200300", buyer=buyer)
    received = receive_mail(scope, raw_mail("Order 100200300 is late.", message_id="<m1@mail.example>"), now, "imap")
    message = received.message
    assert received.created
    assert (message.thread.buyer, message.thread.order, message.thread.shop) == (buyer, order, seller)
    assert (message.direction, message.state, message.text) == ("in", "received", "Order 100200300 is late.")
    assert (message.sender, message.recipient, message.reply_to) == (
        "ann@mail.example", "help@acme.example", "ann@mail.example",
    )  # fmt: skip
    assert (message.message_id, message.at, message.flags) == ("m1@mail.example", now, [])
    assert message.thread.subject == "Where is it?"
    assert message.thread.unread


def test_the_raw_mail_and_its_attachments_are_kept(scope: Scope, now: datetime) -> None:
    raw = (
        b"From: ann@mail.example\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nbroken\r\n--B\r\n"
        b"Content-Type: image/jpeg; name=mug.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/4AAQ\r\n--B--\r\n"
    )
    stored = receive_mail(scope, raw, now, "imap").message
    assert stored.raw_file is not None
    assert (stored.raw_file.size, stored.raw_file.media_type) == (len(raw), "message/rfc822")
    (listed,) = stored.attachments
    assert {k: listed[k] for k in ("name", "media_type", "size", "inline", "flags")} == {
        "name": "mug.jpg", "media_type": "image/jpeg", "size": 6, "inline": False, "flags": [],
    }  # fmt: skip
    assert StoredFile.objects.get(pk=listed["file_id"]).size == 6


def test_one_ledger_entry_without_personal_data_and_one_job(scope: Scope, now: datetime) -> None:
    message = receive(scope, now, subject="Ann's mug")
    (entry,) = ledger.entries(scope)
    assert (entry.verb, entry.subject_kind, entry.subject_id) == ("message:mail:received", "message", str(message.pk))
    assert not any(word in str(entry.payload).lower() for word in ("ann", "mug", "mail.example"))
    (job,) = Job.objects.all()
    assert (job.kind, job.args, job.uniq) == ("triage.message", {"message_id": message.pk}, f"triage:{message.pk}")


def test_the_same_mail_again_changes_nothing(scope: Scope, now: datetime) -> None:
    raw = raw_mail(message_id="<m1@mail.example>")
    first = receive_mail(scope, raw, now, "imap")
    again = receive_mail(scope, b"Received: from another route\r\n" + raw, now + timedelta(days=1), "folder")
    assert (again.created, again.message.pk) == (False, first.message.pk)
    assert (Message.objects.count(), Thread.objects.count(), Buyer.objects.count()) == (1, 1, 1)
    assert (Job.objects.count(), ledger.head(scope)[0], StoredFile.objects.count()) == (1, 1, 1)


def test_another_mail_with_a_borrowed_id_is_not_swallowed(scope: Scope, now: datetime) -> None:
    receive(scope, now, message_id="<m1@mail.example>")
    second = receive_mail(scope, raw_mail("Something else", message_id="<m1@mail.example>"), now, "imap")
    assert second.created


def test_an_answer_joins_by_id_whatever_its_subject(scope: Scope, now: datetime) -> None:
    first = receive(scope, now, message_id="<m1@mail.example>")
    second = receive(scope, now, text="any news?", subject="URGENT!!!", in_reply_to="<m1@mail.example>")
    third = receive(scope, now, text="hello?", subject="", references="<m0@x.example> <m1@mail.example>")
    assert {first.thread_id, second.thread_id, third.thread_id} == {first.thread_id}


def test_the_same_subject_alone_never_joins(scope: Scope, now: datetime) -> None:
    ann = receive(scope, now, subject="Re: Your order")
    bob = receive(scope, now, subject="Re: Your order", sender="bob@mail.example")
    again = receive(scope, now, subject="Re: Your order", text="another question of Ann's")
    assert len({ann.thread_id, bob.thread_id, again.thread_id}) == 3


def test_people_who_answer_one_newsletter_are_not_merged(scope: Scope, now: datetime) -> None:
    ann = receive(scope, now, in_reply_to="<news@shop.example>", references="<news@shop.example>")
    bob = receive(scope, now, sender="bob@mail.example", in_reply_to="<news@shop.example>")
    assert ann.thread_id != bob.thread_id


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1), (1, 2, 0)])
def test_mails_that_arrive_in_any_order_make_one_thread(scope: Scope, now: datetime, order: tuple[int, ...]) -> None:
    chain = [
        raw_mail("one", message_id="<m1@x>"),
        raw_mail("two", message_id="<m2@x>", in_reply_to="<m1@x>", references="<m1@x>"),
        raw_mail("three", message_id="<m3@x>", in_reply_to="<m2@x>", references="<m1@x> <m2@x>"),
    ]
    threads = {receive_mail(scope, chain[i], now, "imap").message.thread_id for i in (*order, *order)}
    assert len(threads) == 1
    assert Message.objects.count() == 3


def test_a_relayed_buyer_is_known_by_alias_and_threads_by_order(
    scope: Scope, now: datetime, make_order: MakeOrder, shop: MakeShop
) -> None:
    seller = shop("amazon", site="DE")
    buyer = factories.make_buyer(seller.organisation, seller, email="q9w8@marketplace.amazon.de")
    one = make_order(seller, number="302-1111111-1111111", buyer=buyer)
    make_order(seller, number="302-2222222-2222222", buyer=buyer)

    def relayed(tag: str, number: str, text: str) -> Message:
        return receive(
            scope,
            now,
            sender=f"Ann <q9w8+{tag}@marketplace.amazon.de>",
            subject=f"Inquiry (Order: {number})",
            text=text,
        )

    first = relayed("aaa", one.number, "Where is it, please?")
    same = relayed("bbb", one.number, "Still nothing, please help.")
    other = relayed("ccc", "302-2222222-2222222", "This one is broken.")
    assert first.thread_id == same.thread_id != other.thread_id
    assert (first.thread.buyer, first.thread.platform, first.thread.shop) == (buyer, "amazon", seller)
    assert same.reply_to == "q9w8+bbb@marketplace.amazon.de"
    assert Buyer.objects.count() == 1


def test_a_relay_that_repeats_itself_is_kept_but_not_worked_on_twice(
    scope: Scope, now: datetime, make_order: MakeOrder, shop: MakeShop
) -> None:
    order = make_order(shop("amazon"), number="302-1111111-1111111")
    facts = {"text": "Where is my parcel, please?", "subject": f"Order {order.number}"}
    first = receive(scope, now, sender="q9+a@marketplace.amazon.de", message_id="<1@a>", **facts)
    second = receive(scope, now, sender="q9+a@marketplace.amazon.de", message_id="<2@a>", **facts)
    assert (first.flags, second.flags) == ([], ["repeat"])
    assert second.thread_id == first.thread_id
    assert Job.objects.count() == 1


def test_an_order_of_another_organisation_is_neither_linked_nor_mentioned(
    scope: Scope, now: datetime, other_organisation: Organisation
) -> None:
    theirs = factories.make_shop(other_organisation, "amazon", mail_address="help@acme.example")
    their_buyer = factories.make_buyer(other_organisation, theirs, email="ann@mail.example")
    factories.make_order(other_organisation, theirs, number="302-9999999-9999999", buyer=their_buyer)
    message = receive(scope, now, subject="Order 302-9999999-9999999")
    assert (message.thread.order, message.thread.shop, message.flags) == (None, None, [])
    assert message.thread.buyer is not None
    assert message.thread.buyer.organisation_id == scope.organisation_id
    rival = system_scope(other_organisation.pk)
    assert queries.threads(rival).count() == 0
    with pytest.raises(Thread.DoesNotExist):
        queries.thread(rival, message.thread_id)
    with pytest.raises(Message.DoesNotExist):
        queries.message(rival, message.pk)


def test_ids_of_another_organisation_do_not_join(scope: Scope, now: datetime, other_organisation: Organisation) -> None:
    receive_mail(system_scope(other_organisation.pk), raw_mail(message_id="<m1@x>"), now, "imap")
    received = receive_mail(scope, raw_mail(message_id="<m1@x>"), now, "imap")
    answer = receive(scope, now, text="and?", in_reply_to="<m1@x>")
    assert received.created
    assert answer.thread_id == received.message.thread_id
    assert {t.organisation_id for t in Thread.objects.all()} == {scope.organisation_id, other_organisation.pk}


def test_two_orders_in_one_mail_are_left_to_a_person(scope: Scope, now: datetime, make_order: MakeOrder) -> None:
    make_order(number="1002003001")
    make_order(number="1002003002")
    message = receive(scope, now, text="1002003001 and 1002003002 are late")
    assert (message.thread.order, message.flags) == (None, ["several_orders"])


def test_a_stranger_who_names_an_order_is_flagged(
    scope: Scope, now: datetime, make_order: MakeOrder, shop: MakeShop
) -> None:
    seller = shop()
    buyer = factories.make_buyer(seller.organisation, seller, email="bob@mail.example")
    order = make_order(seller, number="1002003001", buyer=buyer)
    message = receive(scope, now, text="Send 1002003001 to my new address")
    assert (message.thread.order, message.flags) == (order, ["sender_not_buyer"])
    assert message.thread.buyer != buyer


def test_a_second_address_joins_but_answers_still_go_to_the_buyer(scope: Scope, now: datetime) -> None:
    first = receive(scope, now, message_id="<m1@mail.example>")
    ours = queue_answer(scope, first.thread_id, "On its way.", "en", now)
    work = receive(scope, now, text="From my desk", sender="ann@work.example", in_reply_to=f"<{ours.message_id}>")
    assert (work.thread_id, work.flags) == (first.thread_id, ["other_sender"])
    assert queries.answer_address(scope, first.thread) == "ann@mail.example"


def test_a_bounce_marks_our_mail_and_wakes_no_robot(scope: Scope, now: datetime) -> None:
    first = receive(scope, now)
    ours = queue_answer(scope, first.thread_id, "On its way.", "en", now)
    jobs = Job.objects.filter(kind="triage.message").count()
    bounce = (
        b"From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; boundary=B\r\n\r\n"
        b"--B\r\n\r\nNo such user\r\n"
        b"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + ours.message_id.encode() + b">\r\n--B--\r\n"
    )
    received = receive_mail(scope, bounce, now, "imap").message
    ours.refresh_from_db()
    assert (received.thread_id, ours.flags) == (first.thread_id, ["bounced"])
    assert Job.objects.filter(kind="triage.message").count() == jobs
    assert Buyer.objects.count() == 1
    assert queries.answer_address(scope, first.thread) == "ann@mail.example"


def test_our_own_mail_coming_back_is_recognised(scope: Scope, now: datetime) -> None:
    first = receive(scope, now)
    ours = queue_answer(scope, first.thread_id, "On its way.", "en", now)
    Message.objects.filter(pk=ours.pk).update(sender="help@acme.example")
    copy = receive_mail(
        scope, raw_mail("On its way.", sender="help@acme.example", message_id=f"<{ours.message_id}>"), now, "imap"
    )
    assert (copy.created, copy.message.pk) == (False, ours.pk)


def test_a_contact_form_in_our_name_brings_each_buyer_apart(scope: Scope, now: datetime, shop: MakeShop) -> None:
    shop("shopify", mail_address="help@acme.example")
    form = {"sender": "Shop form <web@acme.example>", "subject": "New message from your shop"}
    ann = receive(scope, now, text="Where is it?", Reply_To="ann@mail.example", **form)
    bob = receive(scope, now, text="Broken.", Reply_To="bob@mail.example", **form)
    assert ann.thread_id != bob.thread_id
    assert [m.thread.buyer.email for m in (ann, bob) if m.thread.buyer] == ["ann@mail.example", "bob@mail.example"]
    assert queries.answer_address(scope, bob.thread) == "bob@mail.example"


def test_what_a_colleague_wrote_elsewhere_joins_and_wakes_nobody(scope: Scope, now: datetime, shop: MakeShop) -> None:
    shop("shopify", mail_address="help@acme.example")
    asked = receive(scope, now, message_id="<m1@mail.example>")
    copy = receive(
        scope, now, text="I sent it myself.", sender="help@acme.example", to="ann@mail.example",
        in_reply_to="<m1@mail.example>", message_id="<c1@acme.example>",
    )  # fmt: skip
    answer = receive(scope, now, text="Thanks!", in_reply_to="<c1@acme.example>")
    assert copy.flags == ["own_sender"]
    assert {asked.thread_id, copy.thread_id, answer.thread_id} == {asked.thread_id}
    assert Buyer.objects.count() == 1
    assert Job.objects.count() == 2
    assert queries.answer_address(scope, asked.thread) == "ann@mail.example"


@pytest.mark.parametrize(
    ("date", "flags"),
    [
        ("Thu, 19 Nov 2026 09:14:00 +0100", []),
        ("Fri, 19 Nov 2027 09:14:00 +0100", ["date_unlikely"]),
        ("Thu, 1 Jan 1970 00:00:00 +0000", ["date_unlikely"]),
        ("not a date", ["no_date"]),
    ],
)
def test_dates_that_cannot_be_are_not_believed(scope: Scope, now: datetime, date: str, flags: list[str]) -> None:
    message = receive(scope, now, date=date)
    assert message.flags == flags
    assert message.at == (now if flags else datetime.fromisoformat("2026-11-19T08:14:00+00:00"))


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02",
        b"no headers at all",
        "From: Ann <ann@mail.example>\nSubject: \x00\ud800".encode("utf-8", "surrogatepass"),
        b"Subject: =?utf-8?q?=00?=\r\n\r\n\x00" + "\u202e".encode(),
        b"From: "
        + b"x" * 500
        + b"@mail.example\r\nTo: "
        + b"y" * 500
        + b"\r\nMessage-ID: <"
        + b"z" * 500
        + b">\r\n\r\nx",
        b"From: ann@mail.example\r\nSubject: " + b"s" * 5000 + b"\r\n\r\n" + b"t" * 1_200_000,
    ],
)
def test_hostile_mails_are_kept(scope: Scope, now: datetime, raw: bytes) -> None:
    message = receive_mail(scope, raw, now, "imap").message
    message.refresh_from_db()
    assert message.raw_file is not None
    assert message.raw_file.size == len(raw)


def test_nothing_and_too_much_are_refused(scope: Scope, now: datetime) -> None:
    for raw, code in ((b" \r\n", "mail_empty"), (b"x" * (MAIL_LIMIT + 1), "mail_too_large")):
        with pytest.raises(InputError) as caught:
            receive_mail(scope, raw, now, "imap")
        assert [problem.code for problem in caught.value.problems] == [code]
    assert Message.objects.count() == 0


def test_a_viewer_may_not_bring_mail_in(scope: Scope, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        receive_mail(Scope(scope.organisation_id, frozenset()), raw_mail(), now, "imap")
    assert Message.objects.count() == 0


def test_platform_messages(scope: Scope, now: datetime, make_order: MakeOrder, shop: MakeShop) -> None:
    seller = shop("aliexpress")
    buyer = factories.make_buyer(seller.organisation, seller, external_id="ann88")
    order = make_order(seller, number="8123456789012345", buyer=buyer)
    asked = (scope, seller.pk, "ann88", order.number, "Where is it?", now - timedelta(hours=1), "msg-1", now, "en")
    first, again = receive_text(*asked), receive_text(*asked)
    assert (first.created, again.created, again.message.pk) == (True, False, first.message.pk)
    message = first.message
    assert (message.thread.channel, message.thread.order, message.thread.buyer) == ("aliexpress", order, buyer)
    assert (message.language, message.at, message.thread.unread) == ("en", now - timedelta(hours=1), True)
    second = receive_text(scope, seller.pk, "ann88", order.number, "Hello?", now, "msg-2", now)
    assert second.message.thread_id == message.thread_id
    ours = receive_text(scope, seller.pk, "ann88", order.number, "Hi Ann", now, "msg-3", now, outgoing=True)
    assert (ours.message.direction, ours.message.state) == ("out", "sent")
    assert Job.objects.count() == 2
    assert [e.verb for e in ledger.entries(scope)] == ["message:text:received"] * 3


def test_a_platform_message_cannot_reach_another_shops_order(
    scope: Scope, now: datetime, make_order: MakeOrder, shop: MakeShop, other_organisation: Organisation
) -> None:
    foreign = factories.make_shop(other_organisation, "ebay")
    factories.make_order(other_organisation, foreign, number="13-14975-00010")
    elsewhere = make_order(shop("amazon"), number="302-1111111-1111111")
    ebay = shop("ebay")
    for number in ("13-14975-00010", elsewhere.number):
        received = receive_text(scope, ebay.pk, "bob", number, "Broken", now, f"id-{number}", now)
        assert received.message.thread.order is None
    with pytest.raises(InputError, match="unknown_shop"):
        receive_text(scope, foreign.pk, "bob", "13-14975-00010", "Broken", now, "x", now)


def test_platform_messages_without_an_id_are_known_by_their_words(scope: Scope, now: datetime, shop: MakeShop) -> None:
    seller = shop("wish")
    first = receive_text(scope, seller.pk, "bob", "", "Broken", now, "", now)
    again = receive_text(scope, seller.pk, "bob", "", "Broken", now, "", now)
    later = receive_text(scope, seller.pk, "bob", "", "Broken", now - timedelta(days=1), "", now)
    assert (first.created, again.created, later.created) == (True, False, True)
