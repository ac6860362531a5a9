"""Small reads of one case that flows and faces need beside its page."""

from __future__ import annotations

from amends.base.accounts.core import Permission, Scope
from amends.intake.conversations.models import Message
from amends.resolution.cases.models import Case
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
