"""The worker's loops: runners that claim and run jobs, and the housekeeping beside them."""

from __future__ import annotations

import logging
import os
import random
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread

from django.db import DatabaseError, InterfaceError, connection, transaction

from amends.base.jobs import claiming, crons, presence, registry, running
from amends.base.jobs.claiming import Claimed
from amends.base.jobs.core import Lane
from amends.base.jobs.running import Clock

log = logging.getLogger(__name__)

BATCH = 50
BATCH_TIME = timedelta(seconds=0.5)  # after that the rest of a batch is given back, for a thread that is free
CLAIM_LEASE = timedelta(seconds=60)
CRON_EVERY = timedelta(seconds=1)
REAP_EVERY = timedelta(seconds=2)
PRESENCE_EVERY = timedelta(seconds=10)
GROUP_SECONDS = 0.02  # SQLite's write lock is held no longer than this and one job
BUSY_SECONDS, MOST_PAUSE_SECONDS = 0.02, 0.1  # see Courtesy
TROUBLE_PAUSE = 2.0  # seconds before asking a database again that did not answer


def process_name() -> str:
    """Unique for ever: a lease must never pass to a process that happens to get the same number."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass
class Courtesy:
    """Leaves SQLite's one write lock free for a quarter of the time.

    Who waits for that lock does not queue: it looks again every few milliseconds, later every hundred, and a
    worker that writes without pause lets it wait for many seconds (measured: 14). PostgreSQL needs none of this.
    """

    stop: Event
    busy: float = 0.0  # seconds of work since the last pause

    def after(self, seconds: float) -> None:
        """Call after each piece of work, with how long it took."""
        self.busy += seconds
        if self.busy >= BUSY_SECONDS:
            self.stop.wait(min(self.busy / 3, MOST_PAUSE_SECONDS))
            self.busy = 0.0


@dataclass
class Runner:
    """Claims and runs jobs of one lane, in one thread, under one name."""

    name: str
    lane: Lane
    clock: Clock
    stop: Event = field(default_factory=Event)
    jitter: Callable[[], float] = random.random
    claim_lease: timedelta = CLAIM_LEASE
    courtesy: Courtesy | None = None
    careful: bool = False  # the last batch held jobs of a lost worker; more of them are likely to follow

    def step(self) -> int:
        """Claim one batch and work through it. Returns how many jobs were run or moved; 0 means idle."""
        now = self.clock()
        # A long job must not sit on others, and neither must one that may have killed a worker.
        limit = 1 if self.lane == Lane.SLOW or self.careful else BATCH
        batch = claiming.claim(self.name, self.lane, now, limit=limit, lease_until=now + self.claim_lease)
        mine = self._keep_own_lane(batch)
        # What was in the hands of a lost worker comes last, and each alone: should one of them kill this worker
        # too, it takes no innocent job with it.
        mine.sort(key=lambda claimed: claimed.crashes > 0)
        self.careful = any(claimed.crashes for claimed in mine)
        return len(batch) - len(mine) + self._work_through(mine, now)

    def _keep_own_lane(self, batch: list[Claimed]) -> list[Claimed]:
        """Who asked may not have known the handler, hence the lane. Jobs of the other lane are moved there."""
        own: list[Claimed] = []
        for claimed in batch:
            known = registry.find(claimed.kind)
            if known is None or known.lane == self.lane:
                own.append(claimed)
            else:
                claiming.release([claimed], lane=known.lane)
        return own

    def _work_through(self, batch: list[Claimed], began: datetime) -> int:
        index = 0
        while index < len(batch):
            rest = batch[index:]
            if self._enough(began, index):
                claiming.release(rest)
                break
            if rest[0].crashes:
                claiming.release(rest[1:])
                rest = rest[:1]
            index += self._timed(rest, began)
            if rest[0].crashes:
                break
        return index

    def _enough(self, began: datetime, done: int) -> bool:
        return self.stop.is_set() or (done > 0 and self.clock() - began > BATCH_TIME)

    def _timed(self, rest: list[Claimed], began: datetime) -> int:
        start = time.monotonic()
        done = self._run_group(rest, began) if self._groups() else self._run_one(rest[0])
        if self.courtesy:
            self.courtesy.after(time.monotonic() - start)
        return done

    def _groups(self) -> bool:
        """Where there is one writer, jobs may share a commit. On PostgreSQL each would add its row locks to those
        of the jobs before it, in an order nobody chose: an invitation to deadlocks."""
        return self.lane == Lane.QUICK and connection.vendor == "sqlite"

    def _run_group(self, rest: list[Claimed], began: datetime) -> int:
        """Run jobs from the front of `rest`, each in a savepoint, all in one transaction; returns how many.

        A commit costs a flush of the disk, often more than the job. Each job's effects and end are still one.
        """
        start, ran = time.monotonic(), list[Claimed]()
        try:
            with transaction.atomic():
                for claimed in rest:
                    if claimed.crashes and ran:
                        break
                    ran.append(claimed)
                    self._run_leased(claimed)
                    if time.monotonic() - start > GROUP_SECONDS or self._enough(began, len(ran)):
                        break
        except Exception:  # a deferred constraint or a hook after the commit: whose it was shows when each is alone
            if not ran:
                raise  # it never began
            log.warning("a group of %s jobs could not be committed; each runs alone", len(ran), exc_info=True)
            for claimed in ran:  # what was committed after all is protected: its lease has ended
                self._run_leased(claimed)
        return len(ran)

    def _run_one(self, claimed: Claimed) -> int:
        self._run_leased(claimed)
        return 1

    def _run_leased(self, claimed: Claimed) -> None:
        known = registry.find(claimed.kind)
        wanted = timedelta(seconds=known.lease_seconds) if known else self.claim_lease
        now = self.clock()
        if claimed.lease_until - now < wanted * 0.75 and not claiming.renew(claimed, now + wanted):
            return  # lost before it began
        running.run(claimed, self.clock, self.stop, self.jitter)

    def loop(self, poll_seconds: float) -> None:
        """Until `stop` is set. A database that does not answer is waited for."""
        try:
            while not self.stop.is_set():
                if patiently(self.step) == 0:
                    self.stop.wait(poll_seconds)
        finally:
            connection.close()


def patiently(work: Callable[[], int]) -> int:
    """Do `work`; when the database is the trouble, drop the connection, pause, and report nothing done."""
    try:
        return work()
    except (DatabaseError, InterfaceError):
        log.exception("the database did not answer; trying again in %s s", TROUBLE_PAUSE)
        connection.close()
        time.sleep(TROUBLE_PAUSE)
        return 0


@dataclass
class House:
    """What one thread of each process does beside the jobs: slots, lost leases, the sign of life."""

    name: str
    clock: Clock
    jitter: Callable[[], float] = random.random
    _last: dict[str, datetime] = field(default_factory=dict)

    def begin(self) -> None:
        now = self.clock()
        crons.sync(now)
        presence.begin(self.name, now)

    def loop(self, stop: Event, poll_seconds: float) -> None:
        try:
            while not stop.wait(poll_seconds):
                patiently(self.step)
        finally:
            connection.close()

    def step(self) -> int:
        now = self.clock()
        if self._is_time("cron", CRON_EVERY, now):
            crons.tick(now)
        if self._is_time("reap", REAP_EVERY, now):
            claiming.reap(now, self.jitter(), running.retry_of)
        if self._is_time("presence", PRESENCE_EVERY, now):
            connection.close_if_unusable_or_obsolete()
            presence.sign(self.name, now)
        return 0

    def _is_time(self, what: str, every: timedelta, now: datetime) -> bool:
        if now - self._last.get(what, now - every) < every:
            return False
        self._last[what] = now
        return True

    def end(self) -> None:
        presence.end(self.name)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a worker process is made up. SQLite has one writer, so one quick thread; PostgreSQL shares its commits."""

    quick_threads: int = 0  # 0: what fits the database
    slow_threads: int = 3
    poll_seconds: float = 0.2
    grace_seconds: float = 20.0  # after a stop, for jobs in hand; what is left then runs again after its lease
    claim_lease: timedelta = CLAIM_LEASE


def _courtesy(lane: Lane, stop: Event) -> Courtesy | None:
    """Slow jobs are between their transactions most of the time anyway."""
    return Courtesy(stop) if lane == Lane.QUICK and connection.vendor == "sqlite" else None


class ThreadDied(RuntimeError):
    """A loop of the worker ended by a defect, which stands in the log."""


def _guarded(loop: Callable[[], None], stop: Event, failed: Event) -> None:
    """A worker with a thread missing looks alive and does not work: rather stop as a whole."""
    try:
        loop()
    except BaseException:
        log.exception("a thread of the worker died")
        failed.set()
        stop.set()


def work(plan: Plan, clock: Clock, stop: Event) -> None:
    """Run a whole worker in this process until `stop` is set.

    The caller's thread only waits: one that were held up by a busy database could not hear a signal. Raises
    ThreadDied when a thread ends by a defect; the process should then end too and be started anew.
    """
    name = process_name()
    quick = plan.quick_threads or (1 if connection.vendor == "sqlite" else 4)
    lanes = [Lane.QUICK] * quick + [Lane.SLOW] * plan.slow_threads
    runners = [
        Runner(f"{name}:{number}", lane, clock, stop, claim_lease=plan.claim_lease, courtesy=_courtesy(lane, stop))
        for number, lane in enumerate(lanes)
    ]
    house = House(name, clock)
    house.begin()
    failed = Event()
    loops: list[tuple[str, Callable[[], None]]] = [("house", partial(house.loop, stop, plan.poll_seconds))]
    loops += [(runner.name, partial(runner.loop, plan.poll_seconds)) for runner in runners]
    # Daemons: a handler that hangs must not keep a stopped process alive.
    threads = [Thread(target=_guarded, args=(loop, stop, failed), name=called, daemon=True) for called, loop in loops]
    log.info("worker %s started: %s quick, %s slow", name, quick, plan.slow_threads)
    for thread in threads:
        thread.start()
    stop.wait()
    give_up = time.monotonic() + plan.grace_seconds
    for thread in threads:
        thread.join(max(0.0, give_up - time.monotonic()))
    house.end()
    connection.close()
    log.info("worker %s stopped", name)
    if failed.is_set():
        raise ThreadDied


def run_until_idle(clock: Clock, *, with_crons: bool = False, limit: int = 10_000) -> int:
    """Run every job that is due by `clock`, and what those ask for, in this thread. Returns how many runs.

    For tests and for one-shot commands. RuntimeError after `limit` runs: a job that asks for itself never ends.
    """
    name = process_name()
    runners = [Runner(name, lane, clock, jitter=lambda: 0.0) for lane in Lane]
    if with_crons:
        crons.sync(clock())
    runs = 0
    while runs < limit:
        if with_crons:
            crons.tick(clock())
        claiming.reap(clock(), 0.0, running.retry_of)
        done = sum(runner.step() for runner in runners)
        if not done:
            return runs
        runs += done
    raise RuntimeError(f"still not idle after {limit} jobs")
