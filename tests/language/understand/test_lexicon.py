"""Word lists: the same concepts in nine languages, negation, and text made comparable."""

from __future__ import annotations

import pytest

from amends.language.understand.core.lexicon import compile_lexicon
from amends.language.understand.core.rules import RULES, features
from amends.language.understand.core.signals import evidence
from amends.language.understand.core.text import fold, own_words, sentences
from amends.language.understand.loading import LANGUAGES, anchors, lexicon


def test_every_language_knows_the_same_concepts():
    expected = set(lexicon("en").concepts)
    assert [language for language in LANGUAGES if set(lexicon(language).concepts) != expected] == []


def test_rules_name_only_known_concepts():
    known = set(lexicon("en").concepts)
    assert {name for rule in RULES for name in rule.needs | rule.excludes} - known == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_leaf_has_at_least_twelve_anchors_and_none_twice(language):
    known = anchors(language)
    assert min(known.leaves.count(leaf) for leaf in set(known.leaves)) >= 12
    assert len(set(known.leaves)) == 24
    assert len(set(known.texts)) == len(known.texts)


@pytest.mark.parametrize(
    ("language", "text", "stands", "absent"),
    [
        ("en", "the cup was not damaged", "", "damaged"),
        ("en", "the cup was damaged", "damaged", ""),
        ("en", "i dont want a refund, send a new one", "replacement", "refund"),
        ("en", "you have not refunded me", "refund", ""),
        ("de", "Die Tasse war nicht beschädigt", "", "damaged"),
        ("ja", "返金は不要です。交換してください", "replacement", "refund"),
        ("zh", "不要退款，请补发", "replacement", "refund"),
        ("es", "no quiero un reembolso, quiero otro envío", "", "refund"),
        ("fr", "Le suivi indique livré mais je n'ai rien reçu", "says_delivered", ""),
        ("ru", "не нужен возврат денег, пришлите новый", "replacement", "refund"),
        ("ar", "أين طلبي", "where", ""),
        ("pt", "CADÊ MEU PEDIDO", "where", ""),
    ],
)
def test_concepts_and_negation(language, text, stands, absent):
    found = lexicon(language).concepts_in(text)
    assert not stands or stands in found
    assert absent not in found


def test_accents_and_apostrophes_do_not_matter():
    assert fold("Où est-il ? DÉJÀ", "fr") == "ou est-il ? deja"
    assert fold("doesn’t", "en") == "doesnt"
    assert fold("ё", "ru") == "е"
    assert fold("が", "ja") == "が"
    assert fold("أُنشِئَ ١٢", "ar") == "انشي 12"


def test_a_broken_pattern_is_named():
    with pytest.raises(ValueError, match=r"en: .* in 'late \(two'"):
        compile_lexicon("en", {"concepts": {"late": "late (two"}})


def test_a_gap_spans_words_but_not_sentences():
    words = compile_lexicon("en", {"concepts": {"x": "tracking ~ delivered"}})
    assert words.concepts_in("tracking says it was delivered") == {"x"}
    assert words.concepts_in("no tracking. it was delivered") == frozenset()


def test_quoted_history_and_signature_are_not_the_buyers_words():
    mail = "It is broken.\n\nSent from my iPhone\n> Dear buyer, refund"
    assert own_words(mail) == "It is broken."
    assert own_words("Kaputt!\nAm 3. Oktober 2026 um 10:00 schrieb Shop:\n> Danke") == "Kaputt!"
    assert own_words("> all quoted") == "> all quoted"


def test_threats_and_courtesies_are_not_evidence():
    words = lexicon("en")
    text = "The lamp is broken. If you do not refund me I will open a dispute. Thanks!"
    assert evidence(text, words) == "The lamp is broken."
    assert evidence("thanks!", words) == "thanks!"
    assert sentences("壊れた。返金して！") == ["壊れた。", "返金して！"]


def test_the_first_rule_that_fires_is_a_feature():
    assert "!!delivered_not_received" in features(frozenset({"says_delivered", "not_arrived"}))
