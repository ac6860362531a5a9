"""Background work of the flows."""

from __future__ import annotations

from datetime import timedelta

from amends.base.accounts.core import system_scope
from amends.base.accounts.models import Organisation
from amends.base.jobs import Context, cron, job
from amends.flows.health import count_again, note_changed
from amends.flows.precedents import keep
from amends.flows.triage import triage_message

cron("health.read", "health.read", every=timedelta(minutes=5))


@job("triage.message")
def triage(context: Context, message_id: int) -> None:
    """Understand one message, attach it to its case, judge, draft."""
    if context.organisation_id is None:
        raise ValueError("triage needs an organisation")
    triage_message(system_scope(context.organisation_id), message_id, context.now)


@job("precedents.keep")
def keep_precedent(context: Context, case_id: int) -> None:
    """Remember a case that is closed, forget one that is open."""
    keep(context.scope, case_id)


@job("health.read", owns_transaction=True)
def read_health(context: Context) -> None:
    """Bring what changed in the cases of every organisation to the metrics of its shops. Runs every five minutes."""
    ids = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    for done, organisation_id in enumerate(ids):
        context.progress(done, len(ids))
        scope = system_scope(organisation_id)
        note_changed(scope, context.now)
        count_again(scope, context.now)
