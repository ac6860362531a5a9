"""Identifiers made from what the shell passes in: a time and some random bits."""

from __future__ import annotations

from datetime import UTC, datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sortable_id(at: datetime, random_bits: int) -> str:
    """26 characters: 48 bits of milliseconds, then 80 random bits; sorts by time."""
    milliseconds = int((at - _EPOCH).total_seconds() * 1000)
    number = (milliseconds << 80) | (random_bits & ((1 << 80) - 1))
    out = []
    for _ in range(26):
        out.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(out))


def case_reference(number: int) -> str:
    """The number a person reads out: `C-20418`."""
    return f"C-{number}"
