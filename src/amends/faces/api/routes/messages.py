"""Messages: read, take in, take back, hand over."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import AwareDatetime, Field

from amends.base.accounts.core import Permission
from amends.faces.api import idempotency
from amends.faces.api.documents.messages import (
    MessageDocument,
    MessagePage,
    ReceivedDocument,
    UndoneDocument,
    message_document,
)
from amends.faces.api.door import caller, guarded
from amends.faces.api.problems import not_found
from amends.faces.api.reading import PAGE, Body, Cursor, Key, Limit, case_number, idempotency_key, row_cursor
from amends.intake.conversations import actions, queries
from amends.resolution.cases import queries as cases

router = Router(tags=["messages"])

State = Literal["received", "draft", "queued", "sending", "sent", "failed", "undone", "handed_over", "note"]


@guarded(router.get, "/messages", Permission.CASE_READ, response=MessagePage, summary="List messages")
def list_messages(
    request: HttpRequest,
    case: Annotated[str, Query(max_length=24, description="Only of this case: `C-1001`.")] = "",
    thread: Annotated[int | None, Query(description="Only of this conversation.")] = None,
    state: Annotated[State | None, Query(description="Only in this state.")] = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> MessagePage:
    """Newest first, internal notes included."""
    who = caller(request)
    rows = queries.newest(who.scope)
    if case:
        found = cases.get(who.scope, case_number(case))
        if found is None:
            raise not_found()
        rows = rows.filter(thread_id=found.thread_id) if found.thread_id else rows.none()
    if thread is not None:
        rows = rows.filter(thread_id=thread)
    if state is not None:
        rows = rows.filter(state=state)
    if (before := row_cursor(cursor)) is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: limit + 1])
    more = str(page[limit - 1].pk) if len(page) > limit else None
    return MessagePage(items=[message_document(one) for one in page[:limit]], next=more)


@guarded(
    router.get, "/messages/{int:message_id}", Permission.CASE_READ, response=MessageDocument, summary="Read a message"
)
def get_message(request: HttpRequest, message_id: int) -> MessageDocument:
    return message_document(queries.message(caller(request).scope, message_id))


class NewMessage(Body):
    shop_id: int
    text: str = Field(min_length=1, max_length=100_000)
    buyer: str = Field("", max_length=120, description="The platform's user name of the writer.")
    order: str = Field("", max_length=64, description="Order number, if the platform names one.")
    at: AwareDatetime | None = Field(None, description="When it was written; now if absent.")
    language: str = Field("", max_length=12)
    external_id: str = Field("", max_length=200, description="The platform's id of the message.")
    outgoing: bool = Field(False, description="The shop wrote it, outside Amends.")


@guarded(
    router.post, "/messages", Permission.IMPORT_RUN, response={201: ReceivedDocument, 200: ReceivedDocument},
    summary="Take in a message",
)  # fmt: skip
def receive_message(request: HttpRequest, payload: NewMessage, key: Key = None) -> Status[ReceivedDocument]:
    """A buyer's message of a shop's own messaging. It is stored once (`external_id`, else the Idempotency-Key, else
    its words, time and writer) and a job reads it and opens or joins a case."""
    who = caller(request)
    given = idempotency_key(key)
    asked = payload.model_dump(mode="json")
    stored = idempotency.stored_key(who.scope, "POST /messages", given, asked) if given else ""
    received = actions.receive_text(
        who.scope, payload.shop_id, payload.buyer, payload.order, payload.text, payload.at or who.now,
        payload.external_id or stored, who.now, payload.language or None, outgoing=payload.outgoing,
    )  # fmt: skip
    document = ReceivedDocument(message=message_document(received.message), created=received.created)
    return Status(201 if received.created else 200, document)


@guarded(
    router.post, "/messages/{int:message_id}/undo", Permission.CASE_ANSWER, response=UndoneDocument,
    summary="Take back an answer",
)  # fmt: skip
def undo_message(request: HttpRequest, message_id: int) -> UndoneDocument:
    """Within the time to change one's mind. `undone` false: it has left, or is about to. Needs `case:read` too."""
    who = caller(request)
    message = queries.message(who.scope, message_id)  # first: nothing is undone for whom it could not be shown
    undone = actions.undo(who.scope, message_id, who.now)
    message.refresh_from_db()
    return UndoneDocument(undone=undone, message=message_document(message))


@guarded(
    router.post, "/messages/{int:message_id}/handed-over", Permission.CASE_ANSWER, response=MessageDocument,
    summary="Say that a person handed an answer over",
)  # fmt: skip
def message_handed_over(request: HttpRequest, message_id: int) -> MessageDocument:
    """For channels that Amends cannot send through: the text was copied into the platform by hand."""
    who = caller(request)
    return message_document(actions.mark_handed_over(who.scope, message_id, who.now))
