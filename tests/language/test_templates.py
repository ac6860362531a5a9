"""The phrasebook: the same texts in nine languages, well formed, and never saying what a reply must not say."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import product

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from amends.kernel.money import Money
from amends.kernel.taxonomy import BY_CODE
from amends.language.detect import detect
from amends.language.templates import BY_REMEDY, Situation, catalogue, render, resolve, suggest
from amends.language.templates.core import BY_LEAF, FALLBACKS, SLOT, BadPhrasebook, locale_of, parse

LANGUAGES = ("ar", "de", "en", "es", "fr", "ja", "pt", "ru", "zh")
KEYS = sorted(catalogue()["en"].texts)
EVERY_TEXT = list(product(LANGUAGES, KEYS))
SLOTS = {"buyer", "order", "item", "amount", "date", "tracking", "carrier", "days", "shop"}
VALUES = {
    "buyer": "Kim", "order": "27-12044-45131", "item": "Mug", "amount": Money.of("1234.50", "EUR"),
    "date": datetime(2026, 11, 22, 2, 0, tzinfo=UTC), "tracking": "LX123456785CN", "carrier": "UPS", "days": 5,
    "shop": "Mugs",
}  # fmt: skip
# What no answer may say. Contact data, a wish for reviews, fault admitted, the buyer blamed, a dispute to be closed.
FORBIDDEN = {
    "": r"@|https?:|www\.|whatsapp|wechat|telegram|\+\d{2}",
    "en": r"review|rating|feedback|stars|our (fault|mistake|error)|your (fault|mistake)|close the (dispute|case|claim)",
    "de": r"bewert|rezension|sterne|unser(e[mn]?)? (fehler|schuld)|ihre schuld|fall (zu )?schließen",
    "es": r"reseña|valoraci|opinión|estrellas|(nuestro|nuestra) (error|culpa)|su culpa|cierre la disputa",
    "pt": r"avalia(ção|r)|estrelas|(nosso|nossa) (erro|culpa)|sua culpa|feche a disputa",
    "fr": r"(votre|un) avis (positif|sur)|laisse[rz] un avis|évaluat|étoile|(notre|votre) (faute|erreur)|fermer le lit",
    "ru": r"отзыв|оценк|зв[её]зд|наша (вина|ошибка)|ваша вина|закро(йте|ете) спор",
    "zh": r"好评|评价|评分|五星|我们的(错|过失|责任)|您的错|(关闭|撤销|取消)纠纷",
    "ja": r"レビュー|評価|星|(当方|弊社)の(ミス|過失)|お客様の(ミス|過失)|紛争を(取り下げ|閉じ)",
    "ar": r"تقييم|نجوم|خطؤنا|خطأنا|خطؤك|أغلق النزاع|إغلاق النزاع",
}
ENGLISH = re.compile(r"\b(the|your|you|order|please|refund|parcel|thank|with|and|will|hello|regards)\b", re.IGNORECASE)


def words_of(language: str, key: str) -> str:
    return SLOT.sub("", catalogue()[language].texts[key])


def test_nine_languages():
    assert sorted(catalogue()) == list(LANGUAGES)
    assert [book.reviewed for book in catalogue().values()] == [None] * 9  # nobody has signed one yet


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_texts_with_the_same_slots(language):
    english, book = catalogue()["en"], catalogue()[language]
    assert sorted(book.texts) == KEYS
    assert {key: book.placeholders(key) for key in KEYS} == {key: english.placeholders(key) for key in KEYS}
    assert set().union(*(book.placeholders(key) for key in KEYS)) <= SLOTS


@pytest.mark.parametrize(("language", "key"), EVERY_TEXT)
def test_a_text_is_in_its_language_and_complete(language, key):
    rendered = render(catalogue(), key, language, VALUES)
    assert (rendered.language, rendered.missing, rendered.reviewed) == (language, (), False)
    assert "{" not in rendered.text
    assert ".." not in rendered.text
    assert detect(words_of(language, key)).language.split("-")[0] == language
    if language != "en":
        assert ENGLISH.findall(words_of(language, key)) == []


@pytest.mark.parametrize(("language", "key"), EVERY_TEXT)
def test_nothing_forbidden_is_said(language, key):
    text = words_of(language, key).lower()
    assert re.findall(f"{FORBIDDEN['']}|{FORBIDDEN[language]}", text) == []


@pytest.mark.parametrize("language", LANGUAGES)
@given(days=st.integers(min_value=0, max_value=10_000))
def test_every_count_has_its_plural(language, days):
    text = render(catalogue(), "return_instructions", language, VALUES | {"days": days}).text
    form = locale_of(language).plural_form(days)
    assert catalogue()[language].units["days"][form].split("{n}")[-1].strip() in text


def test_plural_forms_are_those_of_cldr():
    for language in LANGUAGES:
        assert set(catalogue()[language].units["days"]) == set(Locale.parse(language).plural_form.tags) | {"other"}


@pytest.mark.parametrize(
    ("language", "amount", "date"),
    [
        ("en", "€1,234.50", "November 22, 2026"),
        ("de", "1.234,50\xa0€", "22. November 2026"),
        ("fr", "1\u202f234,50\xa0€", "22 novembre 2026"),
        ("es", "1.234,50\xa0€", "22 de noviembre de 2026"),
        ("pt", "€\xa01.234,50", "22 de novembro de 2026"),
        ("ru", "1\xa0234,50\xa0€", "22 ноября 2026\u202fг."),
        ("ja", "€1,234.50", "2026年11月22日"),
        ("zh", "€1,234.50", "2026年11月22日"),
    ],
)
def test_money_and_dates_as_the_language_writes_them(language, amount, date):
    assert amount in render(catalogue(), "offer_full_refund", language, VALUES).text
    assert date.removesuffix(".") in render(catalogue(), "first_answer", language, VALUES).text


def test_codes_keep_their_direction_inside_arabic():
    text = render(catalogue(), "delivered_not_received", "ar", VALUES).text
    assert "\u2068LX123456785CN\u2069" in text
    assert text.count("\u2068") == text.count("\u2069") == 5


def test_a_slot_without_value_stays_visible():
    rendered = render(catalogue(), "delay_choice", "en", VALUES | {"date": None, "amount": ""})
    assert rendered.missing == ("date", "amount")
    assert "expects it by [date]" in rendered.text
    assert "we refund [amount]" in rendered.text


@pytest.mark.parametrize(
    ("language", "used"),
    [
        ("pt-BR", "pt"),
        ("ca", "es"),
        ("yue", "zh"),
        ("uk", "en"),
        ("zh-Hant", "zh"),
        ("de-AT", "de"),
        ("ko", "en"),
        ("und", "en"),
    ],
)
def test_a_language_without_texts_uses_another(language, used):
    assert resolve(catalogue(), language) == used
    assert render(catalogue(), "thanks", language, VALUES).language == used


def test_fallbacks_lead_to_texts():
    assert set(FALLBACKS.values()) <= set(LANGUAGES)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (None, "expected a mapping"),
        ({"texts": {"thanks": " "}}, "thanks is empty"),
        ({"texts": {"thanks": "да"}, "units": {"days": {"one": "{n} день", "other": "{n} дня"}}}, "few"),
    ],
)
def test_a_bad_phrasebook_is_refused(raw, problem):
    with pytest.raises(BadPhrasebook, match=problem):
        parse("ru", raw)


def test_what_is_suggested_exists():
    assert {*BY_LEAF.values(), *BY_REMEDY.values()} <= set(KEYS)
    assert set(BY_LEAF) == set(BY_CODE)


@given(
    leaf=st.sampled_from(sorted(BY_CODE)),
    remedy=st.sampled_from([None, *BY_REMEDY]),
    flags=st.tuples(*[st.booleans()] * 6),
    asked=st.booleans(),
)
def test_every_situation_has_a_text(leaf, remedy, flags, asked):
    key = suggest(leaf, remedy, Situation(*flags), {"case.photos"} if asked else set())
    assert key in KEYS
    assert not key.startswith("offer_")  # what is offered, a person decides


@pytest.mark.parametrize(
    ("leaf", "situation", "asked", "key"),
    [
        ("damaged", Situation(has_order=False), True, "ask_order_number"),
        ("thanks", Situation(has_order=False), False, "thanks"),
        ("question", Situation(has_order=False), False, "general_answer"),
        ("damaged", Situation(has_order=True), True, "ask_photos"),
        ("damaged", Situation(has_order=True), False, "ask_photos"),
        ("damaged", Situation(has_order=True, photos=True), False, "damaged_received"),
        ("quality", Situation(has_order=True), True, "quality_issue"),
        ("wrong_item", Situation(has_order=True), True, "wrong_item"),
        ("wrong_item", Situation(has_order=True, photos=True), False, "first_answer"),
        ("description", Situation(has_order=True), True, "ask_photos"),
        ("description", Situation(has_order=True), False, "size_issue"),
        ("cancellation", Situation(has_order=True), False, "cancellation_done"),
        ("cancellation", Situation(has_order=True, sent=True), False, "cancellation_too_late"),
        ("address_change", Situation(has_order=True), False, "ask_address_check"),
        ("address_change", Situation(has_order=True, sent=True), False, "address_change_too_late"),
        ("where_is_my_order", Situation(has_order=True), False, "first_answer"),
        ("where_is_my_order", Situation(has_order=True, sent=True), False, "where_is_my_order"),
        ("in_transit_late", Situation(has_order=True), False, "first_answer"),
        ("in_transit_late", Situation(has_order=True, sent=True), False, "where_is_my_order"),
        ("in_transit_late", Situation(has_order=True, sent=True, late=True), False, "delay_choice"),
        ("in_transit_late", Situation(has_order=True, sent=True, at_the_bank=True), False, "unauthorised_help"),
        ("customs_detained", Situation(has_order=True, sent=True), False, "customs_hold"),
        ("customs_detained", Situation(has_order=True, sent=True, ours_to_clear=True), False, "first_answer"),
        ("duplicate_charge", Situation(has_order=True), False, "payment_help"),
    ],
)  # fmt: skip
def test_what_answers_what(leaf, situation, asked, key):
    assert suggest(leaf, None, situation, {"case.photos"} if asked else set()) == key
