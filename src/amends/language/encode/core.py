"""What an encoder is, and which part of a message it is shown.

An encoder's time grows faster than the text: 36 kB took half a minute. So it sees at most `LIMIT` tokens, whole
sentences where that is possible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

LIMIT: Final = 96  # tokens
Vectors = NDArray[np.float32]

_SENTENCE: Final = re.compile(r"(?<=[.!?؟।۔…])\s+|(?<=[。！？])|\n+")
_SPACE: Final = re.compile(r"\s+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Encoder(Protocol):
    """`name` carries the version: vectors of two names are never compared."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 a text. Never raises on a text; a blank one is a row like another."""
        ...

    def tokens(self, text: str) -> int:
        """How long the encoder finds a text; its time depends on it."""
        ...


def clean(text: str) -> str:
    """On one line, without what cuts a C string short or is no character at all."""
    return _SPACE.sub(" ", _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))).strip()


def fitted(text: str, tokens: Callable[[str], int], limit: int = LIMIT) -> str:
    """The sentences of `text` that fit into `limit` tokens, in their order.

    The first says what happened and the last what is wanted, so they come first; the others follow from the top.
    A single sentence that is too long is cut at a blank.
    """
    whole = clean(text)
    if tokens(whole) <= limit:
        return whole
    parts = [clean(part) for part in _SENTENCE.split(text) if part.strip()]
    order = [0, len(parts) - 1, *range(1, len(parts) - 1)] if len(parts) > 1 else [0]
    kept: list[int] = []
    left = limit
    for i in order:
        cost = tokens(parts[i])
        if cost <= left:
            kept.append(i)
            left -= cost
    if not kept:
        return _cut(parts[0], tokens, limit)
    return " ".join(parts[i] for i in sorted(kept))


def _cut(text: str, tokens: Callable[[str], int], limit: int) -> str:
    """The longest beginning that fits, found by halving; at a blank where there is one near."""
    low, high = 1, min(len(text), limit * 8)  # no script packs more than eight letters into a token for long
    while low < high:
        middle = (low + high + 1) // 2
        if tokens(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    space = text.rfind(" ", low // 2, low)
    return text[: space if space > 0 else low]


def unit(rows: NDArray[Any]) -> Vectors:
    """Each row scaled to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), dtype=np.float32)
