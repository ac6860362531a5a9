"""Penalty points: the nth offence of a year, points that expire one by one, ledgers that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

Row = Mapping[str, Any]
NONE, FREEZE, CLOSED = "none", "freeze", "closed"


class Counts(StrEnum):
    """Which earlier offences make one the nth: those of the window before it, or of the year the first one began."""

    ROLLING = "rolling"
    PERFORMANCE_YEAR = "performance_year"


class Step(NamedTuple):
    """From the nth offence on, this many points each."""

    first: int
    points: int


class Consequence(NamedTuple):
    """`at` that many points the account rests for `freeze_days`, or is closed for good."""

    at: int
    freeze_days: int = 0
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Penalty:
    """`window_days`: how long points stand, counted for each offence by itself, and the length of a year here.

    `offence` empty: any offence of the ledger, which then brings its own points.
    """

    ledger: str
    offence: str
    counts: Counts
    window_days: int
    steps: tuple[Step, ...] = ()
    consequences: tuple[Consequence, ...] = ()


class Charged(NamedTuple):
    """An offence with the points it brought; None where neither it nor a rule says how many. `nth` from 1."""

    kind: str
    at: datetime
    nth: int
    points: int | None
    expires: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """A ledger at one moment. `unsure`: offences in force whose points are not known; they are not in the total.

    `next_at`: the points at which something further happens; None at the top, or where no rule says.
    """

    ledger: str
    charged: tuple[Charged, ...]
    total: int
    unsure: int
    consequence: str
    freeze_days: int
    frozen_until: datetime | None
    next_at: int | None

    @property
    def newest(self) -> Charged | None:
        return self.charged[-1] if self.charged else None


def _steps(penalty: Penalty, nth: int) -> int | None:
    reached = [step.points for step in penalty.steps if step.first <= nth]
    return reached[-1] if reached else None


def _nth(penalty: Penalty, moments: list[datetime]) -> list[int]:
    """For each offence of one kind, oldest first, the how-manieth it is."""
    length = timedelta(days=penalty.window_days)
    out: list[int] = []
    if penalty.counts is Counts.ROLLING:
        return [sum(at - length < other <= at for other in moments[: i + 1]) for i, at in enumerate(moments)]
    year: datetime | None = None
    number = 0
    for at in moments:
        if year is None or at >= year + length:
            year, number = at, 0
        number += 1
        out.append(number)
    return out


def _charge(ledger: str, penalties: list[Penalty], offences: list[Row]) -> tuple[Charged, ...]:
    by_kind = {p.offence: p for p in penalties if p.offence}
    whole = next((p for p in penalties if not p.offence), None)
    out: list[Charged] = []
    for kind in dict.fromkeys(str(o.get("kind", "")) for o in offences):
        penalty = by_kind.get(kind) or whole or Penalty(ledger, "", Counts.ROLLING, 0)
        rows = [o for o in offences if str(o.get("kind", "")) == kind]
        stands = timedelta(days=(whole or penalty).window_days)
        for row, nth in zip(rows, _nth(penalty, [r["at"] for r in rows]), strict=True):
            points = row.get("points")
            points = _steps(penalty, nth) if points is None else points
            out.append(Charged(kind, row["at"], nth, points, row["at"] + stands))
    return tuple(sorted(out, key=lambda c: c.at))


def _in_force(charged: Iterable[Charged], at: datetime) -> int:
    return sum(c.points or 0 for c in charged if c.at <= at < c.expires)


def account(penalties: Iterable[Penalty], offences: Iterable[Row], ledger: str, now: datetime) -> Account:
    """What stands in one ledger. Offences of other ledgers, after `now`, or without a time are not looked at."""
    ours = [p for p in penalties if p.ledger == ledger]
    rows = [o for o in offences if o.get("ledger") == ledger and o.get("at") is not None and o["at"] <= now]
    rows.sort(key=lambda o: o["at"])
    charged = _charge(ledger, ours, rows)
    ladder = sorted(c for p in ours for c in p.consequences)
    reached, frozen_until = 0, None
    for charge in charged:
        # A step of the ladder acts when it is climbed, and again when expiry has let the total fall below it.
        before = _in_force((c for c in charged if c.at < charge.at), charge.at)
        after = _in_force((c for c in charged if c.at <= charge.at), charge.at)
        for step in ladder:
            if before < step.at <= after and step.freeze_days:
                until = charge.at + timedelta(days=step.freeze_days)
                frozen_until = max(until, frozen_until or until)
            reached = max(reached, step.at) if step.at <= after and step.closes else reached
    total = _in_force(charged, now)
    held = [step for step in ladder if step.at <= max(total, reached)]  # what is closed stays closed
    top = held[-1] if held else None
    return Account(
        ledger,
        charged,
        total,
        sum(c.points is None and c.at <= now < c.expires for c in charged),
        NONE if top is None else CLOSED if top.closes else FREEZE,
        top.freeze_days if top else 0,
        frozen_until,
        next((step.at for step in ladder if step.at > max(total, reached)), None),
    )
