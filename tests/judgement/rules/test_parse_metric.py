"""A metric or a penalty that says something the language does not have is refused, with what was expected."""

from __future__ import annotations

from typing import Any

import pytest

from amends.judgement.rules.load import current
from amends.judgement.rules.parse_clause import Refused
from amends.judgement.rules.parse_metric import parse_metric
from amends.judgement.rules.parse_penalty import parse_penalty

METRIC: dict[str, Any] = {
    "name": "m",
    "by": "placed_at",
    "numerator": {"chargeback_at": "true"},
    "denominator": {"by": "placed_at"},
    "window": {"days": "60"},
    "limit": {"rate": "0.01"},
    "loss": {"chargeback_at": "true"},
}
PENALTY: dict[str, Any] = {
    "ledger": "l", "offence": "o", "window_days": "365", "steps": [{"from": "1", "points": "1"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"window": None}, "window is a mapping"),
        ({"by": "fulfilment"}, "'fulfilment' is no time"),
        ({"by": "nonsense"}, "'nonsense' is no time"),
        ({"numerator": []}, "a sum of counts"),
        ({"numerator": ["placed_at"]}, "expected a clause over history"),
        ({"numerator": {"nonsense": "true"}}, "no fact is called 'nonsense'"),
        ({"numerator": {"by": "placed_at", "were": {}}}, "a count has no key 'were'"),
        ({"window": {}}, "a window has one of"),
        ({"window": {"days": "0"}}, "a window has a length"),
        ({"window": {"days": "30", "months": "1"}}, "a window has one of"),
        ({"window": {"days": "30", "when_at_least": "400"}}, "a window has one of"),
        ({"window": {"calendar_month": "false"}}, "expected one of ['true']"),
        ({"limit": {}}, "a limit needs"),
        ({"limit": {"rate": "1.5"}}, "a rate is a share"),
        ({"limit": {"rate": "NaN"}}, "a rate is a share"),
        ({"limit": {"count": "-1"}}, "expected a count"),
        ({"better": "higher", "limit": {"rate": "0.9", "count": "4"}}, "a count is a limit"),
        ({"better": "up"}, "expected one of ['lower', 'higher']"),
        ({"levels": [{"rate": "0.01"}]}, "a level needs a name"),
        ({"loss": {"chargeback_at": "false"}}, "expected one of ['true']"),
        ({"loss": {"nonsense": "true"}}, "'nonsense' is no column"),
        ({"loss": []}, "loss is a mapping"),
        ({"zone": "Nowhere/At_all"}, "'Nowhere/At_all' is neither"),
        ({"extra": "x"}, "metric has no key 'extra'"),
    ],
)
def test_a_metric_is_refused(change: dict[str, Any], expected: str) -> None:
    parse_metric(METRIC)
    with pytest.raises(Refused) as refused:
        parse_metric(METRIC | change)
    assert refused.value.message.startswith(expected)


@pytest.mark.parametrize("key", ["name", "numerator", "denominator", "by", "window"])
def test_what_a_metric_needs(key: str) -> None:
    with pytest.raises(Refused, match=f"a metric needs `{key}`"):
        parse_metric({k: v for k, v in METRIC.items() if k != key})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"steps": []}, "a penalty has either"),
        ({"consequences": [{"at": "12", "freeze_days": "7"}]}, "a penalty has either"),
        ({"steps": [{"from": "6", "points": "2"}, {"from": "1", "points": "1"}]}, "steps rise"),
        ({"steps": [{"from": "1", "points": "2"}, {"from": "1", "points": "3"}]}, "steps rise"),
        ({"steps": [{"from": "0", "points": "2"}]}, "offences are counted from 1"),
        ({"steps": [{"from": "1"}]}, "a step needs"),
        ({"counts": "yearly"}, "expected one of"),
        ({"window_days": "a year"}, "expected a whole number"),
    ],
)
def test_a_penalty_is_refused(change: dict[str, Any], expected: str) -> None:
    parse_penalty(PENALTY)
    with pytest.raises(Refused) as refused:
        parse_penalty(PENALTY | change)
    assert refused.value.message.startswith(expected)


def test_steps_belong_to_an_offence_and_a_consequence_does_one_thing() -> None:
    with pytest.raises(Refused, match="steps belong to an offence"):
        parse_penalty({k: v for k, v in PENALTY.items() if k != "offence"})
    for wrong in ({"at": "12"}, {"freeze_days": "7"}, {"at": "12", "freeze_days": "7", "closes": "true"}):
        with pytest.raises(Refused, match="a consequence needs"):
            parse_penalty({"ledger": "l", "window_days": "365", "consequences": [wrong]})


def test_rules_that_only_count_do_not_judge_cases() -> None:
    book = current()
    counting = {rule.id for rule in book.rules if rule.metric or rule.penalty}
    assert {"AMZ-ODR-RATE", "AE-POINTS", "VAMP"} <= counting
    for platform in ("amazon", "aliexpress", "ebay", None):
        assert counting.isdisjoint(found.rule.id for found in book.candidates(platform, "US"))
