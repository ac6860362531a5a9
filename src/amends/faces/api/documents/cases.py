"""Cases as JSON: a row of a list, and the whole page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from amends.faces.api import words
from amends.faces.api.documents.common import (
    BuyerRef,
    OrderRef,
    ShopRef,
    buyer_ref,
    order_ref,
    shop_ref,
)
from amends.faces.api.documents.messages import MessageDocument, message_document
from amends.faces.api.rendering import money
from amends.kernel.ids import case_reference
from amends.kernel.outcome import Refusal
from amends.kernel.taxonomy import kind_of
from amends.resolution.cases.core.axes import FAR, Choice, Status
from amends.resolution.cases.models import Case, StoredJudgement
from amends.resolution.cases.queries import CaseView


class CaseRow(BaseModel):
    number: str = Field(examples=["C-1001"])
    status: Status = Field(description="Derived from the axes, the clocks and the refunds.")
    leaf: str
    kind: str
    title: str
    priority: int = Field(description="0 normal, 1 high, 2 urgent")
    waiting_for: str
    request: str
    replacement: str
    dispute: str
    next_due_at: datetime | None = Field(description="The earliest deadline of ours.")
    snoozed_until: datetime | None
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    version: int = Field(description="For If-Match and `expected_version`.")
    shop: ShopRef | None
    order: OrderRef | None
    buyer: BuyerRef | None
    owner_id: int | None
    thread_id: int | None


class CasePage(BaseModel):
    items: list[CaseRow]
    next: str | None


class RefusalDocument(BaseModel):
    code: str
    rule_ids: list[str]
    params: dict[str, Any]
    message: str


class ChoiceDocument(BaseModel):
    verb: str
    possible: bool
    refusal: RefusalDocument | None


class FactDocument(BaseModel):
    key: str
    value: Any
    origin: str = Field(description="import, carrier, message, platform, person or computed")
    ref: str
    learnt_at: datetime | None


class JudgementDocument(BaseModel):
    """`body` has the keys every face shares: decision, confidence, liability, outcome, clocks, remedies, plan,
    citations, unknowns, conflicts."""

    at: datetime
    hash: str
    rulebook_hash: str
    changes: list[dict[str, Any]] = Field(description="Against the judgement before.")
    body: dict[str, Any]


class TimelineItem(BaseModel):
    at: datetime
    kind: str = Field(description="order, message, note, tracking, money, rule or person")
    code: str
    text: str
    actor: str
    params: dict[str, Any]
    message_id: int | None


class RefundDocument(BaseModel):
    id: int
    kind: str
    amount: str
    state: str
    created_at: datetime
    done_at: datetime | None


class OfferDocument(BaseModel):
    id: int
    remedy: str
    amount: str
    state: str
    answer_by: datetime | None
    made_at: datetime


class TaskDocument(BaseModel):
    id: int
    code: str
    params: dict[str, Any]
    due_at: datetime | None


class CaseDocument(CaseRow):
    root_cause: str
    paid: str = Field(description="What the buyer paid on the order; empty without an order.")
    committed: str = Field(description="What is paid or promised back, over all cases of the order.")
    facts: list[FactDocument]
    judgement: JudgementDocument | None
    choices: list[ChoiceDocument] = Field(description="Every verb, and why it is not possible now.")
    timeline: list[TimelineItem]
    refunds: list[RefundDocument]
    offers: list[OfferDocument]
    tasks: list[TaskDocument]
    draft: MessageDocument | None
    other_cases: list[str] = Field(description="Newest other cases of the same buyer.")


def case_row(case: Case, status: Status) -> CaseRow:
    return CaseRow(**_row(case, status))


def _row(case: Case, status: Status) -> dict[str, Any]:
    return {
        "number": case_reference(case.number),
        "status": status,
        "leaf": case.leaf,
        "kind": kind_of(case.leaf),
        "title": case.title,
        "priority": case.priority,
        "waiting_for": case.waiting_for,
        "request": case.request,
        "replacement": case.replacement,
        "dispute": case.dispute,
        "next_due_at": case.next_due_at if case.next_due_at < FAR else None,
        "snoozed_until": case.snoozed_until,
        "opened_at": case.opened_at,
        "changed_at": case.changed_at,
        "closed_at": case.closed_at,
        "version": case.version,
        "shop": shop_ref(case.shop),
        "order": order_ref(case.order),
        "buyer": buyer_ref(case.buyer),
        "owner_id": case.owner_id,
        "thread_id": case.thread_id,
    }


def case_document(view: CaseView) -> CaseDocument:
    case, state = view.case, view.state
    return CaseDocument(
        **_row(case, view.status),
        root_cause=case.root_cause,
        paid=money(state.paid_minor, state.currency) if state.currency else "",
        committed=money(state.committed_minor, state.currency) if state.currency else "",
        facts=[
            FactDocument(key=seen.key, value=seen.value, origin=seen.origin, ref=seen.ref, learnt_at=seen.learnt_at)
            for _, seen in sorted(view.facts.items())
        ],
        judgement=judgement_document(view.judgement) if view.judgement else None,
        choices=[_choice(choice) for choice in view.choices],
        timeline=[
            TimelineItem(
                at=item.at, kind=item.kind, code=item.code, text=item.text, actor=item.actor, params=item.params,
                message_id=item.message.pk if item.message else None,
            )
            for item in view.timeline
        ],
        refunds=[
            RefundDocument(
                id=r.pk, kind=r.kind, amount=money(r.amount_minor, r.currency), state=r.state,
                created_at=r.created_at, done_at=r.done_at,
            )
            for r in view.refunds
        ],
        offers=[
            OfferDocument(
                id=o.pk, remedy=o.remedy, amount=money(o.amount_minor, o.currency) if o.currency else "", state=o.state,
                answer_by=o.answer_by, made_at=o.made_at,
            )
            for o in view.offers
        ],
        tasks=[TaskDocument(id=t.pk, code=t.code, params=t.params, due_at=t.due_at) for t in view.tasks],
        draft=message_document(view.draft) if view.draft else None,
        other_cases=[case_reference(other.number) for other in view.other_cases],
    )  # fmt: skip


def judgement_document(stored: StoredJudgement) -> JudgementDocument:
    return JudgementDocument(
        at=stored.at, hash=stored.hash, rulebook_hash=stored.rulebook_hash, changes=stored.changes, body=stored.body
    )


def refusal_document(refusal: Refusal) -> RefusalDocument:
    return RefusalDocument(
        code=refusal.code,
        rule_ids=list(refusal.rule_ids),
        params=refusal.params,
        message=words.detail(refusal.code, refusal.params),
    )


def _choice(choice: Choice) -> ChoiceDocument:
    refusal = choice.refusal
    return ChoiceDocument(
        verb=choice.verb.value, possible=refusal is None, refusal=refusal_document(refusal) if refusal else None
    )
