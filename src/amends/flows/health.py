"""What cases know, for the metrics of their shop: judgement never reads cases, so it is brought to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.base.accounts.core import Scope
from amends.judgement.health import actions
from amends.judgement.health.actions import count_again
from amends.judgement.health.core import events_of
from amends.resolution.cases.gather import gather
from amends.resolution.cases.judging import readable_facts
from amends.resolution.cases.models import Case, CaseFact
from amends.resolution.cases.queries import RELATED

__all__ = ["count_again", "note_case", "note_changed"]
_OVERLAP = timedelta(minutes=10)  # a transaction that was open when the cases were last read


def note_case(scope: Scope, case: Case, now: datetime) -> bool:
    """Keep the case's events that a platform counts. True when something new was kept."""
    if case.shop_id is None:
        return False
    _, facts, _ = readable_facts(gather(case))
    return actions.keep(scope, f"case:{case.number}", case.shop_id, case.order_id, events_of(facts, now))


def note_changed(scope: Scope, now: datetime) -> int:
    """Read every case that changed since the last time, closed ones included. Returns how many were read."""
    before = actions.read_until(scope)
    rows = Case.objects.filter(organisation_id=scope.organisation_id).exclude(shop=None)
    if before is not None:
        since = before - _OVERLAP
        learnt = CaseFact.objects.filter(organisation_id=scope.organisation_id, learnt_at__gte=since)
        rows = rows.filter(changed_at__gte=since) | rows.filter(pk__in=learnt.values("case_id"))
    number = 0
    for case in rows.select_related(*RELATED).order_by("pk").iterator(chunk_size=500):
        note_case(scope, case, now)
        number += 1
    actions.remember(scope, now)
    return number
