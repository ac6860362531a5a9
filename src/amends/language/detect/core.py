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

UNDETERMINED: Final = "und"
CAP: Final = 1000  # characters read; longer text adds time, not certainty
FIRST_CLASS: Final = ("zh", "en", "es", "pt", "de", "fr", "ru", "ja", "ar")

# Every language that detection may answer, by the script it is written in. Serbian is written in two.
BY_SCRIPT: Final[dict[str, tuple[str, ...]]] = {
    "latin": (
        "en",
        "es",
        "pt",
        "de",
        "fr",
        "it",
        "nl",
        "pl",
        "sv",
        "da",
        "nb",
        "fi",
        "cs",
        "sk",
        "sl",
        "hr",
        "bs",
        "sr",
        "hu",
        "ro",
        "tr",
        "id",
        "ms",
        "vi",
        "tl",
        "et",
        "lv",
        "lt",
        "ca",
    ),
    "cyrillic": ("ru", "uk", "bg", "sr", "mk", "kk"),
    "arabic": ("ar", "fa", "ur"),
    "han": ("zh",),
    "kana": ("ja",),
    "hangul": ("ko",),
    "thai": ("th",),
    "greek": ("el",),
    "hebrew": ("he",),
    "devanagari": ("hi", "mr"),
    "bengali": ("bn",),
    "tamil": ("ta",),
}
KNOWN: Final = tuple(sorted({code for codes in BY_SCRIPT.values() for code in codes}))
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
)
# One such sign says about as much as a short Latin word, so that "iPhone 15 Pro Max 壳裂了" counts as Chinese.
_SIGN_WEIGHT: Final = {"han": 5, "kana": 5, "hangul": 5}
_TRADITIONAL: Final = frozenset(
    "們這個沒還請貨單錢壞舊貴買賣說時後發對開關東車電話嗎麼與為國區圖實寶價應該換損寄給訂運費歡謝處"
)
_SIMPLIFIED: Final = frozenset(
    "们这个没还请货单钱坏旧贵买卖说时后发对开关东车电话吗么与为国区图实宝价应该换损给订运费欢谢处"
)
_NOISE: Final = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|[\w-]*\d[\w-]*", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\ufeff\ufffe\uffff]")
_SURE: Final = 0.85  # share of all votes that one detector alone needs
_MAJORITY: Final = 0.45  # and that two together need, against the rest
_WORDS_SHARE: Final = 0.6  # and that two or more telling words need
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

    @property
    def first_class(self) -> bool:
        return self.language in FIRST_CLASS


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
    base = code.replace("_", "-").split("-")[0].lower()
    return {"no": "nb", "iw": "he", "fil": "tl", "cmn": "zh"}.get(base, base)


def _cyrillic(text: str) -> tuple[str, ...]:
    """The Cyrillic languages whose alphabet has every telling letter of the text."""
    letters = set(text.lower())
    barred: set[str] = set()
    if letters & set("яюйщьъыэё"):
        barred |= {"sr", "mk"}
    if letters & set("ыэё") or re.search(r"ь(?!о)", text.lower()):
        barred |= {"bg", "uk"} if letters & set("ыэё") else {"bg"}
    if letters & set("іїєґ"):
        barred |= {"ru", "bg", "sr", "mk"}
    if letters & set("јљњћђџѓќѕ"):
        barred |= {"ru", "bg", "uk", "kk"}
    return tuple(code for code in BY_SCRIPT["cyrillic"] if code not in barred)


def _allowed(words: str) -> tuple[str, ...]:
    script = dominant_script(scripts(words))
    return _cyrillic(words) if script == "cyrillic" else BY_SCRIPT.get(script, ())


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
    return _by_votes([_within(vote, allowed) for vote in votes], expected)


def _within(vote: Vote, allowed: Sequence[str]) -> Vote:
    return Vote(vote.engine, tuple(guess for guess in vote.guesses if guess[0] in allowed))


def _by_votes(votes: Sequence[Vote], expected: Sequence[str]) -> Detected:
    scores: Counter[str] = Counter()
    for vote in votes:
        for code, probability in vote.guesses:
            scores[code] += probability  # type: ignore[assignment]  # Counter of float weights
    for rank, code in enumerate(expected):
        if code in scores:
            scores[code] += 0.3 / (rank + 1)  # type: ignore[assignment]  # as above
    if not scores:
        return Detected(UNDETERMINED, 0.0, None, "disagreement")
    ranked = [code for code, _ in scores.most_common()]
    bests = {vote.best for vote in votes if vote.guesses}
    share = min(0.99, scores[ranked[0]] / sum(scores.values()))
    second = ranked[1] if len(ranked) > 1 else None
    return _settle(ranked[0], second, share, bests, votes, expected)


def _settle(
    best: str, second: str | None, share: float, bests: set[str], votes: Sequence[Vote], expected: Sequence[str]
) -> Detected:
    family = next((family for family in FAMILIES if best in family), None)
    if family and sum(vote.best in family for vote in votes) > 1:
        member = next(
            (code for code in expected if code in family), family[0] if len(bests & set(family)) > 1 else best
        )
        return Detected(member, share, second, "family")
    supporters = sum(vote.best == best for vote in votes)
    if supporters > 1 and share >= _MAJORITY:
        return Detected(best, share, second, "agreement")
    if best in expected:
        return Detected(best, share, second, "prior")
    if share >= _WORDS_SHARE and any(vote.engine == "words" and vote.probability(best) >= 1.0 for vote in votes):
        return Detected(best, share, second, "words")
    if supporters == 1 and len(bests) == 1 and share >= _SURE:
        return Detected(best, share, second, "one_engine")
    return Detected(UNDETERMINED, share, best, "disagreement")
