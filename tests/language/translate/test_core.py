"""Cutting, masking, checking, routing: the pure part of translation."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.language.translate.core.checks import violations
from amends.language.translate.core.engine import Answer, Caps, EngineFailed, Term
from amends.language.translate.core.masking import Style, hits, lost, mask, unmask
from amends.language.translate.core.pipeline import Step, run
from amends.language.translate.core.routing import Kind, Offer, route
from amends.language.translate.core.segments import join, speaks, split

TEXTS = st.text(max_size=300) | st.sampled_from(
    [
        "Order 27-12044-45131 for $25.90 on 2026-12-01. Thanks!\n\nSee https://x.example/a#b?c=1",
        "价格是 89.90 元。谢谢！",
        "🙂 12:30",
    ]
)


@settings(max_examples=200)
@given(TEXTS, st.sampled_from(["en", "zh", "ar", "th", "xx"]), st.integers(min_value=20, max_value=400))
def test_what_is_cut_joins_again(text, language, most):
    parts = split(text, language, most)
    assert join(parts, tuple(part.text for part in parts)) == text
    assert all(len(part.text) <= most for part in parts if part.speaks)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It broke. I want it back.", 2),
        ("It costs 3.50 at shop.example today.", 1),
        ("Dr. Smith wrote.", 1),
        ("坏了。请退款！", 2),
        ("ما هذا؟ أريد المال.", 2),
        ("line one\nline two", 2),
        ('Look at <a title="Yes. No">this. And</a> that', 2),
        ("Ask {{name. Or}} now", 1),
    ],
)
def test_sentences(text, count):
    assert sum(part.speaks for part in split(text, "zh" if "坏" in text else "ar" if "ما" in text else "en")) == count


def test_what_has_no_letters_of_the_language_never_reaches_an_engine():
    assert not speaks("😡😡 12 €", "en")
    assert not speaks("我要退款", "pt")
    assert speaks("我要退款", "zh")


@settings(max_examples=200)
@given(TEXTS, st.sampled_from(list(Style)))
def test_what_is_masked_unmasks_again(text, style):
    clean = text.replace("XQZ", "").replace("[", "").replace("]", "")
    masked = mask(clean, (), style)
    assert not lost(masked.text, masked.slots)
    assert unmask(masked.text, masked.slots).replace(" ", "") == clean.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("pay $25.90 or R$ 1.234,50 now", ["$25.90", "R$ 1.234,50"]),
        ("order 112-4455667-1234567 and LX123456785CN", ["112-4455667-1234567", "LX123456785CN"]),
        ("on 2026-12-01 at 12:30, 03/11/2026", ["2026-12-01", "12:30", "03/11/2026"]),
        ("see https://x.example/a#b and a.b@c.example", ["https://x.example/a#b", "a.b@c.example"]),
        ("hello {buyer}, {{name}} <b>bold</b>", ["{buyer}", "{{name}}", "<b>", "</b>"]),
        ("I ORDERED 2 BUT GOT 3, ORDER 12", ["2", "3", "12"]),
        ("Galaxy S21, 25cm, 1.5kg, 10 × 20.5 cm, 3rd", ["S21", "25cm", "1.5kg", "10 × 20.5 cm", "3rd"]),
        ("a 5-star rating, 50 % or 12,5%", ["5", "50 %", "12,5%"]),
        ("12-34-5678901 at 9:30 pm on 2026/12/01", ["12-34-5678901", "9:30 pm", "2026/12/01"]),
        (
            "链接https://a.example/b请看，邮箱a@b.example，2026年12月1日付了89元钱",
            ["https://a.example/b", "a@b.example", "2026年12月1日", "89元"],
        ),
        ("#12345 and XQZ1 and [2]", ["#12345", "XQZ1", "2"]),
    ],
)
def test_what_is_protected(text, kept):
    assert [slot.value for slot in mask(text).slots] == kept


def test_glossary_words_are_found_whole_longest_first_and_in_their_forms():
    terms = [Term("order", "pedido", ("orders",)), Term("order number", "número do pedido"), Term("运费", "frete")]
    assert [hit.term.source for hit in hits("My order number, two orders, disorder", terms)] == [
        "order number",
        "order",
    ]
    assert [hit.term.source for hit in hits("请退运费", terms)] == ["运费"]


@pytest.mark.parametrize(
    ("source", "output", "codes"),
    [
        ("I paid 25 euros", "Paguei 25 euros", []),
        ("I paid 25 euros", "Paguei 52 euros", ["number"]),
        ("I paid €25 on 2026-12-01", "Paguei €52 em 2026-12-02", ["money", "date"]),
        ("order 27-12044-45131", "pedido 27-12044-45132", ["id"]),
        ("我要退款", "好的好的好的好的好的好的好的好的", ["repetition"]),
        ("see https://a.example", "veja o site", ["url"]),
        ("It has not arrived", "Chegou", ["negation"]),
        ("my order", "", ["empty"]),
        ("please send my order back now", "- - - a a a a a a a", ["repetition"]),
        ("I want my money back please now", "I want my money back please now", ["untranslated"]),
        ("Where is it", "Onde " * 40, ["length", "repetition"]),
    ],
)
def test_violations(source, output, codes):
    assert [one.code for one in violations(source, output, ("en", "pt"))] == codes


def test_a_missing_glossary_word_and_a_wrong_language_are_seen():
    found = violations(
        "My order is late today", "Minha ordem está atrasada", ("en", "pt"), [Term("order", "pedido")], lambda _: "es"
    )
    assert [(one.code, one.detail) for one in found] == [("term", "order"), ("language", "es")]


PT_EN = frozenset({("pt", "en"), ("en", "pt")})


@pytest.mark.parametrize(
    ("source", "target", "offers", "kind", "engines"),
    [
        ("pt", "en", [Offer("a", PT_EN)], Kind.DIRECT, ["a"]),
        ("pt", "en", [Offer("a", PT_EN, 50), Offer("b", PT_EN, 10)], Kind.DIRECT, ["b"]),
        ("pt", "de", [Offer("a", PT_EN), Offer("b", frozenset({("en", "de")}))], Kind.PIVOT, ["a", "b"]),
        ("pt", "en", [Offer("cloud", PT_EN, external=True)], Kind.NONE, []),
        ("pt", "en", [Offer("cloud", PT_EN, external=True, consented=True)], Kind.DIRECT, ["cloud"]),
        ("hr", "bs", [], Kind.SAME, []),
        ("pt-BR", "pt", [], Kind.SAME, []),
        ("ja", "zh", [Offer("a", PT_EN)], Kind.NONE, []),
    ],
)
def test_routes(source, target, offers, kind, engines):
    way = route(source, target, offers)
    assert (way.kind, [leg.engine for leg in way.legs]) == (kind, engines)


def engine(change):
    return lambda ask: Answer(tuple(change(text) for text in ask.segments), "model-1")


def step(change, source="en", target="pt", **caps):
    return Step(engine(change), Caps(**caps), source, target)


def test_numbers_and_terms_come_back_as_they_were():
    done = run("Your order costs $25.90.", [step(str.upper)], [Term("order", "pedido")])
    assert done.text == "YOUR pedido COSTS $25.90."
    assert (done.fallbacks, done.models, [hit.term.source for hit in done.hits]) == (0, ("model-1",), ["order"])


def test_a_lost_token_is_tried_in_the_other_style():
    done = run("It costs $25.90 today.", [step(lambda text: re.sub(r"XQZ\d", "", text))])
    assert (done.fallbacks, "$25.90" in done.text) == (0, True)


def test_a_sentence_whose_tokens_are_lost_stays_in_the_source_and_says_so():
    done = run(
        "It costs $25.90 today. All is well here.", [step(lambda text: re.sub(r"XQZ\d|\[\d\]", "", text).upper())]
    )
    assert done.text == "It costs $25.90 today. ALL IS WELL HERE."
    assert (done.segments, done.fallbacks) == (2, 1)
    assert "untranslated" in [one.code for one in done.violations]


def test_tokens_survive_two_legs():
    steps = [step(str.upper, "pt", "en"), step(str.lower, "en", "de")]
    assert run("Pedido 27-12044-45131 por R$ 10,00.", steps).text == "pedido 27-12044-45131 por R$ 10,00."


def test_emoji_are_passed_by():
    asked = []
    done = run("😡😡\nIt broke.", [step(lambda text: asked.append(text) or text.upper())])
    assert (done.text, asked) == ("😡😡\nIT BROKE.", ["It broke."])


def test_a_source_that_looks_like_our_tokens_comes_back():
    text = "The box says XQZ2 and [1], it costs $5."
    assert run(text, [step(str.upper)]).text == "THE BOX SAYS XQZ2 AND [1], IT COSTS $5."


@pytest.mark.parametrize("stray", ["XQZ9", "XQQ1", "xqz 4"])
def test_a_token_that_the_engine_invented_never_reaches_a_reader(stray):
    done = run("It costs $5 today.", [step(lambda text: f"{text} {stray}")])
    assert (done.text, done.fallbacks) == ("It costs $5 today.", 1)


def test_what_is_only_tokens_is_not_sent_and_the_glossary_still_speaks():
    asked = []
    done = run("LX123456785CN\nKettle", [step(lambda text: asked.append(text) or text)], [Term("kettle", "chaleira")])
    assert (done.text, asked, done.fallbacks) == ("LX123456785CN\nchaleira", [], 0)


def test_a_link_longer_than_the_engine_takes_is_not_cut():
    link = "https://x.example/" + "a1" * 400
    asked = []
    done = run(f"See {link} now", [step(lambda text: asked.append(text) or text.upper(), max_chars=100)])
    assert done.text == f"SEE {link} NOW"
    assert max(map(len, asked)) <= 100


def test_half_characters_and_nul_reach_no_engine():
    asked = []
    run("bad \ud83d and \x00 here", [step(lambda text: asked.append(text) or text)])
    assert asked == ["bad \ufffd and \ufffd here"]


@pytest.mark.parametrize(
    "text", ["a. " * 350_000, "order " * 170_000, "a" * 1_000_000, "1.1" * 330_000, "a@" * 500_000, "😡" * 250_000]
)
def test_a_megabyte_ends_in_seconds(text):
    started = time.monotonic()
    parts = split(text, "en")
    assert join(parts, tuple(part.text for part in parts)) == text
    hits(text, [Term("order", "pedido")])
    mask(text)
    assert time.monotonic() - started < 20


def test_an_engine_with_another_number_of_answers_is_refused():
    broken = Step(lambda _ask: Answer(("one", "two"), "m"), Caps(), "en", "pt")
    with pytest.raises(EngineFailed, match="another number"):
        run("It broke.", [broken])


@settings(max_examples=60)
@given(TEXTS)
def test_the_pipeline_is_total(text):
    run(text.encode("utf-8", "replace").decode(), [step(lambda part: part[::-1])])
