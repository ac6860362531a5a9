"""Writing down that a token was used. Everything else done to accounts is recorded in the ledger: see `base.team`."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.base.accounts.models import ApiToken

NOTED_EVERY = timedelta(minutes=1)


def note_use(token: ApiToken, now: datetime) -> None:
    """Keep when a token was last used, to the minute: a reader that polls must not make every read a write."""
    if token.last_used_at is not None and now - token.last_used_at < NOTED_EVERY:
        return
    ApiToken.objects.filter(pk=token.pk, organisation_id=token.organisation_id).update(last_used_at=now)
    token.last_used_at = now
