"""Trained coefficients on disk: arrays without pickles, whole or not at all, readable by the owner only.

Those that take minutes to learn ship with the code, so that every installation decides alike from its first second;
`tools/warm.py --ship` writes them. What does not fit the data beside it is learnt again and kept in the cache.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.base.settings import env

Arrays = dict[str, NDArray[Any]]


def cache_file(name: str) -> Path:
    return env.cache_dir() / f"{name}.npz"


SHIPPED = Path(__file__).resolve().parents[2] / "learnt"


def shipped(name: str) -> Path:
    return SHIPPED / f"{name}.npz"


def load(path: Path, key: str) -> Arrays | None:
    """The kept coefficients, or None when there are none for exactly this data and these libraries."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["key"]) != key:
                return None
            return {name: stored[name] for name in stored.files if name != "key"}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None  # absent or cut short by a crash: training again is the repair


def keep(path: Path, key: str, arrays: Arrays) -> bool:
    """False when the folder cannot be written: that costs only time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, allow_pickle=False, key=np.array(key), **arrays)
        Path(name).replace(path)  # mkstemp made it 0600
    except OSError:
        return False
    return True
