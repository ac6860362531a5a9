"""The guard: its rules hold their examples, and it finds what it must in the evaluation set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.guard import Context, Verdict, check, current
from amends.judgement.guard.core.deciding import decide
from amends.judgement.guard.core.rule import STRENGTH, Place
from amends.judgement.guard.parse import load_guard
from amends.judgement.guard.verify import failures
from amends.judgement.rules.load import current as rulebook
from amends.kernel.outcome import InputError
from amends.language.statements import CODES, How, Statement
from amends.language.statements.approved import approved
from amends.language.templates.books import catalogue

FLOOR = 0.95
CEILING = 0.03
HERE = Path(__file__).parent / "evaluation"


def rows(split: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / f"{split}.jsonl").read_text("utf-8").splitlines()]


def test_every_example_holds():
    assert failures() == []


def test_every_class_has_a_rule_and_every_rule_an_address_or_our_own_practice():
    assert {code for rule in current() for code in rule.says} == set(CODES)
    for rule in current():
        assert all(cite.url or cite.source == "HOUSE" for cite in rule.cites), rule.id
        assert {"en", "zh"} <= set(rule.title) & set(rule.why) & set(rule.instead)


def test_the_evaluation_set():
    both = rows("dev") + rows("test")
    assert len(both) >= 400
    assert len({row["language"] for row in both}) >= 25
    assert len({row["id"] for row in both}) == len(both)
    assert not {row["text"] for row in rows("dev")} & {row["text"] for row in rows("test")}


@pytest.mark.parametrize("split", ["dev", "test"])
def test_blocks_what_must_be_blocked_and_little_else(split):
    found = [
        (row, check(row["text"], row["language"], Context(row["platform"], row["country"]))) for row in rows(split)
    ]
    caught = [checked.blocked for row, checked in found if row["blocked"]]
    stopped = [checked.blocked for row, checked in found if not row["blocked"]]
    assert sum(caught) / len(caught) >= FLOOR
    assert sum(stopped) / len(stopped) <= CEILING
    for _, checked in found:
        assert all(f.rule.id and f.cites for f in checked.findings)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Leave us a review and we send you 5 dollars back."),
        ("de", "Für Ihre Rezension schenken wir Ihnen ein Zubehörteil."),
        ("pt", "Deixe uma avaliação e devolvemos 5 reais."),
        ("zh", "晒图评价后联系客服领红包。"),
        ("ar", "مقابل تقييمك نهديك ملحقًا."),
        ("ja", "レビューを書いていただければ500円返金します。"),
        ("ru", "За ваш отзыв подарим аксессуар."),
        ("fr", "Pour votre avis nous offrons un accessoire."),
        ("es", "Por su opinión le regalamos un accesorio."),
        ("ko", "리뷰를 쓰시면 5천 원을 돌려드립니다."),
    ],
)
def test_a_reward_for_a_review_is_blocked_in_ten_languages_with_its_rule(language, text):
    for country in ("US", "DE", "GB", "CN"):
        checked = check(text, language, Context("amazon", country))
        assert checked.blocked
        assert "GUARD-REVIEW-REWARD" in [f.rule.id for f in checked.findings]
        assert all(cite.url for f in checked.findings for cite in f.cites)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("mail me: anna.shop(at)gmail.com", "contact_details"),
        ("WhatsApp +86 138 0013 8000", "contact_details"),
        ("加我微信 anna_shop2020", "contact_details"),
        ("see https://example.com/x", "outside_link"),
        ("see ec.europa.eu/consumers/odr", "odr_link"),
        ("your coupon code is SAVE10", "coupon"),
    ],
)
def test_forms(text, code):
    assert code in [f.statement.code for f in check(text, "en", Context("ebay", "DE")).findings if f.statement]


@pytest.mark.parametrize(
    "text",
    [
        "Your order 112-4455667-1234567 left with tracking 1Z999AA10123456784.",
        "The parcel LX123456785CN arrives on 2026-12-01 between 08:00 and 12:00.",
        "DHL has your parcel, the number is 00340434161094227812.",
        "We refunded $1,234.50 to the card ending 4242.",
    ],
)
def test_numbers_of_orders_and_parcels_are_no_telephones(text):
    assert check(text, "en", Context("amazon", "US")).verdict is None


def test_a_marketplace_forbids_what_an_own_shop_may_say():
    text = "Write to us at help@lamps.example"
    assert check(text, "en", Context("amazon", "US")).blocked
    assert not check(text, "en", Context("shopify", "US")).blocked


def test_an_unknown_condition_fires_nothing():
    assert check("You will hear from us.", "en", Context("amazon", "US")).verdict is None
    late = check("You will hear from us.", "en", Context("amazon", "US", conditions={"past_deadline": True}))
    assert late.verdict is Verdict.BLOCK


def test_of_two_rules_on_one_sentence_the_stronger_is_shown():
    said = [Statement("coupon", 0, 5, How.FORM)]
    (finding,) = decide(said, Context("amazon", "US"), current()).findings
    assert (finding.rule.id, finding.verdict) == ("GUARD-COUPON-AMAZON", Verdict.BLOCK)
    (finding,) = decide(said, Context("shopify", "US"), current()).findings
    assert finding.verdict is Verdict.SHAPE
    assert STRENGTH[Verdict.BLOCK] > STRENGTH[Verdict.GATE] > STRENGTH[Verdict.SHAPE] > STRENGTH[Verdict.LABEL]


def test_places():
    assert Place(countries=("EU",)).holds("", "DE", "draft")
    assert not Place(countries=("EU",)).holds("", "GB", "draft")
    assert not Place(not_platforms=("shopify",)).holds("shopify", "", "draft")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_checking_is_total(text):
    checked = check(text, "en", Context("amazon", "US"))
    json.dumps(checked.to_json(text))


def hostile() -> Iterator[str]:
    yield from ("", "\ud83d", "\x00", "\u202eabc", "😡" * 500, "a" * 100_000, "x@" * 20_000, "+1" * 20_000)


@pytest.mark.parametrize("text", list(hostile()))
def test_hostile_texts(text):
    check(text, "", Context("amazon", "US"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("verdict: shout", "unknown_value"),
        ("says: [nonsense]", "unknown_value"),
        ("cite: [{rule: NO-SUCH}]", "unknown_rule"),
        ("cite: [{source: S99999}]", "unknown_source"),
        ("where: {countries: [XX]}", "unknown_value"),
        ("colour: red", "unknown_key"),
    ],
)
def test_a_malformed_rule_is_refused_whole(tmp_path, change, code):
    key = change.split(":")[0]
    lines = {
        "id": "id: G-X", "verdict": "verdict: block", "says": "says: [coupon]", "title": "title: {en: a, zh: b}",
        "why": "why: {en: a, zh: b}", "instead": "instead: {en: a, zh: b}", "cite": "cite: [{source: HOUSE}]",
        "examples": "examples: [{text: x, expect: none}]",
    } | {key: change}  # fmt: skip
    (tmp_path / "x.yaml").write_text("rules:\n  - " + "\n    ".join(lines.values()) + "\n", "utf-8")
    with pytest.raises(InputError) as raised:
        load_guard(tmp_path, rulebook())
    assert code in [problem.code for problem in raised.value.problems]


def test_patterns_never_fire_on_the_counter_examples():
    from amends.language.statements.listed import by_words
    from amends.language.statements.loading import folded, taught

    for language, text, classes in taught():
        if not classes:
            assert list(by_words(folded(text), [(0, len(text))], language)) == [], (language, text)


@pytest.mark.parametrize("language", sorted(catalogue()))
def test_no_shape_of_the_phrasebook_lets_any_sentence_through(language):
    """A closing that is nothing but the shop's name once approved every sentence of its language."""
    assert not approved("xq zv wk jj 5 pt vr", language)
