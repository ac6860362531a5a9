"""The life of a message of ours, as a table. Guarded updates put `sources()` into their WHERE."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Values of Message.state. `handed_over`: a person copied it into a platform we cannot write to."""

    RECEIVED = "received"
    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNDONE = "undone"
    HANDED_OVER = "handed_over"
    NOTE = "note"


# sending -> queued only when the server certainly did not take it; failed -> sent when a slow "yes" comes after all.
TRANSITIONS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset(),
    State.DRAFT: frozenset({State.HANDED_OVER, State.UNDONE}),
    State.QUEUED: frozenset({State.SENDING, State.UNDONE, State.FAILED}),
    State.SENDING: frozenset({State.SENT, State.QUEUED, State.FAILED}),
    State.SENT: frozenset(),
    State.FAILED: frozenset({State.QUEUED, State.HANDED_OVER, State.SENT}),
    State.UNDONE: frozenset(),
    State.HANDED_OVER: frozenset(),
    State.NOTE: frozenset(),
}


def sources(target: State) -> tuple[State, ...]:
    """The states from which `target` may be reached."""
    return tuple(state for state in State if target in TRANSITIONS[state])


UNSURE = "unsure"  # Message.error: the server may have taken it; a person decides, we never send twice in silence
NO_TRANSPORT = "no_transport"  # no SMTP account: waits in the outbox
NO_SENDER = "no_sender_address"
LOOP = "machine_loop"  # an automatic answer to a machine, or too many to one thread: kept as a draft
NO_ADDRESS = "no_address"  # nobody to write to by mail: hand over

AUTOMATIC_A_DAY = 3  # automatic answers to one thread within 24 hours; more looks like two robots talking
