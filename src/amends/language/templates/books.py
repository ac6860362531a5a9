"""Reading the phrasebook folder: one YAML file a language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from amends.base.settings import env
from amends.language.templates.core.book import Phrasebook, parse


@lru_cache(maxsize=2)
def _read(folder: Path) -> dict[str, Phrasebook]:
    # BaseLoader keeps every scalar a string: the language code "no" is not False.
    return {
        path.stem: parse(path.stem, yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader))  # noqa: S506
        for path in sorted(folder.glob("*.yaml"))
    }


def catalogue() -> dict[str, Phrasebook]:
    """Every language's texts. Raises BadPhrasebook when a file is wrong."""
    return _read(env.shipped("phrasebook"))
