"""What the guard says of words that a verb would send: gathered here, decided in the core with everything else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from amends.base.accounts.core import Scope
from amends.intake.conversations.models import Message
from amends.judgement.guard import Checked, Context, check
from amends.language.statements import statements
from amends.language.templates.core.suggest import BY_REMEDY, PROMISES_ANSWER
from amends.language.understand.core.entities import entities
from amends.resolution.cases.core.axes import CaseState
from amends.resolution.cases.models import Case
from amends.resolution.cases.queries import clocks_stopped_by, newest_judgement

ASKS_FOR_REVIEW = "review_request"
REVIEW_WINDOW = timedelta(days=30)  # Amazon's, by rule AMZ-MSG; the guard's rule names the platform


def context_of(  # noqa: PLR0917 - what a context is read from
    scope: Scope, case: Case, state: CaseState, text: str, template: str, language: str, now: datetime
) -> Context:
    """`case` with shop, order, buyer and thread at hand. Unknown conditions are left out."""
    order = case.order
    thread = case.thread
    platform = (thread.platform if thread else "") or (case.shop.platform if case.shop else "")
    country = (order.ship_country if order else "") or (case.buyer.country if case.buyer else "")
    conditions = {"past_deadline": _past_deadline(_due_after(scope, case, now), text, template, language)}
    offered = {remedy for remedy, key in BY_REMEDY.items() if key == template}
    if offered:
        conditions["remedy_not_allowed"] = all(remedy in state.forbidden for remedy in offered)
    if thread is not None:
        conditions["review_asked_before"] = (
            Message.objects.filter(organisation_id=scope.organisation_id, thread=thread, template=ASKS_FOR_REVIEW)
            .exclude(state__in=(Message.State.DRAFT, Message.State.UNDONE, Message.State.FAILED))
            .exists()
        )
    if order is not None and order.placed_at is not None:
        conditions["review_window_over"] = now - order.placed_at > REVIEW_WINDOW
    return Context(platform, country, "draft", conditions)


def _due_after(scope: Scope, case: Case, now: datetime) -> datetime | None:
    """When the first of our clocks runs out that this very answer does not stop. None without one."""
    judgement = newest_judgement(scope, case)
    stopped = clocks_stopped_by(scope, case.pk, speaks=True)
    dues = [
        datetime.fromisoformat(clock["due"])
        for clock in (judgement.body.get("clocks", ()) if judgement else ())
        if clock.get("owner") == "seller" and clock.get("due") and clock["state"] == "running"
        and clock["rule"] not in stopped and not clock.get("met_at")
    ]  # fmt: skip
    return min((due for due in dues if due > now), default=None)


def _past_deadline(due: datetime | None, text: str, template: str, language: str) -> bool:
    """A text that says when we write again, on a day after the one our next clock runs out. Only templates say so for
    sure; a date in free text may be the parcel's or the bank's."""
    if template not in PROMISES_ANSWER or due is None:
        return False
    named = [d for d in entities(text, language).dates if d.year and not d.ambiguous]
    return any((d.year or 0, d.month, d.day) > due.timetuple()[:3] for d in named)


def check_words(scope: Scope, case: Case, state: CaseState, args: Mapping[str, Any], now: datetime) -> Checked | None:
    """None where the verb says nothing."""
    text = str(args.get("text") or "").strip()
    if not text:
        return None
    language = str(args.get("language") or state.buyer_language or "")
    template = str(args.get("template") or "")
    return check(text, language, context_of(scope, case, state, text, template, language, now))


def read_words(args: Mapping[str, Any]) -> None:
    """Before a row is locked: reading a text for the first time takes longer than a lock should be held, and what was
    read is remembered."""
    text = str(args.get("text") or "").strip()
    if text:
        statements(text, str(args.get("language") or ""))
