"""The table of rows already met, against a plain dict."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from amends.intake.imports.core.seen import Seen


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 2)), max_size=300))
def test_it_answers_like_a_dict(rows):
    seen, known = Seen(), {}
    for number, (key, content) in enumerate(rows, start=1):
        expected = (known[key][0], known[key][1] == content) if key in known else (0, True)
        assert seen.meet(key, content, number) == expected
        known.setdefault(key, (number, content))


def test_it_grows():
    seen = Seen()
    for number in range(1, 20_001):
        assert seen.meet(("order", number), number, number) == (0, True)
    assert seen.meet(("order", 19_999), 19_999, 1) == (19_999, True)
    assert seen.meet(("order", 7), 8, 1) == (7, False)
