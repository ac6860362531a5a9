"""What every verb on messages shares: the lock that puts writers of one organisation in order, digests, retries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from amends.base.accounts.core import Scope
from amends.base.accounts.models import Organisation
from amends.base.ledger import actions as ledger
from amends.base.ledger.core import personal_digest
from amends.intake.conversations.models import Message


def lock(scope: Scope) -> Organisation:
    """Lock the organisation's row until the transaction ends, so that the same mail received twice at the same
    moment becomes one message and one buyer. (`no_key`: rows that merely refer to it can still be written.)"""
    return Organisation.objects.select_for_update(no_key=True).get(pk=scope.organisation_id)


def record(scope: Scope, message: Message, verb: str, now: datetime, **facts: Any) -> None:
    """One ledger entry. No personal data: the text is present as a salted digest only."""
    salt = Organisation.objects.values_list("digest_salt", flat=True).get(pk=scope.organisation_id)
    payload = {"thread": message.thread_id, "text": personal_digest(salt, message.text), **facts}
    ledger.record(scope, at=now, verb=verb, subject_kind="message", subject_id=message.pk, payload=payload)
