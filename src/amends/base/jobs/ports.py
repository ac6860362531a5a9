"""What the house asks of a background engine. The embedded one is `base.jobs.engine`; Temporal can stand in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from amends.base.accounts.core import Scope
from amends.base.jobs.core import JobRequest


class Engine(Protocol):
    def enqueue(self, request: JobRequest, now: datetime) -> int:
        """Add a job inside the caller's transaction: a rollback takes the job with it. Returns its id."""
        ...

    def enqueue_many(self, requests: Sequence[JobRequest], now: datetime) -> None:
        """The same for many at once, in one statement a few hundred; those whose `uniq` is known are left out."""
        ...

    def cancel(self, job_id: int, now: datetime) -> bool:
        """True if the job was waiting (for its time or for a retry) and now never runs again."""
        ...


class Context(Protocol):
    """Handed to a running job. A handler's database effects and its completion are one transaction.

    `now` is when the run began.
    """

    job_id: int
    attempt: int
    organisation_id: int | None
    now: datetime

    @property
    def scope(self) -> Scope:
        """Full rights in the job's organisation. ValueError for a job of the installation itself."""
        ...

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Visible at once, outside the job's transaction (SQLite, inside a transaction: with its end).

        Also renews the lease. Raises LeaseLost when the lease is gone, and Interrupted when the worker is
        being stopped and the handler owns its transactions; neither is to be caught.
        """
        ...

    def finish(self) -> None:
        """Complete the job now, in the transaction that is open: for handlers that own their transactions.

        So the record of an outside call and the end of the job are one. Raises LeaseLost, which must undo it.
        """
        ...
