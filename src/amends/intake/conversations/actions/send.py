"""The three steps of sending, each a transaction of its own; the server is spoken to between them, outside any.

`begin_sending` writes down that it starts; `mark_*` writes down how it ended. A process that dies in between leaves
the message in `sending`, and nobody can know whether the server took it: it is then marked `failed: unsure` for a
person, never sent again by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.intake.conversations import core
from amends.intake.conversations.actions.common import record
from amends.intake.conversations.core import State, sources, states
from amends.intake.conversations.core.clean import clean_line
from amends.intake.conversations.models import Message

SENDING_LEASE = timedelta(seconds=300)  # longer than any SMTP conversation may last (connectors' time limits)


class InProgress(Exception):
    """Another process began to send this message a moment ago; ask again later."""


def begin_sending(
    scope: Scope, message_id: int, now: datetime, *, sender: str, sender_name: str
) -> core.Outgoing | None:
    """Claim a due answer for sending. None: nothing to send (taken back, sent, not due, or now marked unsure).

    Raises InProgress, Message.DoesNotExist.
    """
    scope.require(Permission.CASE_ANSWER)
    with transaction.atomic():
        message = Message.objects.select_for_update(of=("self",)).get(
            organisation_id=scope.organisation_id, pk=message_id
        )
        if message.state == Message.State.SENDING:
            _give_up_unsure(scope, message, now)
            return None
        claimed = Message.objects.filter(pk=message.pk, state=State.QUEUED, at__lte=now).update(
            state=State.SENDING, sending_since=now, sender=sender, error=""
        )
        if not claimed:
            return None
        record(scope, message, "message:answer:sending", now)
    return core.Outgoing(
        sender=sender,
        sender_name=sender_name,
        recipient=message.recipient,
        subject=message.subject,
        text=message.text,
        at=now,
        message_id=message.message_id,
        in_reply_to=message.in_reply_to,
        references=tuple(message.references.split()),
        language=message.language,
        automatic=message.automatic,
    )


def _give_up_unsure(scope: Scope, message: Message, now: datetime) -> None:
    if message.sending_since and message.sending_since > now - SENDING_LEASE:
        raise InProgress
    Message.objects.filter(pk=message.pk).update(state=State.FAILED, error=states.UNSURE)
    record(scope, message, "message:answer:unsure", now)


def mark_sent(scope: Scope, message_id: int, now: datetime, receipt: str) -> bool:
    """The server took it. This also corrects `failed: unsure`, when a slow answer comes after all."""
    return _end(scope, message_id, State.SENT, now, receipt=clean_line(receipt, 400), error="", at=now)


def mark_failed(scope: Scope, message_id: int, now: datetime, error: str) -> bool:
    """It will not be tried again by itself. `error`: a code of `core.states` or the server's words."""
    return _end(scope, message_id, State.FAILED, now, error=clean_line(error, 400))


def mark_waiting(scope: Scope, message_id: int, now: datetime, error: str) -> bool:
    """The server certainly did not take it, and a later attempt may go through."""
    return _end(scope, message_id, State.QUEUED, now, error=clean_line(error, 400), sending_since=None)


def hold(scope: Scope, message_id: int, reason: str) -> None:
    """A due answer stays in the outbox because there is no server or no sender; nothing happened, so no entry."""
    waiting = Message.objects.filter(organisation_id=scope.organisation_id, pk=message_id, state=State.QUEUED)
    waiting.update(error=reason)


_VERBS = {
    State.SENT: "message:answer:sent",
    State.FAILED: "message:answer:failed",
    State.QUEUED: "message:answer:deferred",
}


def _end(scope: Scope, message_id: int, target: State, now: datetime, **changes: object) -> bool:
    allowed = sources(target) if target is State.SENT else (State.SENDING, State.QUEUED)
    with transaction.atomic():
        found = Message.objects.filter(organisation_id=scope.organisation_id, pk=message_id, state__in=allowed)
        if not found.update(state=target, **changes):
            return False
        message = Message.objects.get(pk=message_id)
        record(scope, message, _VERBS[target], now, code=message.error[:3] if message.error[:3].isdigit() else "")
    return True
