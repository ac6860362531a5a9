from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from amends.base.accounts.core import NotAllowed, Permission, Scope, system_scope
from amends.base.accounts.models import Organisation, Shop, User
from amends.base.jobs.core import JobState
from amends.base.jobs.models import Job
from amends.base.ledger import queries as ledger
from amends.intake.conversations import core, queries
from amends.intake.conversations.actions import (
    begin_sending,
    hold,
    mark_failed,
    mark_handed_over,
    mark_read,
    mark_sent,
    mark_waiting,
    note,
    queue_answer,
    receive_mail,
    receive_text,
    resend,
    undo,
)
from amends.intake.conversations.actions.send import SENDING_LEASE, InProgress
from amends.intake.conversations.core import State, states
from amends.intake.conversations.models import Message, Thread
from amends.kernel.outcome import InputError
from tests.intake.conversations.mails import raw_mail

pytestmark = pytest.mark.django_db

SENDER = {"sender": "help@acme.example", "sender_name": "Acme"}
UNDO = timedelta(seconds=10)


@pytest.fixture
def asked(scope: Scope, now: datetime) -> Message:
    raw = raw_mail(
        subject="AW: Where?", message_id="<m2@mail.example>", references="<m0@mail.example> <m1@mail.example>"
    )
    return receive_mail(scope, raw, now, "imap").message


@pytest.fixture
def queued(scope: Scope, asked: Message, now: datetime) -> Message:
    return queue_answer(scope, asked.thread_id, "It left on Monday.", "en", now, template="on_its_way")


def verbs(scope: Scope) -> list[str]:
    return [entry.verb for entry in ledger.entries(scope).order_by("seq")]


def test_an_answer_waits_ten_seconds_with_the_right_headers(scope: Scope, queued: Message, now: datetime) -> None:
    assert (queued.state, queued.at, queued.recipient) == ("queued", now + UNDO, "ann@mail.example")
    assert (queued.subject, queued.in_reply_to) == ("Re: Where?", "m2@mail.example")
    assert queued.references.split() == ["m0@mail.example", "m1@mail.example", "m2@mail.example"]
    assert queued.message_id.endswith("@acme.amends.invalid")
    assert len(queued.message_id.split("@")[0]) == 32
    job = Job.objects.get(pk=queued.job_id)
    assert (job.kind, job.args, job.due) == ("mail.send", {"message_id": queued.pk}, now + UNDO)
    assert verbs(scope)[-1] == "message:answer:queued"
    assert not queued.thread.unread or not Thread.objects.get(pk=queued.thread_id).unread


def test_undone_it_never_leaves(scope: Scope, queued: Message, now: datetime) -> None:
    assert undo(scope, queued.pk, now + timedelta(seconds=9)) is True
    assert Job.objects.get(pk=queued.job_id).state == JobState.CANCELLED
    assert begin_sending(scope, queued.pk, now + UNDO, **SENDER) is None
    assert undo(scope, queued.pk, now) is False
    queued.refresh_from_db()
    assert queued.state == "undone"
    assert verbs(scope)[-1] == "message:answer:undone"


def test_too_late_to_undo(scope: Scope, queued: Message, now: datetime) -> None:
    assert begin_sending(scope, queued.pk, now + UNDO, **SENDER) is not None
    assert undo(scope, queued.pk, now + UNDO) is False
    with pytest.raises(InputError, match="not_failed"):
        resend(scope, queued.pk, now + UNDO)
    assert mark_sent(scope, queued.pk, now + UNDO, "250 ok")
    assert undo(scope, queued.pk, now + UNDO) is False


def test_nothing_leaves_before_its_time(scope: Scope, queued: Message, now: datetime) -> None:
    assert begin_sending(scope, queued.pk, now + timedelta(seconds=9), **SENDER) is None


def test_a_key_used_twice_gives_the_first_message(scope: Scope, asked: Message, now: datetime) -> None:
    first = queue_answer(scope, asked.thread_id, "One", "en", now, idempotency_key="k1")
    again = queue_answer(scope, asked.thread_id, "Two", "en", now, idempotency_key="k1")
    assert (again.pk, again.text) == (first.pk, "One")
    assert Message.objects.filter(direction="out").count() == 1


def test_a_platform_without_a_connector_is_handed_over_never_sent(
    scope: Scope, now: datetime, shop: Callable[..., Shop]
) -> None:
    received = receive_text(scope, shop("shopee").pk, "bob", "", "Broken", now, "m1", now).message
    draft = queue_answer(scope, received.thread_id, "Sorry", "en", now)
    assert (draft.state, draft.error, draft.job_id) == ("draft", states.NO_ADDRESS, None)
    assert list(queries.to_hand_over(scope)) == [draft]
    done = mark_handed_over(scope, draft.pk, now + timedelta(minutes=5))
    assert (done.state, done.at) == ("handed_over", now + timedelta(minutes=5))
    assert mark_handed_over(scope, draft.pk, now + timedelta(hours=1)).at == now + timedelta(minutes=5)
    assert list(queries.to_hand_over(scope)) == []
    assert verbs(scope)[-2:] == ["message:answer:drafted", "message:answer:handed_over"]


def test_a_queued_answer_cannot_be_called_handed_over(scope: Scope, queued: Message, now: datetime) -> None:
    with pytest.raises(InputError, match="not_a_draft"):
        mark_handed_over(scope, queued.pk, now)


def test_nobody_reads_noreply(scope: Scope, now: datetime) -> None:
    received = receive_mail(scope, raw_mail(sender="noreply@platform.example"), now, "imap").message
    assert queue_answer(scope, received.thread_id, "Hi", "en", now).error == states.NO_ADDRESS


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"List_Id": "<l.example>"},
        {"X_Auto_Response_Suppress": "All"},
    ],
)
def test_robots_do_not_answer_robots_but_people_may(scope: Scope, now: datetime, header: dict[str, str]) -> None:
    received = receive_mail(scope, raw_mail(**header), now, "imap").message
    automatic = queue_answer(scope, received.thread_id, "We are on it", "en", now, automatic=True)
    assert (automatic.state, automatic.error) == ("draft", states.LOOP)
    assert queue_answer(scope, received.thread_id, "Hello", "en", now).state == "queued"


def test_three_automatic_answers_a_day_are_enough(scope: Scope, asked: Message, now: datetime) -> None:
    states_seen = [
        queue_answer(scope, asked.thread_id, f"robot {i}", "en", now + timedelta(hours=i), automatic=True).state
        for i in range(4)
    ]
    assert states_seen == ["queued", "queued", "queued", "draft"]
    assert (
        queue_answer(scope, asked.thread_id, "robot", "en", now + timedelta(hours=25), automatic=True).state == "queued"
    )


def test_empty_and_endless_answers_are_refused(scope: Scope, asked: Message, now: datetime) -> None:
    for text, code in (("", "answer_empty"), (" \n\u200b", "answer_empty"), ("x" * 1_000_001, "answer_too_long")):
        with pytest.raises(InputError, match=code):
            queue_answer(scope, asked.thread_id, text, "en", now)


def test_a_worker_that_died_while_sending_leaves_it_to_a_person(scope: Scope, queued: Message, now: datetime) -> None:
    due = now + UNDO
    assert begin_sending(scope, queued.pk, due, **SENDER) is not None
    with pytest.raises(InProgress):
        begin_sending(scope, queued.pk, due + timedelta(seconds=1), **SENDER)
    assert begin_sending(scope, queued.pk, due + SENDING_LEASE, **SENDER) is None
    queued.refresh_from_db()
    assert (queued.state, queued.error) == ("failed", states.UNSURE)
    assert verbs(scope)[-1] == "message:answer:unsure"
    again = resend(scope, queued.pk, due + timedelta(hours=1))
    assert (again.state, again.message_id, again.error) == ("queued", queued.message_id, "")
    assert again.job_id != queued.job_id
    assert begin_sending(scope, queued.pk, due + timedelta(hours=1), **SENDER) is not None


def test_a_slow_yes_corrects_unsure(scope: Scope, queued: Message, now: datetime) -> None:
    begin_sending(scope, queued.pk, now + UNDO, **SENDER)
    begin_sending(scope, queued.pk, now + UNDO + SENDING_LEASE, **SENDER)
    assert mark_sent(scope, queued.pk, now + timedelta(hours=1), "250 queued as 1")
    queued.refresh_from_db()
    assert (queued.state, queued.error, queued.receipt) == ("sent", "", "250 queued as 1")


def test_a_certain_no_may_be_tried_again(scope: Scope, queued: Message, now: datetime) -> None:
    begin_sending(scope, queued.pk, now + UNDO, **SENDER)
    assert mark_waiting(scope, queued.pk, now + UNDO, "451 try later")
    assert begin_sending(scope, queued.pk, now + timedelta(minutes=1), **SENDER) is not None
    assert mark_failed(scope, queued.pk, now + timedelta(minutes=1), "550 no such user")
    queued.refresh_from_db()
    assert (queued.state, queued.error) == ("failed", "550 no such user")
    assert mark_failed(scope, queued.pk, now, "again") is False
    assert verbs(scope)[-4:] == [
        "message:answer:sending", "message:answer:deferred", "message:answer:sending", "message:answer:failed",
    ]  # fmt: skip


def test_what_is_handed_to_the_server(scope: Scope, asked: Message, now: datetime) -> None:
    message = queue_answer(scope, asked.thread_id, "Hola", "es", now, automatic=True, subject="Pedido")
    outgoing = begin_sending(scope, message.pk, now + UNDO, **SENDER)
    assert outgoing == core.Outgoing(
        sender="help@acme.example", sender_name="Acme", recipient="ann@mail.example", subject="Pedido", text="Hola",
        at=now + UNDO, message_id=message.message_id, in_reply_to="m2@mail.example",
        references=("m0@mail.example", "m1@mail.example", "m2@mail.example"), language="es", automatic=True,
    )  # fmt: skip


def test_the_outbox_shows_what_waits(scope: Scope, queued: Message, now: datetime) -> None:
    assert queries.outbox_counts(scope) == {"draft": 0, "queued": 1, "sending": 0, "failed": 0}
    assert not queries.stranded(scope, now + UNDO, SENDING_LEASE).exists()
    hold(scope, queued.pk, states.NO_TRANSPORT)
    assert list(queries.stranded(scope, now + UNDO, SENDING_LEASE)) == [queued]
    assert not queries.stranded(scope, now + UNDO, SENDING_LEASE, held=False).exists()


def test_notes_stay_inside(scope: Scope, asked: Message, agent_user: User, now: datetime) -> None:
    written = note(scope, asked.thread_id, "Carrier called: lost.", now, agent_user.pk)
    assert (written.state, written.audience, written.author) == ("note", [], agent_user)
    with pytest.raises(Message.DoesNotExist):
        mark_handed_over(scope, written.pk, now)
    with pytest.raises(InputError, match="note_empty"):
        note(scope, asked.thread_id, "  ", now, agent_user.pk)


def test_reading_clears_the_mark(scope: Scope, asked: Message) -> None:
    mark_read(scope, asked.thread_id)
    assert Thread.objects.get(pk=asked.thread_id).unread is False


def test_every_verb_is_closed_to_others_and_changes_nothing(
    scope: Scope, queued: Message, other_organisation: Organisation, now: datetime
) -> None:
    before = ledger.head(scope)
    rival = system_scope(other_organisation.pk)
    viewer = Scope(scope.organisation_id, frozenset({Permission.CASE_READ}))
    for who, refusal in ((rival, (Message.DoesNotExist, Thread.DoesNotExist)), (viewer, NotAllowed)):
        for attempt in (
            lambda who=who: queue_answer(who, queued.thread_id, "x", "en", now),
            lambda who=who: note(who, queued.thread_id, "x", now, None),
            lambda who=who: undo(who, queued.pk, now),
            lambda who=who: mark_handed_over(who, queued.pk, now),
            lambda who=who: resend(who, queued.pk, now),
            lambda who=who: begin_sending(who, queued.pk, now, **SENDER),
        ):
            with pytest.raises(refusal):
                attempt()
    queued.refresh_from_db()
    assert (queued.state, ledger.head(scope)) == ("queued", before)


def test_the_table_is_closed_and_matches_the_column() -> None:
    assert set(core.TRANSITIONS) == set(State)
    assert {state.value for state in State} == set(Message.State.values)
    assert core.sources(State.SENDING) == (State.QUEUED,)
    assert core.sources(State.SENT) == (State.SENDING, State.FAILED)
    assert core.sources(State.UNDONE) == (State.DRAFT, State.QUEUED)
