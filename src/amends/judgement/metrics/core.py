"""A metric as a formula over rows, what it stands at, and how many more losses it bears.

Rows are orders (`history` in the vocabulary of the rules). A window is half-open: what happened at its first moment
counts, what happens at its last moment does not yet. Rates are exact; nothing here is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from amends.kernel import calendars
from amends.kernel.clauses import Clause, Compiled, Constant, compile_clause

Row = Mapping[str, Any]
TIMES = "times"  # column: how many orders one row stands for
ANYTHING = Constant(True)
_MOMENT = timedelta(microseconds=1)
HAPPENS = "happens"  # in `loss`: this event happens, at the last moment that counts


@dataclass(frozen=True)
class Addend:
    """A count: rows whose `by` column lies in the window and for which `where` holds."""

    by: str
    where: Clause = ANYTHING
    run: Compiled = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "run", compile_clause(self.where))

    def says(self, row: Row, span: Span, now: datetime) -> bool | None:
        """Whether the row counts; None when an unknown column decides."""
        at = row.get(self.by)
        if at is None or not span.begins <= at < span.ends:
            return False
        return self.run(row, now)


class Span(NamedTuple):
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """`days` or `months` back from its end, or the calendar month its end lies in.

    `when_at_least`: it holds while the denominator reaches that many; below, `otherwise` does.
    """

    days: int = 0
    months: int = 0
    calendar_month: bool = False
    when_at_least: int = 0
    otherwise: Window | None = None

    def span(self, ends: datetime, zone: str) -> Span:
        tz = calendars.zone(zone)
        if self.calendar_month:
            first = ends.astimezone(tz).date().replace(day=1)
            return Span(calendars.at_local(first, datetime.min.time(), tz), ends)
        if self.months:
            return Span(calendars.add_months(ends, -self.months, tz), ends)
        return Span(calendars.add_days(ends, -self.days, tz), ends)

    def leaves(self, at: datetime, zone: str) -> datetime:
        """When something dated `at` is no longer in the window."""
        tz = calendars.zone(zone)
        if self.calendar_month:
            first = at.astimezone(tz).date().replace(day=1)
            return calendars.add_months(calendars.at_local(first, datetime.min.time(), tz), 1, tz)
        return calendars.add_months(at, self.months, tz) if self.months else calendars.add_days(at, self.days, tz)


@dataclass(frozen=True, slots=True)
class Limit:
    """The line. Crossed when the rate is beyond `rate` and, where `count` is given, more than `count` are counted.

    `reached`: a rate that equals the line has crossed it ("must be under 1 %").
    """

    rate: Fraction | None = None
    count: int | None = None
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    name: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    numerator: tuple[Addend, ...]
    denominator: tuple[Addend, ...]
    by: str
    window: Window
    lag_days: int = 0
    zone: str = "UTC"
    limit: Limit | None = None
    higher: bool = False  # higher is better
    levels: tuple[Level, ...] = ()  # best first
    loss: tuple[tuple[str, Any], ...] = ()  # what one more lost case sets on a row; HAPPENS for an event


@dataclass(frozen=True, slots=True)
class Standing:
    """`unsure`: rows of the numerator that an unknown column leaves open; they are not counted.

    `budget`: how many more can be lost, whichever they are, before the line is crossed; None without a line, without
    a `loss`, or where nothing is counted yet. It is never more than there are orders to lose. `counted`: when each
    loss is dated.
    """

    metric: Metric
    numerator: int
    denominator: int
    unsure: int
    breached: bool
    level: str
    budget: int | None
    window: Window
    span: Span
    counted: tuple[tuple[datetime, int], ...]

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def losses(self) -> int:
        return sum(times for _, times in self.counted)


def crossed(limit: Limit, numerator: int, denominator: int, *, higher: bool) -> bool:
    """Whether the line is crossed. Without a denominator a better-when-lower rate is beyond any line once something
    is counted, and a better-when-higher rate says nothing."""
    if limit.count is not None and numerator <= limit.count:
        return False
    if limit.rate is None:
        return limit.count is not None
    bound = limit.rate * denominator
    if higher:
        return denominator > 0 and (numerator <= bound if limit.reached else numerator < bound)
    return numerator > 0 and (numerator >= bound if limit.reached else numerator > bound)


class _Contribution(NamedTuple):
    numerator: int
    denominator: int
    unsure: int
    at: datetime | None  # of the loss that the row is, if it is one


def _contribution(metric: Metric, row: Row, span: Span, now: datetime) -> _Contribution:
    upper = lower = unsure = 0
    at = None
    for addend in metric.numerator:
        says = addend.says(row, span, now)
        if says:
            upper += 1
            at = at or row[addend.by]
        unsure += says is None
    below = None
    for addend in metric.denominator:
        if addend.says(row, span, now):
            lower += 1
            below = below or row[addend.by]
    if metric.higher:
        at = below if lower > upper else None
    return _Contribution(upper, lower, unsure, at)


def _window(metric: Metric, rows: Iterable[Row], now: datetime) -> tuple[Window, Span]:
    tz = calendars.zone(metric.zone)
    ends = calendars.add_days(now, -metric.lag_days, tz) if metric.lag_days else now
    window = metric.window
    while window.otherwise is not None:
        span = window.span(ends, metric.zone)
        total = sum(row.get(TIMES, 1) for row in rows for addend in metric.denominator if addend.says(row, span, now))
        if total >= window.when_at_least:
            break
        window = window.otherwise
    return window, window.span(ends, metric.zone)


def lost(metric: Metric, row: Row, span: Span) -> Row:
    """The row as it would be if its case were lost now."""
    at = span.ends - _MOMENT
    return {**row, **{column: at if value == HAPPENS else value for column, value in metric.loss}}


def evaluate(metric: Metric, rows: Iterable[Row], now: datetime) -> Standing:
    """What the metric stands at. One walk over the rows, two where the window depends on their number."""
    rows = rows if isinstance(rows, (list, tuple)) else list(rows)
    window, span = _window(metric, rows, now)
    upper = lower = unsure = 0
    counted: list[tuple[datetime, int]] = []
    effects: dict[tuple[int, int], int] = {}  # what losing a row adds above and below -> how many such rows
    dated = {addend.by for addend in (*metric.numerator, *metric.denominator)}
    # Where no date that places a row can be set by losing it, rows outside the window count neither way.
    fixed = not any(column in dated for column, _ in metric.loss)
    for row in rows:
        if fixed and not any((at := row.get(by)) is not None and span.begins <= at < span.ends for by in dated):
            continue
        times = row.get(TIMES, 1)
        is_now = _contribution(metric, row, span, now)
        upper += times * is_now.numerator
        lower += times * is_now.denominator
        unsure += times * is_now.unsure
        if is_now.at is not None:
            counted.append((is_now.at, times))
        if metric.limit is not None and metric.loss:
            then = _contribution(metric, lost(metric, row, span), span, now)
            effect = then.numerator - is_now.numerator, then.denominator - is_now.denominator
            if effect != (0, 0):
                effects[effect] = effects.get(effect, 0) + times
    breached = metric.limit is not None and crossed(metric.limit, upper, lower, higher=metric.higher)
    return Standing(
        metric,
        upper,
        lower,
        unsure,
        breached,
        _level(metric, upper, lower),
        budget(metric, upper, lower, effects)
        if metric.limit is not None and metric.loss and (upper or lower)
        else None,
        window,
        span,
        tuple(sorted(counted)),
    )


def _level(metric: Metric, numerator: int, denominator: int) -> str:
    for level in metric.levels:
        if not crossed(level.limit, numerator, denominator, higher=metric.higher):
            return level.name
    return ""


def budget(metric: Metric, numerator: int, denominator: int, effects: Mapping[tuple[int, int], int]) -> int:
    """The most losses that leave the line uncrossed whichever rows they hit.

    Each loss moves the distance to the line by a fixed step, so the number is a division, taken from the rows that
    move it most. `effects`: (change above, change below) -> rows.
    """
    limit = metric.limit
    if limit is None or crossed(limit, numerator, denominator, higher=metric.higher):
        return 0
    steps = sorted(
        ((_step(metric, limit, effect), effect, many) for effect, many in effects.items()), key=lambda s: -s[0]
    )
    left = 0
    for step, (above, below), many in steps:
        if step <= 0:
            break
        crossing = _first_crossing(metric, limit, numerator, denominator, step, above)
        if crossing is not None and crossing <= many:
            return left + crossing - 1
        left += many
        numerator, denominator = numerator + many * above, denominator + many * below
    return left


def _step(metric: Metric, limit: Limit, effect: tuple[int, int]) -> Fraction:
    """How far one loss moves towards the line: positive is worse."""
    above, below = effect
    bound = (limit.rate or 0) * below
    return Fraction(bound - above) if metric.higher else Fraction(above - bound)


def _first_crossing(
    metric: Metric, limit: Limit, numerator: int, denominator: int, step: Fraction, above: int
) -> int | None:
    """The smallest number of equal losses that crosses the line; None when none does."""
    needed = 1
    if limit.count is not None:
        if above <= 0:
            return None
        needed = max(needed, (limit.count - numerator) // above + 1)
    if limit.rate is not None:
        distance = limit.rate * denominator - numerator
        distance = -distance if metric.higher else distance
        steps = distance / step
        needed = max(needed, -(-steps.numerator // steps.denominator) if limit.reached else steps.__floor__() + 1)
    return needed


def recount(metric: Metric, rows: list[Row], now: datetime, many: int) -> Standing:
    """The long way round: mark that many rows lost, worst first, and evaluate again. The tests hold `budget` to it."""
    _, span = _window(metric, rows, now)
    limit = metric.limit or Limit()
    single = [{**row, TIMES: 1} for row in rows for _ in range(row.get(TIMES, 1))]

    def step(row: Row) -> Fraction:
        was, then = (_contribution(metric, r, span, now) for r in (row, lost(metric, row, span)))
        return _step(metric, limit, (then.numerator - was.numerator, then.denominator - was.denominator))

    order = sorted(range(len(single)), key=lambda i: -step(single[i]))
    for index in order[:many]:
        if step(single[index]) > 0:
            single[index] = dict(lost(metric, single[index], span))
    return evaluate(metric, single, now)


def pace(standing: Standing, now: datetime, prior: Decimal) -> Decimal:
    """How many more losses to expect before the first of those counted leaves the window.

    Until then nothing that is spent comes back. `prior` losses a window are added to what was seen, so that a quiet
    shop is not taken for one that never loses.
    """
    zone, window, span = standing.metric.zone, standing.window, standing.span
    lag = timedelta(days=standing.metric.lag_days)
    first = min((at for at, _ in standing.counted), default=span.ends)
    ahead = max(window.leaves(first, zone) + lag - now, timedelta(0))
    length = window.leaves(span.begins, zone) - span.begins
    seen = Decimal(standing.losses) + prior
    return seen * Decimal(ahead // _MOMENT) / Decimal(length // _MOMENT)
