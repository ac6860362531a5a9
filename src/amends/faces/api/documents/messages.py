"""Messages as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from amends.intake.conversations.models import Message


class MessageDocument(BaseModel):
    id: int
    thread_id: int
    direction: str = Field(description="in or out")
    state: str = Field(
        description="received; draft, queued, sending, sent, failed, undone, handed_over; note for an internal one"
    )
    audience: list[str] = Field(description="Empty: an internal note.")
    subject: str
    text: str
    language: str
    at: datetime = Field(description="When it was written; of a queued answer, when it leaves.")
    sender: str
    recipient: str
    template: str
    automatic: bool
    flags: list[str]
    attachments: list[dict[str, Any]]
    reading: dict[str, Any] | None = Field(description="What was understood: language, intent, tone, what is named.")
    error: str


class MessagePage(BaseModel):
    items: list[MessageDocument]
    next: str | None


class ReceivedDocument(BaseModel):
    message: MessageDocument
    created: bool = Field(description="false: it had been received before and nothing was written.")


class UndoneDocument(BaseModel):
    undone: bool = Field(description="true only if the answer has not left and now never will.")
    message: MessageDocument


def message_document(message: Message) -> MessageDocument:
    return MessageDocument(
        id=message.pk, thread_id=message.thread_id, direction=message.direction, state=message.state,
        audience=message.audience, subject=message.subject, text=message.text, language=message.language,
        at=message.at, sender=message.sender, recipient=message.recipient, template=message.template,
        automatic=message.automatic, flags=message.flags, attachments=message.attachments, reading=message.reading,
        error=message.error,
    )  # fmt: skip
