"""Builders of raw mails for tests."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime

from tests.factories import NOW


def raw_mail(
    text: str = "My mug has not arrived.",
    *,
    sender: str = "Ann Smith <ann@mail.example>",
    to: str = "help@acme.example",
    subject: str = "Where is it?",
    message_id: str = "",
    in_reply_to: str = "",
    references: str = "",
    date: str = format_datetime(NOW),
    **more: str,
) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = date
    for name, value in (("Message-ID", message_id), ("In-Reply-To", in_reply_to), ("References", references)):
        if value:
            message[name] = value
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()
