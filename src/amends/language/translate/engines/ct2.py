"""CTranslate2 folders: NLLB (not for commercial use), M2M-100, MADLAD and OPUS. Runs inside a worker process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from amends.kernel.languages import CODES
from amends.language.translate.core.engine import Answer, Ask, EngineFailed
from amends.language.translate.store import BadModel, Model

# Our code → the name these models have for it. A language without a row is not known to the family.
NLLB: Final = dict(
    pair.split(":")
    for pair in [
        "af:afr_Latn",
        "am:amh_Ethi",
        "ar:arb_Arab",
        "az:azj_Latn",
        "be:bel_Cyrl",
        "bg:bul_Cyrl",
        "bn:ben_Beng",
        "bs:bos_Latn",
        "ca:cat_Latn",
        "cs:ces_Latn",
        "da:dan_Latn",
        "de:deu_Latn",
        "el:ell_Grek",
        "en:eng_Latn",
        "es:spa_Latn",
        "et:est_Latn",
        "eu:eus_Latn",
        "fa:pes_Arab",
        "fi:fin_Latn",
        "fr:fra_Latn",
        "gl:glg_Latn",
        "gu:guj_Gujr",
        "he:heb_Hebr",
        "hi:hin_Deva",
        "hr:hrv_Latn",
        "hu:hun_Latn",
        "hy:hye_Armn",
        "id:ind_Latn",
        "is:isl_Latn",
        "it:ita_Latn",
        "ja:jpn_Jpan",
        "ka:kat_Geor",
        "kk:kaz_Cyrl",
        "km:khm_Khmr",
        "kn:kan_Knda",
        "ko:kor_Hang",
        "lo:lao_Laoo",
        "lt:lit_Latn",
        "lv:lvs_Latn",
        "mk:mkd_Cyrl",
        "ml:mal_Mlym",
        "mn:khk_Cyrl",
        "mr:mar_Deva",
        "ms:zsm_Latn",
        "my:mya_Mymr",
        "nb:nob_Latn",
        "ne:npi_Deva",
        "nl:nld_Latn",
        "pl:pol_Latn",
        "pt:por_Latn",
        "ro:ron_Latn",
        "ru:rus_Cyrl",
        "si:sin_Sinh",
        "sk:slk_Latn",
        "sl:slv_Latn",
        "sq:als_Latn",
        "sr:srp_Cyrl",
        "sv:swe_Latn",
        "sw:swh_Latn",
        "ta:tam_Taml",
        "te:tel_Telu",
        "th:tha_Thai",
        "tl:tgl_Latn",
        "tr:tur_Latn",
        "uk:ukr_Cyrl",
        "ur:urd_Arab",
        "uz:uzn_Latn",
        "vi:vie_Latn",
        "zh:zho_Hans",
    ]
)
_NOT_M2M: Final = frozenset({"eu", "te"})
_M2M_NAMES: Final = {"nb": "no"}
M2M: Final = {code: _M2M_NAMES.get(code, code) for code in CODES if code not in _NOT_M2M}
MADLAD: Final = {code: {"nb": "no", "tl": "fil"}.get(code, code) for code in CODES}
FAMILIES: Final = {"nllb": NLLB, "m2m": M2M, "madlad": MADLAD}


def pairs_of(model: Model) -> frozenset[tuple[str, str]]:
    """Any two languages of a many-to-many model; the one direction of an OPUS model."""
    if model.family == "opus":
        return frozenset(model.pairs)
    known = FAMILIES[model.family]
    return frozenset((a, b) for a in known for b in known if a != b)


class CTranslate2:
    """One folder. Not thread-safe."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._translator: Any = None
        self._pieces: Any = None
        self._written: Any = None  # what puts the target's pieces together

    def translate(self, ask: Ask) -> Answer:
        try:
            self._load()
            rows = [self._tokens(text, ask.source, ask.target) for text in ask.segments]
            prefix = self._prefix(ask.target)
            found = self._translator.translate_batch(
                rows, target_prefix=[prefix] * len(rows) if prefix else None, beam_size=2, max_decoding_length=400
            )
            texts = tuple(self._text(one.hypotheses[0], prefix) for one in found)
        except ImportError:
            raise EngineFailed(
                "crashed", "ctranslate2 and sentencepiece are not installed (requirements/translate.txt)"
            ) from None
        except BadModel as bad:  # its message names the file
            raise EngineFailed("crashed", f"{self.model.id}: {bad}") from None
        except KeyError:
            raise EngineFailed("no_pair", f"{self.model.id} has no {ask.source} to {ask.target}") from None
        except (RuntimeError, ValueError, OSError) as error:
            raise EngineFailed("crashed", f"{self.model.id}: {type(error).__name__}") from None
        return Answer(texts, self.model.sha256)

    def _load(self) -> None:
        if self._translator is None:
            import ctranslate2
            import sentencepiece

            self.model.check()
            pieces = self.model.files["pieces"]
            self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(pieces))
            written = self.model.files.get("target_pieces", pieces)
            self._written = sentencepiece.SentencePieceProcessor(model_file=str(written))
            self._translator = ctranslate2.Translator(
                str(self.model.files["model"].parent), device="cpu", inter_threads=1, intra_threads=1
            )

    def _tokens(self, text: str, source: str, target: str) -> list[str]:
        pieces: list[str] = self._pieces.encode(text, out_type=str)
        family = self.model.family
        if family == "nllb":
            return [NLLB[source], *pieces, "</s>"]
        if family == "m2m":
            return [f"__{M2M[source]}__", *pieces, "</s>"]
        if family == "madlad":
            return [f"<2{MADLAD[target]}>", *pieces, "</s>"]
        return [*pieces, "</s>"]

    def _prefix(self, target: str) -> list[str]:
        family = self.model.family
        return [NLLB[target]] if family == "nllb" else [f"__{M2M[target]}__"] if family == "m2m" else []

    def _text(self, tokens: Sequence[str], prefix: Sequence[str]) -> str:
        plain = [token for token in tokens[len(prefix) :] if token != "</s>"]  # noqa: S105 - a sentence's end, no secret
        return str(self._written.decode(plain))
