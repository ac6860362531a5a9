"""Words that go out: queued with a time to change one's mind, taken back, handed over, noted."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Organisation
from amends.base.jobs import cancel, enqueue
from amends.base.settings import env
from amends.intake.conversations import core, mailboxes, queries
from amends.intake.conversations.actions.common import lock, record
from amends.intake.conversations.core import State, sources, states
from amends.intake.conversations.core.clean import clean_body, clean_line
from amends.intake.conversations.core.relays import is_nobody
from amends.intake.conversations.models import Message, Thread
from amends.kernel.outcome import InputError, Problem
from amends.language.culture import quiet_until

_DAY = timedelta(hours=24)


def queue_answer(  # noqa: PLR0913 - one argument a fact of the answer
    scope: Scope,
    thread_id: int,
    text: str,
    language: str,
    now: datetime,
    *,
    subject: str | None = None,
    template: str = "",
    author_id: int | None = None,
    automatic: bool = False,
    idempotency_key: str | None = None,
    original: tuple[str, str] = ("", ""),
) -> Message:
    """An answer to the buyer. By mail it leaves AMENDS_UNDO_SECONDS from now unless `undo` comes first.

    Where nothing can be sent (a platform without a connector, no address, an automatic answer that would start two
    machines talking) the message comes back in state `draft` with the reason in `error`, for a person to copy and
    `mark_handed_over`. With a key that was used before, the message of that time comes back, whatever the text.
    `original`: text and language as the author wrote them, where they were put into another.
    Raises InputError `answer_empty` or `answer_too_long`, Thread.DoesNotExist.
    """
    scope.require(Permission.CASE_ANSWER)
    body, cut = clean_body(text)
    if not body.strip() or cut:
        raise InputError([Problem("answer_too_long" if cut else "answer_empty", "text")])
    key = f"answer:{idempotency_key}" if idempotency_key else None
    with transaction.atomic():
        lock(scope)
        known = queries.by_key(scope, key) if key else None
        if known:
            return known
        thread = queries.thread(scope, thread_id)
        message = _compose(scope, thread, body, now, subject)
        message.language, message.template = language, template
        message.author_id, message.automatic, message.idempotency_key = author_id, automatic, key
        message.original, message.original_language = clean_body(original[0])[0], original[1][:12]
        if automatic:
            message.at = _awake(thread, message.at)
        message.error = _obstacle(scope, thread, message, now)
        message.state = Message.State.DRAFT if message.error else Message.State.QUEUED
        message.save(force_insert=True)
        if message.state == Message.State.QUEUED:
            _schedule(scope, message, now, uniq=f"mail.send:{message.pk}")
        Thread.objects.filter(pk=thread.pk).update(last_message_at=max(thread.last_message_at, now), unread=False)
        verb = "message:answer:queued" if message.state == Message.State.QUEUED else "message:answer:drafted"
        record(scope, message, verb, now, template=template, automatic=automatic, reason=message.error)
    return message


def _compose(scope: Scope, thread: Thread, body: str, now: datetime, subject: str | None) -> Message:
    parent = queries.last_from_buyer(scope, thread.pk)
    box = mailboxes.for_thread(scope, thread) if thread.channel == "mail" else None
    chain = core.reference_chain(parent.references.split() if parent else (), parent.message_id if parent else "")
    return Message(
        organisation_id=scope.organisation_id,
        thread=thread,
        direction=Message.Direction.OUT,
        audience=["buyer"],
        sender=box.address if box else "",
        recipient=queries.answer_address(scope, thread),
        subject=clean_line(subject, 250)
        if subject
        else core.reply_subject(parent.subject if parent else thread.subject),
        text=body,
        message_id=_fresh_id(scope, box.address if box else "") if thread.channel == "mail" else "",
        in_reply_to=parent.message_id if parent else "",
        references=" ".join(chain),
        at=now + timedelta(seconds=env.read_int("AMENDS_UNDO_SECONDS")),
    )


def _awake(thread: Thread, at: datetime) -> datetime:
    """What sends itself waits for the morning at the buyer's; what a person sends does not."""
    buyer, order = thread.buyer, thread.order
    country = (order.ship_country if order else "") or (buyer.country if buyer else "")
    return quiet_until(country, at, buyer.time_zone if buyer else "")


def _fresh_id(scope: Scope, sender: str) -> str:
    """Recorded before anything is sent: whatever happens later, this mail has one identity."""
    slug = Organisation.objects.values_list("slug", flat=True).get(pk=scope.organisation_id)
    host = sender.rpartition("@")[2] or f"{slug}.amends.invalid"
    return core.new_message_id(secrets.token_hex(16), host)


def _obstacle(scope: Scope, thread: Thread, message: Message, now: datetime) -> str:
    if not message.recipient or is_nobody(message.recipient):
        return states.NO_ADDRESS
    if not message.automatic:
        return ""
    last = queries.last_from_buyer(scope, thread.pk)
    newest = queries.messages(scope, thread.pk).filter(direction=Message.Direction.IN).last()
    machine = {"bounce", "auto_reply", "auto_generated", "list", "asks_for_silence"}
    told = {flag for one in (last, newest) if one for flag in one.flags}
    recent = (
        queries.messages(scope, thread.pk)
        .filter(automatic=True, at__gt=now - _DAY)
        .exclude(state__in=(State.UNDONE, State.DRAFT))
    )
    return states.LOOP if machine & told or recent.count() >= states.AUTOMATIC_A_DAY else ""


def _schedule(scope: Scope, message: Message, now: datetime, uniq: str | None) -> None:
    """Answers of one thread leave in the order they were written."""
    message.job_id = enqueue(
        "mail.send", {"message_id": message.pk}, now=now, organisation_id=scope.organisation_id, due=message.at,
        priority=5, key=f"mail.thread:{message.thread_id}", uniq=uniq,
    )  # fmt: skip
    message.save(update_fields=["job_id"])


def undo(scope: Scope, message_id: int, now: datetime) -> bool:
    """Take an answer back. True only when it has not left and now never will.

    The state is the judge, not the clock: one update decides between this and the worker that wants to send.
    """
    scope.require(Permission.CASE_ANSWER)
    with transaction.atomic():
        message = _own(scope, message_id)
        if not _move(message, State.UNDONE):
            return False
        if message.job_id:
            cancel(message.job_id, now)
        record(scope, message, "message:answer:undone", now)
    return True


def mark_handed_over(scope: Scope, message_id: int, now: datetime) -> Message:
    """A person copied the text into the platform. It is never called sent: nobody here saw it arrive.

    Raises InputError `not_a_draft` for a message that may still leave or has left by itself.
    """
    scope.require(Permission.CASE_ANSWER)
    with transaction.atomic():
        message = _own(scope, message_id)
        if message.state == Message.State.HANDED_OVER:
            return message
        if not _move(message, State.HANDED_OVER, at=now):
            raise InputError([Problem("not_a_draft", "message_id", {"state": message.state})])
        record(scope, message, "message:answer:handed_over", now)
    return message


def resend(scope: Scope, message_id: int, now: datetime) -> Message:
    """A person decides to try a failed answer again, under the same Message-ID, so that mail programs can drop a
    second copy. Raises InputError `not_failed`."""
    scope.require(Permission.CASE_ANSWER)
    with transaction.atomic():
        lock(scope)
        message = _own(scope, message_id)
        if not _move(message, State.QUEUED, at=now, error="", sending_since=None):
            raise InputError([Problem("not_failed", "message_id", {"state": message.state})])
        _schedule(scope, message, now, uniq=None)
        record(scope, message, "message:answer:requeued", now)
    return message


def note(scope: Scope, thread_id: int, text: str, now: datetime, author_id: int | None) -> Message:
    """An internal note: audience nobody outside. Raises InputError `note_empty`, Thread.DoesNotExist."""
    scope.require(Permission.CASE_WORK)
    body, _ = clean_body(text)
    if not body.strip():
        raise InputError([Problem("note_empty", "text")])
    with transaction.atomic():
        message = Message.objects.create(
            organisation_id=scope.organisation_id,
            thread=queries.thread(scope, thread_id),
            direction=Message.Direction.OUT,
            state=Message.State.NOTE,
            audience=[],
            author_id=author_id,
            text=body,
            at=now,
        )
        record(scope, message, "message:note:written", now)
    return message


def mark_read(scope: Scope, thread_id: int) -> None:
    """Reading is no business action: no ledger entry."""
    scope.require(Permission.CASE_WORK)
    Thread.objects.filter(organisation_id=scope.organisation_id, pk=thread_id).update(unread=False)


def _own(scope: Scope, message_id: int) -> Message:
    """Raises Message.DoesNotExist, for incoming messages and notes as well."""
    ours = Message.objects.filter(organisation_id=scope.organisation_id, direction=Message.Direction.OUT)
    return ours.exclude(state=Message.State.NOTE).get(pk=message_id)


def _move(message: Message, target: State, **changes: object) -> bool:
    """One guarded update. False when the message was not in a state that leads to `target`.

    A person's verb never touches a message that is being sent.
    """
    allowed = [state for state in sources(target) if state is not State.SENDING]
    moved = Message.objects.filter(pk=message.pk, state__in=allowed).update(state=target.value, **changes)
    message.refresh_from_db()
    return moved == 1
