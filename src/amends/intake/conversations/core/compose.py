"""An outgoing mail as bytes: headers that thread, text in UTF-8, nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from amends.intake.conversations.core.clean import clean, clean_line

REFERENCES_LIMIT = 20  # RFC 5322 caps lines at 998; long chains keep the first id and the newest ones
REFERENCES_CHARACTERS = 900
SUBJECT_LIMIT = 250

# "Re:" as the mail programs of the nine languages (and their neighbours) write it, with counters: `Re[2]:`, `Re^3:`.
_REPLY_PREFIX = re.compile(
    r"^\s*(?:re|aw|antw(?:ort)?|rép|rep|resp|res|ré|r|sv|vs|odp|ynt|回复|回覆|答复|答覆|返信|ответ|отв|на|رد|ردّ|الرد)"
    r"\s*(?:[\[(^]\s*\d{1,4}\s*[\])]?)?\s*[:：]\s*",
    re.IGNORECASE,
)
_TOKEN_SAFE = re.compile(r"[^A-Za-z0-9.-]")
_POLICY = SMTP.clone(cte_type="7bit")  # never rely on the server's 8BITMIME


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`message_id`, `in_reply_to` and `references` are without angle brackets. `at` goes into the Date header."""

    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    at: datetime
    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    language: str = ""
    automatic: bool = False


def base_subject(subject: str) -> str:
    """The subject without any reply prefixes. Forwarding prefixes and tags in brackets stay."""
    previous, current = None, clean_line(subject, 400)
    while current != previous:
        previous, current = current, _REPLY_PREFIX.sub("", current)
    return current


def reply_subject(subject: str) -> str:
    """`Re:` once. It is the one prefix that every mail program of every language knows and strips."""
    return f"Re: {base_subject(subject)}"[:SUBJECT_LIMIT].rstrip() if base_subject(subject) else "Re:"


def new_message_id(token: str, host: str) -> str:
    """`token` must be unguessable: who answers with this id proves to have received the mail."""
    return f"{_TOKEN_SAFE.sub('', token)}@{_TOKEN_SAFE.sub('', host) or 'mail.invalid'}"


def reference_chain(parent_references: Sequence[str], parent_id: str) -> tuple[str, ...]:
    """RFC 5322 §3.6.4: the parent's References and its id, capped: the first id and as many of the newest as fit."""
    chain = list(dict.fromkeys([one for one in (*parent_references, parent_id) if one]))
    if parent_id in chain:  # a parent that lists itself must still come last
        chain.remove(parent_id)
        chain.append(parent_id)
    if not chain:
        return ()
    first, rest = chain[0], chain[1:]
    kept: list[str] = []
    room = REFERENCES_CHARACTERS - len(first)
    for one in reversed(rest[-(REFERENCES_LIMIT - 1) :]):
        room -= len(one) + 3
        if room < 0 and kept:
            break
        kept.append(one)
    return (first, *reversed(kept))


def to_bytes(mail: Outgoing) -> bytes:
    """The mail as it goes over the wire, lines ended by CRLF, only ASCII outside encoded words."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = _mailbox(mail.sender, mail.sender_name)
    message["To"] = _mailbox(mail.recipient, "")
    message["Subject"] = clean_line(mail.subject, SUBJECT_LIMIT)
    message["Date"] = format_datetime(mail.at)
    if mail.language:
        message["Content-Language"] = re.sub(r"[^A-Za-z0-9-]", "", mail.language)
    if mail.automatic:
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(clean(mail.text) + "\n", charset="utf-8")
    return _id_headers(mail) + message.as_bytes()


def _mailbox(address: str, name: str) -> HeaderAddress:
    return HeaderAddress(display_name=clean_line(name, 120), addr_spec=address)


def _id_headers(mail: Outgoing) -> bytes:
    """Written by hand: the standard library makes RFC 2047 words of ids longer than a line, which breaks threading."""
    lines = [f"Message-ID: <{mail.message_id}>"]
    if mail.in_reply_to and mail.in_reply_to.isascii():  # others would need a server that speaks SMTPUTF8
        lines.append(f"In-Reply-To: <{mail.in_reply_to}>")
    chain = [f"<{one}>" for one in mail.references if one.isascii()]
    if chain:
        lines.append("References: " + "\r\n ".join(chain))
    return ("\r\n".join(lines) + "\r\n").encode("ascii")
