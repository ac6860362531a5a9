"""The clause evaluator: Kleene's tables, totality, and that learning more never blurs what was clear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.kernel.clauses import (
    Clause,
    ClockIs,
    Compare,
    Constant,
    Either,
    Every,
    Happened,
    InTable,
    Known,
    Not,
    OtherFact,
    compile_clause,
    kleene_all,
    kleene_any,
)
from amends.kernel.explain import explain, facts_read, unknown_facts
from amends.kernel.money import Money

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def run(clause: Clause, record: dict[str, Any]) -> bool | None:
    return compile_clause(clause)(record, NOW)


def flag(name: str) -> Compare:
    return Compare(name, "is", True)


@pytest.mark.parametrize(("a", "b"), list(product([True, False, None], repeat=2)))
def test_kleene_tables(a: bool | None, b: bool | None) -> None:
    record = {k: v for k, v in {"a": a, "b": b}.items() if v is not None}
    both, either = Every((flag("a"), flag("b"))), Either((flag("a"), flag("b")))
    assert run(both, record) is (False if False in (a, b) else None if None in (a, b) else True)
    assert run(either, record) is (True if True in (a, b) else None if None in (a, b) else False)
    assert kleene_all([a, b]) is run(both, record)
    assert kleene_any([a, b]) is run(either, record)
    assert run(Not(flag("a")), record) is (None if a is None else not a)


def test_an_absent_attribute_is_unknown_and_an_absent_event_has_not_happened() -> None:
    assert run(flag("parcel.signature"), {}) is None
    assert run(Happened("dispute.submitted"), {}) is False
    assert run(Happened("dispute.submitted", wanted=False), {}) is True


def test_an_event_in_the_future_has_not_happened() -> None:
    assert run(Happened("e"), {"e": NOW + timedelta(seconds=1)}) is False
    assert run(Happened("e"), {"e": NOW}) is True


def test_known_is_never_unknown() -> None:
    assert run(Known("a"), {}) is False
    assert run(Known("a", wanted=False), {}) is True


@pytest.mark.parametrize(
    ("total", "expected"), [("749.99 USD", False), ("750.00 USD", True), ("750.01 USD", True), ("900 EUR", None)]
)
def test_a_money_threshold_includes_its_own_amount_and_never_compares_currencies(
    total: str, expected: bool | None
) -> None:
    amount, currency = total.split()
    clause = Compare("total", "at_least", Money.of("750", "USD"))
    assert run(clause, {"total": Money.of(amount, currency)}) is expected


def test_another_fact_as_the_right_hand_side_can_be_shifted() -> None:
    clause = Compare("delivered", "not_after", OtherFact("promised", timedelta(days=3)))
    promised = NOW
    assert run(clause, {"promised": promised, "delivered": promised + timedelta(days=3)}) is True
    assert run(clause, {"promised": promised, "delivered": promised + timedelta(days=3, seconds=1)}) is False
    assert run(clause, {"promised": promised}) is None


ROWS = ({"signature": True}, {"signature": False}, {})


@pytest.mark.parametrize(
    ("quantity", "rows", "expected"),
    [
        (1, ROWS, True), (2, ROWS, None), (3, ROWS, False), (1, ROWS[1:2], False), (1, (), False), (1, ROWS[2:], None),
        (None, ROWS, False), (None, ROWS[:1], True), (None, ROWS[::2], None), (None, (), True),
    ],
)  # fmt: skip
def test_tables_count_rows_with_three_values(
    quantity: int | None, rows: tuple[dict[str, Any], ...], expected: bool | None
) -> None:
    assert run(InTable("parcels", quantity, flag("signature")), {"parcels": rows}) is expected


def test_an_absent_table_is_unknown() -> None:
    assert run(InTable("parcels", 1, flag("signature")), {}) is None


def test_a_clock_that_does_not_apply_is_in_no_state() -> None:
    clause = ClockIs("AE-RESP", frozenset({"expired"}))
    assert run(clause, {}) is False
    assert run(clause, {"clock:AE-RESP": "expired"}) is True
    assert run(clause, {"clock:AE-RESP": "unknown"}) is None


def test_unknown_facts_names_what_to_ask_for_and_skips_what_no_longer_matters() -> None:
    clause = Every((flag("a"), Either((flag("b"), flag("c")))))
    assert unknown_facts(clause, {"a": True}, NOW) == ("b", "c")
    assert unknown_facts(clause, {"a": False}, NOW) == ()
    assert unknown_facts(clause, {"a": True, "b": True}, NOW) == ()
    table = InTable("parcels", 1, flag("signature"))
    assert unknown_facts(table, {"parcels": ({},)}, NOW) == ("parcels.signature",)


def test_explain_lists_the_leaves_with_what_they_saw() -> None:
    steps = list(explain(Every((flag("a"), Happened("e"))), {"a": True}, NOW))
    assert [(s.value, s.saw) for s in steps] == [(True, True), (False, None)]


NAMES = ("a", "b", "c")
VALUES = st.one_of(
    st.booleans(), st.integers(-3, 3), st.text(max_size=2), st.none(),
    st.decimals(0, 9, places=1).map(lambda d: Money(Decimal(d), "USD")), st.just(NOW),
)  # fmt: skip
LITERALS = st.one_of(
    st.booleans(), st.integers(-3, 3), st.text(max_size=2), st.just(Money(Decimal(3), "USD")), st.just(NOW)
)


def leaves() -> st.SearchStrategy[Clause]:
    names = st.sampled_from(NAMES)
    return st.one_of(
        st.builds(Constant, st.booleans()),
        st.builds(
            Compare, names, st.sampled_from(["is", "is_not", "at_least", "less_than", "before", "after"]), LITERALS
        ),
        st.builds(lambda n, o: Compare(n, "at_most", OtherFact(o)), names, names),
        st.builds(lambda n: Compare(n, "in", frozenset({True, "x"})), names),
        st.builds(Known, names, st.booleans()),
        st.builds(ClockIs, names, st.just(frozenset({"met"}))),
    )


CLAUSES = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda c: Every(tuple(c))),
        st.lists(inner, min_size=1, max_size=3).map(lambda c: Either(tuple(c))),
        inner.map(Not),
        st.builds(InTable, st.just("rows"), st.sampled_from([None, 1, 2]), inner),
    ),
    max_leaves=8,
)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(NAMES, VALUES),
        "rows": st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, VALUES)), max_size=3).map(tuple),
    },
)


@given(CLAUSES, RECORDS)
def test_evaluation_is_total(clause: Clause, record: dict[str, Any]) -> None:
    assert run(clause, record) in (True, False, None)
    assert facts_read(clause) <= {*NAMES, "rows", "rows.rows", *(f"rows.{n}" for n in NAMES)}
    list(explain(clause, record, NOW))


def monotone(clause: Clause) -> bool:
    """Known and clocks ask about knowledge itself, so they may flip when something is learnt."""
    match clause:
        case Known() | ClockIs():
            return False
        case Every(parts) | Either(parts):
            return all(monotone(p) for p in parts)
        case Not(inner) | InTable(_, _, inner):
            return monotone(inner)
        case _:
            return True


@given(CLAUSES.filter(monotone), RECORDS, st.sampled_from(NAMES), st.booleans())
def test_learning_an_attribute_never_changes_what_was_already_clear(
    clause: Clause, record: dict[str, Any], name: str, value: bool
) -> None:
    before = run(clause, record)
    if record.get(name) is None and "rows" not in record and before is not None:
        assert run(clause, {**record, name: value}) is before
