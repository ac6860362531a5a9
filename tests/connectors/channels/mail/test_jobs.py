from __future__ import annotations

from datetime import datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from amends.base.accounts.core import Scope
from amends.base.jobs import registry
from amends.base.jobs.core import JobState
from amends.base.jobs.models import Job
from amends.base.jobs.worker import run_until_idle
from amends.connectors.channels.mail import METADATA, jobs
from amends.intake.conversations.actions import begin_sending, queue_answer, receive_mail
from amends.intake.conversations.core import states
from amends.intake.conversations.models import Message
from tests.connectors.channels.mail.servers import Letterbox
from tests.intake.conversations.mails import raw_mail

pytestmark = pytest.mark.django_db(transaction=True)
UNDO = timedelta(seconds=10)


@pytest.fixture
def answer(scope: Scope, now: datetime) -> Message:
    asked = receive_mail(scope, raw_mail(), now, "imap").message
    Job.objects.all().delete()  # triage belongs to the flows
    return queue_answer(scope, asked.thread_id, "Hi", "en", now)


def test_workers_find_the_jobs_of_the_connector() -> None:
    """A worker imports `jobs` beside every entry point."""
    assert jobs.__name__ in {f"{point.module}.jobs" for point in entry_points(group="amends.connectors")}
    assert {"mail.send", "mail.fetch", "mail.folder", "mail.outbox", "mail.poll"} <= set(registry.kinds())
    assert "mail.poll" in registry.crons()
    assert (METADATA.name, METADATA.can_send, METADATA.can_receive) == ("mail", True, True)


def test_a_deferred_answer_is_tried_again_by_the_engine(answer: Message, now: datetime, letterbox: Letterbox) -> None:
    letterbox.replies = ["451 later"]
    run_until_idle(lambda: now + UNDO)
    job = Job.objects.get()
    assert (job.state, job.attempt) == (JobState.WAITING, 1)
    assert "451 later" in job.last_error
    run_until_idle(lambda: now + timedelta(minutes=5))
    answer.refresh_from_db()
    assert (answer.state, len(letterbox.mails)) == ("sent", 1)


def test_after_the_last_attempt_people_see_it(answer: Message, now: datetime, letterbox: Letterbox) -> None:
    letterbox.replies = ["451 later"] * jobs.RETRY.attempts
    for hours in range(jobs.RETRY.attempts + 1):
        run_until_idle(lambda hours=hours: now + timedelta(hours=2 * hours + 1))
    answer.refresh_from_db()
    assert (answer.state, answer.error, letterbox.replies) == ("failed", "451 later", [])
    assert Job.objects.get().state == JobState.DONE


def test_the_outbox_is_emptied_once_there_is_a_server(
    answer: Message, now: datetime, letterbox: Letterbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = letterbox.url
    monkeypatch.setenv("AMENDS_SMTP_URL", "")
    Message.objects.filter(pk=answer.pk).update(sender="")
    run_until_idle(lambda: now + UNDO)
    answer.refresh_from_db()
    assert (answer.state, answer.error) == ("queued", states.NO_TRANSPORT)
    monkeypatch.setenv("AMENDS_SMTP_URL", url)
    run_until_idle(lambda: now + timedelta(minutes=2), with_crons=True)
    run_until_idle(lambda: now + timedelta(minutes=4), with_crons=True)
    answer.refresh_from_db()
    assert (answer.state, len(letterbox.mails)) == ("sent", 1)


def test_an_idle_installation_makes_no_jobs_but_the_poll(scope: Scope, now: datetime, home: Path) -> None:
    assert jobs.poll is not None
    run_until_idle(lambda: now, with_crons=True)
    run_until_idle(lambda: now + timedelta(minutes=2), with_crons=True)
    assert set(Job.objects.filter(kind__startswith="mail.").values_list("kind", flat=True)) == {"mail.poll"}


def test_a_message_left_by_a_dead_worker_is_given_to_a_person(
    scope: Scope, answer: Message, now: datetime, letterbox: Letterbox, home: Path
) -> None:
    begin_sending(scope, answer.pk, now + UNDO, sender="help@acme.example", sender_name="")
    Job.objects.all().delete()
    run_until_idle(lambda: now + timedelta(minutes=10), with_crons=True)
    run_until_idle(lambda: now + timedelta(minutes=12), with_crons=True)
    answer.refresh_from_db()
    assert (answer.state, answer.error, letterbox.mails) == ("failed", states.UNSURE, [])
