"""What conversations ask of a mail connector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail on its way out. `content` is the whole mail, lines ended by CRLF."""

    sender: str
    recipient: str
    content: bytes


class NotAccepted(Exception):
    """The server certainly did not take the mail. `temporary`: trying later may help."""

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.temporary = temporary


class Unsure(Exception):
    """The connection broke after the mail was handed over and before the answer: it may or may not be on its way."""


class Transport(Protocol):
    def send(self, envelope: Envelope) -> str:
        """Hand one mail to the server and return its answer. Raises NotAccepted or Unsure, nothing else."""
        ...
