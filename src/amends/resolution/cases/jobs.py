"""Cases move with time: a clock that ran out changes what is right."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from amends.base.accounts.core import Scope, system_scope
from amends.base.jobs import cron, enqueue, job
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


@job("cases.rejudge", owns_transaction=True)
def rejudge_open(context: Context, cause: str, after: int = 0) -> None:
    """Judge the organisation's open cases again, some hundred a run, because the rules changed. `cause` names the
    change, so that asking twice is one walk; `after` is the last case of the run before."""
    scope = context.scope
    ids = Case.objects.filter(organisation_id=scope.organisation_id, closed_at=None, pk__gt=after).order_by("pk")
    batch = list(ids.values_list("pk", flat=True)[:BATCH])
    for done, case_id in enumerate(batch):
        context.progress(done, len(batch))
        with transaction.atomic():
            rows = Case.objects.select_for_update(of=("self",)).select_related(*RELATED)
            case = rows.get(organisation_id=scope.organisation_id, pk=case_id)
            if case.closed_at is None:
                rejudge(scope, case, context.now)
    if len(batch) == BATCH:
        ask_to_rejudge(scope, cause, context.now, batch[-1])


def ask_to_rejudge(scope: Scope, cause: str, now: datetime, after: int = 0) -> None:
    """Inside the transaction of whatever changed the rules."""
    enqueue(
        "cases.rejudge",
        {"cause": cause, "after": after},
        now=now,
        organisation_id=scope.organisation_id,
        uniq=f"cases.rejudge:{cause}:{after}",
    )
