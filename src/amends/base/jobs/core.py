"""The life of a job, as a table; the arithmetic of retries and of repeating slots. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

KEY_LENGTH = 120
UNIQ_LENGTH = 160
ERROR_LENGTH = 8_000


class JobState(IntEnum):
    """waiting -> leased -> done, waiting (retry) or dead; waiting -> cancelled; dead -> waiting (re-run), cancelled."""

    WAITING = 0
    LEASED = 1
    DONE = 2
    DEAD = 3
    CANCELLED = 4


class Lane(IntEnum):
    """Short work never queues behind long work: each lane has its own threads.

    QUICK jobs commit with their completion; SLOW ones own their transactions (outside calls, imports).
    """

    QUICK = 0
    SLOW = 1


TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.WAITING: frozenset({JobState.LEASED, JobState.CANCELLED}),
    JobState.LEASED: frozenset({JobState.DONE, JobState.WAITING, JobState.DEAD}),
    JobState.DONE: frozenset(),
    JobState.DEAD: frozenset({JobState.WAITING, JobState.CANCELLED}),
    JobState.CANCELLED: frozenset(),
}


def sources(target: JobState) -> tuple[JobState, ...]:
    """The states from which `target` may be reached: what a guarded update puts into its WHERE."""
    return tuple(state for state in JobState if target in TRANSITIONS[state])


@dataclass(frozen=True, slots=True)
class Retry:
    """Waits `first`, then twice as long each time up to `most`; `attempts` in all, the first run included."""

    attempts: int = 5
    first: timedelta = timedelta(seconds=5)
    most: timedelta = timedelta(hours=1)

    def delay(self, attempt: int, jitter: float = 0.0) -> timedelta:
        """Wait after the given attempt (1 = first run) failed. `jitter` in 0..1 adds up to a quarter."""
        doublings = min(attempt - 1, 60)  # by then any `most` is reached
        seconds = min(self.first.total_seconds() * 2.0**doublings, self.most.total_seconds())
        return timedelta(seconds=seconds * (1 + jitter / 4))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a job whose run did not end well. `due` is None when it is dead."""

    state: JobState
    due: datetime | None


CRASH_LIMIT = 5  # so many lost workers in a row look like the job's own fault


def after_failure(retry: Retry, attempt: int, now: datetime, jitter: float) -> Verdict:
    """The handler raised."""
    if attempt >= retry.attempts:
        return Verdict(JobState.DEAD, None)
    return Verdict(JobState.WAITING, now + retry.delay(attempt, jitter))


def after_lost_worker(retry: Retry, crashes: int, now: datetime, jitter: float) -> Verdict:
    """The lease ran out: the worker died or hung. `crashes` counts this one.

    Being in the batch of a dying worker is no fault of the job, so these have a limit of their own.
    """
    if crashes >= max(retry.attempts, CRASH_LIMIT):
        return Verdict(JobState.DEAD, None)
    return Verdict(JobState.WAITING, now + retry.delay(crashes, jitter))


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a caller asks for.

    `uniq` makes asking twice harmless, within one organisation and while the first job's row is kept (30 days
    after it ended; a cancelled job gives its name back at once). Jobs of one organisation that share `key` run one
    after another in the order they were asked for, so one with a late `due` holds up those behind it. Raises
    ValueError for a naive `due` or a long name.
    """

    kind: str
    args: dict[str, object]
    organisation_id: int | None = None
    due: datetime | None = None
    priority: int = 0  # higher first among due jobs
    key: str = ""
    uniq: str | None = None

    def __post_init__(self) -> None:
        if self.due is not None and self.due.tzinfo is None:
            raise ValueError("due needs a time zone")
        if len(self.stored_key) > KEY_LENGTH:
            raise ValueError(f"key is longer than {KEY_LENGTH} characters: {self.key!r}")
        if self.uniq is not None and not 0 < len(self.uniq) <= UNIQ_LENGTH:
            raise ValueError(f"uniq must have 1 to {UNIQ_LENGTH} characters: {self.uniq!r}")

    @property
    def stored_key(self) -> str:
        """The key with its organisation in front: two organisations never wait for each other."""
        return f"{self.organisation_id or 0}/{self.key}" if self.key else ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Either every so many seconds, counted from 1970 in UTC, or daily at a local time.

    A local time that the clocks jump over runs as much later as they jumped; one that occurs twice runs once.
    """

    every_seconds: int = 0
    daily_at: time | None = None
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        if (self.every_seconds > 0) == (self.daily_at is not None):
            raise ValueError("a schedule is either every_seconds or daily_at")

    def next_slot(self, after: datetime) -> datetime:
        """The first slot strictly later than `after`, in UTC. The same for every worker that asks."""
        if self.daily_at is None:
            seconds = int(after.timestamp()) // self.every_seconds * self.every_seconds + self.every_seconds
            return datetime.fromtimestamp(seconds, tz=UTC)
        zone = ZoneInfo(self.time_zone)
        day = after.astimezone(zone).date() - timedelta(days=1)
        while True:
            slot = datetime.combine(day, self.daily_at, tzinfo=zone).astimezone(UTC)
            if slot > after:
                return slot
            day += timedelta(days=1)


def slot_name(name: str, slot: datetime) -> str:
    """The `uniq` of one run of a repeating job: no slot is ever run twice."""
    return f"{name}@{slot.astimezone(UTC).isoformat(timespec='seconds')}"


class LeaseLost(BaseException):
    """The job is no longer this worker's. Not an Exception, so that no handler swallows it by accident."""


class Interrupted(BaseException):
    """The worker is being stopped; the job goes back to waiting and counts no attempt. See LeaseLost for the base."""
