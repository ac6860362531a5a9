"""A message arrives: whose is it, what is it, what is right, what to answer.

Idempotent: run it again when facts change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from amends.base.accounts.core import Scope
from amends.base.ledger.actions import record
from amends.flows.drafting import write_draft
from amends.flows.whose import find_order
from amends.intake.conversations.models import Message, Thread
from amends.intake.orders.models import Order
from amends.kernel.taxonomy import BY_CODE, kind_of
from amends.language.understand import Demand, Reading, understand
from amends.language.understand.training import classifier_for
from amends.resolution.cases import actions as cases
from amends.resolution.cases.judging import rejudge
from amends.resolution.cases.models import Case, CaseFact, StoredJudgement, Task
from amends.resolution.cases.queries import lock, newest_judgement

REOPEN_WITHIN = timedelta(days=30)
NOT_A_PROBLEM = frozenset({"thanks", "other"})  # never change what a case is about
REQUESTS = {  # leaf -> events that the message itself is
    "change_of_mind": ("return.requested", "withdrawal.declared"),
    "cancellation": ("cancellation.requested",),
}


NOT_FOR_TRIAGE = frozenset({"bounce", "auto_reply", "repeat", "own_sender"})  # flags; receiving hands none of them on


@dataclass(frozen=True, slots=True)
class Triaged:
    """What came of one message."""

    message_id: int
    case_id: int
    case_number: int
    opened: bool
    reading: Reading
    judged: bool  # a new judgement was stored
    draft_id: int | None


def _join(scope: Scope, thread: Thread, message: Message, now: datetime) -> Case | None:
    """The case this message belongs to: the thread's own, else an open one on the same order and buyer.

    Only words written after a case was closed open it again, and only within REOPEN_WITHIN; reading an old message
    again opens nothing.
    """
    ids = Case.objects.filter(organisation_id=scope.organisation_id).order_by("-pk").values_list("pk", flat=True)
    found = ids.filter(thread=thread).first()
    if found is None and thread.order_id is not None:
        found = ids.filter(order_id=thread.order_id, buyer=thread.buyer, closed_at=None).first()
    if found is None:
        return None
    case = lock(scope, found)
    if case.closed_at is not None and message.at > case.closed_at:
        if now - case.closed_at > REOPEN_WITHIN:
            return None
        case.closed_at = None
        cases.tell_precedents(scope, case, now)
    return case


def _facts_of(reading: Reading, order: Order | None) -> dict[str, Any]:
    """What the words say, in the vocabulary of rules. A demand is a fact; a claim about the parcel is not proof."""
    facts: dict[str, Any] = {}
    for demand in reading.demands[:1]:  # the first thing asked for; a list of wishes is for a person to read
        facts["case.demand"] = _demand_code(demand)
        if demand.amount is not None and order is not None and demand.amount.currency == order.currency:
            facts["case.demand_amount"] = str(demand.amount)
    return {name: value for name, value in facts.items() if value}


def _demand_code(demand: Demand) -> str | None:
    """The fact's own word; None for a wish that rules have no word for."""
    if demand.kind == "refund":
        return "partial_refund" if demand.share == "partial" else "refund"
    return {"replacement": "replacement", "return": "return", "cancel": "cancellation"}.get(demand.kind)


def _moment_facts(scope: Scope, case: Case, message: Message) -> dict[str, Any]:
    """Requests that start a clock by being made. The first asking counts: writing again does not ask again."""
    keys = REQUESTS.get(case.leaf, ())
    asked = CaseFact.objects.filter(organisation_id=scope.organisation_id, case=case, key__in=keys)
    return {} if not keys or asked.exists() else dict.fromkeys(keys, message.at.isoformat())


def _priority(reading: Reading) -> int:
    if reading.threats:
        return 2
    return 1 if reading.tone == "angry" else 0


def _title(message: Message) -> str:
    first = next((line.strip() for line in message.text.splitlines() if line.strip()), "")
    return (first or message.subject)[:200]


def is_for_triage(message: Message) -> bool:
    """False for what we said, what a machine said, and what was said before."""
    return message.direction == Message.Direction.IN and not NOT_FOR_TRIAGE & set(message.flags)


def triage_message(
    scope: Scope,
    message_id: int,
    now: datetime,
    *,
    reading: Reading | None = None,
    facts: Mapping[str, Any] | None = None,
    draft: bool = True,
) -> Triaged:
    """Read, attach to a case, judge, set clocks, draft an answer. `reading` given: nothing is understood again."""
    message = Message.objects.select_related("thread__buyer", "thread__order", "thread__shop").get(
        organisation_id=scope.organisation_id, pk=message_id
    )
    if reading is None:
        reading = understand(
            message.text or message.subject,
            priors=_priors(message.thread),
            classifier=classifier_for(scope.organisation_id),
        )
    worked = work_on(scope, message, reading, now, facts=facts, draft=draft)
    case, answer = worked.case, worked.draft
    return Triaged(
        message.pk, case.pk, case.number, worked.opened, reading, worked.judged, answer.pk if answer else None
    )


def _priors(thread: Thread) -> tuple[str, ...]:
    """What language to expect: the buyer's own from before, then the countries the goods and the buyer are in."""
    buyer, order = thread.buyer, thread.order
    expected = (
        buyer.language if buyer else "",
        order.ship_country if order else "",
        buyer.country if buyer else "",
    )
    return tuple(one for one in expected if one)


@dataclass(frozen=True, slots=True)
class Worked:
    """The rows behind `Triaged`, for a caller that goes on with them."""

    case: Case
    opened: bool
    judged: bool  # a new judgement was stored
    judgement: StoredJudgement | None  # the newest
    draft: Message | None


@transaction.atomic
def work_on(
    scope: Scope,
    message: Message,
    reading: Reading,
    now: datetime,
    *,
    facts: Mapping[str, Any] | None = None,
    draft: bool = True,
) -> Worked:
    """What follows from a reading. `message` brings its thread; it is locked here, so that two workers take turns."""
    Message.objects.select_for_update().only("pk").get(pk=message.pk, organisation_id=scope.organisation_id)
    thread = message.thread
    is_new = message.reading is None
    message.reading = reading.to_json()
    message.language = reading.language
    _find_order(scope, message, reading)
    message.save(update_fields=["reading", "language", "flags"])
    _remember_language(thread, reading)
    case, opened = _attach(scope, message, thread, reading, now, is_new=is_new)
    known = dict(facts or {}) | _facts_of(reading, thread.order) | _moment_facts(scope, case, message)
    if cases.learn(scope, case, now, known, "message", f"message:{message.pk}"):
        record(
            scope,
            at=now,
            verb="case:facts:learnt",
            subject_kind="case",
            subject_id=case.number,
            payload={"keys": sorted(known), "origin": "message", "ref": f"message:{message.pk}"},
        )
    stored = rejudge(scope, case, now)
    newest = stored or newest_judgement(scope, case)
    _ask_tasks(scope, case, newest, now)
    wanted = draft and case.closed_at is None and (is_new or not _answered(message))
    answer = write_draft(scope, case, reading, now, newest) if wanted else None
    return Worked(case, opened, stored is not None or opened, newest, answer)


def _answered(message: Message) -> bool:
    """Whether someone has written since: we, and nothing is left to draft, or the buyer, and that is answered."""
    later = Message.objects.filter(
        organisation_id=message.organisation_id, thread_id=message.thread_id, at__gte=message.at
    ).exclude(pk=message.pk)
    return later.exclude(state__in=(Message.State.DRAFT, Message.State.UNDONE, Message.State.NOTE)).exists()


def _find_order(scope: Scope, message: Message, reading: Reading) -> None:
    """Tie the conversation to its order where the message did not name it."""
    thread = message.thread
    if thread.order_id is not None:
        return
    found = find_order(scope, message, reading)
    if found is None:
        return
    thread.order = found.order
    thread.shop_id = thread.shop_id or found.order.shop_id
    thread.save(update_fields=["order", "shop"])
    message.flags = [*message.flags, *(flag for flag in found.flags if flag not in message.flags)]


def _remember_language(thread: Thread, reading: Reading) -> None:
    buyer = thread.buyer
    if buyer is not None and reading.language not in ("und", buyer.language):
        buyer.language = reading.language
        buyer.save(update_fields=["language"])


def _attach(
    scope: Scope, message: Message, thread: Thread, reading: Reading, now: datetime, *, is_new: bool
) -> tuple[Case, bool]:
    """(case, opened). A message read before only corrects what the case is about; it does not come in again."""
    case = _join(scope, thread, message, now)
    if case is None:
        shop_id = thread.shop_id or (thread.order.shop_id if thread.order else None)
        case, opened = cases.open_case(
            scope,
            now,
            shop_id=shop_id,
            order_id=thread.order_id,
            buyer_id=thread.buyer_id,
            thread_id=thread.pk,
            leaf=reading.leaf,
            title=_title(message),
            priority=_priority(reading),
            dedup_key=f"message:{message.pk}",
            judged=False,  # once is enough: it is judged when the words' facts are learnt
        )
        if not opened:
            return lock(scope, case.pk), False
        case.thread, case.buyer, case.order = thread, thread.buyer, thread.order  # read already, not again
        if case.shop_id == thread.shop_id:
            case.shop = thread.shop
        return case, True
    if case.thread_id is None:
        case.thread = thread
    if case.order_id is None and thread.order_id is not None:
        case.order = thread.order
        case.shop_id = case.shop_id or thread.order.shop_id if thread.order else case.shop_id
    vague = case.leaf in NOT_A_PROBLEM or kind_of(case.leaf) == "enquiry"
    if reading.leaf in BY_CODE and reading.leaf not in NOT_A_PROBLEM and vague:
        case.leaf = reading.leaf
    if is_new:
        case.priority = max(case.priority, _priority(reading))
        case.waiting_for = "us"
        case.changed_at = now
    case.save()
    return case, False


def _ask_tasks(scope: Scope, case: Case, judgement: StoredJudgement | None, now: datetime) -> None:
    """One open task a missing fact; tasks whose fact is known are done."""
    wanted = {u["fact"] for u in judgement.body["unknowns"]} if judgement else set()
    open_tasks = Task.objects.filter(organisation_id=scope.organisation_id, case=case, code="find_fact", done_at=None)
    have = {t.params.get("fact"): t for t in open_tasks}
    for fact, task in have.items():
        if fact not in wanted:
            task.done_at = now
            task.save(update_fields=["done_at"])
    Task.objects.bulk_create(
        Task(organisation_id=scope.organisation_id, case=case, code="find_fact", params={"fact": fact}, created_at=now)
        for fact in sorted(wanted - set(have))
    )
