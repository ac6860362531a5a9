"""What a text says: sentence by sentence, each in its language, and no warning taken for what it warns of."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.language.statements import CODES, How, _apart, statements
from amends.language.statements.core.sentences import sentences
from amends.language.statements.listed import by_words
from amends.language.statements.loading import SUBJECTS, folded, patterns, subjects, taught


def cut(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("До 22 ноября 2026 г. посылка придёт. Напишите нам.", 2),
        ("Yours, J. Doe. Thank you.", 2),
        ("Isporuka 1. prosinca 2026. Javite nam se.", 2),
        ("¿Llegó el 3.? ¡Gracias!", 2),
        ("商品已寄出。请查收！", 2),
        ("", 0),
    ],
)
def test_stops_that_shorten_end_no_sentence(text, count):
    assert len(cut(text)) == count


@given(st.text(max_size=400))
def test_sentences_are_cuts_of_the_text_in_order(text):
    spans = sentences(text)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_of_the_wishes_about_a_review_only_the_clearest_is_claimed():
    row = {"review_positive": 0.7, "review_request": 0.9, "review_reward": 0.6, "coupon": 0.1}
    assert _apart(row) == {"review_request": 0.9, "review_reward": 0.6, "coupon": 0.1}
    assert _apart({}) == {}


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("please close the case first", "en", True),
        ("please do not close the case first", "en", False),
        ("all sales are final", "en", True),
        ("no returns, no refunds, all sales final", "en", True),
        ("给个五星好评", "zh", True),
        ("请不要给五星好评", "zh", False),
    ],
)
def test_a_listed_expression_in_a_warning_is_left_to_the_meaning(text, language, found):
    assert bool(list(by_words(folded(text), [(0, len(text))], language))) is found


@pytest.mark.parametrize(
    "text",
    [
        "レビューを書いていただければ500円返金します。",
        "Deixe uma avaliação e devolvemos 5 reais.",
        "晒图评价后联系客服领红包。",
    ],
)
@pytest.mark.parametrize("expected", ["", "pt", "de", "ja"])
def test_a_sentence_is_read_in_its_own_language_whatever_was_expected(text, expected):
    assert "review_reward" in [said.code for said in statements(text, expected)]


def test_two_languages_in_one_draft():
    text = "Obrigado pela sua mensagem. Please leave us five stars."
    assert [(s.code, s.phrase(text)) for s in statements(text, "pt") if s.how is How.WORDS] == [
        ("review_positive", "leave us five stars")
    ]


def test_every_list_of_words_names_every_subject_and_matches_nothing_empty():
    for language, rows in subjects().items():
        assert tuple(rows) == SUBJECTS
        assert [subject for subject, words in rows.items() if words.search("")] == [], language


def test_patterns_are_of_known_classes_and_sentences_of_known_languages():
    assert {code for rows in patterns().values() for code, _ in rows} <= set(CODES)
    assert {language for language, *_ in taught()} <= set(subjects()), "sentences of a language without word lists"


@pytest.mark.parametrize("text", ["", " ", "😡😡", "\ud800", "\x00", "a" * 100_000, "؟" * 50])
def test_no_text_breaks_it(text):
    assert isinstance(statements(text, "en"), tuple)
