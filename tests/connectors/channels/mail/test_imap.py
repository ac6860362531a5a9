"""Against a real Dovecot. Visible skip where there is none."""

from __future__ import annotations

from datetime import datetime

import pytest

from amends.base.accounts.core import Scope
from amends.connectors.channels.mail import fetch
from amends.connectors.channels.mail import imap as imap_module
from amends.connectors.channels.mail.fetch import Report, fetch_mailbox
from amends.intake.conversations import mailboxes
from amends.intake.conversations.models import MailCursor, Message
from tests.connectors.channels.mail.servers import ImapServer
from tests.intake.conversations.mails import raw_mail

pytestmark = [pytest.mark.mailserver, pytest.mark.django_db(transaction=True)]


def look(scope: Scope, now: datetime) -> Report:
    (box,) = mailboxes.all_of(scope)
    return fetch_mailbox(scope, box, now)


def counts(report: Report) -> tuple[int, int, int, str]:
    return report.received, report.repeated, len(report.skipped), report.error


def test_new_mail_is_received_once_and_left_unread(scope: Scope, now: datetime, imap: ImapServer) -> None:
    raws = [raw_mail(f"mail {i}", message_id=f"<m{i}@mail.example>") for i in range(3)]
    imap.append(*raws)
    assert counts(look(scope, now)) == (3, 0, 0, "")
    assert counts(look(scope, now)) == (0, 0, 0, "")
    imap.append(raw_mail("one more"))
    assert counts(look(scope, now)) == (1, 0, 0, "")
    assert imap.unseen() == 4
    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == [
        "mail 0",
        "mail 1",
        "mail 2",
        "one more",
    ]
    stored = Message.objects.order_by("pk")[0].raw_file
    assert stored is not None
    assert stored.size == len(raws[0].replace(b"\n", b"\r\n"))
    cursor = MailCursor.objects.get()
    assert (cursor.last_uid, cursor.error, cursor.checked_at) == (4, "", now)
    assert cursor.label == f"desk@acme.example@127.0.0.1:{imap.port}/INBOX"


def test_a_renumbered_mailbox_brings_nothing_twice(scope: Scope, now: datetime, imap: ImapServer) -> None:
    imap.append(raw_mail("one"), raw_mail("two"))
    look(scope, now)
    before = MailCursor.objects.get().uid_validity
    imap.renumber()
    imap.append(raw_mail("three"))
    assert counts(look(scope, now)) == (1, 2, 0, "")
    assert MailCursor.objects.get().uid_validity != before
    assert Message.objects.count() == 3


def test_the_first_look_goes_back_thirty_days(scope: Scope, now: datetime, imap: ImapServer) -> None:
    client = imap.client()
    client.append("INBOX", "", '"01-Jan-2020 00:00:00 +0000"', raw_mail("ancient"))
    client.logout()
    imap.append(raw_mail("fresh"))
    assert counts(look(scope, now)) == (1, 0, 0, "")
    assert MailCursor.objects.get().last_uid == 2


def test_a_mail_too_large_is_passed_over_and_reported(
    scope: Scope, now: datetime, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MAIL_LIMIT", 5_000)
    imap.append(raw_mail("x" * 10_000), raw_mail("small"))
    report = look(scope, now)
    assert counts(report)[:3] == (1, 0, 1)
    assert report.skipped[0].startswith("uid 1: ")
    assert [entry["uid"] for entry in MailCursor.objects.get().skipped] == [1]


def test_a_connection_that_breaks_goes_on_where_it_was(
    scope: Scope, now: datetime, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap.append(*[raw_mail(f"mail {i}") for i in range(5)])
    read, broken = imap_module.ImapFolder._body, []

    def cut(folder: imap_module.ImapFolder, uid: int) -> bytes | None:
        if uid == 3 and not broken:
            broken.append(uid)
            assert folder._box is not None
            folder._box.client.shutdown()  # the wire is really cut; the next command fails
        return read(folder, uid)

    monkeypatch.setattr(imap_module.ImapFolder, "_body", cut)
    assert counts(look(scope, now)) == (5, 0, 0, "")
    assert broken == [3]


def test_an_unreachable_server_is_noted(
    scope: Scope, now: datetime, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(scope, now)
    monkeypatch.setenv("AMENDS_IMAP_URL", imap.url.replace("s3cret", "wrong"))
    report = look(scope, now)
    assert report.error
    assert "wrong" not in report.error
    assert MailCursor.objects.get().error == report.error
    monkeypatch.setenv("AMENDS_IMAP_URL", imap.url.replace("/INBOX", "/No-such"))
    assert look(scope, now).error
