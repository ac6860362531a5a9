"""Which language a short buyer message is in, decided from script, two detectors' votes and what we already knew.

Pure: the detectors run in `engines`, and their votes come in as arguments.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from babel.languages import get_official_languages

from amends.kernel.languages import CODES, TABLE, UNDETERMINED, base

CAP: Final = 1000  # characters read; longer text adds time, not certainty

BY_SCRIPT: Final[dict[str, tuple[str, ...]]] = {
    script: tuple(row.code for row in TABLE if script in row.scripts and (script != "han" or row.code == "zh"))
    for script in dict.fromkeys(script for row in TABLE for script in row.scripts)
}
KNOWN: Final = tuple(sorted(CODES))
# Inside a family the detectors guess; a prior decides, else the first, which templates serve for all.
FAMILIES: Final = (("hr", "bs", "sr"), ("id", "ms"))

_SCRIPT_NAMES: Final = (
    ("LATIN", "latin"),
    ("CYRILLIC", "cyrillic"),
    ("ARABIC", "arabic"),
    ("CJK UNIFIED", "han"),
    ("CJK COMPAT", "han"),
    ("HIRAGANA", "kana"),
    ("KATAKANA", "kana"),
    ("HANGUL", "hangul"),
    ("THAI", "thai"),
    ("GREEK", "greek"),
    ("HEBREW", "hebrew"),
    ("DEVANAGARI", "devanagari"),
    ("BENGALI", "bengali"),
    ("TAMIL", "tamil"),
    ("TELUGU", "telugu"),
    ("KANNADA", "kannada"),
    ("MALAYALAM", "malayalam"),
    ("GUJARATI", "gujarati"),
    ("SINHALA", "sinhala"),
    ("KHMER", "khmer"),
    ("LAO", "lao"),
    ("MYANMAR", "myanmar"),
    ("GEORGIAN", "georgian"),
    ("ARMENIAN", "armenian"),
    ("ETHIOPIC", "ethiopic"),
)
# Alphabets of languages that share a script: a letter outside of one rules the language out.
_RUSSIAN: Final = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_ALPHABETS: Final[dict[str, frozenset[str]]] = {
    "ru": _RUSSIAN,
    "uk": frozenset("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "be": frozenset("абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    "bg": frozenset("абвгдежзийклмнопрстуфхцчшщъьюяѝ"),
    "sr": frozenset("абвгдђежзијклљмнњопрстћуфхцчџш"),
    "mk": frozenset("абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ"),
    "kk": _RUSSIAN | frozenset("әғқңөұүһі"),
    "mn": _RUSSIAN | frozenset("өү"),
    "uz": frozenset("абвгдеёжзийклмнопрстуфхцчшъэюяўқғҳ"),
}
_URDU: Final = frozenset("ٹڈڑےںہھ")
_PERSIAN: Final = frozenset("پچژگ")
# One such sign says about as much as a short Latin word, so that "iPhone 15 Pro Max 壳裂了" counts as Chinese.
_SIGN_WEIGHT: Final = {"han": 5, "kana": 5, "hangul": 5}
_TRADITIONAL: Final = frozenset(
    "們這個沒還請貨單錢壞舊貴買賣說時後發對開關東車電話嗎麼與為國區圖實寶價應該換損寄給訂運費歡謝處"
)
_SIMPLIFIED: Final = frozenset(
    "们这个没还请货单钱坏旧贵买卖说时后发对开关东车电话吗么与为国区图实宝价应该换损给订运费欢谢处"
)
_NOISE: Final = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|[\w-]*\d[\w-]*", re.ASCII)
# Controls, zero-width characters and marks that turn the direction of writing; joiners stay inside Indic and Persian.
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
    r"|(?<![\u0600-\u0dff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u0dff])"
)
_SECOND: Final = 0.3  # pycld2's weight beside py3langid's 1
_LISTED: Final = 0.4  # and that of the word lists
_FULL_SAY: Final = 40  # letters
_EXPECTED: Final = 0.3  # what a prior adds
_MARGIN: Final = 0.01  # two languages nearer than this are not told apart
_ALONE: Final = 0.2  # share of all votes below which one detector is not believed by itself
_FEW_LETTERS: Final = 3


@dataclass(frozen=True, slots=True)
class Vote:
    """One detector's best guesses, best first. Empty when it abstains."""

    engine: str
    guesses: tuple[tuple[str, float], ...]

    @property
    def best(self) -> str:
        return self.guesses[0][0] if self.guesses else UNDETERMINED

    def probability(self, language: str) -> float:
        return next((p for code, p in self.guesses if code == language), 0.0)


@dataclass(frozen=True, slots=True)
class Detected:
    """`language` is an ISO 639 code or `und`. `method` says what decided: no_letters, too_short, script, agreement,
    prior, family, words, one_engine or disagreement. `variant` is Hans or Hant for Chinese, else empty."""

    language: str
    probability: float
    second: str | None
    method: str
    variant: str = ""


def sanitise(text: str, cap: int = CAP) -> str:
    """Text that no engine chokes on: lone surrogates replaced, NUL and other controls gone, at most `cap` characters.

    Line breaks stay, since they divide sentences.
    """
    clean = text[: cap * 4].encode("utf-8", "replace").decode("utf-8")
    clean = _CONTROL.sub(" ", clean.replace("\r\n", "\n").replace("\r", "\n"))
    if len(clean) <= cap:
        return clean
    cut = clean[:cap]
    space = cut.rfind(" ")
    return cut[:space] if space > cap * 3 // 4 else cut


def strip_noise(text: str) -> str:
    """The words alone: addresses, links and anything with a digit in it say nothing about the language."""
    return _NOISE.sub(" ", text)


def scripts(text: str) -> Counter[str]:
    """How much of each script there is, signs of dense scripts weighing more than letters."""
    found: Counter[str] = Counter()
    for char in text:
        if not char.isalpha():
            continue
        name = unicodedata.name(char, "")
        script = next((script for prefix, script in _SCRIPT_NAMES if name.startswith(prefix)), None)
        if script:
            found[script] += _SIGN_WEIGHT.get(script, 1)
    return found


def dominant_script(found: Counter[str]) -> str:
    """The script that carries the message. Any real share of kana makes Han signs Japanese. Empty: no letters."""
    if not found:
        return ""
    if found["kana"] * 8 >= found["han"] > 0 or (found["kana"] and not found["han"]):
        merged = Counter(found)
        merged["kana"] += merged.pop("han", 0)
        return merged.most_common(1)[0][0]
    return found.most_common(1)[0][0]


def variant_of(text: str) -> str:
    """Hans or Hant by the signs that only one of them uses; Hans when the text shows neither."""
    hant = sum(char in _TRADITIONAL - _SIMPLIFIED for char in text)
    hans = sum(char in _SIMPLIFIED - _TRADITIONAL for char in text)
    return "Hant" if hant > hans else "Hans"


def prior_languages(priors: Iterable[str]) -> tuple[str, ...]:
    """Languages expected, strongest first. A prior is a language code (`de`, `zh-Hant`) or a country (`AT`)."""
    expected: list[str] = []
    for prior in priors:
        if len(prior) == 2 and prior.isupper():  # noqa: PLR2004 - ISO 3166 alpha-2
            expected += [_normal(code) for code in get_official_languages(prior, de_facto=True)]
        elif prior:
            expected.append(_normal(prior))
    return tuple(dict.fromkeys(code for code in expected if code in KNOWN))


def _normal(code: str) -> str:
    return base(code)


def _alphabetic(text: str, script: str) -> tuple[str, ...]:
    """The languages of a script whose alphabet has every letter of the text; all of them where none has."""
    letters = {char for char in text.lower() if char.isalpha()}
    rows = BY_SCRIPT[script]
    if script == "arabic":
        barred = {"ar", "fa"} if letters & _URDU else {"ar"} if letters & _PERSIAN else set()
        return tuple(code for code in rows if code not in barred)
    cyrillic = {char for char in letters if unicodedata.name(char, "").startswith("CYRILLIC")}
    return tuple(code for code in rows if cyrillic <= _ALPHABETS[code]) or rows


def _allowed(words: str) -> tuple[str, ...]:
    script = dominant_script(scripts(words))
    return _alphabetic(words, script) if script in ("cyrillic", "arabic") else BY_SCRIPT.get(script, ())


def candidates(text: str) -> tuple[str, ...]:
    """The languages that the text's script allows. Empty when there are no letters of a script we know."""
    return _allowed(strip_noise(text))


def decide(text: str, votes: Sequence[Vote], priors: Iterable[str] = ()) -> Detected:
    """The language of a sanitised text. Never a guess between two that the evidence does not part: then `und`."""
    words = strip_noise(text)
    allowed = _allowed(words)
    if not allowed:
        return Detected(UNDETERMINED, 0.0, None, "no_letters")
    if len(allowed) == 1:
        variant = variant_of(words) if allowed[0] == "zh" else ""
        return Detected(allowed[0], 0.99, None, "script", variant)
    expected = [code for code in prior_languages(priors) if code in allowed]
    if sum(char.isalpha() for char in words) < _FEW_LETTERS:
        return Detected(UNDETERMINED, 0.0, expected[0] if expected else None, "too_short")
    return _by_votes([_within(vote, allowed) for vote in votes], expected, sum(char.isalpha() for char in words))


def _within(vote: Vote, allowed: Sequence[str]) -> Vote:
    return Vote(vote.engine, tuple(guess for guess in vote.guesses if guess[0] in allowed))


def _weight(engine: str, letters: int) -> float:
    """py3langid carries; pycld2 is loud about a few words, so it counts in full only from forty letters; the word lists
    part neighbours. Found on half of Tatoeba's sentences of our languages, without priors."""
    if engine == "pycld2":
        return _SECOND * min(1.0, letters / _FULL_SAY)
    return _LISTED if engine == "words" else 1.0


def _by_votes(votes: Sequence[Vote], expected: Sequence[str], letters: int) -> Detected:
    scores: dict[str, float] = {}
    for vote in votes:
        for code, probability in vote.guesses:
            scores[code] = scores.get(code, 0.0) + _weight(vote.engine, letters) * probability
    if not scores:
        return Detected(UNDETERMINED, 0.0, expected[0] if expected else None, "disagreement")
    plain = max(scores, key=lambda code: scores[code])
    for rank, code in enumerate(expected):
        if code in scores:
            scores[code] += _EXPECTED / (rank + 1)
    ranked = sorted(scores, key=lambda code: -scores[code])
    best, second = ranked[0], ranked[1] if len(ranked) > 1 else None
    share = min(0.99, scores[best] / sum(scores.values()))
    margin = scores[best] - (scores[second] if second else 0.0)
    family = next((family for family in FAMILIES if best in family), None)
    supporters = sum(vote.best == best for vote in votes)
    if family:
        member = next((code for code in expected if code in family), best)
        kin = sum(scores.get(code, 0.0) for code in family)
        return Detected(member, min(0.99, kin / sum(scores.values())), second, "family")
    if best in expected and (best != plain or margin < _EXPECTED):
        return Detected(best, share, second, "prior")
    if margin < _MARGIN or (supporters < 2 and share < _ALONE):  # noqa: PLR2004 - two of the three
        return Detected(UNDETERMINED, share, best, "disagreement")
    listed = any(vote.engine == "words" and vote.best == best for vote in votes)
    method = "agreement" if supporters > 1 else "words" if listed else "one_engine"
    return Detected(best, share, second, method)
