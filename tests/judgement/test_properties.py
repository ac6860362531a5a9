"""What holds for any facts: a judgement comes out, is the same twice, and learning more never unsettles a clause."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.judge import digest, judge, judgement_json
from amends.judgement.judge.core.applying import apply_rules, settled
from amends.judgement.rules.load import load_folder, rulebook_dir
from amends.judgement.rules.vocabulary import FACTS, Fact, Kind
from amends.kernel.clauses import CLOCK_PREFIX
from amends.kernel.money import Money

BOOK = load_folder(rulebook_dir())
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

# Few values each, so that records meet the rules' own thresholds and not only the space around them.
MOMENTS = st.one_of(
    st.datetimes(datetime(2014, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is added
    st.integers(-90 * 24, 30 * 24).map(lambda hours: NOW + timedelta(hours=hours)),
)
AMOUNTS = [Decimal(text) for text in ("0", "25", "25.01", "749.99", "750", "1200")]
MONEY = st.builds(Money, st.sampled_from(AMOUNTS), st.sampled_from(("USD", "EUR", "JPY")))
SPAN = st.tuples(MOMENTS, st.none() | MOMENTS)
SIMPLE: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.INSTANT: MOMENTS,
    Kind.EVENT: MOMENTS,
    Kind.MONEY: MONEY,
    Kind.COUNT: st.integers(-1, 400) | st.just(10**9),
    Kind.NUMBER: st.decimals(allow_nan=False, allow_infinity=False),
    Kind.TEXT: st.sampled_from(("US", "UK", "DE", "free_returns", "x")),
    Kind.FLAG: st.booleans(),
    Kind.COUNTRY: st.sampled_from(("US", "DE", "GB", "FR", "CN", "BR", "KR", "JP", "AU", "RU", "AQ")),
    Kind.LANGUAGE: st.sampled_from(("en", "zh")),
    Kind.ZONE: st.sampled_from(("UTC", "Asia/Shanghai")),
    Kind.DATE: st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    Kind.CURRENCY: st.sampled_from(("USD", "EUR", "CNY")),
    Kind.SPANS: st.lists(SPAN, max_size=3).map(tuple),
}


def columns_of(fact: Fact) -> dict[str, st.SearchStrategy[Any]]:
    return {column.name: values_of(column) for column in fact.columns}


def values_of(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.kind is Kind.CODE:
        return st.sampled_from(fact.codes)
    if fact.kind is Kind.TABLE:
        return st.lists(st.fixed_dictionaries({}, optional=columns_of(fact)), max_size=3).map(tuple)
    return SIMPLE[fact.kind]


COLUMNS = {fact.name: columns_of(fact) for fact in FACTS if fact.kind is Kind.TABLE}
VALUES = {fact.name: values_of(fact) for fact in FACTS}
OFTEN = (
    "platform",
    "case.kind",
    "case.leaf",
    "order.placed_at",
    "order.ship_country",
    "order.total_with_tax_and_postage",
)
RECORDS = st.fixed_dictionaries(
    {name: VALUES[name] for name in OFTEN}, optional={n: v for n, v in VALUES.items() if n not in OFTEN}
) | st.fixed_dictionaries({}, optional=VALUES)
ATTRIBUTES = {f.name: VALUES[f.name] for f in FACTS if f.kind not in (Kind.EVENT, Kind.TABLE)}
# `known` and `unknown` are the only clauses that learning can turn round; not even they ever become unknown.
ASKS_WHETHER_KNOWN = {
    rule.id for rule in BOOK.rules if any(f'"{word}": "' in json.dumps(rule.body) for word in ("known", "unknown"))
}
CLOCKED = [rule.id for rule in BOOK.rules if rule.clock]
STATES = st.sampled_from(("not_started", "running", "paused", "met", "expired", "unknown"))
CLOCK_STATES = st.dictionaries(st.sampled_from(CLOCKED), STATES, max_size=12).map(
    lambda states: {CLOCK_PREFIX + rule: state for rule, state in states.items()}
)


@settings(max_examples=300, deadline=None)
@given(record=RECORDS, now=MOMENTS)
def test_any_facts_give_a_judgement_that_is_the_same_twice(record: dict[str, Any], now: datetime) -> None:
    once, again = judge(record, BOOK, now), judge(record, BOOK, now)
    assert once == again
    assert sum(share.share for share in once.liability) == 100
    body = judgement_json(once, BOOK)
    assert digest(json.loads(json.dumps(body))) == digest(body)
    for clock in once.clocks:
        assert (clock.due is None) or clock.due.tzinfo is not None


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_learning_an_attribute_never_changes_what_was_known(data: st.DataObject) -> None:
    """A clause that was true or false stays so when an unknown attribute, or a table's unknown column, is filled in."""
    record = data.draw(RECORDS) | data.draw(CLOCK_STATES)
    learnt = data.draw(st.fixed_dictionaries({}, optional=ATTRIBUTES))
    fuller = {**learnt, **record}
    for table, columns in COLUMNS.items():
        if table in record:
            filler = data.draw(st.fixed_dictionaries({}, optional=columns))
            fuller[table] = tuple({**filler, **row} for row in record[table])
    for rule in BOOK.rules:
        for clause in (rule.run_applies, rule.run_when):
            before = clause(record, NOW)
            if before is not None:
                after = clause(fuller, NOW)
                assert after is before or (after is not None and rule.id in ASKS_WHETHER_KNOWN), rule.id


@settings(max_examples=150, deadline=None)
@given(record=RECORDS)
def test_facts_learnt_after_the_cut_are_not_seen(record: dict[str, Any]) -> None:
    """Events later than `known_at` do not exist for the judgement, whatever they are."""
    cut = NOW - timedelta(days=30)
    events = {f.name for f in FACTS if f.kind is Kind.EVENT}
    without = {k: v for k, v in record.items() if k not in events or v <= cut}
    seen, expected = judge({**record, "known_at": cut}, BOOK, NOW), judge({**without, "known_at": cut}, BOOK, NOW)
    assert (seen.decision, seen.liability, seen.clocks, seen.unknowns) == (
        expected.decision,
        expected.liability,
        expected.clocks,
        expected.unknowns,
    )


@settings(max_examples=200, deadline=None)
@given(record=RECORDS, name=st.sampled_from(sorted(ATTRIBUTES)), data=st.data())
def test_a_supposed_fact_moves_a_case_as_if_it_had_been_there(record: dict[str, Any], name: str, data: Any) -> None:
    """Clocks that do not read the fact are not counted again; the result is the same as counting all anew."""
    before = apply_rules(record, BOOK, NOW)
    supposed = {**record, name: data.draw(ATTRIBUTES[name])}
    short = apply_rules(supposed, BOOK, NOW, before=before, changed=name)
    whole = apply_rules(supposed, BOOK, NOW)
    assert (short.clocks, settled(short, NOW).verdict) == (whole.clocks, settled(whole, NOW).verdict)
