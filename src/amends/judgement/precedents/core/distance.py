"""How far two cases lie apart: a weighted sum over what is known of both.

A feature that only one of them has counts half: it may be alike or not. One that neither has counts nothing. The
sum is a metric within a kind of case (a case lies nowhere nearer than at itself, both ways are equally long, and no
detour is shorter), and it is made of whole numbers, so that the index computes exactly what stands here.

The weights are our estimate of what moves an outcome, by kind of case; nothing is learnt from them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from math import log2
from typing import Any

from .features import Features

CODING = 1  # version of the fields and their codes; rows of another one are coded again from their features
LIMIT = 0.5  # a case further away than this share of the whole is not called similar
UNIT = 48  # parts of one weight: even, and divided by every span
UNKNOWN = 0
STEPS = 8  # levels an octave
_A, _COUNTRIES = ord("A"), 26 * 26
MOST_LEVEL = 255


class Sort(StrEnum):
    CODE = "code"  # the same or not
    FLAG = "flag"
    NUMBER = "number"  # by ratio: twice as much is as far as half


@dataclass(frozen=True, slots=True)
class Field:
    """`of_kind` weighs it otherwise for some kinds of case. `span`: levels that make a full difference."""

    name: str
    sort: Sort
    weight: int
    of_kind: Mapping[str, int] = field(default_factory=dict)
    span: int = 0


_PARCEL, _GOODS, _BANK = "not_received", "not_as_described", "chargeback"
FIELDS: tuple[Field, ...] = (
    # The first three make the shelves of the index.
    Field("kind", Sort.CODE, 40),
    Field("platform", Sort.CODE, 12),
    Field("leaf", Sort.CODE, 16),
    Field("site", Sort.CODE, 3),
    Field("programme", Sort.CODE, 3),
    Field("fulfilment", Sort.CODE, 4),
    Field("ship_country", Sort.CODE, 4),
    Field("region", Sort.CODE, 4),
    Field("channel", Sort.CODE, 8),
    Field("demand", Sort.CODE, 4, {_GOODS: 6}),
    Field("hold_reason", Sort.CODE, 2, {_PARCEL: 4}),
    Field("bank_reason", Sort.CODE, 1, {_BANK: 12, "unauthorised": 8}),
    Field("delivered", Sort.FLAG, 4, {_PARCEL: 10, _BANK: 6}),
    Field("to_address", Sort.FLAG, 2, {_PARCEL: 8, _BANK: 6}),
    Field("signature", Sort.FLAG, 2, {_PARCEL: 8, _BANK: 8, "unauthorised": 8}),
    Field("tracking_valid", Sort.FLAG, 1, {_PARCEL: 6, _BANK: 2}),
    Field("protected_label", Sort.FLAG, 1, {_PARCEL: 4}),
    Field("photos", Sort.FLAG, 1, {_GOODS: 8, "return": 2}),
    Field("late", Sort.FLAG, 2, {_PARCEL: 6}),
    Field("returned", Sort.FLAG, 2, {_GOODS: 4, "return": 8, "refund_not_processed": 8}),
    Field("opened", Sort.FLAG, 1, {_GOODS: 2, "return": 4}),
    Field("threat", Sort.FLAG, 1),
    Field("customs_held", Sort.FLAG, 1, {_PARCEL: 6}),
    Field("value", Sort.NUMBER, 12, {}, 3 * STEPS),
    Field("days", Sort.NUMBER, 6, {}, 2 * STEPS),
)
SHELVED = 3  # how many of the first fields are the same for a whole shelf of the index
_LAYOUT = struct.Struct(f"<{len(FIELDS)}H")

Codes = Sequence[int]


@dataclass(frozen=True, slots=True)
class Weighing:
    """The weight of every field for one kind of case. `total` is the distance of two that share nothing."""

    weights: tuple[int, ...]
    total: int


@cache
def weighing(kind: int) -> Weighing:
    """By the code of the kind, which is in every coded case. An unknown kind has the common weights."""
    name = _KINDS.get(kind, "")
    weights = tuple(f.of_kind.get(name, f.weight) for f in FIELDS)
    return Weighing(weights, sum(weights[1:]) * UNIT)


def code_of(text: str) -> int:
    """A word as a number from 1 to 65535 that stays the same whatever words come later: countries by their letters,
    all others by a checksum. Two of those may share one; a test holds that none of the words we know do."""
    if len(text) == 2 and text.isascii() and text.isalpha() and text.isupper():  # noqa: PLR2004 - ISO 3166
        return 1 + (ord(text[0]) - _A) * 26 + ord(text[1]) - _A
    return _COUNTRIES + 1 + zlib.crc32(text.encode()) % (65_535 - _COUNTRIES)


def level_of(value: float) -> int:
    return 1 + min(MOST_LEVEL - 1, round(STEPS * log2(1 + max(0.0, value))))


def encode(features: Features) -> tuple[int, ...]:
    """One small number a field, 0 where it is unknown."""
    return tuple(_coded(f, getattr(features, f.name)) for f in FIELDS)


def _coded(one: Field, value: Any) -> int:
    if value is None:
        return UNKNOWN
    if one.sort is Sort.CODE:
        return code_of(value)
    return level_of(float(value)) if one.sort is Sort.NUMBER else 1 + bool(value)


def pack(codes: Codes) -> bytes:
    return _LAYOUT.pack(*codes)


def part(one: Field, weight: int, a: int, b: int) -> int:
    """What one field adds."""
    full = weight * UNIT
    if a == b:
        return 0
    if UNKNOWN in (a, b):
        return full // 2
    if one.sort is Sort.NUMBER:
        return min(full, full // one.span * abs(a - b))
    return full


def distance(a: Codes, b: Codes) -> int:
    """From 0 to `weighing(…).total`. The kind itself adds nothing: it decides which weights hold, and a search for one
    kind never shows another, since another kind of trouble has other rules."""
    weights = weighing(a[0] if a[0] == b[0] else UNKNOWN).weights
    return sum(part(f, w, x, y) for f, w, x, y in zip(FIELDS[1:], weights[1:], a[1:], b[1:], strict=True))


def share(a: Codes, b: Codes) -> float:
    """The distance as a share of the largest there is: 0 the same, 1 nothing in common."""
    return distance(a, b) / weighing(a[0] if a[0] == b[0] else UNKNOWN).total


def _kind_names() -> dict[int, str]:
    return {code_of(kind): kind for one in FIELDS for kind in one.of_kind}


_KINDS = _kind_names()
assert all(f.weight * UNIT % f.span == 0 for f in FIELDS if f.span), "every level is a whole number"  # noqa: S101
