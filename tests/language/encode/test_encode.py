"""The encoder: which one a machine gets, what it is shown, and that no text can harm it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.language.encode import encoder, fitted, signed_bytes
from amends.language.encode.core import LIMIT, clean
from amends.language.encode.engines import Letters, has_avx2


def words(text: str) -> int:
    return len(text.split())


def test_meaning_is_nearer_than_wording_across_languages():
    vectors = encoder().encode(["the vase arrived broken", "die Vase kam zerbrochen an", "thank you, all is perfect"])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_rows_have_length_one_and_one_text_is_like_many():
    texts = ["where is my order", "¿dónde está mi pedido?", "我的订单在哪里"]
    many = encoder().encode(texts)
    assert np.allclose(np.linalg.norm(many, axis=1), 1, atol=1e-3)
    assert np.array_equal(many[1], encoder().encode([texts[1]])[0])
    assert encoder().encode([]).shape == (0, encoder().dimensions)


@pytest.mark.parametrize(
    ("cpuinfo", "machine", "has"),
    [
        ("flags\t: fpu vme avx avx2 sse\n", "x86_64", True),
        ("flags\t: fpu vme avx sse\n", "x86_64", False),
        ("", "x86_64", False),
        ("Features\t: fp asimd\n", "aarch64", True),
    ],
)
def test_a_processor_without_avx2_is_seen(cpuinfo, machine, has):
    assert has_avx2(cpuinfo, machine) is has


def test_the_first_and_the_last_sentence_are_kept():
    text = " ".join(f"Sentence number {n} has some words in it." for n in range(30))
    kept = fitted(text, words, limit=24)
    assert kept.startswith("Sentence number 0 ")
    assert kept.endswith("Sentence number 29 has some words in it.")
    assert words(kept) <= 24


def test_a_sentence_that_is_too_long_is_cut_at_a_blank():
    kept = fitted("word " * 500, words, limit=20)
    assert words(kept) <= 20
    assert kept.split()[-1] == "word"


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "\ud83d", "😡" * 400, "a" * 36_000, "http://x.example/" + "q" * 5000, "\u202eabc", "我" * 20_000],
)
def test_hostile_texts_are_encoded_and_bounded(text):
    shown = fitted(text, encoder().tokens)
    assert encoder().tokens(shown) <= LIMIT
    (row,) = encoder().encode([text])
    assert np.isfinite(row).all()


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_encoding_is_total(text):
    assert np.isfinite(encoder().encode([text])).all()
    assert "\x00" not in clean(text)


def test_letters_serve_where_nothing_else_can():
    rows = Letters().encode(["the vase is broken", "the vase is broken!", "wo ist mein paket"])
    assert rows[0] @ rows[1] > 0.9 > rows[0] @ rows[2]


def test_signed_bytes_keep_the_angle():
    rows = encoder().encode(["where is my order", "where's my parcel"])
    small = np.array([np.frombuffer(one, dtype=np.int8) for one in signed_bytes(rows)], dtype=np.float32) / 127
    assert abs(float(small[0] @ small[1]) - float(rows[0] @ rows[1])) < 0.03
