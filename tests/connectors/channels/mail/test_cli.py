"""`amends mail` as an operator types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from amends.base.accounts.core import Scope
from amends.faces.cli import main
from amends.intake.conversations.actions import queue_answer, receive_mail
from amends.intake.conversations.core import states
from amends.intake.conversations.models import MailAccount, Message
from tests.connectors.channels.mail.servers import ImapServer, Letterbox, free_port
from tests.intake.conversations.mails import raw_mail

pytestmark = pytest.mark.django_db

Amends = Callable[..., Any]


@pytest.fixture
def amends(capsys: pytest.CaptureFixture[str], home: Path) -> Amends:
    """`amends("mail", …)`: the JSON document it prints; another exit code than 0 must be named."""

    def call(*words: str, code: int = 0) -> Any:
        with pytest.raises(SystemExit) as left:
            main(["mail", *words, "--json"])
        printed = capsys.readouterr()
        assert left.value.code == code, printed
        return json.loads(printed.out or printed.err)

    return call


def test_fetch_reads_the_folder_at_once(amends: Amends, scope: Scope, home: Path) -> None:
    (home / "in" / "mail").mkdir(parents=True)
    (home / "in" / "mail" / "a.eml").write_bytes(raw_mail())
    (report,) = amends("fetch")["reports"]
    assert report == {"source": "a.eml", "received": 1, "repeated": 0, "skipped": [], "error": ""}
    assert amends("fetch") == {"reports": []}


@pytest.mark.mailserver
def test_fetch_reads_the_mailbox(amends: Amends, scope: Scope, imap: ImapServer) -> None:
    imap.append(raw_mail())
    (report,) = amends("fetch")["reports"]
    assert (report["received"], report["error"]) == (1, "")
    (box,) = amends("status")["read"]
    assert (box["last_uid"], box["error"]) == (1, "")


def test_send_empties_the_outbox(amends: Amends, scope: Scope, now: datetime, letterbox: Letterbox) -> None:
    asked = receive_mail(scope, raw_mail(), now - timedelta(days=1), "imap").message
    first = queue_answer(scope, asked.thread_id, "One", "en", now - timedelta(days=1))
    second = queue_answer(scope, asked.thread_id, "Two", "en", now - timedelta(days=1))
    Message.objects.filter(pk=second.pk).update(error=states.NO_TRANSPORT)
    said = amends("send")
    assert (said["sent"], said["outbox"]) == (1, {"draft": 0, "queued": 1, "sending": 0, "failed": 0})
    assert amends("send", str(first.pk)) == {"outcome": "sent", "state": "sent", "error": ""}
    assert amends("send", "999999", code=1)["error"]["code"] == "unknown_message"
    assert len(letterbox.mails) == 2


def test_trying_the_servers(
    amends: Amends, scope: Scope, letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert amends("test")["ok"] is True
    assert amends("test", "--to", "me@mail.example")["servers"][0]["said"] == "250 2.0.0 queued as 1"
    sent = message_from_bytes(letterbox.mails[0], policy=default)
    assert (sent["From"], sent["To"]) == ("Acme <help@acme.example>", "me@mail.example")
    monkeypatch.setenv("AMENDS_IMAP_URL", f"imap://desk:s3cret@127.0.0.1:{free_port()}")
    said = amends("test", code=1)
    assert [line["ok"] for line in said["servers"]] == [True, False]
    assert "s3cret" not in json.dumps(said)


def test_without_a_mailbox(amends: Amends, scope: Scope, home: Path) -> None:
    assert amends("test", code=1)["error"]["code"] == "no_mailbox"
    assert amends("status") == {
        "mailboxes": [],
        "folders": [str(home / "in" / "mail" / "acme"), str(home / "in" / "mail")],
        "read": [],
        "outbox": {"draft": 0, "queued": 0, "sending": 0, "failed": 0},
    }


def test_accounts(amends: Amends, scope: Scope) -> None:
    made = amends("account", "add", "Desk@Acme.example", "--smtp", "smtp://u:s3cret@mx.example", "--name", "Acme")
    assert made["address"] == "desk@acme.example"
    listed = amends("account", "list")
    assert "s3cret" not in json.dumps(listed)
    assert listed["accounts"][0]["smtp"] is True
    assert listed["accounts"][0]["imap"] is False
    (box,) = amends("status")["mailboxes"]
    assert (box["sends"], box["receives"]) == (True, False)
    assert amends("account", "add", "x@y.example", "--smtp", "nonsense", code=1)["error"]["code"] == "bad_mail_url"
    assert amends("account", "add", "x@y.example", code=1)["error"]["code"] == "no_server"
    assert amends("account", "remove", str(made["id"])) == {"removed": made["id"]}
    assert amends("account", "remove", str(made["id"]), code=1)["error"]["code"] == "unknown_account"
    assert MailAccount.objects.count() == 0


def test_for_people(scope: Scope, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in (
        (["status"], "no mailbox is set up"),
        (["fetch"], "nothing to read"),
        (["send"], "0 sent of 0"),
    ):
        with pytest.raises(SystemExit) as left:
            main(["mail", *words])
        assert left.value.code == 0
        assert said in capsys.readouterr().out
