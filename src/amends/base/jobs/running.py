"""One job, run: the handler's effects and the job's end, together or not at all."""

from __future__ import annotations

import logging
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from amends.base.accounts.core import Scope, system_scope
from amends.base.jobs import claiming, core, registry
from amends.base.jobs.claiming import Claimed, Progress
from amends.base.jobs.core import Interrupted, LeaseLost, Retry
from amends.base.jobs.registry import Registered

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class NoHandler(LookupError):
    """No loaded module registers the kind: a newer version asked for it, or a connector is gone."""


def retry_of(kind: str) -> Retry:
    known = registry.find(kind)
    return known.retry if known else Retry()


@dataclass
class RunContext:
    """Implements `ports.Context`."""

    claimed: Claimed
    lease: timedelta
    owns_transaction: bool
    now: datetime
    clock: Clock
    stop: Event
    was_atomic: bool  # a transaction was open around the whole run (tests): nothing outside it can see the job
    finished: bool = False
    latest: Progress | None = None
    _aside: BaseDatabaseWrapper | None = field(default=None, repr=False)

    @property
    def job_id(self) -> int:
        return self.claimed.id

    @property
    def attempt(self) -> int:
        return self.claimed.attempt

    @property
    def organisation_id(self) -> int | None:
        return self.claimed.organisation_id

    @property
    def scope(self) -> Scope:
        if self.claimed.organisation_id is None:
            raise ValueError(f"job {self.claimed.id} belongs to no organisation")
        return system_scope(self.claimed.organisation_id)

    def progress(self, done: int, total: int, note: str = "") -> None:
        latest = self.latest = Progress(done, total, note)
        if self.owns_transaction and self.stop.is_set():
            raise Interrupted
        until = self.clock() + self.lease
        if not connection.in_atomic_block:
            held = claiming.renew(self.claimed, until, latest)
        elif connection.vendor == "postgresql" and not self.was_atomic:
            held = self._renew_aside(until, latest)
        else:
            return  # SQLite has one writer, and that is us: `latest` is written with the end of the transaction
        if not held:
            raise LeaseLost

    def _renew_aside(self, until: datetime, latest: Progress) -> bool:
        """On a connection of its own, so that watchers see it before this transaction ends."""
        if self._aside is None:
            self._aside = connection.copy()
        return claiming.renew_on(self._aside, self.claimed, until, latest)

    def finish(self) -> None:
        if not claiming.finish(self.claimed, self.clock(), self.latest):
            raise LeaseLost
        self.finished = True

    def close(self) -> None:
        if self._aside is not None:
            self._aside.close()
            self._aside = None


def run(claimed: Claimed, clock: Clock, stop: Event, jitter: Callable[[], float] = random.random) -> None:
    """Run one leased job to its end: done, waiting for a retry, dead, or given back.

    Raises only what the database itself raises (a lost connection): the lease then runs out by itself.
    """
    known = registry.find(claimed.kind)
    context = _context(claimed, known, clock, stop)
    try:
        _call(known, context)
    except LeaseLost:
        log.warning("job %s %s outlived its lease; its effects are undone", claimed.id, claimed.kind)
    except Interrupted:
        claiming.release([claimed])
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a handler raises is a failed attempt, kept with its trace
        _failed(context, error, clock(), jitter())
    finally:
        context.close()


def _context(claimed: Claimed, known: Registered | None, clock: Clock, stop: Event) -> RunContext:
    lease = timedelta(seconds=known.lease_seconds if known else 60)
    owns = bool(known and known.owns_transaction)
    return RunContext(claimed, lease, owns, clock(), clock, stop, connection.in_atomic_block)


def _call(known: Registered | None, context: RunContext) -> None:
    if known is None:
        raise NoHandler(f"no handler for job kind {context.claimed.kind!r}")
    if known.owns_transaction:
        known.handler(context, **context.claimed.args)
        if not context.finished:
            context.finish()
        return
    with transaction.atomic():
        known.handler(context, **context.claimed.args)
        context.finish()


def _failed(context: RunContext, error: BaseException, now: datetime, jitter: float) -> None:
    claimed = context.claimed
    verdict = core.after_failure(retry_of(claimed.kind), claimed.attempt, now, jitter)
    text = "".join(traceback.format_exception(error))
    if claiming.fail(claimed, verdict, text, now, context.latest):
        log.warning("job %s %s failed (attempt %s): %r", claimed.id, claimed.kind, claimed.attempt, error)
    else:
        log.warning("job %s %s failed after its end or lease: %r", claimed.id, claimed.kind, error)
