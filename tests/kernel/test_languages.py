"""The table of languages."""

from __future__ import annotations

import pytest

from amends.kernel.languages import (
    BY_CODE,
    CODES,
    RIGHT_TO_LEFT,
    base,
    direction,
    fallbacks,
    locale_of,
    name,
    own_name,
    same,
)


def test_sixty_nine_languages_each_with_a_locale_and_a_name():
    assert len(CODES) == len(set(CODES)) == 69
    assert all(locale_of(code).languages for code in CODES)
    assert all(name(code, "zh") != code and own_name(code) != code for code in CODES)
    assert {"ar", "fa", "he", "ur"} == RIGHT_TO_LEFT


@pytest.mark.parametrize(
    ("tag", "code"),
    [("pt-BR", "pt"), ("no", "nb"), ("iw", "he"), ("zh_Hant_TW", "zh"), ("fil", "tl"), ("xx", "xx"), ("EN-gb", "en")],
)
def test_tags_find_their_row(tag, code):
    assert base(tag) == code


def test_families_count_as_one_language():
    assert same("hr", "bs")
    assert same("id", "ms")
    assert same("pt-PT", "pt")
    assert not same("hr", "sl")
    assert not same("xx", "yy")


def test_stand_ins_are_rows_of_the_table_and_end_in_english():
    assert all(row.stand_in in {"", *CODES} for row in BY_CODE.values())
    assert fallbacks("gl") == ("gl", "es", "en")
    assert fallbacks("zh-Hant") == ("zh-Hant", "zh", "en")


def test_direction():
    assert (direction("ar"), direction("de"), direction("und")) == ("rtl", "ltr", "ltr")
    assert str(locale_of("zh")) == "zh_Hans"
