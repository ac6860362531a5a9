"""All clocks on one line: moved by "today", changed by what-ifs, bounded so that the days stay readable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.faces.console.model_orders import MODELS
from amends.judgement.clocks.core import State
from amends.judgement.judge import WHAT_IFS, Simulation, simulate
from amends.judgement.judge.core.simulation import LANES
from amends.judgement.rules.core import Decision
from amends.judgement.rules.facts import contradictions, read_facts
from amends.judgement.rules.load import current
from amends.judgement.rules.vocabulary import BY_NAME, Kind

EBAY = read_facts(MODELS["ebay"])


def at(text: str, *what_ifs: str, facts: dict[str, Any] | None = None) -> Simulation:
    return simulate(facts or EBAY, current(), datetime.fromisoformat(text), what_ifs)


def states(found: Simulation) -> dict[str, State]:
    return {bar.clock.rule: bar.clock.state for bar in found.bars}


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2026-11-24T09:59:59-08:00", None),  # the request is not there yet
        ("2026-11-24T10:00:00-08:00", State.RUNNING),
        ("2026-11-30T23:59:59-08:00", State.RUNNING),  # Thanksgiving does not count
        ("2026-12-01T00:00:00-08:00", State.EXPIRED),
    ],
)
def test_dragging_today_moves_the_states_to_their_golden_values(today: str, state: State | None) -> None:
    assert states(at(today)).get("EB-INR-RESP") is state


def test_a_chargeback_closes_the_guarantee_case_and_starts_its_own_clock() -> None:
    found = at("2026-11-25T10:00:00-08:00", "buyer_charges_back")
    assert states(found)["EB-INR-RESP"] is State.EXCLUDED
    bar = next(bar for bar in found.bars if bar.clock.rule == "EB-PAYDISP")
    assert (bar.is_new, bar.lane) == (True, "card")
    assert bar.clock.due == datetime.fromisoformat("2026-11-30T10:00:00-08:00")
    assert (found.decision, found.decision_before) == (Decision.ELSEWHERE, Decision.UNDETERMINED)


def test_answering_meets_the_clocks_that_wait_for_us() -> None:
    assert states(at("2026-11-25T10:00:00-08:00", "we_answer"))["EB-INR-RESP"] is State.MET


def test_what_has_happened_stays_where_it_is() -> None:
    found = at("2026-11-26T10:00:00-08:00", "buyer_disputes")
    assert dict(found.events)["dispute.submitted"] == EBAY["dispute.submitted"]


def test_the_line_is_the_same_wherever_today_stands() -> None:
    bounds = {(f.begins, f.ends) for f in (at("2026-11-05T00:00:00-08:00"), at("2026-11-29T00:00:00-08:00"))}
    assert len(bounds) == 1


def test_a_guarantee_of_years_does_not_squeeze_the_days() -> None:
    found = at("2026-03-25T12:00:00+01:00", facts=read_facts(MODELS["own_shop"]))
    assert any(b.clock.due and b.clock.due.year == 2028 for b in found.bars)
    assert found.ends - found.begins < timedelta(days=200)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_model_order_is_sound_and_has_clocks_in_lanes(name: str) -> None:
    facts = read_facts(MODELS[name])
    assert contradictions(facts) == []
    last = max(v for v in facts.values() if isinstance(v, datetime))
    found = simulate(facts, current(), last + timedelta(hours=1))
    assert found.bars
    assert [LANES.index(b.lane) for b in found.bars] == sorted(LANES.index(b.lane) for b in found.bars)


def test_what_ifs_name_events_of_the_vocabulary() -> None:
    assert all(BY_NAME[event].kind is Kind.EVENT for events in WHAT_IFS.values() for event in events)


@given(
    st.sampled_from(sorted(MODELS)),
    st.sets(st.sampled_from(sorted(WHAT_IFS)), max_size=3),
    st.integers(-400, 2000),
)
def test_any_moment_and_any_what_ifs_give_a_line(name: str, steps: set[str], hours: int) -> None:
    facts = read_facts(MODELS[name])
    moment = facts["order.placed_at"] + timedelta(hours=hours)
    found = simulate(facts, current(), moment, sorted(steps))
    assert found.begins < found.ends
    assert all(moment_of_event <= datetime(2200, 1, 1, tzinfo=UTC) for _name, moment_of_event in found.events)
    for bar in found.bars:
        assert bar.clock.starts is not None
        # A start may be shifted to a later day, and what the clock waits for may come before it.
        assert bar.clock.starts <= moment or bar.clock.state in (State.NOT_STARTED, State.EXCLUDED, State.MET)
