"""A CTranslate2 model of random numbers: too small to translate, real enough to be loaded, prefixed and refused."""

from __future__ import annotations

import io
import json

import pytest

from amends.kernel.languages import CODES
from amends.language.translate import store
from amends.language.translate.core.engine import Ask, EngineFailed
from amends.language.translate.engines import ct2

ctranslate2 = pytest.importorskip("ctranslate2")
sentencepiece = pytest.importorskip("sentencepiece")
np = pytest.importorskip("numpy")

SIZE, HEADS = 16, 2
TEXTS = ["the parcel never arrived and I want my money back", "where is my order", "it broke in a day"] * 20


def pieces_of():
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS), model_writer=written, vocab_size=40, minloglevel=2, hard_vocab_limit=False
    )
    return written.getvalue()


def fill(layer, chance, width_in=SIZE, width_out=SIZE):
    layer.weight = chance.standard_normal((width_out, width_in)).astype("float32")
    layer.bias = np.zeros(width_out, dtype="float32")


def even(layer):
    layer.gamma, layer.beta = np.ones(SIZE, dtype="float32"), np.zeros(SIZE, dtype="float32")


def attention(block, chance, *, widths):
    even(block.layer_norm)
    for linear, width in zip(block.linear, widths, strict=True):
        fill(linear, chance, SIZE, width)


def build(folder, languages, **described):
    """One encoder and one decoder layer over the pieces and the languages' own tokens."""
    chance = np.random.default_rng(7)
    folder.mkdir(parents=True)
    data = pieces_of()
    (folder / "sentencepiece.bpe.model").write_bytes(data)
    processor = sentencepiece.SentencePieceProcessor(model_proto=data)
    words = ["<s>", "<pad>", "</s>", "<unk>"]
    words += [p for p in map(processor.id_to_piece, range(processor.get_piece_size())) if p not in words] + languages
    spec = ctranslate2.specs.TransformerSpec.from_config(1, HEADS, pre_norm=True)
    spec.register_source_vocabulary(words)
    spec.register_target_vocabulary(words)
    position = chance.standard_normal((512, SIZE)).astype("float32")
    spec.encoder.embeddings[0].weight = chance.standard_normal((len(words), SIZE)).astype("float32")
    spec.decoder.embeddings.weight = chance.standard_normal((len(words), SIZE)).astype("float32")
    for side in (spec.encoder, spec.decoder):
        side.position_encodings.encodings = position
        even(side.layer_norm)
        layer = side.layer[0]
        attention(layer.self_attention, chance, widths=(3 * SIZE, SIZE))
        even(layer.ffn.layer_norm)
        fill(layer.ffn.linear_0, chance, SIZE, 2 * SIZE)
        fill(layer.ffn.linear_1, chance, 2 * SIZE, SIZE)
    attention(spec.decoder.layer[0].attention, chance, widths=(SIZE, 2 * SIZE, SIZE))
    fill(spec.decoder.projection, chance, SIZE, len(words))
    spec.validate()
    spec.save(str(folder))
    if described:
        (folder / "amends.json").write_text(json.dumps(described))
    return folder


@pytest.mark.parametrize(
    ("name", "source", "target", "languages", "prefix"),
    [
        ("nllb-tiny", "pt", "zh", ["por_Latn", "zho_Hans"], ["zho_Hans"]),
        ("m2m100-tiny", "nb", "ja", ["__no__", "__ja__"], ["__ja__"]),
        ("madlad-tiny", "en", "tl", ["<2fil>"], []),
    ],
)
def test_a_model_loads_and_honours_its_prefix(tmp_path, name, source, target, languages, prefix):
    model = store.add(build(tmp_path / name, languages), tmp_path / "home")[0]
    assert (source, target) in ct2.pairs_of(model)
    assert model.non_commercial is name.startswith("nllb")
    engine = ct2.CTranslate2(model)
    done = engine.translate(Ask(("where is my order", "it broke"), source, target))
    assert len(done.segments) == 2
    assert done.model == model.sha256
    tokens = engine._tokens("it broke", source, target)
    assert (tokens[0], tokens[-1]) == (languages[0], "</s>")
    (raw,) = engine._translator.translate_batch(
        [tokens], target_prefix=[prefix] if prefix else None, max_decoding_length=8
    )
    assert raw.hypotheses[0][: len(prefix)] == prefix
    pieces = engine._pieces.encode("it broke", out_type=str)
    assert engine._text([*prefix, *pieces, "</s>"], prefix) == "it broke"  # the language's own name is not shown


def test_an_opus_model_has_the_one_direction_it_tells(tmp_path):
    folder = build(tmp_path / "opus-de-en", [], family="opus", pair=["de", "en"])
    model = store.add(folder, tmp_path / "home")[0]
    assert ct2.pairs_of(model) == {("de", "en")}
    assert len(ct2.CTranslate2(model).translate(Ask(("where is my order",), "de", "en")).segments) == 1


def test_an_opus_model_reads_and_writes_with_pieces_of_its_own(tmp_path):
    folder = build(tmp_path / "opus-de-en", [], family="opus", pair=["de", "en"])
    (folder / "sentencepiece.bpe.model").rename(folder / "source.spm")
    (folder / "target.spm").write_bytes((folder / "source.spm").read_bytes())
    model = store.add(folder, tmp_path / "home")[0]
    assert {model.files["pieces"].name, model.files["target_pieces"].name} == {"source.spm", "target.spm"}
    assert len(ct2.CTranslate2(model).translate(Ask(("where is my order",), "de", "en")).segments) == 1


def test_a_changed_byte_refuses_to_load_and_names_the_file(tmp_path):
    model = store.add(build(tmp_path / "nllb-tiny", ["por_Latn", "eng_Latn"]), tmp_path / "home")[0]
    path = model.files["model"]
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(EngineFailed, match=r"model\.bin has changed"):
        ct2.CTranslate2(model).translate(Ask(("it broke",), "pt", "en"))


@pytest.mark.parametrize(
    ("described", "told"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ('{"family": "llama"}', "what model"),
        ('{"family": "opus"}', "needs"),
        ('{"family": "opus", "pair": ["de", "qq"]}', "needs"),
    ],
)
def test_a_description_that_cannot_be_meant_is_refused(tmp_path, described, told):
    folder = build(tmp_path / "mine", [])
    (folder / "amends.json").write_text(described)
    with pytest.raises(store.BadModel, match=told):
        store.add(folder, tmp_path / "home")
    assert store.installed(tmp_path / "home") == []


def test_the_tables_know_only_languages_of_ours_and_no_name_twice():
    for names in (ct2.NLLB, ct2.M2M, ct2.MADLAD):
        assert set(names) <= set(CODES)
        assert len(set(names.values())) == len(names)
    assert set(ct2.NLLB) == set(CODES)


def test_a_language_the_family_lacks_is_told(tmp_path):
    model = store.add(build(tmp_path / "m2m-tiny", ["__en__"]), tmp_path / "home")[0]
    with pytest.raises(EngineFailed) as failed:
        ct2.CTranslate2(model).translate(Ask(("it broke",), "en", "te"))
    assert failed.value.code == "no_pair"
