"""Which conversation a message belongs to. The subject never decides: it is what unrelated buyers have in common.

In order: a message we know by its id; then the same relay address about the same order; else a new thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Found(StrEnum):
    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    REFERRED_TO = "referred_to"  # an answer to this mail came before it
    BOUNCE = "bounce"
    RELAY_ORDER = "relay_order"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Incoming:
    """What threading may look at. `writer` is canonical; `relayed`: it is a marketplace's stand-in address;
    `order_numbers`: the organisation's orders the mail names."""

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    bounced_ids: tuple[str, ...]
    writer: str
    relayed: bool
    order_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A stored message that may be related. `ours`: we wrote it, so its id, which nobody can guess, is known only
    to who received it. `people`: canonical addresses of the thread's buyer and of everyone who wrote in it."""

    message_id: str
    thread_id: int
    ours: bool
    people: frozenset[str]
    refers_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelayThread:
    thread_id: int
    address: str
    order_number: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """`thread_id` None: open a new one. `stranger`: joined by the id of a mail of ours, but the writer is not the
    thread's buyer (forwarded, or a second address); answers keep going to the buyer."""

    thread_id: int | None
    by: Found
    stranger: bool = False


def ids_to_look_up(mail: Incoming) -> list[str]:
    return list(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references), *mail.bounced_ids)))


def choose(mail: Incoming, known: Sequence[Known], relay_threads: Iterable[RelayThread]) -> Choice:
    """Total and deterministic: the same facts give the same thread, in whatever order they are listed."""
    by_id: dict[str, list[Known]] = {}
    for one in sorted(known, key=lambda k: (k.message_id, k.thread_id)):
        by_id.setdefault(one.message_id, []).append(one)
    bounced = next((one for mid in mail.bounced_ids for one in by_id.get(mid, ()) if one.ours), None)
    if bounced:
        return Choice(bounced.thread_id, Found.BOUNCE)
    for ids, found in ((mail.in_reply_to, Found.IN_REPLY_TO), (tuple(reversed(mail.references)), Found.REFERENCES)):
        choice = _first_match(ids, by_id, mail.writer, found)
        if choice:
            return choice
    later = [k for k in known if mail.message_id and mail.message_id in k.refers_to and mail.writer in k.people]
    if later:
        return Choice(min(k.thread_id for k in later), Found.REFERRED_TO)
    return _by_relay(mail, relay_threads)


def _first_match(ids: Iterable[str], by_id: dict[str, list[Known]], writer: str, found: Found) -> Choice | None:
    """The nearest ancestor that the writer took part in, or that we wrote.

    An ancestor written by somebody else is no tie: newsletters and form mailers put one id under mails to many.
    """
    strange: Choice | None = None
    for one in (known for message_id in ids for known in by_id.get(message_id, ())):
        if writer in one.people:
            return Choice(one.thread_id, found)
        if one.ours and strange is None:
            strange = Choice(one.thread_id, found, stranger=True)
    return strange


def _by_relay(mail: Incoming, relay_threads: Iterable[RelayThread]) -> Choice:
    if mail.relayed and len(mail.order_numbers) == 1:
        same = [t for t in relay_threads if t.address == mail.writer and t.order_number == mail.order_numbers[0]]
        if same:
            newest = max(same, key=lambda thread: (thread.last_at, thread.thread_id))
            return Choice(newest.thread_id, Found.RELAY_ORDER)
    return Choice(None, Found.NEW)
