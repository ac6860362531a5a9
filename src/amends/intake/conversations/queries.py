"""Reads. Every one is bound to the caller's organisation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Shop
from amends.intake.buyers.models import Buyer
from amends.intake.conversations import core
from amends.intake.conversations.core import states, threading
from amends.intake.conversations.models import MailCursor, Message, Thread
from amends.intake.orders import queries as orders
from amends.intake.orders.models import Order

_RELATED_MOST = 200


def threads(scope: Scope) -> QuerySet[Thread]:
    """Newest first, with buyer, order and shop at hand."""
    scope.require(Permission.CASE_READ)
    found = Thread.objects.filter(organisation_id=scope.organisation_id)
    return found.select_related("buyer", "order", "shop").order_by("-last_message_at", "-pk")


def thread(scope: Scope, thread_id: int) -> Thread:
    """Raises Thread.DoesNotExist, for another organisation's thread as well."""
    return threads(scope).get(pk=thread_id)


def messages(scope: Scope, thread_id: int) -> QuerySet[Message]:
    """Of one thread, oldest first, notes included."""
    scope.require(Permission.CASE_READ)
    return Message.objects.filter(organisation_id=scope.organisation_id, thread_id=thread_id).order_by("at", "pk")


def message(scope: Scope, message_id: int) -> Message:
    """Raises Message.DoesNotExist."""
    scope.require(Permission.CASE_READ)
    return Message.objects.select_related("thread").get(organisation_id=scope.organisation_id, pk=message_id)


def by_key(scope: Scope, key: str) -> Message | None:
    return Message.objects.filter(organisation_id=scope.organisation_id, idempotency_key=key).first()


def to_hand_over(scope: Scope) -> QuerySet[Message]:
    """Drafts that a person has to copy into a platform, oldest first."""
    scope.require(Permission.CASE_READ)
    found = Message.objects.filter(
        organisation_id=scope.organisation_id, state=Message.State.DRAFT, direction=Message.Direction.OUT
    )
    return found.select_related("thread").order_by("at", "pk")


def stranded(scope: Scope, now: datetime, lease: timedelta, *, held: bool = True) -> QuerySet[Message]:
    """Answers nobody is about to send: left in `sending` by a dead worker and, with `held`, due without a server."""
    wanted = Q(state=Message.State.SENDING, sending_since__lte=now - lease)
    if held:
        wanted |= Q(state=Message.State.QUEUED, at__lte=now, error__in=(states.NO_TRANSPORT, states.NO_SENDER))
    return Message.objects.filter(wanted, organisation_id=scope.organisation_id).order_by("at", "pk")


def outbox_counts(scope: Scope) -> dict[str, int]:
    """How many outgoing messages are in each state that is not an end."""
    found = Message.objects.filter(organisation_id=scope.organisation_id, direction=Message.Direction.OUT)
    return {
        state.value: found.filter(state=state).count()
        for state in (Message.State.DRAFT, Message.State.QUEUED, Message.State.SENDING, Message.State.FAILED)
    }


def cursors(scope: Scope) -> QuerySet[MailCursor]:
    return MailCursor.objects.filter(organisation_id=scope.organisation_id).order_by("label")


def named_orders(scope: Scope, mail: core.ParsedMail) -> list[Order]:
    """The organisation's orders that a mail names: in its subject and new words, or failing those in the history."""
    found = orders.find_by_text(scope, f"{mail.subject}\n{mail.text}") or orders.find_by_text(scope, mail.quoted)
    return [candidate.order for candidate in found]


def known_relatives(scope: Scope, mail: threading.Incoming, thread_ids: Sequence[int]) -> list[core.Known]:
    """Messages the mail refers to, and messages in the writer's threads that may refer to it."""
    wanted = Q(message_id__in=threading.ids_to_look_up(mail))
    if mail.message_id and thread_ids:
        wanted |= Q(thread_id__in=thread_ids, references__contains=mail.message_id)
        wanted |= Q(thread_id__in=thread_ids, in_reply_to=mail.message_id)
    found = Message.objects.filter(wanted, organisation_id=scope.organisation_id).exclude(message_id="")
    rows = list(found.select_related("thread__buyer").order_by("-pk")[:_RELATED_MOST])
    people = _people(rows)
    return [
        core.Known(
            row.message_id,
            row.thread_id,
            row.direction == Message.Direction.OUT,
            people[row.thread_id],
            (row.in_reply_to, *row.references.split()),
        )
        for row in rows
    ]


def _people(rows: Sequence[Message]) -> dict[int, frozenset[str]]:
    """By thread: the other side and everyone who wrote in it, but ourselves and those let in as strangers."""
    people: dict[int, set[str]] = {row.thread_id: {row.thread.external_id} for row in rows}
    for row in rows:
        if row.thread.buyer:
            people[row.thread_id].add(core.canonical(row.thread.buyer.email))
    written = Message.objects.filter(thread_id__in=people, direction=Message.Direction.IN)
    for thread_id, sender, flags in written.values_list("thread_id", "sender", "flags"):
        if not {"other_sender", "own_sender"} & set(flags):
            people[thread_id].add(core.canonical(sender))
    return {thread_id: frozenset(found - {""}) for thread_id, found in people.items()}


def threads_of_writer(scope: Scope, address: str) -> list[Thread]:
    """Mail threads of a canonical address, newest first."""
    found = Thread.objects.filter(organisation_id=scope.organisation_id, channel="mail", external_id=address)
    return list(found.select_related("order").order_by("-last_message_at", "-pk")[:_RELATED_MOST])


def buyer_by_address(scope: Scope, address: str, order: Order | None) -> Buyer | None:
    """The buyer a canonical address stands for: the order's own if it is theirs, else one on file, oldest first."""
    if order and order.buyer and core.canonical(order.buyer.email) == address:
        return order.buyer
    found = Buyer.objects.filter(organisation_id=scope.organisation_id, email=address).order_by("pk")
    if order:
        same_shop = found.filter(shop_id=order.shop_id).first()
        if same_shop:
            return same_shop
    return found.first()


def shop_by_mail(scope: Scope, recipients: Sequence[str], platform: str) -> Shop | None:
    """The shop one of the addresses belongs to; else the organisation's only shop on the relaying platform."""
    shops = Shop.objects.filter(organisation_id=scope.organisation_id)
    ours = [shop for shop in shops.exclude(mail_address="") if shop.mail_address.lower() in recipients]
    if len(ours) > 1 and platform:
        ours = [shop for shop in ours if shop.platform == platform]
    if ours:
        return ours[0] if len(ours) == 1 else None
    same = list(shops.filter(platform=platform)[:2]) if platform else []
    return same[0] if len(same) == 1 else None


def last_from_buyer(scope: Scope, thread_id: int) -> Message | None:
    """The newest message received in a thread, but bounces, robots' replies, strangers' words and our own."""
    found = messages(scope, thread_id).filter(direction=Message.Direction.IN, state=Message.State.RECEIVED)
    passed = {"other_sender", "bounce", "auto_reply", "own_sender"}
    return next((one for one in found.order_by("-at", "-pk")[:50] if not passed & set(one.flags)), None)


def answer_address(scope: Scope, thread_row: Thread) -> str:
    """Where an answer by mail goes, or empty: the newest word's reply address, else the buyer's on file."""
    if thread_row.channel != "mail" or (thread_row.buyer and thread_row.buyer.erased_at):
        return ""
    last = last_from_buyer(scope, thread_row.pk)
    if last and (last.reply_to or last.sender):
        return last.reply_to or last.sender
    return thread_row.buyer.email if thread_row.buyer else ""


def newest(scope: Scope) -> QuerySet[Message]:
    """Every message of the organisation, newest row first, notes included."""
    scope.require(Permission.CASE_READ)
    return Message.objects.filter(organisation_id=scope.organisation_id).order_by("-pk")
