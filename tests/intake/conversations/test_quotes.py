from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from amends.intake.conversations.core import quotes

CORPUS = yaml.safe_load((Path(__file__).parent / "quotes.yaml").read_text(encoding="utf-8"))
SAMPLES: list[dict[str, str]] = CORPUS["samples"]
UNTOUCHED: list[str] = CORPUS["untouched"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s['language']}-{s['program']}")
def test_new_words_are_parted_from_history_and_signature(sample: dict[str, str]) -> None:
    parts = quotes.split(sample["mail"])
    assert parts.text == sample["text"]
    assert parts.quoted or parts.signature
    assert not parts.only_quoted


def test_every_language_is_covered() -> None:
    assert {s["language"] for s in SAMPLES} == {"zh", "en", "es", "pt", "de", "fr", "ru", "ja", "ar"}


@pytest.mark.parametrize("text", UNTOUCHED)
def test_ordinary_sentences_stay(text: str) -> None:
    assert quotes.split(text) == quotes.Parts(text)


def test_answers_between_quoted_lines_are_all_kept() -> None:
    mail = (
        "On Thu, Nov 19, 2026, Acme <a@b.example> wrote:\n"
        "> Is it broken?\nYes, in two.\n> Do you want another?\nNo, a refund."
    )
    parts = quotes.split(mail)
    assert parts.text == "Yes, in two.\nNo, a refund."
    assert parts.quoted.split("\n") == [
        "On Thu, Nov 19, 2026, Acme <a@b.example> wrote:",
        "> Is it broken?",
        "> Do you want another?",
    ]


def test_a_forward_without_a_word_is_its_own_text() -> None:
    mail = (
        "---------- Forwarded message ---------\n"
        "From: Carrier <c@d.example>\nDate: x\nSubject: y\n\nYour parcel is lost."
    )
    parts = quotes.split(mail)
    assert parts.only_quoted
    assert parts.text == mail
    assert parts.quoted == ""


def test_a_mail_that_is_only_a_signature_keeps_it() -> None:
    assert quotes.split("Sent from my iPhone") == quotes.Parts("Sent from my iPhone")


def test_history_found_in_the_html_is_added() -> None:
    parts = quotes.split("New words.\n> old line", "older still")
    assert (parts.text, parts.quoted) == ("New words.", "> old line\n\nolder still")


@given(st.text(alphabet=st.sampled_from("ab>:@ \n-_19.写道wrote"), max_size=300))
def test_no_line_is_ever_lost(text: str) -> None:
    parts = quotes.split(text)
    kept = f"{parts.text}\n{parts.quoted}\n{parts.signature}".split()
    assert sorted(kept) == sorted(text.split())
