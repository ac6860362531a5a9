from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.intake.conversations.core import clean


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("a\x00b\x07c", "abc"),
        ("line\r\nnext\rlast", "line\nnext\nlast"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066isolated\u2069", "isolated"),
        ("re\u200bfund", "refund"),
        ("re\u200dfund", "refund"),
        ("\ufeffhello", "hello"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("ignore\U000e0061\U000e0062 this", "ignore this"),
        ("soft\u00adhyphen", "softhyphen"),
        ("a\ufe0f\ufe0f\ufe0f", "a\ufe0f"),
    ],
)
def test_deceptive_characters_go(dirty: str, cleaned: str) -> None:
    assert clean.clean(dirty) == cleaned


@pytest.mark.parametrize(
    "honest",
    [
        "👨‍👩‍👧 family",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "نمی\u200cخواهم",
        "क्\u200dष",
        "السعر 5\u200f ريال",
        "❤\ufe0f",
        "tab\tand\nnewline",
    ],
)
def test_honest_ones_stay(honest: str) -> None:
    assert clean.clean(honest) == honest


def test_a_long_text_is_cut_and_says_so() -> None:
    text, cut = clean.clean_body("长" * (clean.TEXT_LIMIT + 1))
    assert (len(text), cut) == (1_000_000, True)
    assert clean.clean_body("长" * clean.TEXT_LIMIT) == ("长" * clean.TEXT_LIMIT, False)


def test_a_line_of_36_kilobytes_survives() -> None:
    line = "word " * 7_200
    assert clean.clean_body(line) == (line.rstrip(), False)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=200))
def test_cleaning_is_idempotent_and_storable(text: str) -> None:
    once = clean.clean(text)
    assert clean.clean(once) == once
    once.encode("utf-8")
    assert "\x00" not in once
