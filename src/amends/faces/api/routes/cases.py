"""Cases: list, read, open."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import AwareDatetime, BaseModel, Field

from amends.base.accounts.core import Permission
from amends.faces.api import facts as reading_facts
from amends.faces.api import idempotency
from amends.faces.api.documents.cases import (
    CaseDocument,
    CasePage,
    CaseRow,
    JudgementDocument,
    case_document,
    case_row,
    judgement_document,
)
from amends.faces.api.documents.messages import MessageDocument, message_document
from amends.faces.api.documents.similar import SimilarDocument, similar_document
from amends.faces.api.door import caller, guarded
from amends.faces.api.problems import Fault, not_found
from amends.faces.api.reading import PAGE, Body, Cursor, Key, Limit, bad_cursor, case_number, idempotency_key
from amends.flows.open_case import Opened, Wish, Words, open_wished
from amends.flows.precedents import similar_to_case
from amends.judgement.precedents.queries import MOST
from amends.kernel.ids import case_reference
from amends.resolution.cases import lists, lookups, queries
from amends.resolution.cases.statuses import statuses

router = Router(tags=["cases"])

Filter = Literal[
    "open", "mine", "due_today", "threat", "unassigned", "waiting_buyer", "waiting_platform", "closed", "all"
]


@guarded(router.get, "/cases", Permission.CASE_READ, response=CasePage, summary="List cases")
def list_cases(
    request: HttpRequest,
    filter: Annotated[Filter, Query(description="Which cases.")] = "open",  # noqa: A002 - the name callers write
    text: Annotated[str, Query(max_length=200, description="Number, name, address, tracking number or words.")] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> CasePage:
    """Most urgent first; `closed` and `all`: newest change first."""
    who = caller(request)
    if filter == "mine" and not who.is_person:
        raise Fault(422, "not_for_tokens")
    if cursor and lists.read_cursor(cursor) is None:
        raise bad_cursor()
    page = lists.inbox(who.scope, filter, who.now, text=text, cursor=cursor, limit=limit)
    status = statuses(who.scope, page.rows, who.now)
    return CasePage(items=[case_row(case, status[case.pk]) for case in page.rows], next=page.next_cursor)


@guarded(router.get, "/cases/{number}", Permission.CASE_READ, response=CaseDocument, summary="Read a case")
def get_case(request: HttpRequest, number: str) -> CaseDocument:
    """Everything the page of a case shows: facts with their origins, clocks, judgement, remedies, what is missing,
    what can be done, and the time line. `number` with or without `C-`."""
    who = caller(request)
    view = queries.case_view(who.scope, case_number(number), who.now)
    if view is None:
        raise not_found()
    return case_document(view)


@guarded(
    router.get, "/cases/{number}/similar", Permission.CASE_READ, response=SimilarDocument,
    summary="Closed cases like this one",
)  # fmt: skip
def similar_cases(
    request: HttpRequest, number: str, k: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = 5
) -> SimilarDocument:
    """The most similar first: by what they are about, then by the buyers' words; what is alike, what differs, and
    what is known of one of the two only, with how each came out. Empty while there is none like it."""
    who = caller(request)
    found = similar_to_case(who.scope, case_number(number), who.now, k)
    if found is None:
        raise not_found()
    return similar_document(found)


class NewWords(Body):
    text: str = Field(max_length=100_000)
    language: str = Field("", max_length=12, description="ISO 639 code, if known.")
    at: AwareDatetime | None = Field(None, description="When it was written; now if absent.")
    external_id: str = Field("", max_length=200, description="The platform's id of the message.")


class NewCase(Body):
    order: str = Field("", max_length=64, description="Order number as the shop knows it.")
    shop_id: int | None = Field(None, description="Where two shops use the same number, or for words without an order.")
    buyer: str = Field("", max_length=120, description="The platform's user name of the writer.")
    leaf: str = Field("", max_length=40, description="What the problem is, from the taxonomy.")
    kind: str = Field("", max_length=40, description="Where only the kind is known: not_received, return …")
    title: str = Field("", max_length=200)
    priority: Literal[0, 1, 2] = 0
    message: NewWords | None = None
    facts: dict[str, Any] = Field(default_factory=dict, description="Facts in wire form, as `judge` takes them.")


class OpenedDocument(BaseModel):
    created: bool
    case: CaseRow | None = Field(description="null while a job reads the words (202).")
    judgement: JudgementDocument | None
    draft: MessageDocument | None
    message_id: int | None


@guarded(
    router.post, "/cases", Permission.CASE_WORK, summary="Open a case",
    response={201: OpenedDocument, 200: OpenedDocument, 202: OpenedDocument},
)  # fmt: skip
def open_case(
    request: HttpRequest, response: HttpResponse, payload: NewCase, key: Key = None
) -> Status[OpenedDocument]:
    """About an order, or from a buyer's words (these also need `import:run`); needs `case:read` too.

    With `leaf` or `kind`, and with the language of the words, the case is judged and an answer is drafted before this
    returns: 201, or 200 if it was there already. Otherwise a job reads the words first: 202."""
    who = caller(request)
    scope = who.scope
    stored = None
    if (given := idempotency_key(key)) is not None:
        stored = idempotency.stored_key(scope, "POST /cases", given, payload.model_dump(mode="json"))
        idempotency.refuse_other_use(stored, lookups.keys_starting(scope, idempotency.start_of(stored)))
    opened = open_wished(scope, _wish(payload, stored), who.now)
    status = statuses(scope, [opened.case], who.now)[opened.case.pk] if opened.case else None
    document = OpenedDocument(
        created=opened.created,
        case=case_row(opened.case, status) if opened.case and status else None,
        judgement=judgement_document(opened.judgement) if opened.judgement else None,
        draft=message_document(opened.draft) if opened.draft else None,
        message_id=opened.message.pk if opened.message else None,
    )
    if opened.case is not None:
        response["Location"] = f"/api/v1/cases/{case_reference(opened.case.number)}"
    return Status(_status(opened), document)


def _wish(payload: NewCase, key: str | None) -> Wish:
    said = payload.message
    return Wish(
        order=payload.order,
        shop_id=payload.shop_id,
        buyer=payload.buyer,
        leaf=payload.leaf,
        kind=payload.kind,
        title=payload.title,
        priority=payload.priority,
        words=Words(said.text, said.language, said.at, said.external_id) if said else None,
        facts=reading_facts.checked(payload.facts, "facts"),
        key=key,
    )


def _status(opened: Opened) -> int:
    if opened.case is None:
        return 202
    return 201 if opened.created else 200
