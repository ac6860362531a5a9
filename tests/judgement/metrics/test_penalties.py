"""Points: each offence expires by itself, years begin with an offence, ledgers do not meet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.metrics.penalties import Consequence, Counts, Penalty, Step, account

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LADDER = Penalty(
    "transaction", "", Counts.ROLLING, 365,
    consequences=(Consequence(12, 7), Consequence(24, 14), Consequence(36, 30), Consequence(48, closes=True)),
)  # fmt: skip
PROMISES = Penalty("transaction", "promise", Counts.PERFORMANCE_YEAR, 365, (Step(1, 1), Step(6, 2), Step(11, 3)))


def offence(day: int, points: int | None = None, kind: str = "promise", ledger: str = "transaction") -> dict[str, Any]:
    return {"ledger": ledger, "kind": kind, "at": START + day * DAY, "points": points}


def test_two_rules_of_one_ledger_work_together() -> None:
    rows = [*(offence(day) for day in range(11)), offence(20, 2, "mismatch")]
    found = account([PROMISES, LADDER], rows, "transaction", START + 30 * DAY)
    assert [c.points for c in found.charged] == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 2]
    assert (found.total, found.consequence, found.next_at) == (20, "freeze", 24)
    assert found.frozen_until == START + 15 * DAY  # the eighth day made it thirteen; seven days from there


def test_a_step_acts_again_once_the_total_has_fallen_below_it() -> None:
    rows = [offence(0, 12, "a"), offence(400, 12, "a")]
    found = account([LADDER], rows, "transaction", START + 401 * DAY)
    assert (found.total, found.frozen_until) == (12, START + 407 * DAY)


def test_what_is_closed_stays_closed() -> None:
    found = account([LADDER], [offence(0, 48, "a")], "transaction", START + 900 * DAY)
    assert (found.total, found.consequence, found.next_at) == (0, "closed", None)


def test_points_nobody_told_are_not_guessed() -> None:
    found = account([LADDER], [offence(0, None, "mismatch"), offence(1, 6, "mismatch")], "transaction", START + 2 * DAY)
    assert (found.total, found.unsure) == (6, 1)


def test_a_rolling_count_looks_back_from_each_offence() -> None:
    rolling = Penalty("transaction", "promise", Counts.ROLLING, 365, (Step(1, 1), Step(2, 5)))
    rows = [offence(0), offence(364), offence(729)]
    assert [c.nth for c in account([rolling], rows, "transaction", START + 800 * DAY).charged] == [1, 2, 1]


def test_an_unknown_ledger_is_empty() -> None:
    found = account([LADDER], [offence(0, 5)], "other", START + DAY)
    assert (found.charged, found.total, found.consequence, found.newest) == ((), 0, "none", None)


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 12), st.sampled_from(["transaction", "other"]))))
def test_the_total_is_a_plain_sum_over_the_last_year(rows: list[tuple[int, int, str]]) -> None:
    now = START + 900 * DAY
    found = account([LADDER], [offence(d, p, "a", ledger) for d, p, ledger in rows], "transaction", now)
    assert found.total == sum(p for d, p, ledger in rows if ledger == "transaction" and 900 - 365 < d <= 900)
