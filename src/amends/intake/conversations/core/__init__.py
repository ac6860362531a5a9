"""Conversations, the pure part: reading mail, threading it, parting new words from old, composing answers."""

from __future__ import annotations

from amends.intake.conversations.core.attachments import Attachment
from amends.intake.conversations.core.automatic import Machine
from amends.intake.conversations.core.compose import (
    Outgoing,
    base_subject,
    new_message_id,
    reference_chain,
    reply_subject,
    to_bytes,
)
from amends.intake.conversations.core.headers import Address
from amends.intake.conversations.core.mail import ParsedMail, parse
from amends.intake.conversations.core.mbox import split as split_mbox
from amends.intake.conversations.core.relays import Relay, canonical, relay_of
from amends.intake.conversations.core.states import TRANSITIONS, State, sources
from amends.intake.conversations.core.threading import Choice, Found, Incoming, Known, RelayThread, choose

__all__ = [
    "TRANSITIONS", "Address", "Attachment", "Choice", "Found", "Incoming", "Known", "Machine", "Outgoing", "ParsedMail",
    "Relay", "RelayThread", "State", "base_subject", "canonical", "choose", "new_message_id", "parse",
    "reference_chain", "relay_of", "reply_subject", "sources", "split_mbox", "to_bytes",
]  # fmt: skip
