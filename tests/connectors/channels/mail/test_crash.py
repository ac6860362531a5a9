"""A worker killed between the server's yes and our writing it down: one mail at most, and a person is asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from django.db import connection

from amends.base.accounts.core import Scope
from amends.connectors.channels.mail.deliver import Delivery, deliver
from amends.intake.conversations.actions import SENDING_LEASE, InProgress, queue_answer, receive_mail
from amends.intake.conversations.core import states
from amends.intake.conversations.models import Message
from tests.connectors.channels.mail.servers import Letterbox
from tests.intake.conversations.mails import raw_mail

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

_WORKER = """
import os, signal, sys
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from datetime import datetime
from amends.base.accounts.core import system_scope
from amends.connectors.channels.mail import deliver
from amends.connectors.channels.mail.smtp import SmtpTransport

class DiesAfterYes(SmtpTransport):
    def send(self, envelope):
        super().send(envelope)
        os.kill(os.getpid(), signal.SIGKILL)

deliver.SmtpTransport = DiesAfterYes
deliver.deliver(system_scope(int(sys.argv[2])), int(sys.argv[3]), datetime.fromisoformat(sys.argv[4]))
"""


def test_killed_between_the_servers_yes_and_the_commit(scope: Scope, now: datetime, letterbox: Letterbox) -> None:
    asked = receive_mail(scope, raw_mail(), now, "imap").message
    answer = queue_answer(scope, asked.thread_id, "Hi", "en", now)
    due = now + timedelta(seconds=10)
    name = str(connection.settings_dict["NAME"])
    died = subprocess.run(
        [sys.executable, "-c", _WORKER, name, str(scope.organisation_id), str(answer.pk), due.isoformat()],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "amends.base.settings.test"},
        check=False,
        timeout=60,
    )
    assert died.returncode == -signal.SIGKILL
    assert len(letterbox.mails) == 1
    answer.refresh_from_db()
    assert answer.state == "sending"
    assert f"Message-ID: <{answer.message_id}>\r\n".encode() in letterbox.mails[0]
    with pytest.raises(InProgress):
        deliver(scope, answer.pk, due + timedelta(seconds=30))
    for minutes in (0, 1, 60):
        assert deliver(scope, answer.pk, due + SENDING_LEASE + timedelta(minutes=minutes)) is Delivery.NOTHING
    answer.refresh_from_db()
    assert (answer.state, answer.error, len(letterbox.mails)) == ("failed", states.UNSURE, 1)
    assert Message.objects.filter(direction="out").count() == 1
