"""The plan: rungs in order, each with its latest moment, and the same facts on three platforms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.judgement.judge import Judgement, judge
from amends.judgement.rules.facts import read_facts
from amends.judgement.rules.load import current

NOW = datetime(2026, 11, 12, 20, 0, tzinfo=UTC)
SUBMITTED = "2026-11-12T10:00:00-08:00"


def judged(now: datetime = NOW, **changes: Any) -> Judgement:
    wire = {
        "platform": "ebay",
        "site": "US",
        "case.kind": "not_as_described",
        "case.leaf": "damaged",
        "case.demand": "partial_refund",
        "case.photos": True,
        "order.placed_at": "2026-10-20T10:00:00-08:00",
        "order.delivered": "2026-11-08T10:00:00-08:00",
        "order.ship_country": "US",
        "order.item_total": "60.00 USD",
        "order.total_with_tax_and_postage": "66.00 USD",
        "return.requested": SUBMITTED,
        "buyer.contacted": SUBMITTED,
        "dispute.submitted": SUBMITTED,
    } | changes
    return judge(read_facts({k: v for k, v in wire.items() if v is not None}), current(), now)


def test_rungs_rise_in_acceptance_and_leave_the_buyer_time_to_answer() -> None:
    steps = {s.code: s for s in judged().plan.steps}
    offers = [steps[c] for c in ("offer_first", "fallback", "last_offer") if c in steps]
    assert len(offers) >= 2
    accepted = {r.code: r.p_accept for r in judged().remedies}
    taken = [accepted[s.remedy] for s in offers]
    assert taken == sorted(taken)
    moments = [s.by for s in offers]
    assert all(m is not None for m in moments)
    assert moments == sorted(moments)  # type: ignore[type-var]  # none is None
    assert offers[-1].by - offers[-2].by == timedelta(hours=24)  # type: ignore[operator]  # the same


def test_each_rung_names_its_clock_what_silence_brings_and_the_text_to_use() -> None:
    for step in judged().plan.steps:
        assert step.rule, step
        if step.remedy in ("partial_refund", "replacement", "refund_without_return"):
            assert step.template.startswith("offer_")
    assert any(step.if_silent for step in judged().plan.steps)


def test_the_same_facts_on_three_platforms_give_three_plans() -> None:
    plans = {
        "ebay": judged(),
        "amazon": judged(platform="amazon"),
        "aliexpress": judged(platform="aliexpress", site=None),
    }
    told = {name: tuple((s.code, s.remedy, s.by, s.rule) for s in found.plan.steps) for name, found in plans.items()}
    assert len(set(told.values())) == 3
    for name, found in plans.items():
        ours = {c.rule for c in found.clocks if c.owner == "seller"}
        assert {s.rule for s in found.plan.steps} <= ours | {""}, name


def test_a_rung_is_never_put_in_the_past() -> None:
    late = datetime(2026, 11, 17, 22, 0, tzinfo=UTC)
    for step in judged(late).plan.steps:
        assert step.by is None or step.by >= late or step.code in ("answer_now", "get_facts", "keep_clock")


@pytest.mark.parametrize("wanted", ["parcels", "parcels.signature"])
def test_what_is_still_to_get_stands_on_the_plan(wanted: str) -> None:
    parcels = None if wanted == "parcels" else [{"delivered_to_address": True}]
    found = judged(
        **{
            "case.kind": "not_received",
            "case.leaf": "delivered_not_received",
            "order.total_with_tax_and_postage": "800.00 USD",
            "parcels": parcels,
        }
    )
    assert wanted in next(s for s in found.plan.steps if s.code == "get_facts").get


def test_where_no_clock_runs_no_moment_is_named() -> None:
    found = judged(
        platform="own_shop",
        site=None,
        **{"return.requested": None, "buyer.contacted": None, "dispute.submitted": None, "order.ship_country": None},
    )
    assert {s.by for s in found.plan.steps} == {None}
