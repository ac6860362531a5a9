"""Background work of the flows."""

from __future__ import annotations

from amends.base.accounts.core import system_scope
from amends.base.jobs import Context, job
from amends.flows.triage import triage_message


@job("triage.message")
def triage(context: Context, message_id: int) -> None:
    """Understand one message, attach it to its case, judge, draft."""
    if context.organisation_id is None:
        raise ValueError("triage needs an organisation")
    triage_message(system_scope(context.organisation_id), message_id, context.now)
