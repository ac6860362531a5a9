"""Reading header fields that may be folded, encoded twice, mislabelled, cut or hostile. Never raises."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from amends.intake.conversations.core import charsets
from amends.intake.conversations.core.clean import clean_line

ID_LIMIT = 300  # characters; a longer Message-ID is treated as absent, because it could not be echoed faithfully
IDS_LIMIT = 100  # of one References field
HEADER_LIMIT = 64_000

_FOLD = re.compile(r"\r?\n[ \t]*|\r")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(=\?)")
_IN_BRACKETS = re.compile(rf"<([^<>\s]{{1,{ID_LIMIT}}})>")
_BARE_ID = re.compile(rf"[^<>\s\"(),;:]{{1,{ID_LIMIT}}}@[^<>\s\"(),;:]{{1,200}}")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@\\]{1,64}@[^\s<>()\[\],;:\"@\\]{1,255}")


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox. `address` is lower case; empty when the field held no address, whatever the name says."""

    name: str
    address: str


def raw_bytes(value: str) -> bytes:
    """What was on the wire, from the parser's str in which undecodable bytes are surrogate escapes."""
    return value.encode("utf-8", "surrogateescape" if not _wild(value) else "replace")


def _wild(value: str) -> bool:
    """True for surrogates that are not escapes (cannot come from the parser, can come from a caller)."""
    return any("\ud800" <= char <= "\udfff" and not "\udc80" <= char <= "\udcff" for char in value)


def decode_text(value: str) -> str:
    """An unstructured field as text: unfolded, encoded words decoded, raw 8-bit bytes guessed. Not yet cleaned."""
    value = _FOLD.sub(" ", value[:HEADER_LIMIT])
    if any("\ud800" <= char <= "\udfff" for char in value):
        value = charsets.decode(raw_bytes(value))
    if "=?" not in value:
        return value
    return "".join(_pieces(_BETWEEN_WORDS.sub(r"\1\2", value)))


def _pieces(value: str) -> Iterator[str]:
    """Plain stretches and decoded words. Neighbouring words of one charset are joined as bytes first, because
    some senders cut a character in two between words."""
    position, pending, charset = 0, b"", ""
    for found in _ENCODED_WORD.finditer(value):
        data = _word_bytes(found[2], found[3])
        if data is None:
            continue  # no encoded word after all: part of the plain stretch
        word_charset = found[1].split("*")[0].lower()  # RFC 2231 allows `utf-8*en`
        if pending and (found.start() > position or word_charset != charset):
            yield charsets.decode(pending, charset)
            pending = b""
        yield value[position : found.start()]
        pending, charset = pending + data, word_charset
        position = found.end()
    if pending:
        yield charsets.decode(pending, charset)
    yield value[position:]


def _word_bytes(encoding: str, payload: str) -> bytes | None:
    data = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(data.replace(b"_", b" "))
    data = data.rstrip(b"=")
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
    except binascii.Error:
        return None


def addresses(value: str, limit: int = 50) -> tuple[Address, ...]:
    """The mailboxes of a From, To, Cc or Reply-To field, in order, at most `limit`."""
    flat = _FOLD.sub(" ", value[:HEADER_LIMIT])
    try:
        pairs = getaddresses([raw_bytes(flat).decode("utf-8", "surrogateescape")])
    except (
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
    ):  # the standard parser trips over garbage
        pairs = []
    found = [Address(clean_line(decode_text(name), 160), _mailbox(address)) for name, address in pairs[:limit]]
    if not any(one.address for one in found):
        found = [Address("", _mailbox(match[0])) for match in _ADDRESS.finditer(decode_text(flat))][:limit]
    return tuple(one for one in found if one.address)


def _mailbox(text: str) -> str:
    cleaned = clean_line(decode_text(text), 254).lower()
    return cleaned if _ADDRESS.fullmatch(cleaned) else ""


def message_ids(value: str) -> tuple[str, ...]:
    """The ids of a Message-ID, In-Reply-To or References field, without angle brackets, first mention only."""
    flat = clean_line(decode_text(value.replace("\r", " ").replace("\n", " ")), HEADER_LIMIT)
    found = [match[1] for match in _IN_BRACKETS.finditer(flat)]
    if not found and "<" not in flat:
        found = [match[0] for match in _BARE_ID.finditer(flat)]
    unique = dict.fromkeys(one for one in found if len(one) <= ID_LIMIT)
    kept = list(unique)
    # Too long a chain loses its middle: the first id names the conversation, the last ones the neighbours.
    return tuple(kept if len(kept) <= IDS_LIMIT else [kept[0], *kept[-(IDS_LIMIT - 1) :]])


def date(value: str) -> datetime | None:
    """An aware datetime in UTC, or None. A date without a zone is taken as UTC (RFC 5322's `-0000`)."""
    try:
        parsed = parsedate_to_datetime(_FOLD.sub(" ", value[:200]).strip())
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=UTC)
        return parsed.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
