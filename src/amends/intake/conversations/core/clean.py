"""Making foreign text safe to store and to show: nothing invisible, nothing that reorders, nothing endless."""

from __future__ import annotations

import re

TEXT_LIMIT = 1_000_000  # characters; a longer text is cut and the message flagged `truncated`

# C0 and C1 controls but tab and newline; NUL is refused by PostgreSQL, the rest has no business in a text.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Embeddings, overrides and isolates turn "exe.gpj" into "jpg.exe" for the eye. The marks LRM, RLM and ALM
# (U+200E, U+200F, U+061C) only nudge neutral characters and are part of ordinary Arabic typing: kept.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\uffa0\ufff9-\ufffb]"
)
# Joiners shape Persian, Hindi and families of emoji; next to Latin letters they only hide words from a search.
_STRAY_JOINERS = re.compile("(?<![^\x00-\u024f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\u024f])")
# Tag characters spell invisible ASCII; the one honest use is the flags of England, Scotland and Wales.
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007f]{1,8})|[\U000e0000-\U000e007f]+")
_VARIATIONS = re.compile("([\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029\x0b\x0c]")
_BLANK_RUN = re.compile("\n{3,}")


def clean(text: str) -> str:
    """The text without characters that deceive the eye or break a store. Lines end in `\\n`; never longer."""
    text = _LINE_ENDS.sub("\n", text)
    text = _SURROGATES.sub("\ufffd", text)
    text = _CONTROLS.sub("", text)
    text = _BIDI.sub("", text)
    text = _INVISIBLE.sub("", text)
    text = _TAGS.sub(lambda found: found.group(1) or "", text)
    text = _VARIATIONS.sub(r"\1", text)
    return _STRAY_JOINERS.sub("", text)


def clean_line(text: str, limit: int) -> str:
    """One line of at most `limit` characters: for names, subjects and addresses."""
    return " ".join(clean(text).split())[:limit].rstrip()


def clean_body(text: str) -> tuple[str, bool]:
    """A cleaned body with at most one blank line in a row, and whether it had to be cut at TEXT_LIMIT."""
    cut = len(text) > TEXT_LIMIT
    text = clean(text[:TEXT_LIMIT])
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_RUN.sub("\n\n", text).strip("\n"), cut
