"""The menu of texts: nothing is missing, nothing stands twice, what fits stands first."""

from __future__ import annotations

import pytest

from amends.language.templates import catalogue
from amends.language.templates.core.suggest import BY_LEAF, BY_REMEDY, SHELVES, shelves

KEYS = list(catalogue()["en"].texts)


def test_every_shipped_text_has_one_shelf() -> None:
    placed = [key for texts in SHELVES.values() for key in texts]
    assert sorted(placed) == sorted(KEYS)


@pytest.mark.parametrize("best", sorted({*BY_LEAF.values(), *BY_REMEDY.values()}))
def test_what_fits_stands_first_and_nothing_is_lost(best: str) -> None:
    found = shelves([*KEYS, "gift_wrap"], best)
    assert found[0][1][0] == best
    assert sorted(key for _, texts in found for key in texts) == sorted([*KEYS, "gift_wrap"])


def test_own_texts_come_after_what_fits_and_alone_make_no_empty_shelf() -> None:
    assert [shelf for shelf, _ in shelves([*KEYS, "gift_wrap"], "ask_photos")][:2] == ["asking", "own"]
    assert "own" not in dict(shelves(KEYS, "ask_photos"))
    assert shelves(["gift_wrap"], "gift_wrap") == [("own", ["gift_wrap"])]
