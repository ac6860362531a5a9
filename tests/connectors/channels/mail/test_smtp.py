from __future__ import annotations

import ssl
import subprocess
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from amends.base.accounts.core import Scope
from amends.connectors.channels.mail import urls
from amends.connectors.channels.mail.deliver import Delivery, deliver
from amends.connectors.channels.mail.smtp import SmtpTransport
from amends.intake.conversations.actions import queue_answer, receive_mail, resend, save_account, undo
from amends.intake.conversations.core import states
from amends.intake.conversations.models import Message
from amends.intake.conversations.ports import Envelope, NotAccepted, Unsure
from amends.kernel.outcome import InputError
from tests.connectors.channels.mail.servers import Letterbox, free_port, smtp_server
from tests.intake.conversations.mails import raw_mail

UNDO = timedelta(seconds=10)
ENVELOPE = Envelope("help@acme.example", "ann@mail.example", b"Subject: x\r\n\r\n.one dot\r\n..two\r\n.\r\nend\r\n")


def ask(scope: Scope, now: datetime, **facts: str) -> Message:
    return receive_mail(scope, raw_mail(**facts), now, "imap").message


@pytest.mark.django_db
def test_two_turns_with_the_right_references(scope: Scope, now: datetime, letterbox: Letterbox) -> None:
    first = ask(scope, now, message_id="<m1@mail.example>", subject="Mug?")
    one = queue_answer(scope, first.thread_id, "It left on Monday.", "en", now)
    assert deliver(scope, one.pk, now + UNDO) is Delivery.SENT
    second = ask(
        scope, now, text="Still not here.", subject="Re: Mug?", message_id="<m2@mail.example>",
        in_reply_to=f"<{one.message_id}>", references=f"<m1@mail.example> <{one.message_id}>",
    )  # fmt: skip
    two = queue_answer(scope, second.thread_id, "We send a new one.", "en", now)
    assert deliver(scope, two.pk, now + UNDO) is Delivery.SENT
    sent = [message_from_bytes(raw, policy=default) for raw in letterbox.mails]
    assert second.thread_id == first.thread_id
    assert [mail["Message-ID"] for mail in sent] == [f"<{one.message_id}>", f"<{two.message_id}>"]
    assert [mail["In-Reply-To"] for mail in sent] == ["<m1@mail.example>", "<m2@mail.example>"]
    assert [mail["References"].split() for mail in sent] == [
        ["<m1@mail.example>"],
        ["<m1@mail.example>", f"<{one.message_id}>", "<m2@mail.example>"],
    ]
    assert [mail["Subject"] for mail in sent] == ["Re: Mug?", "Re: Mug?"]
    assert letterbox.recipients == ["ann@mail.example", "ann@mail.example"]
    one.refresh_from_db()
    assert (one.state, one.sender, one.receipt) == ("sent", "help@acme.example", "250 2.0.0 queued as 1")


@pytest.mark.django_db
def test_undone_within_ten_seconds_it_never_leaves(scope: Scope, now: datetime, letterbox: Letterbox) -> None:
    answer = queue_answer(scope, ask(scope, now).thread_id, "Oops", "en", now)
    assert undo(scope, answer.pk, now + timedelta(seconds=9))
    assert deliver(scope, answer.pk, now + UNDO) is Delivery.NOTHING
    assert deliver(scope, answer.pk, now + timedelta(days=1)) is Delivery.NOTHING
    assert letterbox.mails == []


@pytest.mark.django_db
def test_sent_once_however_often_asked(scope: Scope, now: datetime, letterbox: Letterbox) -> None:
    answer = queue_answer(scope, ask(scope, now).thread_id, "Hi", "en", now)
    outcomes = [deliver(scope, answer.pk, now + UNDO + timedelta(minutes=i)) for i in range(3)]
    assert outcomes == [Delivery.SENT, Delivery.NOTHING, Delivery.NOTHING]
    assert len(letterbox.mails) == 1


@pytest.mark.django_db
def test_a_temporary_no_waits_and_the_last_one_fails(scope: Scope, now: datetime, letterbox: Letterbox) -> None:
    letterbox.replies = ["451 4.3.0 later", "452 full"]
    answer = queue_answer(scope, ask(scope, now).thread_id, "Hi", "en", now)
    assert deliver(scope, answer.pk, now + UNDO) is Delivery.DEFERRED
    answer.refresh_from_db()
    assert (answer.state, answer.error) == ("queued", "451 4.3.0 later")
    assert deliver(scope, answer.pk, now + timedelta(hours=1), last_try=True) is Delivery.FAILED
    answer.refresh_from_db()
    assert (answer.state, answer.error) == ("failed", "452 full")
    resend(scope, answer.pk, now + timedelta(hours=2))
    assert deliver(scope, answer.pk, now + timedelta(hours=2)) is Delivery.SENT


@pytest.mark.django_db
@pytest.mark.parametrize(("replies", "refused", "error"), [
    (["554 5.7.1 spam"], set(), "554 5.7.1 spam"),
    ([], {"ann@mail.example"}, "550 5.1.1 no such user"),
])  # fmt: skip
def test_a_final_no(
    scope: Scope, now: datetime, letterbox: Letterbox, replies: list[str], refused: set[str], error: str
) -> None:
    letterbox.replies, letterbox.refused = replies, refused
    answer = queue_answer(scope, ask(scope, now).thread_id, "Hi", "en", now)
    assert deliver(scope, answer.pk, now + UNDO) is Delivery.FAILED
    answer.refresh_from_db()
    assert (answer.state, answer.error) == ("failed", error)


@pytest.mark.django_db
def test_a_server_that_hangs_up_after_the_last_dot_leaves_it_unsure(
    scope: Scope, now: datetime, letterbox: Letterbox
) -> None:
    letterbox.hang_up_after_data = True
    answer = queue_answer(scope, ask(scope, now).thread_id, "Hi", "en", now)
    assert deliver(scope, answer.pk, now + UNDO) is Delivery.FAILED
    assert deliver(scope, answer.pk, now + timedelta(hours=1)) is Delivery.NOTHING
    answer.refresh_from_db()
    assert (answer.state, answer.error, len(letterbox.mails)) == ("failed", states.UNSURE, 1)


@pytest.mark.django_db
def test_without_a_server_or_a_sender_it_waits(
    scope: Scope, now: datetime, letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = queue_answer(scope, ask(scope, now).thread_id, "Hi", "en", now)
    monkeypatch.setenv("AMENDS_SMTP_URL", "")
    Message.objects.filter(pk=answer.pk).update(sender="")
    assert deliver(scope, answer.pk, now + UNDO) is Delivery.HELD
    answer.refresh_from_db()
    assert (answer.state, answer.error) == ("queued", states.NO_TRANSPORT)
    monkeypatch.setenv("AMENDS_SMTP_URL", letterbox.url)
    monkeypatch.setenv("AMENDS_MAIL_FROM", "")
    assert deliver(scope, answer.pk, now + UNDO) is Delivery.HELD
    answer.refresh_from_db()
    assert answer.error == states.NO_SENDER
    save_account(scope, "own@acme.example", now, smtp_url=letterbox.url, name="Acme Mugs")
    assert deliver(scope, answer.pk, now + UNDO) is Delivery.SENT
    assert message_from_bytes(letterbox.mails[0], policy=default)["From"] == "Acme Mugs <own@acme.example>"


@pytest.mark.django_db
def test_nobody_listens(scope: Scope, now: datetime, letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = queue_answer(scope, ask(scope, now).thread_id, "Hi", "en", now)
    monkeypatch.setenv("AMENDS_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    assert deliver(scope, answer.pk, now + UNDO) is Delivery.DEFERRED
    answer.refresh_from_db()
    assert answer.state == "queued"
    assert answer.error.startswith("ConnectionRefusedError")


def test_dots_are_doubled_and_arrive_single(letterbox: Letterbox) -> None:
    SmtpTransport(urls.parse(letterbox.url, "x")).send(ENVELOPE)
    assert letterbox.mails[0].endswith(b"\r\n\r\n.one dot\r\n..two\r\n.\r\nend\r\n")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return str(cert), str(key)


def test_starttls_with_a_named_authority(certificate: tuple[str, str]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with smtp_server(tls_context=context, require_starttls=True) as box:
        trusted = SmtpTransport(urls.parse(f"{box.url}?tls=starttls&ca={certificate[0]}", "x"))
        assert trusted.send(ENVELOPE) == "250 2.0.0 queued as 1"
        assert trusted.check()
        with pytest.raises(NotAccepted, match="CERTIFICATE_VERIFY_FAILED") as caught:
            SmtpTransport(urls.parse(f"{box.url}?tls=starttls", "x")).send(ENVELOPE)
        assert caught.value.temporary
    assert len(box.mails) == 1


def test_a_server_that_offers_no_starttls_gets_nothing(letterbox: Letterbox) -> None:
    with pytest.raises(NotAccepted, match="STARTTLS"):
        SmtpTransport(urls.parse(f"{letterbox.url}?tls=starttls", "x")).send(ENVELOPE)
    assert letterbox.mails == []


def test_hanging_up_is_unsure_only_after_the_last_dot(letterbox: Letterbox) -> None:
    letterbox.hang_up_after_data = True
    with pytest.raises(Unsure):
        SmtpTransport(urls.parse(letterbox.url, "x")).send(ENVELOPE)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://u%40x:p%2Fw@mx.example", ("mx.example", 587, "u@x", "p/w", "starttls", "")),
        ("smtp://mx.example:25?tls=none", ("mx.example", 25, "", "", "none", "")),
        ("smtp://localhost:2525", ("localhost", 2525, "", "", "none", "")),
        ("smtps://mx.example", ("mx.example", 465, "", "", "full", "")),
        ("imaps://u:p@mx.example/Kunden%2FNeu?days=7", ("mx.example", 993, "u", "p", "full", "Kunden/Neu")),
        ("imap://u:p@mx.example", ("mx.example", 143, "u", "p", "starttls", "INBOX")),
    ],
)
def test_server_addresses(url: str, server: tuple[object, ...]) -> None:
    read = urls.parse(url, "x")
    assert (read.host, read.port, read.user, read.password, read.tls.value, read.folder) == server
    assert "p/w" not in repr(read)


@pytest.mark.parametrize(
    "url",
    ["", "mx.example", "http://mx.example", "smtp://:x", "smtp://mx:port", "imap://m?tls=maybe", "imap://m?days=-1"],
)
def test_bad_server_addresses_name_the_setting(url: str) -> None:
    with pytest.raises(InputError) as caught:
        urls.parse(url, "AMENDS_SMTP_URL")
    assert [(p.code, p.where) for p in caught.value.problems] == [("bad_mail_url", "AMENDS_SMTP_URL")]
