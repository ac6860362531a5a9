"""Which encoding a file of text is in: by its mark, by strict UTF-8, by what its bytes look like."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from charset_normalizer import from_bytes

from amends.connectors.files.bytes_in import CHUNK, Source, read
from amends.intake.imports.core.problems import FileRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Double-byte encodings and the first bytes of their everyday characters: KS X 1001 syllables, GB2312 level 1, Big5
# level 1. Korean is asked first and must fit almost wholly, because its syllables lie inside the Chinese range.
_EVERYDAY = (("euc_kr", 0xB0, 0xC8, 0.98), ("gb18030", 0xB0, 0xD7, 0.6), ("big5", 0xA4, 0xC6, 0.6))
_ENOUGH_KOREAN = 12  # characters; a few Chinese ones could all lie in the Korean range by chance
_SAMPLE = 1 << 18
_STRAY_NULS = 8  # and one in a thousand bytes: more, and it is no table
_ONE_SIDED = 0.9  # of the NULs of UTF-16 stand at even or at odd places


@dataclass(frozen=True, slots=True)
class Charset:
    """`flawed`: some bytes may not fit; rows that hold such are rejected, the others are read."""

    encoding: str
    flawed: bool = False
    nuls: bool = False


@dataclass(slots=True)
class _Survey:
    size: int = 0
    nuls: int = 0
    even_nuls: int = 0
    good: bool = True  # strict UTF-8
    sample: bytes = b""
    first_bad: bytes = b""  # bytes around the first place that is not UTF-8


def detect(source: Source) -> Charset:
    """Reads the file once from end to end, so that a damaged archive or a size over the limit shows at once.

    Raises FileRefused `empty`, `binary_file`, `too_big`, `truncated_gzip` or `damaged_archive`.
    """
    survey = _survey(source)
    if survey.size == 0:
        raise FileRefused("empty")
    for mark, encoding in _MARKS:
        if survey.sample.startswith(mark):
            return Charset(encoding, flawed=encoding != "utf-8-sig" or not survey.good)
    if survey.nuls > _STRAY_NULS + survey.size // 1000:
        return _wide(survey)
    nuls = survey.nuls > 0
    if survey.good:
        return Charset("utf-8", nuls=nuls)
    if _mostly_utf8(survey.sample + survey.first_bad):
        return Charset("utf-8", flawed=True, nuls=nuls)
    return Charset(_legacy(survey.first_bad or survey.sample), flawed=True, nuls=nuls)


def _wide(survey: _Survey) -> Charset:
    """UTF-16 without a mark: its NULs, the upper halves of plain letters, all stand on one side."""
    even = survey.even_nuls / survey.nuls
    if survey.nuls * 5 > survey.size and not 1 - _ONE_SIDED < even < _ONE_SIDED:
        return Charset("utf-16-be" if even >= _ONE_SIDED else "utf-16-le", flawed=True)
    raise FileRefused("binary_file")


def _survey(source: Source) -> _Survey:
    found = _Survey()
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with source.open() as stream:
        while chunk := read(stream, CHUNK):
            if not found.sample:
                found.sample = chunk[:_SAMPLE]
            if found.good:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    found.good = False
                    found.first_bad = chunk[max(0, error.start - _SAMPLE // 2) : error.start + _SAMPLE]
            nuls = chunk.count(0)
            if nuls:
                found.nuls += nuls
                found.even_nuls += chunk[::2].count(0) if found.size % 2 == 0 else chunk[1::2].count(0)
            found.size += len(chunk)
            if found.size > source.limit:
                raise FileRefused("too_big", limit_mb=source.limit >> 20)
    if found.good:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            found.good = False
    return found


def _mostly_utf8(sample: bytes) -> bool:
    """True when the multi-byte sequences that fit outnumber those that do not by far."""
    text = sample.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    fit = sum(1 for c in text if ord(c) > 127) - bad  # noqa: PLR2004 - beyond ASCII
    return fit > 10 * bad


def _legacy(sample: bytes) -> str:
    """The encoding of bytes that are neither UTF-8 nor UTF-16, by a sample of them."""
    best, share = "", 0.0
    for encoding, low, high, needed in _EVERYDAY:
        its_share = _everyday_share(sample, encoding, low, high)
        if its_share > max(share, needed):
            best, share = encoding, its_share
    if best:
        return best
    guess = from_bytes(sample[:65536], cp_isolation=_GUESSES).best()
    return guess.encoding if guess is not None else "cp1252"


_GUESSES = ["shift_jis", "euc_kr", "big5", "gb18030", "cp1252", "cp1251", "cp1250", "cp874", "cp1256", "cp1254"]


def _everyday_share(sample: bytes, encoding: str, low: int, high: int) -> float:
    """Share of the non-ASCII characters that are everyday ones of this encoding; 0 when many bytes do not fit."""
    text = sample.decode(encoding, "replace")
    wide = [c for c in text if ord(c) > 127]  # noqa: PLR2004 - beyond ASCII
    if not wide or wide.count("\ufffd") * 50 > len(wide) + 50:
        return 0.0
    if encoding == "euc_kr" and len(wide) < _ENOUGH_KOREAN:
        return 0.0
    common = 0
    for c in wide:
        if c in "，。、：；（）“”《》":
            common += 1
            continue
        raw = c.encode(encoding, "ignore")
        common += len(raw) == 2 and low <= raw[0] <= high and (encoding == "big5" or raw[1] >= 0xA1)  # noqa: PLR2004 - GB2312 and KS X 1001 proper
    return common / len(wide)
