"""Verbs on conversations. Each is one transaction with one ledger entry."""

from __future__ import annotations

from amends.intake.conversations.actions.accounts import remove_account, save_account
from amends.intake.conversations.actions.answer import mark_handed_over, mark_read, note, queue_answer, resend, undo
from amends.intake.conversations.actions.receive import MAIL_LIMIT, Received, receive_mail, receive_text
from amends.intake.conversations.actions.send import (
    SENDING_LEASE,
    InProgress,
    begin_sending,
    hold,
    mark_failed,
    mark_sent,
    mark_waiting,
)

__all__ = [
    "MAIL_LIMIT", "SENDING_LEASE", "InProgress", "Received", "begin_sending", "hold", "mark_failed",
    "mark_handed_over", "mark_read", "mark_sent", "mark_waiting", "note", "queue_answer", "receive_mail",
    "receive_text", "remove_account", "resend", "save_account", "undo",
]  # fmt: skip
