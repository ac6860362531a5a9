"""Formulas over rows: windows at their edges, and the budget against the long way round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.metrics.core import (
    HAPPENS,
    Addend,
    Limit,
    Metric,
    Window,
    crossed,
    evaluate,
    pace,
    recount,
)
from amends.judgement.rules.load import load_folder, rulebook_dir
from amends.kernel.clauses import Compare, Every, Happened

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MID = datetime(2026, 6, 20, tzinfo=UTC)
DAY = timedelta(days=1)
SHIPPED = [r.metric for r in load_folder(rulebook_dir()).rules if r.metric is not None]
LINED = [m for m in SHIPPED if m.limit is not None]


def metric(**changes: Any) -> Metric:
    fields: dict[str, Any] = {
        "name": "m",
        "numerator": (Addend("placed_at", Happened("chargeback_at")),),
        "denominator": (Addend("placed_at"),),
        "by": "placed_at",
        "window": Window(days=60),
        "limit": Limit(Fraction(1, 100)),
        "loss": (("chargeback_at", HAPPENS),),
    }
    return Metric(**(fields | changes))


def orders(good: int, bad: int = 0, age: timedelta = DAY) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"placed_at": NOW - age, "times": good}] if good else []
    return rows + ([{"placed_at": NOW - age, "chargeback_at": NOW - age / 2, "times": bad}] if bad else [])


def test_nothing_counted_is_no_rate_and_no_breach() -> None:
    standing = evaluate(metric(), [], NOW)
    assert (standing.rate, standing.breached, standing.budget) == (None, False, None)


def test_a_loss_that_has_not_happened_yet_does_not_count() -> None:
    rows = [{"placed_at": NOW - DAY, "chargeback_at": NOW + DAY}]
    assert evaluate(metric(), rows, NOW).numerator == 0
    assert evaluate(metric(), rows, NOW + DAY).numerator == 1


def test_months_keep_the_day_and_the_calendar_month_begins_where_the_zone_says() -> None:
    three = metric(window=Window(months=3))
    assert evaluate(three, [], NOW).span.begins == datetime(2026, 3, 1, tzinfo=UTC)
    month = metric(window=Window(calendar_month=True), zone="Asia/Shanghai")
    assert evaluate(month, [], datetime(2026, 5, 31, 17, tzinfo=UTC)).span.begins == datetime(
        2026, 5, 31, 16, tzinfo=UTC
    )
    assert evaluate(month, [], datetime(2026, 5, 31, 15, tzinfo=UTC)).span.begins == datetime(
        2026, 4, 30, 16, tzinfo=UTC
    )


def test_a_day_of_the_window_is_a_day_of_the_clock_on_the_wall() -> None:
    pacific = metric(window=Window(days=1), zone="America/Los_Angeles")
    spring = datetime(2026, 3, 8, 20, tzinfo=UTC)  # the day that has 23 hours there
    span = evaluate(pacific, [], spring).span
    assert span.ends - span.begins == timedelta(hours=23)


def test_the_line_with_and_without_its_own_point() -> None:
    assert not crossed(Limit(Fraction(1, 100)), 1, 100, higher=False)
    assert crossed(Limit(Fraction(1, 100), reached=True), 1, 100, higher=False)
    assert not crossed(Limit(Fraction(95, 100)), 95, 100, higher=True)
    assert crossed(Limit(Fraction(95, 100), reached=True), 95, 100, higher=True)
    assert not crossed(Limit(Fraction(2, 100), 4), 4, 10, higher=False)
    assert crossed(Limit(Fraction(2, 100), 4), 5, 10, higher=False)
    assert not crossed(Limit(Fraction(95, 100), reached=True), 0, 0, higher=True)


def test_an_unknown_column_is_told_and_not_counted() -> None:
    liable = metric(numerator=(Addend("placed_at", Compare("seller_liable", "is", value=True)),))
    rows = [{"placed_at": NOW - DAY}, {"placed_at": NOW - DAY, "seller_liable": True}]
    standing = evaluate(liable, rows, NOW)
    assert (standing.numerator, standing.unsure, standing.denominator) == (1, 1, 2)


def test_budget_in_words() -> None:
    assert evaluate(metric(), orders(997, 3), NOW).budget == 7  # ten in a thousand are one per cent, eleven over
    assert evaluate(metric(limit=Limit(Fraction(1, 100), reached=True)), orders(997, 3), NOW).budget == 6
    assert evaluate(metric(), orders(980, 20), NOW).budget == 0
    assert evaluate(metric(limit=Limit(Fraction(1, 100), 4)), orders(9, 1), NOW).budget == 3
    assert evaluate(metric(limit=Limit(count=4)), orders(900, 1), NOW).budget == 3
    assert evaluate(metric(limit=None), orders(9, 1), NOW).budget is None
    assert evaluate(metric(loss=()), orders(9, 1), NOW).budget is None
    assert evaluate(metric(limit=Limit(Fraction(1))), orders(2, 1), NOW).budget == 2  # no more than there are


def test_a_loss_that_grows_the_base_too_is_a_smaller_step() -> None:
    summed = metric(
        numerator=(Addend("dispute_opened_at"),),
        denominator=(Addend("confirmed_at"), Addend("dispute_opened_at")),
        loss=(("dispute_opened_at", HAPPENS),),
        limit=Limit(Fraction(1, 2)),
    )
    rows = [{"confirmed_at": NOW - DAY, "times": 4}]
    assert evaluate(summed, rows, NOW).budget == 4  # 4 / (4 + 4) is one half, and there are no more orders
    assert recount(summed, rows, NOW, 4).rate == Fraction(1, 2)


MOMENTS = st.integers(-70, 0).map(lambda days: NOW + timedelta(days=days, hours=-1))
ROW = st.fixed_dictionaries(
    {"placed_at": MOMENTS, "times": st.integers(1, 4), "fulfilment": st.sampled_from(["seller", "platform"])},
    optional={
        "paid_at": MOMENTS,
        "ship_by": MOMENTS,
        "shipped_at": MOMENTS,
        "first_scan_at": MOMENTS,
        "confirmed_at": MOMENTS,
        "tracking_valid": st.booleans(),
        "tracked": st.booleans(),
        "asked_at": MOMENTS,
        "answered_at": MOMENTS,
        "negative_feedback": MOMENTS,
        "claim_opened_at": MOMENTS,
        "claim_denied": MOMENTS,
        "chargeback_at": MOMENTS,
        "fraud_reported": MOMENTS,
        "cancelled_at": MOMENTS,
        "cancelled_by": st.sampled_from(["seller", "buyer"]),
        "escalated_at": MOMENTS,
        "decided_at": MOMENTS,
        "ruled": st.sampled_from(["for_buyer", "for_seller"]),
    },
)


def check(found: Metric, rows: list[dict[str, Any]]) -> None:
    standing = evaluate(found, rows, NOW)
    if standing.budget is None:
        assert (standing.numerator, standing.denominator) == (0, 0)
        return
    assert recount(found, rows, NOW, 0).breached is standing.breached
    if standing.breached:
        assert standing.budget == 0
        return
    assert not recount(found, rows, NOW, standing.budget).breached
    one_more = recount(found, rows, NOW, standing.budget + 1)
    everything = recount(found, rows, NOW, 10_000)
    assert one_more.breached or not everything.breached


@settings(max_examples=300, deadline=None)
@given(st.data(), st.lists(ROW, max_size=14))
def test_the_budget_of_every_shipped_metric_equals_the_recount(data: Any, rows: list[dict[str, Any]]) -> None:
    check(data.draw(st.sampled_from(LINED)), rows)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(ROW, max_size=14),
    st.fractions(0, 1, max_denominator=20),
    st.one_of(st.none(), st.integers(0, 6)),
    st.booleans(),
    st.booleans(),
)
def test_the_budget_of_any_line_equals_the_recount(
    rows: list[dict[str, Any]], rate: Fraction, count: int | None, reached: bool, higher: bool
) -> None:
    limit = Limit(rate, None if higher else count, reached)
    if higher:
        both = Every((Happened("answered_at"), Happened("asked_at")))
        found = metric(
            limit=limit, higher=True, numerator=(Addend("placed_at", both),),
            denominator=(Addend("placed_at", Happened("asked_at")),),
            loss=(("answered_at", None), ("asked_at", HAPPENS)),
        )  # fmt: skip
    else:
        found = metric(limit=limit)
    check(found, rows)


def test_the_pace_is_what_is_seen_for_as_long_as_nothing_comes_back() -> None:
    standing = evaluate(metric(), [{"placed_at": NOW - 45 * DAY, "chargeback_at": NOW - DAY, "times": 4}], NOW)
    assert pace(standing, NOW, Decimal(0)) == Decimal(1)  # 4 in 60 days, and the first leaves in 15
    quiet = evaluate(metric(), orders(100), NOW)
    assert pace(quiet, NOW, Decimal("0.5")) == Decimal("0.5")


@pytest.mark.parametrize("found", SHIPPED, ids=lambda m: m.name)
def test_losing_a_case_never_makes_a_shipped_metric_better(found: Metric) -> None:
    rows: list[dict[str, Any]] = [
        {
            "placed_at": MID - 9 * DAY, "paid_at": MID - 9 * DAY, "ship_by": MID - 8 * DAY, "shipped_at": MID - 8 * DAY,
            "first_scan_at": MID - 8 * DAY, "confirmed_at": MID - DAY, "asked_at": MID - 5 * DAY,
            "answered_at": MID - 5 * DAY, "tracking_valid": True, "tracked": True, "fulfilment": "seller", "times": 7,
        }
    ]  # fmt: skip
    at = MID + timedelta(days=found.lag_days)
    before, after = evaluate(found, rows, at).rate, recount(found, rows, at, 1).rate
    if not found.loss or found.limit is None:
        return
    assert before is not None
    assert after is not None
    assert (after < before) if found.higher else (after > before)
