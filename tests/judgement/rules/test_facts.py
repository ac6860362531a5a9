"""Reading facts: every problem at once, each named with its field; nothing half-read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.rules.facts import parse_instant, read_facts, to_wire
from amends.judgement.rules.reference import json_schema, page
from amends.judgement.rules.vocabulary import BY_NAME, FACTS, Kind
from amends.kernel.money import Money
from amends.kernel.outcome import InputError


def problems(wire: Any) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as raised:
        read_facts(wire)
    return [(p.code, p.where) for p in raised.value.problems]


def test_each_form_is_read() -> None:
    facts = read_facts(
        {
            "platform": "ebay",
            "order.placed_at": "2026-10-01T00:00:00+08:00",
            "order.total_with_tax_and_postage": "755.00 USD",
            "order.ship_country": "US",
            "promise.return_days": "30",
            "case.threat": "true",
            "dispute.decision": None,
            "parcels": [{"signature": False, "delivered_at": "2026-10-09T10:00:00Z"}],
            "repair.in_progress": [{"from": "2026-10-01T00:00:00Z", "to": None}],
        }
    )
    assert facts["order.total_with_tax_and_postage"] == Money.of("755.00", "USD")
    assert facts["promise.return_days"] == 30
    assert facts["case.threat"] is True
    assert "dispute.decision" not in facts
    assert facts["parcels"] == ({"signature": False, "delivered_at": datetime(2026, 10, 9, 10, tzinfo=UTC)},)
    assert facts["repair.in_progress"][0][1] is None


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({"platfrom": "ebay"}, ("unknown_fact", "platfrom")),
        ({"platform": "ebya"}, ("unknown_code", "platform")),
        ({"order.placed_at": "2026-10-01T00:00:00"}, ("zone_missing", "order.placed_at")),
        ({"order.placed_at": "yesterday"}, ("not_a_time", "order.placed_at")),
        ({"order.total_with_tax_and_postage": "-1 USD"}, ("negative_money", "order.total_with_tax_and_postage")),
        ({"order.total_with_tax_and_postage": "1 XYZ"}, ("unknown_currency", "order.total_with_tax_and_postage")),
        ({"order.total_with_tax_and_postage": 755}, ("not_money", "order.total_with_tax_and_postage")),
        ({"order.ship_country": "XX"}, ("unknown_country", "order.ship_country")),
        ({"case.threat": "yes"}, ("not_a_flag", "case.threat")),
        ({"promise.return_days": "2.5"}, ("not_a_count", "promise.return_days")),
        ({"parcels": {"signature": True}}, ("not_a_table", "parcels")),
        ({"parcels": [{"signatur": True}]}, ("unknown_fact", "parcels[0].signatur")),
        ({"repair.in_progress": [{"to": None}]}, ("not_spans", "repair.in_progress")),
        ([], ("not_an_object", "")),
    ],
)
def test_what_is_wrong_is_named(wire: Any, expected: tuple[str, str]) -> None:
    assert problems(wire) == [expected]


def test_the_nearest_name_is_suggested() -> None:
    with pytest.raises(InputError) as raised:
        read_facts({"order.placed": "2026-10-01T00:00:00Z"})
    assert raised.value.problems[0].params["nearest"] == "order.placed_at"


def test_all_problems_are_told_at_once() -> None:
    assert len(problems({"platform": "x", "order.ship_country": "XX", "nonsense": 1})) == 3


def test_delivered_before_shipped_is_a_contradiction() -> None:
    wire = {"order.shipped": "2026-10-05T00:00:00Z", "order.delivered": "2026-10-04T00:00:00Z"}
    assert problems(wire) == [("contradiction", "order.delivered")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda c: st.lists(c, max_size=3) | st.dictionaries(st.text(max_size=6), c, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*BY_NAME, "nonsense"]), JSON, max_size=8))
def test_reading_either_types_everything_or_says_why(wire: dict[str, Any]) -> None:
    try:
        facts = read_facts(wire)
    except InputError:
        assert problems(wire)
    else:
        again = read_facts({k: to_wire(v) for k, v in facts.items() if BY_NAME[k].kind is not Kind.SPANS})
        assert again == {k: v for k, v in facts.items() if BY_NAME[k].kind is not Kind.SPANS}


def test_times_keep_their_zone() -> None:
    assert parse_instant("2026-11-20T10:00:00+08:00").isoformat() == "2026-11-20T10:00:00+08:00"


def test_every_fact_is_in_the_page_and_the_schema() -> None:
    text, schema = page(), json_schema()
    for fact in FACTS:
        assert f"`{fact.name}`" in text
        assert fact.name in schema["properties"]
