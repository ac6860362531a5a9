"""What verbs do and refuse, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.base.accounts.core import ROLE_PERMISSIONS, Permission, Role
from amends.kernel.outcome import Refusal
from amends.resolution.cases.core.axes import (
    BY_VERB,
    CaseState,
    Status,
    Verb,
    choices,
    diagram,
    guard,
    mirrored_dispute,
    status_of,
)
from amends.resolution.cases.core.decide import Asked, decide
from amends.resolution.cases.core.effects import CreateRefund, Decided, MoveRefund, Say, SetAxis
from amends.resolution.refunds.core import MoneyState, RefundState

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ALL = frozenset(Permission)
STATE = CaseState(
    id=1,
    number=1001,
    request="none",
    replacement="none",
    dispute="none",
    waiting_for="us",
    closed=False,
    snoozed_until=None,
    next_due_at=NOW + timedelta(hours=5),
    leaf="damaged",
    currency="USD",
    paid_minor=4180,
    refunded_outside_minor=0,
    charged_back=False,
    refunds=(),
    has_order=True,
    has_thread=True,
    can_send=True,
    refund_limit_minor=5000,
    version=1,
    buyer_language="es",
)


def ask(
    verb: Verb, state: CaseState = STATE, permissions: frozenset[Permission] = ALL, actor: int | None = 7, **args: Any
) -> Decided | Refusal:
    return decide(verb, Asked(state, args, NOW, actor, permissions, "key"))


def code(result: Decided | Refusal) -> str:
    assert isinstance(result, Refusal)
    return result.code


def refund(minor: int, state: MoneyState, by: int | None = 7) -> RefundState:
    return RefundState(1, minor, "USD", state, by)


def test_an_answer_speaks_the_buyers_language_unless_told_otherwise() -> None:
    result = ask(Verb.ANSWER, text=" Hola ")
    assert isinstance(result, Decided)
    assert result.effects[0] == Say("Hola", "es")
    other = ask(Verb.ANSWER, text="Hi", language="en")
    assert isinstance(other, Decided)
    assert other.effects[0] == Say("Hi", "en")


@pytest.mark.parametrize(
    ("verb", "args", "expected"),
    [
        (Verb.ANSWER, {"text": "  "}, "text_missing"),
        (Verb.ANSWER, {"text": "x" * 20_001}, "text_too_long"),
        (Verb.ANSWER, {"text": "We will write by [date]."}, "unfilled_slot"),
        (Verb.REFUND, {}, "amount_missing"),
        (Verb.REFUND, {"amount": "abc"}, "not_a_number"),
        (Verb.REFUND, {"amount": "NaN"}, "too_many_decimals"),
        (Verb.REFUND, {"amount": "1.005"}, "too_many_decimals"),
        (Verb.REFUND, {"amount": "-1"}, "amount_not_positive"),
        (Verb.REFUND, {"amount": "41.81"}, "more_than_paid"),
        (Verb.REFUND, {"amount": "1", "kind": "gift"}, "unknown_refund_kind"),
        (Verb.OFFER, {"remedy": "magic"}, "unknown_remedy"),
        (Verb.CLOSE, {}, "root_cause_missing"),
        (Verb.REOPEN, {}, "case_is_open"),
        (Verb.RECLASSIFY, {"leaf": "nonsense"}, "unknown_leaf"),
        (Verb.SET_FACT, {"fact": "order.colour", "value": "red"}, "unknown_fact"),
        (Verb.SET_FACT, {"fact": "parcels.signature", "value": "maybe"}, "not_a_flag"),
        (Verb.SNOOZE, {"until": "2026-11-19T00:00:00+00:00"}, "time_in_past"),
        (Verb.SNOOZE, {"until": "2026-11-21T00:00:00+00:00"}, "snooze_past_deadline"),
        (Verb.SNOOZE, {"until": "2026-11-20T04:00:00"}, "zone_missing"),
        (Verb.REFUSE, {"text": "no"}, "refusal_needs_rule"),
        (Verb.PRIORITISE, {"priority": "9"}, "unknown_priority"),
    ],
)
def test_bad_arguments_are_refused_by_name(verb: Verb, args: dict[str, Any], expected: str) -> None:
    assert code(ask(verb, **args)) == expected


def test_a_refund_within_the_limit_is_recorded_and_above_it_waits_for_a_second_person() -> None:
    small = ask(Verb.REFUND, amount="20.00")
    large = ask(Verb.REFUND, replace(STATE, refund_limit_minor=1000), amount="20.00")
    assert isinstance(small, Decided)
    assert isinstance(large, Decided)
    assert small.effects == (CreateRefund("partial_refund", 2000, "USD", MoneyState.CREATED, "key"),)
    assert large.effects == (CreateRefund("partial_refund", 2000, "USD", MoneyState.DUE, "key"),)


def test_the_second_person_is_not_the_first() -> None:
    waiting = replace(STATE, refunds=(refund(2000, MoneyState.DUE),))
    assert code(ask(Verb.APPROVE_REFUND, waiting)) == "needs_second_person"
    result = ask(Verb.APPROVE_REFUND, waiting, actor=8)
    assert isinstance(result, Decided)
    assert result.effects == (MoveRefund(1, MoneyState.CREATED),)


def test_a_chargeback_closes_every_way_of_paying_twice() -> None:
    charged = replace(STATE, charged_back=True, decision_rules=("EB-PAYDISP-EXCL",))
    assert ask(Verb.REFUND, charged, amount="1") == Refusal("double_recovery", ("EB-PAYDISP-EXCL",))
    assert code(ask(Verb.SETTLE, charged, remedy="refund_full", amount="1")) == "double_recovery"
    assert code(ask(Verb.OFFER, charged, remedy="partial_refund", amount="1")) == "double_recovery"


def test_a_remedy_a_rule_forbids_is_refused_with_the_rule() -> None:
    state = replace(STATE, forbidden={"partial_refund": "EB-DEDUCT"})
    assert ask(Verb.OFFER, state, remedy="partial_refund", amount="1") == Refusal(
        "remedy_forbidden", ("EB-DEDUCT",), {"remedy": "partial_refund"}
    )


def test_settling_before_a_dispute_prevents_it() -> None:
    result = ask(Verb.SETTLE, remedy="refund_full", amount="41.80", text="Reembolso")
    assert isinstance(result, Decided)
    assert SetAxis("dispute", "prevented") in result.effects
    assert CreateRefund("refund", 4180, "USD", MoneyState.CREATED, "key") in result.effects
    disputed = ask(Verb.SETTLE, replace(STATE, dispute="open"), remedy="refund_full", amount="41.80")
    assert isinstance(disputed, Decided)
    assert all(not isinstance(e, SetAxis) or e.axis != "dispute" for e in disputed.effects)


def test_a_case_with_money_or_goods_still_due_does_not_close() -> None:
    assert (
        code(ask(Verb.CLOSE, replace(STATE, refunds=(refund(1, MoneyState.CREATED),)), root_cause="size"))
        == "money_still_due"
    )
    assert code(ask(Verb.CLOSE, replace(STATE, replacement="due"), root_cause="size")) == "replacement_still_due"


@pytest.mark.parametrize("verb", list(Verb))
def test_a_viewer_may_do_nothing(verb: Verb) -> None:
    assert code(ask(verb, permissions=ROLE_PERMISSIONS[Role.VIEWER])) == "not_allowed"


def test_finance_settles_without_words_only() -> None:
    finance = ROLE_PERMISSIONS[Role.FINANCE]
    assert isinstance(ask(Verb.REFUND, permissions=finance, amount="1"), Decided)
    assert code(ask(Verb.SETTLE, permissions=finance, remedy="refund_full", amount="1", text="hi")) == "not_allowed"


def test_buttons_and_guard_are_one() -> None:
    closed = replace(STATE, closed=True)
    for state in (STATE, closed):
        for choice in choices(state, ALL):
            assert choice.refusal == guard(choice.verb, state, ALL)
    assert {c.verb for c in choices(closed, ALL) if c.refusal is None} == {Verb.REOPEN}


@pytest.mark.parametrize(
    ("facts", "current", "expected"),
    [
        ({}, "prevented", "prevented"),
        ({"dispute.submitted": NOW}, "prevented", "open"),
        ({"dispute.submitted": NOW + timedelta(hours=1)}, "none", "none"),
        ({"dispute.submitted": NOW, "dispute.responded": NOW}, "open", "responded"),
        ({"dispute.submitted": NOW, "dispute.escalated": NOW}, "open", "escalated"),
        ({"dispute.submitted": NOW, "dispute.decision": "for_seller"}, "escalated", "won"),
        ({"payment_dispute.opened": NOW}, "none", "open"),
    ],
)
def test_the_dispute_axis_mirrors_the_outside(facts: dict[str, Any], current: str, expected: str) -> None:
    assert mirrored_dispute(facts, current, NOW) == expected


def test_every_transition_is_in_the_diagram() -> None:
    text = diagram()
    assert all(t.verb.value in text for t in BY_VERB.values() if t.axis)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"closed": True}, Status.CLOSED),
        ({"next_due_at": NOW - timedelta(seconds=1)}, Status.OVERDUE),
        ({"snoozed_until": NOW + timedelta(hours=1)}, Status.SNOOZED),
        ({"refunds": (refund(1, MoneyState.DUE),)}, Status.MONEY_DUE),
        ({"replacement": "due"}, Status.REPLACEMENT_DUE),
        ({"waiting_for": "buyer"}, Status.WAITING_BUYER),
        ({}, Status.TO_DO),
    ],
)
def test_the_status_is_derived_worst_first(changes: dict[str, Any], expected: Status) -> None:
    assert status_of(replace(STATE, **changes), NOW) is expected


AMOUNTS = st.one_of(st.decimals(-10, 100, places=2).map(str), st.text(max_size=6))


@given(
    st.lists(st.tuples(st.integers(1, 3000), st.sampled_from(list(MoneyState))), max_size=4),
    st.integers(0, 5000),
    AMOUNTS,
    st.sampled_from([Verb.REFUND, Verb.SETTLE]),
)
def test_what_is_promised_back_never_exceeds_what_was_paid(
    refunds: list[tuple[int, MoneyState]], outside: int, amount: str, verb: Verb
) -> None:
    state = replace(
        STATE,
        refunded_outside_minor=outside,
        refunds=tuple(RefundState(i, minor, "USD", s, None) for i, (minor, s) in enumerate(refunds)),
    )
    result = ask(verb, state, remedy="refund_full", amount=amount)
    if isinstance(result, Decided):
        new = sum(e.amount_minor for e in result.effects if isinstance(e, CreateRefund))
        assert new > 0
        assert state.committed_minor + new <= state.paid_minor


ARGS = st.dictionaries(
    st.sampled_from(
        [
            "text",
            "amount",
            "remedy",
            "until",
            "fact",
            "value",
            "root_cause",
            "leaf",
            "rule",
            "refund_id",
            "user_id",
            "priority",
            "kind",
        ]
    ),
    st.one_of(st.text(max_size=12), st.integers(), st.none(), st.booleans()),
    max_size=6,
)


@given(st.sampled_from(list(Verb)), ARGS, st.booleans())
def test_deciding_is_total(verb: Verb, args: dict[str, Any], closed: bool) -> None:
    assert isinstance(ask(verb, replace(STATE, closed=closed), **args), Decided | Refusal)
