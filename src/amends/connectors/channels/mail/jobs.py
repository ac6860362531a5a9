"""Background work of the mail channel: sending answers when they are due, looking for new mail every minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.base.accounts.core import Scope, system_scope
from amends.base.accounts.models import Organisation
from amends.base.jobs import Context, Retry, cron, enqueue, job
from amends.base.settings import env
from amends.connectors.channels.mail import fetch
from amends.connectors.channels.mail.deliver import Delivery, deliver
from amends.intake.conversations import mailboxes, queries
from amends.intake.conversations.actions import SENDING_LEASE, InProgress

RETRY = Retry(attempts=12, first=timedelta(seconds=30), most=timedelta(hours=1))  # five hours in all
_LEASE = SENDING_LEASE.total_seconds()


class TryLater(Exception):
    """The server or another worker says: not now. The engine's back-off decides when."""


@job("mail.send", retry=RETRY, lease_seconds=_LEASE, owns_transaction=True)
def send(context: Context, message_id: int) -> None:
    """Repeating it is harmless: the message's state says what is left to do."""
    try:
        outcome = deliver(context.scope, message_id, context.now, last_try=context.attempt >= RETRY.attempts)
    except InProgress:
        raise TryLater("another worker began to send this message") from None
    if outcome is Delivery.DEFERRED:
        raise TryLater(queries.message(context.scope, message_id).error)


@job("mail.fetch", retry=Retry(attempts=1), lease_seconds=_LEASE, owns_transaction=True)
def fetch_one(context: Context, account_id: int | None) -> None:
    """One mailbox. An unreachable server is noted at the mailbox; the next minute tries again, so no retry here."""
    box = mailboxes.by_id(context.scope, account_id)
    if box and box.imap_url:
        fetch.fetch_mailbox(context.scope, box, context.now, lambda done: context.progress(done, 0))


@job("mail.folder", retry=Retry(attempts=1), lease_seconds=_LEASE, owns_transaction=True)
def fetch_files(context: Context) -> None:
    fetch.fetch_folder(context.scope, env.home(), context.now)


@job("mail.outbox", retry=Retry(attempts=1), lease_seconds=_LEASE, owns_transaction=True)
def empty_outbox(context: Context) -> None:
    """Answers that were held for want of a server, and those a dead worker left half sent."""
    send_stranded(context.scope, context.now)


def send_stranded(scope: Scope, now: datetime) -> list[Delivery]:
    outcomes = []
    for message in queries.stranded(scope, now, SENDING_LEASE)[:200]:
        try:
            outcomes.append(deliver(scope, message.pk, now))
        except InProgress:
            continue
    return outcomes


@job("mail.poll", retry=Retry(attempts=1))
def poll(context: Context) -> None:
    """Hand each organisation's mailboxes, files and outbox to jobs of their own, so that none waits for another."""
    minute = context.now.strftime("%Y%m%d%H%M")
    for organisation_id in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        _poll_organisation(system_scope(organisation_id), context.now, minute)


def _poll_organisation(scope: Scope, now: datetime, minute: str) -> None:
    def ask(kind: str, name: str, **args: object) -> None:
        enqueue(kind, args, now=now, organisation_id=scope.organisation_id, key=name, uniq=f"{name}:{minute}")

    boxes = mailboxes.all_of(scope)
    for box in boxes:
        if box.imap_url:
            ask("mail.fetch", f"mail.fetch:{box.account_id or 0}", account_id=box.account_id)
    if any(place.is_dir() and any(place.glob("*.*")) for place in fetch.places(scope, env.home())):
        ask("mail.folder", "mail.folder")
    if queries.stranded(scope, now, SENDING_LEASE, held=any(box.smtp_url for box in boxes)).exists():
        ask("mail.outbox", "mail.outbox")


cron("mail.poll", "mail.poll", every=timedelta(seconds=60))
