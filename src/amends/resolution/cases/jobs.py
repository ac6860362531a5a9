"""Cases move with time: a clock that ran out changes what is right."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from amends.base.accounts.core import system_scope
from amends.base.jobs import cron, job
from amends.base.jobs.ports import Context
from amends.resolution.cases.judging import rejudge
from amends.resolution.cases.models import Case, CaseClock
from amends.resolution.cases.queries import RELATED

BATCH = 200
cron("cases.tick", "cases.tick", every=timedelta(minutes=1))


@job("cases.tick", owns_transaction=True)
def tick(context: Context) -> None:
    """Judge again every open case with a clock whose moment has passed since it was last judged. Runs each minute."""
    passed = (
        CaseClock.objects.filter(state__in=("running", "paused"), due_at__lt=context.now, case__closed_at=None)
        .order_by("due_at")
        .values_list("case_id", flat=True)
    )
    for case_id in dict.fromkeys(passed[:BATCH]):
        with transaction.atomic():
            # Locked and looked at again: someone may have answered since the list was read.
            case = Case.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=case_id)
            if case.closed_at is None:
                rejudge(system_scope(case.organisation_id), case, context.now)
