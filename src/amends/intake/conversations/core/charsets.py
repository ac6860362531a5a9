"""Bytes to text when the label may lie. Never raises: the worst outcome is a replacement character."""

from __future__ import annotations

import codecs
import re

# A label on the left is read as the wider set on the right, because that is what senders really write.
_WIDER = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "gbk": "gb18030", "cp936": "gb18030",
    "chinese": "gb18030", "ms936": "gb18030", "euc-cn": "gb18030",
    "big5": "big5hkscs", "x-x-big5": "big5hkscs", "cp950": "big5hkscs",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms_kanji": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949",
    "tis-620": "cp874", "windows-874": "cp874", "iso-8859-11": "cp874",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-6": "cp1256", "iso-8859-8-i": "cp1255", "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8", "cp-850": "cp850", "x-mac-roman": "mac_roman", "macintosh": "mac_roman",
}  # fmt: skip
_WEAK = frozenset({"ascii", "cp1252"})  # labels that programs put on anything
# Names that Python knows as codecs but that are no mail charsets.
_NOT_TEXT = frozenset(
    {"punycode", "idna", "undefined", "unicode-escape", "raw-unicode-escape", "unicode_escape", "raw_unicode_escape"}
)
_UTF8_EVIDENCE = 12  # bytes above 127 that happen to be valid UTF-8: fewer can be chance in a multibyte set
_ASCII_END = 0x7F
_LEVEL_1 = range(0xB0, 0xD8)  # lead bytes of the everyday hanzi of GB2312
_PUNCTUATION = (0xA1, 0xA2, 0xA3)
_CJK_LEADS = 0.7  # share of GB lead bytes that are everyday characters; Cyrillic read as GB scores far lower
_CYRILLIC = frozenset((0xA8, 0xB8, *range(0xC0, 0x100)))  # in Windows-1251
_CYRILLIC_LETTERS = 0.85
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")


def known(charset: str) -> str | None:
    """The codec to use for a label, or None for one that is not a text encoding we have."""
    label = charset.strip().strip("\"'").lower()
    if not label:
        return None
    try:
        info = codecs.lookup(_WIDER.get(label, label))
    except (LookupError, ValueError, UnicodeError):  # ValueError: a NUL in the label
        return None
    is_text = info._is_text_encoding and info.name not in _NOT_TEXT
    return info.name if is_text else None


def decode(data: bytes, declared: str = "") -> str:
    """Text of `data`: the declared charset if it holds, else what the bytes themselves say."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(codec, "replace")
    codec_name = known(declared)
    high = sum(byte > _ASCII_END for byte in data)
    if high and _holds(data, "utf-8") and (codec_name in (None, *_WEAK) or high >= _UTF8_EVIDENCE):
        return data.decode("utf-8")
    if codec_name and _holds(data, codec_name):
        return data.decode(codec_name)
    if not high:
        return data.decode("ascii")
    if codec_name and codec_name not in (*_WEAK, "utf-8"):
        # A multibyte text with a few broken bytes (cut in transit) is still best read as what it says it is.
        return data.decode(codec_name, "replace")
    return data.decode(_guess(data), "replace")


def _holds(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except (UnicodeError, ValueError):
        return False
    return True


def _guess(data: bytes) -> str:
    """For 8-bit text without a usable label: UTF-8, GB18030, Windows-1251 or Windows-1252, whichever fits."""
    broken_utf8 = data.decode("utf-8", "replace")
    if broken_utf8.count("\ufffd") * 8 < sum(ord(char) > _ASCII_END for char in broken_utf8):
        return "utf-8"
    if _holds(data, "gb18030") and _everyday_chinese(data) >= _CJK_LEADS:
        return "gb18030"
    high = [byte for byte in data if byte > _ASCII_END]
    letters = sum(byte in _CYRILLIC for byte in high)
    if letters >= _CYRILLIC_LETTERS * len(high) and _HIGH_RUN.search(data):
        return "cp1251"
    return "cp1252"


def _everyday_chinese(data: bytes) -> float:
    """Share of two-byte pairs whose lead is punctuation or a level-1 hanzi (0xA1-A3, 0xB0-D7)."""
    leads = everyday = 0
    position = 0
    while position < len(data):
        if data[position] > _ASCII_END:
            leads += 1
            everyday += data[position] in _PUNCTUATION or data[position] in _LEVEL_1
            position += 1
        position += 1
    return everyday / leads if leads else 0.0
