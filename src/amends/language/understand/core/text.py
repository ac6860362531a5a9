"""A buyer's text made comparable, and the part of it that is evidence for what the case is about."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

SPACELESS: Final = frozenset({"zh", "ja"})  # languages written without spaces: no word boundaries to rely on
_APOSTROPHES: Final = re.compile(r"['’‘ʼ`´]")
_ARABIC_MARKS: Final = re.compile(r"[\u064b-\u0652\u0670\u0640]")
_ARABIC_LETTERS: Final = str.maketrans("أإآٱىةؤئ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "اااايهوي01234567890123456789")
_RUSSIAN_LETTERS: Final = str.maketrans("ё", "е")
_SENTENCE: Final = re.compile(r"(?<=[.!?。!?؟])\s+|(?<=[。!?！？])|\n+")
_QUOTE_HEADS: Final = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|forwarded|ursprüngliche|mensaje original|mensagem original|message d'origine"
    r"|原始邮件|исходное|元のメッセージ|الرسالة الأصلية).*|_{10,}|"
    r"(?:on|am|el|em|le|於|在|في)\b.{4,120}(?:wrote|schrieb|escribió|escreveu|a écrit|写道|寫道|كتب).{0,80}[:：]\s*|"
    r".{4,120}(?:пишет|написал\(а\)|написал|написала)\s*:\s*|.{4,120}(?:のメール|さんは書きました|wrote)\s*:\s*|"
    r"(?:from|von|de|от|发件人|差出人|من)\s*[:：].+@.+)$",
    re.IGNORECASE,
)
_SIGNATURE: Final = re.compile(
    r"^(?:--\s*|sent from my .*|gesendet von .*|von meinem .* gesendet|enviado desde .*|enviado do .*|envoyé de .*"
    r"|отправлено с .*|发自我的.*|iphoneから送信|أرسلت من .*)$",
    re.IGNORECASE,
)


def fold(text: str, language: str) -> str:
    """Lower case, compatibility forms, and no accents: buyers leave them out as often as they write them.

    Japanese voicing marks and Cyrillic й stay, since there they make another letter.
    """
    lowered = unicodedata.normalize("NFKC", text).lower().replace("ß", "ss")
    lowered = _APOSTROPHES.sub("" if language == "en" else " ", lowered)
    if language == "ar":
        return _ARABIC_MARKS.sub("", lowered).translate(_ARABIC_LETTERS)
    if language == "ru":
        return lowered.translate(_RUSSIAN_LETTERS)
    if language in SPACELESS:
        return lowered
    return "".join(_unaccented(char) for char in lowered)


@lru_cache(maxsize=4096)
def _unaccented(char: str) -> str:
    base = unicodedata.normalize("NFD", char)
    return base[0] if len(base) > 1 and base[0].isascii() else char


def own_words(text: str) -> str:
    """What the buyer wrote this time: quoted history and the device's signature taken off.

    When nothing is left, the text was all quotation and is given back whole.
    """
    kept: list[str] = []
    for line in text.splitlines():
        if _QUOTE_HEADS.match(line) or (_SIGNATURE.match(line.strip()) and kept):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    own = "\n".join(kept).strip()
    return own or text.strip()


def sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.split(text) if part and part.strip()]


_CLAUSE: Final = re.compile(r"(?<=[,;،；])\s+|(?<=[，、；])|(?<=[.!?؟।۔])\s+|(?<=[。！？])|\n+")
_SHORT: Final = 8  # letters below which a clause goes with the one before it; a CJK sign counts for two


def clauses(text: str) -> list[str]:
    """What stands between commas and stops: what happened and what is wanted are often said in one sentence."""
    found: list[str] = []
    for part in _CLAUSE.split(text):
        piece = (part or "").strip()
        if not piece:
            continue
        letters = sum(2 if ord(char) > 0x2E7F else 1 for char in piece if char.isalpha())  # noqa: PLR2004 - CJK begins
        if found and letters < _SHORT:
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return found
