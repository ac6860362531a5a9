"""Two at once: the same mail by two routes, and a person who takes back what a worker is about to send."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from amends.base.accounts.core import Scope
from amends.base.ledger import queries as ledger
from amends.intake.buyers.models import Buyer
from amends.intake.conversations.actions import begin_sending, queue_answer, receive_mail, undo
from amends.intake.conversations.models import Message, Thread
from tests.intake.conversations.mails import raw_mail

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run each in a thread of its own, started together; their results in order."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_the_same_mail_by_several_routes_at_once_is_one_message(scope: Scope, now: datetime) -> None:
    raw = raw_mail(message_id="<m1@mail.example>")
    received = at_once(*[lambda i=i: receive_mail(scope, b"X-Route: %d\r\n" % i + raw, now, "imap") for i in range(4)])
    assert sorted(one.created for one in received) == [False, False, False, True]
    assert (Message.objects.count(), Thread.objects.count(), Buyer.objects.count()) == (1, 1, 1)
    assert ledger.verify(scope) is None


def test_a_new_buyers_two_mails_at_once_make_one_buyer(scope: Scope, now: datetime) -> None:
    at_once(*[lambda i=i: receive_mail(scope, raw_mail(f"mail {i}"), now, "imap") for i in range(4)])
    assert (Message.objects.count(), Buyer.objects.count()) == (4, 1)
    assert ledger.verify(scope) is None


def test_either_it_is_taken_back_or_it_leaves_never_both(scope: Scope, now: datetime) -> None:
    asked = receive_mail(scope, raw_mail(), now, "imap").message
    due = now + timedelta(seconds=10)
    for number in range(10):
        answer = queue_answer(scope, asked.thread_id, f"answer {number}", "en", now)
        undone, leaving = at_once(
            lambda pk=answer.pk: undo(scope, pk, due),
            lambda pk=answer.pk: begin_sending(scope, pk, due, sender="help@acme.example", sender_name=""),
        )
        answer.refresh_from_db()
        assert undone is (leaving is None)
        assert answer.state == ("undone" if undone else "sending")
    assert ledger.verify(scope) is None
