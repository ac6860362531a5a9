"""The index gives what the core says, whatever the order, however it was filled."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.precedents import index as index_module
from amends.judgement.precedents.core import FIELDS, LIMIT, MOST_WORDS, Features, encode, share
from amends.judgement.precedents.index import Answer, Asked, Index, order_of
from amends.judgement.precedents.shelves import Rows
from tests.judgement.precedents.strategies import bags, features

Case = tuple[Features, tuple[int, ...], bytes]
DIMENSIONS = 4


def rows_of(cases: dict[int, Case], dimensions: int = 0) -> Rows:
    """Case number = row = seconds when it was closed."""
    numbers = list(cases)
    words = np.zeros((len(numbers), MOST_WORDS), np.uint16)
    embedding = np.zeros((len(numbers), dimensions), np.int8)
    for place, number in enumerate(numbers):
        bag = cases[number][1]
        words[place, MOST_WORDS - len(bag) :] = bag
        if dimensions and cases[number][2]:
            embedding[place] = np.frombuffer(cases[number][2], np.int8)
    return Rows(
        np.array([encode(cases[n][0]) for n in numbers], np.uint16).reshape(len(numbers), len(FIELDS)),
        np.array(numbers, np.int64),
        np.array([order_of(1000 + n, n) for n in numbers], np.int64),
        words,
        embedding,
    )


def filled(cases: dict[int, Case], dimensions: int = 0) -> Index:
    made = Index(dimensions)
    made.add(rows_of(cases, dimensions))
    return made


many = st.lists(st.tuples(features(kinds=("not_received", "return")), bags, st.just(b"")), max_size=14).map(
    lambda cases: dict(enumerate(cases, start=1))
)


@given(many, features(kinds=("not_received", "return")))
def test_the_index_measures_as_the_core_does_and_finds_the_nearest(cases: dict[int, Case], mine: Features) -> None:
    answer = filled(cases).search(Asked(encode(mine)), 20)
    by_hand = [
        (share(encode(mine), encode(theirs)), -number)
        for number, (theirs, _, _) in cases.items()
        if theirs.kind == mine.kind and share(encode(mine), encode(theirs)) <= LIMIT
    ]
    assert [(f.share, -f.pk) for f in answer.found] == [pytest.approx(pair) for pair in sorted(by_hand)]
    assert answer.searched == sum(theirs.kind == mine.kind for theirs, _, _ in cases.values())


@given(many, features(), bags, st.randoms(use_true_random=False))
def test_the_order_of_learning_does_not_matter(cases: dict[int, Case], mine: Features, bag: Any, chance: Any) -> None:
    numbers = list(cases)
    chance.shuffle(numbers)
    asked = Asked(encode(mine), bag)
    assert filled({n: cases[n] for n in numbers}).search(asked, 20) == filled(cases).search(asked, 20)


@settings(max_examples=60)
@given(many, many, st.sets(st.integers(1, 14)), features(), bags)
def test_grown_step_by_step_is_built_at_once(
    first: dict[int, Case], later: dict[int, Case], gone: set[int], mine: Features, bag: Any
) -> None:
    """Some cases learnt, some learnt anew, some forgotten: the same as what is left, learnt in one go."""
    grown = filled(first)
    for number, case in later.items():
        grown.remove(np.array([number], np.int64))
        grown.add(rows_of({number: case}))
    grown.remove(np.array(sorted(gone), np.int64))
    left = {number: case for number, case in (first | later).items() if number not in gone}
    asked = Asked(encode(mine), bag)
    assert grown.search(asked, 20) == filled(left).search(asked, 20)
    assert len(grown) == len(left)


@given(features(), bags.filter(bool), many)
def test_the_same_case_is_the_nearest(mine: Features, bag: Any, others: dict[int, Case]) -> None:
    """Also among others: nothing lies nearer, in structure and in words."""
    answer = filled(others | {99: (mine, bag, b"")}).search(Asked(encode(mine), bag), 1)
    assert answer.found[0].share == 0
    best = answer.found[0]
    assert best.pk == 99 or others[best.pk][0] == mine


def test_tombstones_are_swept_and_nothing_is_lost() -> None:
    cases: dict[int, Case] = {n: (Features(kind="return", days=n), (n,), b"") for n in range(1, 401)}
    made = filled(cases)
    made.remove(np.arange(1, 301, dtype=np.int64))
    (shelf,) = made.shelves.values()
    assert (shelf.count, shelf.dead, len(made)) == (100, 0, 100)
    answer = made.search(Asked(encode(Features(kind="return", days=400))), 20)
    assert {f.pk for f in answer.found} <= set(range(301, 401))
    assert answer == filled({n: cases[n] for n in range(301, 401)}).search(
        Asked(encode(Features(kind="return", days=400))), 20
    )


def test_of_many_equals_the_newest_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """More equally near than the shortlist holds, over several blocks and shelves."""
    monkeypatch.setattr(index_module, "SHORTLIST", 10)
    monkeypatch.setattr("amends.judgement.precedents.shelves.BLOCK", 16)
    mine = Features(kind="return", leaf="change_of_mind", platform="ebay")
    cases: dict[int, Case] = dict.fromkeys(range(1, 101), (mine, (), b""))
    cases |= {n: (replace(mine, platform="amazon"), (), b"") for n in range(101, 201)}
    answer = filled(cases).search(Asked(encode(mine)), 20)
    assert [f.pk for f in answer.found] == list(range(100, 90, -1))


def test_the_case_itself_is_left_out() -> None:
    mine = Features(kind="return", days=3)
    made = filled({1: (mine, (5,), b""), 2: (mine, (5,), b"")})
    assert [f.pk for f in made.search(Asked(encode(mine), (5,)), 5, leave_out=2).found] == [1]


def test_another_kind_of_trouble_is_never_shown() -> None:
    made = filled({1: (Features(kind="return", days=3), (), b"")})
    assert made.search(Asked(encode(Features(kind="not_received", days=3))), 5) == Answer((), 0, "")
    assert made.search(Asked(encode(Features(days=3))), 5).searched == 1


def test_what_lies_too_far_is_not_called_similar() -> None:
    mine = Features(
        kind="return", platform="ebay", leaf="change_of_mind", value=Decimal(5), days=1, channel="none", site="us",
        returned=False, delivered=True, opened=False, demand="refund", fulfilment="seller",
    )  # fmt: skip
    far = Features(
        kind="return", platform="amazon", leaf="returned_after_receipt", value=Decimal(5000), days=300, site="de",
        channel="a_to_z", returned=True, delivered=False, opened=True, demand="replacement", fulfilment="platform",
    )  # fmt: skip
    assert share(encode(mine), encode(far)) > LIMIT
    answer = filled({1: (far, (), b"")}).search(Asked(encode(mine)), 5)
    assert (answer.found, answer.searched) == ((), 1)


def test_words_rank_what_is_equally_near_by_rare_words_first() -> None:
    mine = Features(kind="return")
    cases: dict[int, Case] = dict.fromkeys(range(1, 9), (mine, (1, 2), b""))
    cases[3] = (mine, (1, 7), b"")  # 7 is rare, 1 stands everywhere
    answer = filled(cases).search(Asked(encode(mine), (1, 7)), 3)
    assert answer.method == "bm25"
    assert (answer.found[0].pk, answer.found[0].words) == (3, 1.0)
    assert answer.found[1].words is not None
    assert answer.found[1].words < 0.5


def test_structure_goes_before_words() -> None:
    mine = Features(kind="not_received", leaf="in_transit_late", signature=False)
    same_words = replace(mine, leaf="delivered_not_received", signature=True)
    answer = filled({1: (mine, (8,), b""), 2: (same_words, (5,), b"")}).search(Asked(encode(mine), (5,)), 2)
    assert [f.pk for f in answer.found] == [1, 2]


def test_where_an_encoder_is_in_use_directions_count_and_not_words() -> None:
    mine = Features(kind="return")
    cases: dict[int, Case] = {
        1: (mine, (5,), bytes([0, 100, 0, 0])), 2: (mine, (), bytes([90, 10, 0, 0])), 3: (mine, (5,), b""),
    }  # fmt: skip
    made = filled(cases, DIMENSIONS)
    answer = made.search(Asked(encode(mine), (5,), bytes([100, 0, 0, 0])), 3)
    assert answer.method == "cosine"
    assert [f.pk for f in answer.found] == [2, 3, 1]
    assert answer.found[0].words == pytest.approx(90 / np.hypot(90, 10))
    assert answer.found[1].words is None
    assert made.search(Asked(encode(mine), (5,)), 3).method == "bm25"
