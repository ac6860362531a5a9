"""Sending one queued answer: claim it, speak to the server outside any transaction, write down how it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.errors import MessageError
from enum import StrEnum

from amends.base.accounts.core import Scope
from amends.connectors.channels.mail import urls
from amends.connectors.channels.mail.smtp import SmtpTransport
from amends.intake.conversations import core, mailboxes, queries
from amends.intake.conversations.actions import begin_sending, hold, mark_failed, mark_sent, mark_waiting
from amends.intake.conversations.core import states
from amends.intake.conversations.mailboxes import Mailbox
from amends.intake.conversations.models import Message
from amends.intake.conversations.ports import Envelope, NotAccepted, Transport, Unsure
from amends.kernel.outcome import InputError


class Delivery(StrEnum):
    SENT = "sent"
    NOTHING = "nothing"  # taken back, not due, sent before, or given up as unsure
    HELD = "held"  # no server or no sender address: it waits in the outbox
    DEFERRED = "deferred"  # the server says later
    FAILED = "failed"


TransportFor = Callable[[str, str], Transport]


def smtp_transport(url: str, where: str) -> Transport:
    """Raises InputError for a bad address."""
    return SmtpTransport(urls.parse(url, where))


def deliver(
    scope: Scope,
    message_id: int,
    now: datetime,
    *,
    last_try: bool = False,
    transport_for: TransportFor = smtp_transport,
) -> Delivery:
    """Send one due answer, or find out that it must not be sent.

    `last_try`: a "later" from the server now counts as failed. Raises InProgress, Message.DoesNotExist.
    """
    message = queries.message(scope, message_id)
    box = mailboxes.for_thread(scope, message.thread)
    sender = (box.address if box else "") or message.sender
    transport, obstacle = _transport(box, sender, transport_for)
    if transport is None and message.state != Message.State.SENDING:
        hold(scope, message_id, obstacle)
        return Delivery.HELD
    outgoing = begin_sending(scope, message_id, now, sender=sender, sender_name=box.name if box else "")
    if outgoing is None or transport is None:
        return Delivery.NOTHING
    return _hand_over(scope, message_id, now, outgoing, transport, last_try=last_try)


def _transport(box: Mailbox | None, sender: str, transport_for: TransportFor) -> tuple[Transport | None, str]:
    if box is None or not box.smtp_url:
        return None, states.NO_TRANSPORT
    if not sender:
        return None, states.NO_SENDER
    try:
        return transport_for(box.smtp_url, "AMENDS_SMTP_URL" if box.account_id is None else box.address), ""
    except InputError:
        return None, states.NO_TRANSPORT


def _hand_over(
    scope: Scope, message_id: int, now: datetime, outgoing: core.Outgoing, transport: Transport, *, last_try: bool
) -> Delivery:
    try:
        envelope = Envelope(outgoing.sender, outgoing.recipient, core.to_bytes(outgoing))
    except (ValueError, MessageError) as error:  # an address that is none, in a row from before it was checked
        mark_failed(scope, message_id, now, f"bad_address: {error}")
        return Delivery.FAILED
    try:
        receipt = transport.send(envelope)
    except NotAccepted as refusal:
        if refusal.temporary and not last_try:
            mark_waiting(scope, message_id, now, refusal.reason)
            return Delivery.DEFERRED
        mark_failed(scope, message_id, now, refusal.reason)
        return Delivery.FAILED
    except Unsure:
        mark_failed(scope, message_id, now, states.UNSURE)
        return Delivery.FAILED
    mark_sent(scope, message_id, now, receipt)
    return Delivery.SENT
