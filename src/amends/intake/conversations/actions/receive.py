"""Words that come in: each stored once, tied to buyer, order and thread, and handed on to be understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO

from django.db import transaction

from amends.base.accounts.core import Permission, Scope
from amends.base.accounts.models import Shop
from amends.base.files import actions as files
from amends.base.jobs import enqueue
from amends.intake.buyers.models import Buyer
from amends.intake.conversations import core, mailboxes, queries
from amends.intake.conversations.actions.common import lock, record
from amends.intake.conversations.core import Machine, ParsedMail
from amends.intake.conversations.core.clean import clean_body, clean_line
from amends.intake.conversations.models import Message, Thread
from amends.intake.orders import queries as orders
from amends.intake.orders.models import Order
from amends.kernel.outcome import InputError, Problem

MAIL_LIMIT = 40 * 1024 * 1024  # bytes of one mail; providers refuse more than 25 to 50 MB
_ROUTES = ("imap", "folder")  # what the ledger may name; a file's own name may hold a person's
_OLDEST = timedelta(days=3650)
_REPEAT_WITHIN = timedelta(hours=24)
_REPEAT_LENGTH = 20  # characters; a buyer may well write "??" twice


@dataclass(frozen=True, slots=True)
class Received:
    """`created` False: it had been received before, nothing was written."""

    message: Message
    created: bool


@dataclass(frozen=True, slots=True)
class _Context:
    """What the organisation's rows say about one mail. `writer`: the canonical address of the other side."""

    orders: list[Order]
    order: Order | None
    shop: Shop | None
    buyer: Buyer | None
    writer: str


def receive_mail(scope: Scope, raw: bytes, now: datetime, source: str) -> Received:
    """Take in one mail as bytes. Safe to call again with the same mail, over whatever route it comes.

    `source` says where it came from (`imap`, `folder`, a file's name). Raises InputError `mail_empty` or
    `mail_too_large`; a mail that cannot be understood is kept and flagged, never refused.
    """
    scope.require(Permission.IMPORT_RUN)
    if not raw.strip():
        raise InputError([Problem("mail_empty", source)])
    if len(raw) > MAIL_LIMIT:
        raise InputError([Problem("mail_too_large", source, {"size": len(raw), "most": MAIL_LIMIT})])
    mail = core.parse(raw, mailboxes.own_addresses(scope))
    with transaction.atomic():
        lock(scope)
        known = queries.by_key(scope, _key(mail)) or _our_own(scope, mail)
        if known:
            return Received(known, created=False)
        stored = files.store(scope, BytesIO(raw), f"{mail.fingerprint[:16]}.eml", "message/rfc822", now, MAIL_LIMIT)
        message = _write(scope, mail, now)
        message.raw_file_id = stored.pk
        message.attachments = _store_attachments(scope, mail, now)
        message.save(update_fields=["raw_file", "attachments"])
        _mark_bounced(scope, mail, now)
        record(
            scope, message, "message:mail:received", now,
            source=source if source in _ROUTES else "file", sha256=stored.sha256, attachments=len(message.attachments),
            machine=mail.machine.value,
        )  # fmt: skip
        _hand_on(scope, message, now)
    return Received(message, created=True)


def _key(mail: ParsedMail) -> str:
    return f"mail:{mail.fingerprint}"


def _our_own(scope: Scope, mail: ParsedMail) -> Message | None:
    """A mail of ours that came back, through a copy to ourselves or a folder read whole."""
    if not mail.message_id:
        return None
    ours = Message.objects.filter(
        organisation_id=scope.organisation_id, direction=Message.Direction.OUT, message_id=mail.message_id
    )
    return ours.filter(sender=mail.sender.address).first()


def _write(scope: Scope, mail: ParsedMail, now: datetime) -> Message:
    context = _context(scope, mail)
    choice = _choose(scope, mail, context)
    thread = _thread(scope, mail, context, choice, now)
    at, claimed = _when(mail.date, now)
    message = Message(
        organisation_id=scope.organisation_id,
        thread=thread,
        direction=Message.Direction.IN,
        state=Message.State.RECEIVED,
        audience=["seller"],
        sender=mail.writer.address,
        recipient=mail.to[0].address if mail.to else "",
        reply_to=mail.answer_to,
        subject=mail.subject,
        text=mail.text,
        quoted="\n\n".join(part for part in (mail.signature, mail.quoted) if part),
        message_id=mail.message_id,
        in_reply_to=next(iter(mail.in_reply_to), ""),
        references=" ".join(mail.references),
        at=at,
        idempotency_key=_key(mail),
    )
    message.flags = _flags(scope, mail, message, context, choice, claimed=claimed)
    message.save(force_insert=True)
    _touch(thread, message, context)
    return message


def _context(scope: Scope, mail: ParsedMail) -> _Context:
    own = "own_sender" in mail.flags
    writer = core.canonical(mail.to[0].address if own and mail.to else mail.writer.address)
    found = queries.named_orders(scope, mail)
    order = found[0] if len(found) == 1 else None
    recipients = [one.address for one in (*mail.to, *mail.cc)]
    shop = order.shop if order else queries.shop_by_mail(scope, recipients, mail.platform)
    if mail.machine is Machine.BOUNCE or own or not writer:
        return _Context(found, order, shop, None, writer)
    return _Context(found, order, shop, _buyer(scope, mail, order, shop, writer), writer)


def _buyer(scope: Scope, mail: ParsedMail, order: Order | None, shop: Shop | None, writer: str) -> Buyer:
    known = queries.buyer_by_address(scope, writer, order)
    if known:
        return known
    if order and order.buyer and not order.buyer.email and order.shop.platform == mail.platform:
        return order.buyer  # the platform relays for this order, and nothing on file contradicts it
    made, _ = Buyer.objects.get_or_create(
        organisation_id=scope.organisation_id,
        shop=shop,
        external_id=writer[:120],
        defaults={"email": writer, "name": mail.writer.name[:160]},
    )
    return made


def _choose(scope: Scope, mail: ParsedMail, context: _Context) -> core.Choice:
    incoming = core.Incoming(
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        bounced_ids=mail.bounced_ids,
        writer=context.writer,
        relayed=bool(mail.platform),
        order_numbers=tuple(order.number for order in context.orders),
    )
    own = queries.threads_of_writer(scope, context.writer) if context.writer else []
    known = queries.known_relatives(scope, incoming, [thread.pk for thread in own])
    relay = [
        core.RelayThread(thread.pk, thread.external_id, thread.order.number, thread.last_message_at)
        for thread in own
        if thread.order and context.order and thread.order_id == context.order.pk
    ]
    return core.choose(incoming, known, relay)


def _thread(scope: Scope, mail: ParsedMail, context: _Context, choice: core.Choice, now: datetime) -> Thread:
    if choice.thread_id:
        return Thread.objects.select_related("buyer", "order").get(
            organisation_id=scope.organisation_id, pk=choice.thread_id
        )
    return Thread.objects.create(
        organisation_id=scope.organisation_id,
        shop=context.shop,
        buyer=context.buyer,
        order=context.order,
        channel="mail",
        platform=mail.platform,
        subject=core.base_subject(mail.subject),
        external_id=context.writer,
        last_message_at=_when(mail.date, now)[0],
    )


def _touch(thread: Thread, message: Message, context: _Context) -> None:
    thread.last_message_at = max(thread.last_message_at, message.at)
    thread.unread = thread.unread or "auto_reply" not in message.flags
    if "other_sender" not in message.flags:
        thread.order = thread.order or context.order
        thread.buyer = thread.buyer or context.buyer
        thread.shop = thread.shop or context.shop
    thread.save(update_fields=["last_message_at", "unread", "order", "buyer", "shop"])


def _when(claimed: datetime | None, now: datetime) -> tuple[datetime, bool]:
    """When it was written, and whether that is the sender's own word. The future and the distant past are not
    believed: a clock started by them would be wrong for ever."""
    believed = claimed is not None and now - _OLDEST <= claimed <= now
    return (claimed, True) if believed and claimed else (now, False)


def _flags(
    scope: Scope, mail: ParsedMail, message: Message, context: _Context, choice: core.Choice, *, claimed: bool
) -> list[str]:
    owner = context.order.buyer if context.order else None
    thread_order = message.thread.order_id
    raised = {
        mail.machine.value: mail.machine is not Machine.NONE,
        "other_sender": choice.stranger,
        "sender_not_buyer": bool(owner and owner.email and core.canonical(owner.email) != context.writer),
        "several_orders": len(context.orders) > 1,
        "other_order": bool(context.order and thread_order and thread_order != context.order.pk),
        "date_unlikely": mail.date is not None and not claimed,
        "repeat": _is_repeat(scope, message),
    }
    return [*mail.flags, *(flag for flag, up in raised.items() if up)]


def _is_repeat(scope: Scope, message: Message) -> bool:
    """Some relays send the same words again under a new id; kept, but not worked on twice."""
    if len(message.text) < _REPEAT_LENGTH:
        return False
    same = Message.objects.filter(
        organisation_id=scope.organisation_id, thread_id=message.thread_id, direction=Message.Direction.IN,
        sender=message.sender, text=message.text,
        at__range=(message.at - _REPEAT_WITHIN, message.at + _REPEAT_WITHIN),
    )  # fmt: skip
    return same.exists()


def _store_attachments(scope: Scope, mail: ParsedMail, now: datetime) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = []
    for one in mail.attachments:
        stored = files.store(scope, BytesIO(one.content), one.name, one.media_type, now, MAIL_LIMIT)
        listed.append(
            {
                "file_id": stored.pk, "name": one.name, "media_type": one.media_type, "size": one.size,
                "inline": one.inline, "flags": list(one.flags),
            }
        )  # fmt: skip
    return listed


def _mark_bounced(scope: Scope, mail: ParsedMail, now: datetime) -> None:
    """Our mail the bounce speaks of gets the flag `bounced`; it was sent, so its state stays."""
    if not mail.bounced_ids:
        return
    ours = Message.objects.filter(
        organisation_id=scope.organisation_id, direction=Message.Direction.OUT, message_id__in=mail.bounced_ids
    )
    for message in ours:
        if "bounced" not in message.flags:
            message.flags = [*message.flags, "bounced"]
            message.save(update_fields=["flags"])
            record(scope, message, "message:answer:bounced", now)


def _hand_on(scope: Scope, message: Message, now: datetime) -> None:
    """To triage, unless a machine or one of us said it, or it is a repeat: those are kept for people to see."""
    if {"bounce", "auto_reply", "repeat", "own_sender"} & set(message.flags):
        return
    enqueue(
        "triage.message", {"message_id": message.pk}, now=now, organisation_id=scope.organisation_id,
        uniq=f"triage:{message.pk}",
    )  # fmt: skip


def receive_text(  # noqa: PLR0913, PLR0917 - one argument a fact of the message
    scope: Scope,
    shop_id: int,
    buyer_external_id: str,
    order_number: str,
    text: str,
    at: datetime,
    external_message_id: str,
    now: datetime,
    language: str | None = None,
    *,
    outgoing: bool = False,
    triage: bool = True,
) -> Received:
    """Take in a message of a platform's own messaging, from an API, a CSV or a person's paste. Safe to repeat.

    `outgoing`: the shop wrote it, outside Amends. Without an external id the words, the time and the writer make
    it the same message. Raises InputError `unknown_shop` for a shop of another organisation.
    """
    scope.require(Permission.IMPORT_RUN)
    shop = Shop.objects.filter(organisation_id=scope.organisation_id, pk=shop_id).first()
    if shop is None:
        raise InputError([Problem("unknown_shop", "shop_id")])
    body, cut = clean_body(text)
    identity = external_message_id or f"{buyer_external_id}\x00{order_number}\x00{at.isoformat()}\x00{body}"
    key = "text:" + sha256(f"{shop.pk}\x00{identity}".encode("utf-8", "replace")).hexdigest()
    with transaction.atomic():
        lock(scope)
        known = queries.by_key(scope, key)
        if known:
            return Received(known, created=False)
        thread = _text_thread(scope, shop, clean_line(buyer_external_id, 120), order_number, at)
        message = Message.objects.create(
            organisation_id=scope.organisation_id,
            thread=thread,
            direction=Message.Direction.OUT if outgoing else Message.Direction.IN,
            state=Message.State.SENT if outgoing else Message.State.RECEIVED,
            audience=["buyer"] if outgoing else ["seller"],
            sender=shop.name[:254] if outgoing else clean_line(buyer_external_id, 254),
            text=body,
            language=(language or "")[:12],
            at=min(at, now),
            flags=[flag for flag, up in (("truncated", cut), ("no_text", not body)) if up],
            idempotency_key=key,
        )
        thread.last_message_at = max(thread.last_message_at, message.at)
        thread.unread = thread.unread or not outgoing
        thread.save(update_fields=["last_message_at", "unread"])
        record(scope, message, "message:text:received", now, shop=shop.pk, outgoing=outgoing)
        if triage and not outgoing:
            _hand_on(scope, message, now)
    return Received(message, created=True)


def _text_thread(scope: Scope, shop: Shop, buyer_external_id: str, order_number: str, at: datetime) -> Thread:
    """One thread for each buyer and order of a shop; the order only if it is this shop's own."""
    found = [order for order in orders.find_by_number(scope, order_number) if order.shop_id == shop.pk]
    order = found[0] if len(found) == 1 else None
    buyer = order.buyer if order and order.buyer and not buyer_external_id else None
    if buyer is None and buyer_external_id:
        buyer, _ = Buyer.objects.get_or_create(
            organisation_id=scope.organisation_id, shop=shop, external_id=buyer_external_id
        )
    identity = f"{shop.pk}:{buyer.external_id if buyer else ''}:{clean_line(order_number, 64)}"
    thread, _ = Thread.objects.get_or_create(
        organisation_id=scope.organisation_id,
        channel=shop.platform,
        external_id=identity,
        defaults={
            "shop": shop, "buyer": buyer, "order": order, "platform": shop.platform, "last_message_at": at,
            "unread": False,
        },
    )  # fmt: skip
    if thread.order_id is None and order:
        thread.order = order
        thread.save(update_fields=["order"])
    return thread
