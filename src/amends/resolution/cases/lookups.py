"""Small reads of one case that flows and faces need beside its page."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from amends.base.accounts.core import Permission, Scope
from amends.intake.conversations.models import Message
from amends.resolution.cases.models import Case, StoredJudgement
from amends.resolution.cases.queries import RELATED


def by_id(scope: Scope, case_id: int) -> Case | None:
    scope.require(Permission.CASE_READ)
    return Case.objects.select_related(*RELATED).filter(organisation_id=scope.organisation_id, pk=case_id).first()


def of_thread(scope: Scope, thread_id: int) -> Case | None:
    """The newest case of a conversation."""
    scope.require(Permission.CASE_READ)
    rows = Case.objects.select_related(*RELATED)
    return rows.filter(organisation_id=scope.organisation_id, thread_id=thread_id).order_by("-pk").first()


def draft_of(scope: Scope, case: Case) -> Message | None:
    """The answer that waits to be looked at, if there is one."""
    if case.thread_id is None:
        return None
    drafts = Message.objects.filter(
        organisation_id=scope.organisation_id, thread_id=case.thread_id, state=Message.State.DRAFT
    )
    return drafts.order_by("-pk").first()


def keys_starting(scope: Scope, start: str) -> list[str]:
    """Dedup keys that begin with a text and go on with hexadecimal digits. A range, which the index answers under
    any collation, where LIKE would read the table."""
    bounds = {"dedup_key__gte": f"{start}0", "dedup_key__lt": f"{start}g"}
    found = Case.objects.filter(organisation_id=scope.organisation_id, **bounds)
    return [key for key in found.values_list("dedup_key", flat=True) if key and key.startswith(start)]


def open_facts(scope: Scope, most: int) -> list[tuple[Case, dict[str, Any]]]:
    """Open cases with the facts they were last judged by, the most urgent first. Cases never judged are left out."""
    scope.require(Permission.CASE_READ)
    last = StoredJudgement.objects.filter(
        organisation_id=scope.organisation_id, case__closed_at=None, hash=F("case__judgement_hash")
    )
    rows = last.select_related("case").order_by("case__next_due_at", "case_id", "-pk")
    found: dict[int, tuple[Case, dict[str, Any]]] = {}
    for row in rows[: 2 * most]:  # one case may have come back to an earlier judgement
        found.setdefault(row.case_id, (row.case, row.facts))
    return list(found.values())[:most]
