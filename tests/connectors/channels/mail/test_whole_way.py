"""The whole way, driven by the worker: in by a real IMAP server, a case, out by a real SMTP server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from amends.base.accounts.core import Scope
from amends.base.jobs import registry
from amends.base.jobs.worker import run_until_idle
from amends.base.ledger import queries as ledger
from amends.intake.conversations.actions import queue_answer, undo
from amends.intake.conversations.models import Message
from amends.intake.orders.models import Order
from amends.resolution.cases.models import Case
from tests.connectors.channels.mail.servers import ImapServer, Letterbox
from tests.intake.conversations.mails import raw_mail

pytestmark = [pytest.mark.mailserver, pytest.mark.django_db(transaction=True)]


def test_a_mail_becomes_a_case_and_the_answer_leaves_unless_undone(
    scope: Scope,
    now: datetime,
    imap: ImapServer,
    letterbox: Letterbox,
    home: Path,
    make_order: Callable[..., Order],
) -> None:
    registry.load_all()
    order = make_order(number="302-1111111-1111111")
    imap.append(raw_mail(f"My order {order.number} has not arrived.", message_id="<m1@mail.example>"))
    run_until_idle(lambda: now, with_crons=True)  # the first look at the crons sets their first slots
    run_until_idle(lambda: now + timedelta(seconds=61), with_crons=True)
    asked = Message.objects.get(direction="in")
    case = Case.objects.get()
    assert (case.thread_id, case.order) == (asked.thread_id, order)

    later = now + timedelta(seconds=90)
    answer = queue_answer(scope, asked.thread_id, "It left on Monday.", "en", later)
    regretted = queue_answer(scope, asked.thread_id, "Go away.", "en", later)
    run_until_idle(lambda: later + timedelta(seconds=9))
    assert letterbox.mails == []
    assert undo(scope, regretted.pk, later + timedelta(seconds=9))
    run_until_idle(lambda: later + timedelta(seconds=10))
    run_until_idle(lambda: later + timedelta(days=2))

    (raw,) = letterbox.mails
    sent = message_from_bytes(raw, policy=default)
    assert (sent["In-Reply-To"], sent["References"]) == ("<m1@mail.example>", "<m1@mail.example>")
    assert (sent["Message-ID"], sent["To"]) == (f"<{answer.message_id}>", "ann@mail.example")
    assert [Message.objects.get(pk=one.pk).state for one in (answer, regretted)] == ["sent", "undone"]
    assert ledger.verify(scope) is None
